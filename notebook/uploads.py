"""Pictures of notebooks, by the hash of their bytes: each once in the database, and read only where it is asked for.

Who may see one is told by the notebook that has it. What a picture is was checked before it came here.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from notebook.tables import PictureRow, PinRow, UploadRow, note_damaged

_TYPES = ("image/png", "image/jpeg")


class Image(NamedTuple):
    """type: of MIME."""

    type: str
    packed: bytes


def keep(session: Session, image: Image) -> str:
    """Its hash, once it is there. It has to be referred to in the same transaction."""
    name = hashlib.sha256(image.packed).hexdigest()
    insert = _insert(session)
    row = {"hash": name, "type": image.type, "size": len(image.packed), "packed": image.packed}
    session.execute(insert(PictureRow).values(row).on_conflict_do_nothing())
    return name


def _insert(session: Session) -> Any:
    """The database's own, which can leave a row that is there already as it is."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # by whoever has it

        return postgresql.insert
    return sqlite.insert


def read(session: Session, name: str) -> Image | None:
    """None where it is not there, or damaged."""
    found = session.execute(select(PictureRow.type, PictureRow.packed).where(PictureRow.hash == name)).one_or_none()
    if found is None:
        return None
    if found.type not in _TYPES or hashlib.sha256(found.packed).hexdigest() != name:
        note_damaged("picture", name)
        return None
    return Image(*found)


def has(session: Session, notebook: str, name: str) -> bool:
    return session.get(UploadRow, (notebook, name)) is not None


def forget(session: Session, most: int) -> int:
    """Deletes pictures that nothing refers to, and returns how many those were."""
    used = or_(
        exists().where(PinRow.picture == PictureRow.hash), exists().where(PinRow.small == PictureRow.hash),
        exists().where(UploadRow.picture == PictureRow.hash),
    )  # fmt: skip
    gone = session.scalars(select(PictureRow.hash).where(~used).limit(most)).all()
    session.execute(delete(PictureRow).where(PictureRow.hash.in_(gone)))
    return len(gone)
