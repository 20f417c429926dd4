"""Old notebooks are deleted, and what belongs to none: a few rows at a time, so that others have their turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from notebook import owners, uploads
from notebook.tables import NotebookRow, PinRow, UploadRow

DAY_S = 24 * 3600
RESTORE_DAYS = 7  # after it was deleted; also for pins and pictures that no cell shows

Result = TypeVar("Result")

_AT_ONCE = 20  # rows deleted before others have their turn


class Written(Protocol):
    """Does something in a transaction, and returns what that returns once it is on the disk."""

    def __call__(self, do: Callable[[Session], Result]) -> Result: ...


def forget(written: Written, keep_days: int, now: int) -> int:
    """Deletes what nobody has opened for so many days, what was deleted some days ago, and what belongs to nothing.
    now: seconds since 1970. Returns how many notebooks those were."""
    old, restorable = now - keep_days * DAY_S, now - RESTORE_DAYS * DAY_S
    is_old = or_(NotebookRow.opened < old, NotebookRow.deleted < restorable)
    count = _forget_some(written, select(NotebookRow.id).where(is_old), NotebookRow)
    for table in (PinRow, UploadRow):
        _forget_some(written, select(table.notebook).where(table.loose < restorable).distinct(), table, restorable)
    while written(lambda session: uploads.forget(session, _AT_ONCE)) == _AT_ONCE:
        pass
    written(lambda session: owners.forget(session, old))
    return count


def _forget_some(written: Written, wanted: Any, table: Any, restorable: int | None = None) -> int:
    """Deletes the notebooks that are selected; restorable: what is loose in them since before."""

    def some(session: Session) -> int:
        gone = session.scalars(wanted.limit(_AT_ONCE)).all()
        if restorable is None:
            session.execute(delete(table).where(table.id.in_(gone)))
        else:
            session.execute(delete(table).where(table.notebook.in_(gone), table.loose < restorable))
        return len(gone)

    count = gone = written(some)
    while gone == _AT_ONCE:
        gone = written(some)
        count += gone
    return count
