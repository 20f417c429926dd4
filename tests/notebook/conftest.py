"""A database of each kind, made once for a module and emptied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete

from db import address
from db.base import Base
from db.database import Database
from notebook.store import Notebooks
from support.notebooks import Clock


@pytest.fixture(scope="module")
def in_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = Database(address.of_folder(tmp_path_factory.mktemp("notebooks")), wait_s=10)
    made.open()
    yield made
    made.close()


@pytest.fixture(scope="module")
def in_postgresql(request: pytest.FixtureRequest) -> Iterator[Database]:
    made = Database(address.parse(request.getfixturevalue("postgresql").new_database()), wait_s=10)
    made.open()
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty one, once of each kind."""
    made: Database = request.getfixturevalue(f"in_{request.param}")
    with made.write() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notebooks(database: Database, clock: Clock) -> Notebooks:
    return Notebooks(database, keep_days=30, clock=clock)
