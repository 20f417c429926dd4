"""Databases, and what is done to one behind its back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from db import address
from db.database import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(address.parse(database_url), wait_s=1)
    made.open()
    yield made
    made.close()
