"""The base of all tables. A module that stores declares its own on it; `db.migrations` makes them.

    class StoredSet(Base):
        __tablename__ = "point_sets"
        address: Mapped[str] = mapped_column(String(39), primary_key=True)

Times are whole seconds since 1970, in a BigInteger: SQLite has no dates.
"""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

# Constraints need names, or no migration of SQLite can change them.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
