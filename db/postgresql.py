"""PostgreSQL's connections, by psycopg 3. One that a restart of PostgreSQL has ended is replaced before it is used, and
one that is silent is closed: no deadline of PostgreSQL's own holds while it is stopped.
"""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event

CONNECTIONS = 8
CONNECT_S = 2  # for a new connection: the least that psycopg takes
_BEYOND_S = 0.5  # for PostgreSQL to say itself that an answer takes too long


def engine(url: URL, wait_s: float, answer_s: float | None = None) -> Engine:
    """wait_s: for a connection, and for a lock that others have. answer_s: for an answer, by default twice that. What
    the address says itself goes before this."""
    answer_s = 2 * wait_s if answer_s is None else answer_s
    options = {
        "connect_timeout": CONNECT_S,
        "application_name": "playlab",
        "tcp_user_timeout": round(1000 * answer_s),  # a machine that vanished
        "options": f"-c lock_timeout={round(1000 * wait_s)} -c statement_timeout={round(1000 * answer_s)} "
        "-c synchronous_commit=on",
    }
    made = create_engine(
        url, connect_args={name: value for name, value in options.items() if name not in url.query},
        hide_parameters=True, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=wait_s, pool_pre_ping=True,
    )  # fmt: skip
    kind = _impatient(wait_s, answer_s + _BEYOND_S)

    @event.listens_for(made, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
        try:
            return kind.connect(*arguments, **options)
        except kind.UNFIT as error:  # an option of the address that is none: PostgreSQL was not asked yet
            raise kind.UNREACHED(str(error)) from None

    return made


def _impatient(ping_s: float, answer_s: float) -> Any:
    """The class of connections that are closed where no answer comes for so long. ping_s: whether it is still there."""
    import psycopg  # by whoever has PostgreSQL

    class Impatient(psycopg.Connection[Any]):
        UNFIT, UNREACHED = psycopg.ProgrammingError, psycopg.OperationalError

        def wait(self, gen: Any, *rest: Any, **options: Any) -> Any:
            # SQLAlchemy asks in autocommit whether the connection is still there, and for nothing else.
            seconds = ping_s if self.autocommit else answer_s
            return super().wait(self._patiently(gen, time.monotonic() + seconds), *rest, **options)

        def _patiently(self, gen: Any, deadline: float) -> Any:
            """`gen`, which yields what it waits for, and is sent what has come: ten times a second nothing."""
            try:
                wanted = next(gen)
                while True:
                    come = yield wanted
                    if not come and time.monotonic() > deadline:
                        self.close()
                        raise psycopg.OperationalError("it does not answer")
                    wanted = gen.send(come)
            except StopIteration as ended:
                return ended.value

    return Impatient
