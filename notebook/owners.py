"""Whose notebooks are: a browser's, by its public name; and the recovery code, which opens them on another machine.

The code is the student's alone to keep: the database has its hash.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.refused import RefusedError
from notebook.tables import BrowserRow, NotebookRow, OwnerRow

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that looks like another
_GROUPS, _GROUP = 5, 4  # 98 bits


def new_id() -> str:
    return secrets.token_urlsafe(16)


def find(session: Session, browser: str) -> str | None:
    """The owner; None for a browser that has kept nothing yet."""
    return session.scalars(select(BrowserRow.owner).where(BrowserRow.browser == browser)).one_or_none()


def make(session: Session, browser: str, now: int) -> str:
    """The same, made where there is none."""
    owner = find(session, browser)
    if owner is None:
        owner = new_id()
        session.add(OwnerRow(id=owner, current=None, recovery=None, seen=now))
        session.flush()
        session.add(BrowserRow(browser=browser, owner=owner))
        session.flush()
    return owner


def has_code(session: Session, owner: str) -> bool:
    return session.scalars(select(OwnerRow.recovery).where(OwnerRow.id == owner)).one() is not None


def new_code(session: Session, owner: str) -> str:
    """A recovery code. One that there was before opens nothing any more."""
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    session.execute(update(OwnerRow).where(OwnerRow.id == owner).values(recovery=_hash(code)))
    return code


def open_by_code(session: Session, browser: str, code: str, now: int) -> str:
    """The browser has the notebooks of the code from now on; returns their owner. Raises RefusedError.

    What the browser had before stays with whoever else can open that. Where nobody can, it goes along.
    """
    found = session.execute(select(OwnerRow.id).where(OwnerRow.recovery == _hash(code))).scalar_one_or_none()
    if found is None:
        raise RefusedError(404, "there are no notebooks of this recovery code", "no-recovery")
    before = find(session, browser)
    if before == found:
        return found
    session.execute(update(OwnerRow).where(OwnerRow.id == found).values(seen=now))
    if before is None:
        session.add(BrowserRow(browser=browser, owner=found))
        session.flush()
        return found
    session.execute(update(BrowserRow).where(BrowserRow.browser == browser).values(owner=found))
    others = session.scalars(select(func.count()).where(BrowserRow.owner == before)).one()
    if not others and not has_code(session, before):
        session.execute(update(NotebookRow).where(NotebookRow.owner == before).values(owner=found))
        session.execute(delete(OwnerRow).where(OwnerRow.id == before))
    return found


def forget(session: Session, before: int) -> None:
    """Those who have no notebooks and were not seen since: their browsers too, and their codes."""
    keeping = select(NotebookRow.owner)
    session.execute(delete(OwnerRow).where(OwnerRow.seen < before, OwnerRow.id.not_in(keeping)))


def _hash(code: str) -> str:
    """Of a code as a person types it: with or without what stands between its groups."""
    letters = re.sub(r"[^0-9A-Z]", "", code.upper())
    return hashlib.sha256(b"playlab recovery " + letters.encode()).hexdigest()
