"""How much there may be of notebooks, and how much there is: of one, of an owner, of everybody."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.refused import RefusedError
from notebook.tables import CellRow, NotebookRow, PictureRow, PinRow, UploadRow

MOST_NOTEBOOKS, MOST_CELLS, MOST_PINS = 20, 400, 200  # of a browser; of a notebook
MOST_WRITTEN = 1_000_000  # bytes of a notebook's cells, as they are stored: a Chinese character has three
MOST_SHOWN = 4_000_000  # bytes of what a notebook's pins say of themselves, without their figures
MOST_ABOUT = 300_000  # the same of one pin
MOST_PICTURE = 10 * 2**20  # bytes of one that is brought
MOST_BYTES = 100 * 2**20  # of a browser, all in all
MOST_CHANGES = 500  # sent at once
MOST_TOTAL = 20 * 2**30  # bytes of everybody's pins and pictures
MOST_GONE = 1000  # removed cells that are remembered
_ROW = 1000  # bytes of a cell besides its content, about: what it was before


def check_count(session: Session, owner: str) -> None:
    """Raises RefusedError where an owner has no room for one more notebook."""
    count = select(func.count()).where(NotebookRow.owner == owner, NotebookRow.deleted.is_(None))
    if session.scalars(count).one() >= MOST_NOTEBOOKS:
        raise RefusedError(409, f"there are {MOST_NOTEBOOKS} notebooks, the most allowed", "too-many-notebooks",
                            most=MOST_NOTEBOOKS)  # fmt: skip


def check_owner(session: Session, owner: str, more: int = 0) -> None:
    """Raises RefusedError where an owner has no room for so many bytes more."""
    if bytes_of(session, owner) + more > MOST_BYTES:
        raise RefusedError(409, "the notebooks of this browser take as much room as they may", "too-many-bytes",
                            most=MOST_BYTES)  # fmt: skip


def is_full(session: Session) -> bool:
    """Whether everybody together has no more room."""
    sizes = [session.scalars(select(func.sum(one.size))).one() or 0 for one in (CellRow, PinRow, PictureRow)]
    sizes.append(_ROW * session.scalars(select(func.count(CellRow.id))).one())
    return sum(sizes) > MOST_TOTAL


def check_notebook(session: Session, notebook: str) -> None:
    """Raises RefusedError where a notebook that grew is too large."""
    is_there = CellRow.content.is_not(None)
    count, size = session.execute(
        select(func.count(), func.coalesce(func.sum(CellRow.size), 0)).where(CellRow.notebook == notebook, is_there)
    ).one()
    if count > MOST_CELLS:
        raise RefusedError(409, f"a notebook has at most {MOST_CELLS} cells", "too-many-cells", most=MOST_CELLS)
    if size > MOST_WRITTEN:
        raise too_much(MOST_WRITTEN)
    gone = select(CellRow.id, CellRow.revision).where(CellRow.notebook == notebook, CellRow.content.is_(None))
    old = session.execute(gone.order_by(CellRow.revision.desc()).offset(MOST_GONE)).all()
    if old:
        session.execute(
            update(NotebookRow).where(NotebookRow.id == notebook).values(forgot=max(row.revision for row in old))
        )
        session.execute(delete(CellRow).where(CellRow.notebook == notebook, CellRow.id.in_([row.id for row in old])))


def too_much(most: int) -> RefusedError:
    """most: how many bytes there may be of what is too much, its cells or what its pins say."""
    return RefusedError(409, f"the notebook is full: {most} bytes at most", "notebook-full", most=most)


def bytes_of(session: Session, owner: str) -> int:
    """Of its texts, its pins with what was drawn of them, and the pictures that it brought: as often as its notebooks
    have them."""
    total = 0
    for table in (CellRow, PinRow, UploadRow):
        size = select(func.coalesce(func.sum(table.size), 0))
        total += session.scalars(_of(owner, size, table)).one()
    for drawn in (PinRow.picture, PinRow.small):
        size = select(func.coalesce(func.sum(PictureRow.size), 0)).join(PinRow, drawn == PictureRow.hash)
        total += session.scalars(_of(owner, size, PinRow)).one()
    history = select(func.coalesce(func.sum(func.length(CellRow.history)), 0))
    return total + session.scalars(_of(owner, history, CellRow)).one()


def _of(owner: str, wanted: Any, table: Any) -> Any:
    return wanted.join(NotebookRow, NotebookRow.id == table.notebook).where(NotebookRow.owner == owner)


def size(text: str) -> int:
    return len(text.encode())
