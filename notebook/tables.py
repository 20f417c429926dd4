"""The tables of notebooks. Content is JSON, as `notebook.cells` and `notebook.pins` have it; numbers are packed.

An owner is whoever keeps notebooks: one browser, or several that a recovery code has joined. Large columns are the last
of their rows: SQLite reads what stands before them without them.
"""

from __future__ import annotations

import logging
from functools import lru_cache

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base

log = logging.getLogger("notebook")


@lru_cache(maxsize=1000)
def note_damaged(what: str, name: str) -> None:
    """Tells the log once that a column of a row cannot be read: it is set aside, and the rest works."""
    log.warning("cannot be read", extra={"what": what, "row": name})


class OwnerRow(Base):
    """current: the notebook that pins go into. recovery: the hash of the code that opens these notebooks elsewhere."""

    __tablename__ = "notebook_owners"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    current: Mapped[str | None] = mapped_column(String(22))
    recovery: Mapped[str | None] = mapped_column(String(64), unique=True)
    seen: Mapped[int] = mapped_column(BigInteger)


class BrowserRow(Base):
    """Whose a browser is, by its public name."""

    __tablename__ = "notebook_browsers"

    browser: Mapped[str] = mapped_column(String(16), primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey(OwnerRow.id, ondelete="CASCADE"), index=True)


class NotebookRow(Base):
    """revision: counts what changed its cells. forgot: the revision up to which removed cells are no longer known.
    fills: new pins go into its slots. offered: a teacher's template. deleted: when, or null."""

    __tablename__ = "notebooks"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey(OwnerRow.id, ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    revision: Mapped[int]
    forgot: Mapped[int]
    fills: Mapped[bool]
    offered: Mapped[bool] = mapped_column(index=True)
    created: Mapped[int] = mapped_column(BigInteger)
    changed: Mapped[int] = mapped_column(BigInteger)
    opened: Mapped[int] = mapped_column(BigInteger, index=True)
    deleted: Mapped[int | None] = mapped_column(BigInteger, index=True)


class CellRow(Base):
    """A cell, also one that was removed: that has no content. version: counts its changes. revision: the notebook's,
    at its last one. pin, picture: what it shows. history: its last changes, as `notebook.merging` has them."""

    __tablename__ = "notebook_cells"
    __table_args__ = (Index(None, "notebook", "revision"), Index(None, "notebook", "pin"))

    notebook: Mapped[str] = mapped_column(ForeignKey(NotebookRow.id, ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    place: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    revision: Mapped[int]
    pin: Mapped[str | None] = mapped_column(String(40))
    picture: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(index=True)  # bytes of the content
    history: Mapped[str] = mapped_column(Text)
    content: Mapped[str | None] = mapped_column(Text)


class PictureRow(Base):
    """A picture, once, by the hash of its bytes: one that a student brought, or one that was drawn of a pin."""

    __tablename__ = "notebook_pictures"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    type: Mapped[str] = mapped_column(String(20))
    size: Mapped[int] = mapped_column(index=True)
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class PinRow(Base):
    """A pin. loose: since when no cell shows it. written: the note as the page that pinned wrote it last. about: the
    pin without the numbers of its figure, which are in `packed`."""

    __tablename__ = "notebook_pins"
    __table_args__ = (Index(None, "id"),)

    notebook: Mapped[str] = mapped_column(ForeignKey(NotebookRow.id, ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger)
    loose: Mapped[int | None] = mapped_column(BigInteger, index=True)
    size: Mapped[int] = mapped_column(index=True)  # bytes of `written`, `about` and `packed`
    shown: Mapped[int]  # bytes of `about`
    form: Mapped[str] = mapped_column(String(10))
    picture: Mapped[str | None] = mapped_column(ForeignKey(PictureRow.hash), index=True)
    small: Mapped[str | None] = mapped_column(ForeignKey(PictureRow.hash), index=True)
    width: Mapped[int]
    height: Mapped[int]
    written: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text, deferred=True)
    packed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class UploadRow(Base):
    """A picture that a notebook has. loose: since when no cell shows it."""

    __tablename__ = "notebook_uploads"

    notebook: Mapped[str] = mapped_column(ForeignKey(NotebookRow.id, ondelete="CASCADE"), primary_key=True)
    picture: Mapped[str] = mapped_column(ForeignKey(PictureRow.hash), primary_key=True, index=True)
    loose: Mapped[int | None] = mapped_column(BigInteger, index=True)
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
