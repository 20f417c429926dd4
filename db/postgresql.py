"""PostgreSQL's connections, by psycopg 3. One that a restart of PostgreSQL has ended is replaced before it is used."""

from __future__ import annotations

from sqlalchemy import URL, Engine, create_engine

CONNECTIONS = 8


def engine(url: URL, wait_s: float) -> Engine:
    """wait_s: for a connection, and for a lock that others have. What the address says itself goes before this."""
    wait_ms = round(1000 * wait_s)
    options = {
        "connect_timeout": max(2, round(wait_s)),
        "application_name": "playlab",
        "tcp_user_timeout": 2 * wait_ms,  # a machine that vanished
        "options": f"-c lock_timeout={wait_ms} -c statement_timeout={2 * wait_ms} -c synchronous_commit=on",
    }
    return create_engine(
        url, connect_args={name: value for name, value in options.items() if name not in url.query},
        hide_parameters=True, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=wait_s, pool_pre_ping=True,
    )  # fmt: skip
