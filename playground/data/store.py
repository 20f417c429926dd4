"""Point sets that somebody gave the server, by their content's address. Never listed; forgotten when nobody uses them.

What is in one is not its concern: `check` is handed in. It may not know of Flask.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path

from sqlalchemy import BigInteger, Index, LargeBinary, String, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.refused import RefusedError
from core.visitors import PROGRAMS
from db import address as address_of_database
from db.base import Base
from db.database import Database
from db.errors import DatabaseError
from playground import point_set
from playground.point_set import PointSet

MOST_BYTES = 100_000  # of a set
MOST_OF_ONE, MOST_OF_PROGRAMS = 500, 2000  # new sets in a day, of a browser and of all programs together
MOST_SETS, MOST_TOTAL = 100_000, 2**29  # of everybody; bytes
DAY_S = 24 * 3600
KEEP_DAYS = 180
TEND_S = 60.0

_MOST_NOTED = 10_000  # uses that wait to be written down
_AT_ONCE = 500  # rows deleted before others have their turn


class StoredSet(Base):
    """A point set. giver: the account that it counts for; used: the day, more or less, on which it was last read."""

    __tablename__ = "point_sets"
    __table_args__ = (Index(None, "giver", "created"),)

    address: Mapped[str] = mapped_column(String(39), primary_key=True)
    packed: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(index=True)  # so that all are added up without being read
    giver: Mapped[str] = mapped_column(String(16))
    created: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[int] = mapped_column(BigInteger, index=True)


def too_long() -> RefusedError:
    return RefusedError(413, f"a point set has at most {MOST_BYTES} bytes", "data-too-long", most=MOST_BYTES)


def missing() -> RefusedError:
    return RefusedError(404, "this server does not have these points", "no-data")


class PointSets:
    """Any thread may use it. Raises DatabaseError besides what each says."""

    def __init__(
        self,
        database: Database,
        check: Callable[[bytes], object],
        keep_days: int = KEEP_DAYS,
        clock: Callable[[], float] = time.time,
        needed: Callable[[], Collection[str]] = tuple,
    ):
        """check: raises ValueError for bytes that are no point set; its `code` and `values` are told on. clock: seconds
        since 1970. needed: the addresses of those that are kept though nobody uses them."""
        self._database, self._check, self._keep_days, self._clock = database, check, keep_days, clock
        self._needed = needed
        self._noted: dict[str, int] = {}  # uses that are not written down yet: when
        self._noting = threading.Lock()
        self._forgot = 0  # when sets were last forgotten

    def put(self, packed: bytes, giver: str) -> str:
        """Its address, once it is on the disk. giver: whose share of the room it takes: a visitor's account.

        Raises RefusedError. What is there already takes no room.
        """
        if len(packed) > MOST_BYTES:
            raise too_long()
        try:
            self._check(packed)
        except ValueError as error:
            raise RefusedError(
                422, str(error), getattr(error, "code", "no-points"), **getattr(error, "values", {})
            ) from None
        address, now = point_set.address_of(packed), int(self._clock())
        if self.get(address) is not None:
            return address
        made = StoredSet(address=address, packed=packed, size=len(packed), giver=giver, created=now, used=now)
        try:
            with self._database.write() as session:
                _check_room(session, giver, len(packed), now)
                session.add(made)
        except IntegrityError:  # somebody else gave the same in this moment
            pass
        return address

    def bring(self, address: str, packed: bytes, giver: str) -> None:
        """`put` of what is said to have this address. Raises RefusedError, also where it has another."""
        if point_set.address_of(packed) != address:
            raise RefusedError(422, "points of another address", "no-points")
        self.put(packed, giver)

    @staticmethod
    def named(link: str) -> set[str]:
        """The addresses in it."""
        return point_set.addresses_in(link)

    def there(self, addresses: Collection[str]) -> set[str]:
        """Those of these addresses that have points here, which is no use of them."""
        if not addresses:
            return set()
        with self._database.read() as session:
            return set(session.scalars(select(StoredSet.address).where(StoredSet.address.in_(addresses))))

    def get(self, address: str) -> bytes | None:
        """None where it is not there. That it was used is written down by `tend`: no reading fails for want of room."""
        if not point_set.is_address(address):
            return None
        with self._database.read() as session:
            columns = select(StoredSet.packed, StoredSet.used).where(StoredSet.address == address)
            found = session.execute(columns).one_or_none()
        if found is None:
            return None
        now = int(self._clock())
        if now - found.used >= DAY_S:
            with self._noting:
                if len(self._noted) < _MOST_NOTED:
                    self._noted[address] = now
        return found.packed

    def forget(self, days: int) -> int:
        """Deletes what nobody has used for so long, and returns how many those were. What is needed counts as used."""
        now = int(self._clock())
        old = select(StoredSet.address).where(StoredSet.used < now - days * DAY_S).limit(_AT_ONCE)
        with self._database.read() as session:
            if session.scalars(old.limit(1)).one_or_none() is None:
                return 0
        needed, count = set(self._needed()), 0
        while True:
            with self._database.write() as session:
                found = session.scalars(old).all()
                gone = [address for address in found if address not in needed]
                kept = [address for address in found if address in needed]
                session.execute(delete(StoredSet).where(StoredSet.address.in_(gone)))
                session.execute(update(StoredSet).where(StoredSet.address.in_(kept)).values(used=now))
            count += len(gone)
            if len(found) < _AT_ONCE:
                return count

    def tend(self) -> None:
        """To be called every minute or so: writes down what was used, and once a day forgets what was not."""
        self._write_down()
        now = int(self._clock())
        if not 0 <= now - self._forgot < DAY_S:
            self.forget(self._keep_days)
            self._forgot = now

    def _write_down(self) -> None:
        with self._noting:
            noted, self._noted = self._noted, {}
        if not noted:
            return
        try:
            with self._database.write() as session:
                for address, when in noted.items():
                    session.execute(update(StoredSet).where(StoredSet.address == address).values(used=when))
        except BaseException:
            with self._noting:
                self._noted = noted | self._noted
            raise


def _check_room(session: Session, giver: str, size: int, now: int) -> None:
    """Raises RefusedError where there is none for so many bytes more."""
    most = MOST_OF_PROGRAMS if giver == PROGRAMS else MOST_OF_ONE
    of_giver = select(func.count()).where(StoredSet.giver == giver, StoredSet.created > now - DAY_S)
    if session.scalars(of_giver).one() >= most:
        raise RefusedError(429, f"{most} point sets were given in a day, the most allowed", "too-much-data", most=most)
    sets, total = session.execute(select(func.count(), func.coalesce(func.sum(StoredSet.size), 0))).one()
    if sets >= MOST_SETS or total + size > MOST_TOTAL:
        raise RefusedError(507, "this server keeps as many points as it may", "data-full")


class Library:
    """Point sets as links and sessions know them, over a store."""

    def __init__(self, sets: PointSets, waiting: Callable[[], AbstractContextManager[None]] = nullcontext):
        """waiting: entered by a thread while it asks the store, which may take seconds."""
        self._sets, self._waiting = sets, waiting

    def find(self, address: str) -> PointSet | None:
        """None where nobody has it. Raises DatabaseError."""
        with self._waiting():
            packed = self._sets.get(address)
        return None if packed is None else PointSet(packed)

    def keep(self, own: PointSet, browser: str | None) -> None:
        """Raises RefusedError and DatabaseError. browser: who has made it; None: a program."""
        with self._waiting():
            self._sets.put(own.packed, browser or PROGRAMS)


def find(address: str, database: str | None, experiments: Path) -> PointSet | None:
    """The points of an address that a server with this `--database` and this folder has; None where it has not.

    Nothing is made or migrated. Raises RefusedError, whose sentence is for the terminal: it names the database.
    """
    try:
        url = address_of_database.parse(database) if database else address_of_database.of_folder(experiments)
    except ValueError as error:
        raise RefusedError(400, f"invalid --database: {error}", "database-gone") from None
    if not database and not (experiments / address_of_database.NAME).exists():
        return None
    with closing(Database(url, makes=False)) as opened:
        try:
            return Library(PointSets(opened, point_set.unpacked)).find(address)
        except DatabaseError as error:
            raise RefusedError(error.status, error.detail, error.code, **error.values) from None
