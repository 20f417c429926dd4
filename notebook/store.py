"""Notebooks: kept for their owner and nobody else, changed by several tabs at once, within limits, for a time.

What is acknowledged is on the disk. Whoever asks is a browser, by its public name; what is another's is not there.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from core.names import one_line
from core.refused import RefusedError
from db.database import Database
from db.errors import DatabaseError
from notebook import changing, forgetting, merging, owners, packing, places, room, slots, uploads
from notebook.cells import AnyCell, Picture, Pinned, Slot
from notebook.contents import Contents, NotebookSummary, Offered, Outcome, Put, Whole
from notebook.figures import Figure
from notebook.forgetting import DAY_S, RESTORE_DAYS
from notebook.merging import Change
from notebook.pins import Language, Pin
from notebook.tables import BrowserRow, CellRow, NotebookRow, OwnerRow, PinRow, UploadRow
from notebook.uploads import Image

MOST_DELETED = 20  # notebooks that can be restored: the oldest goes
MOST_TITLE = 200  # characters
KEEP_DAYS = 365  # after the last opening
TEND_S = 60.0

_MOST_NOTED = 10_000  # openings that wait to be written down
_TRIES = 3  # where another does the same in the same moment

Result = TypeVar("Result")


def missing(code: str = "no-notebook") -> RefusedError:
    what = {"no-notebook": "notebook", "no-pin": "pin", "no-picture": "picture", "no-template": "template"}[code]
    return RefusedError(404, f"there is no such {what}, or it is another's", code)


class Notebooks:
    """Any thread may use it. Raises RefusedError, and DatabaseError."""

    def __init__(
        self,
        database: Database,
        keep_days: int = KEEP_DAYS,
        clock: Callable[[], float] = time.time,
    ):
        """clock: seconds since 1970."""
        self._database, self._keep_days, self._clock = database, keep_days, clock
        self._noted: dict[str, int] = {}  # openings that are not written down yet: when
        self._noting = threading.Lock()
        self._forgot = 0  # when what is old was last looked for
        self._is_full = False  # everybody together has no more room

    def _now(self) -> int:
        return int(self._clock())

    def _written(self, do: Callable[[Session], Result]) -> Result:
        """What `do` returns, once all it did is on the disk. It is done again where another did the same meanwhile."""
        for left in reversed(range(_TRIES)):
            try:
                with self._database.write() as session:
                    return do(session)
            except IntegrityError:
                if not left:
                    raise
        raise AssertionError

    def _check_bytes(self, session: Session, owner: str, more: int) -> None:
        """Raises RefusedError where an owner, or everybody, has no room for so many bytes more."""
        if self._is_full:
            raise RefusedError(507, "this server keeps as many notebooks as it may", "notebooks-full")
        room.check_owner(session, owner, more)

    # --- the list -----------------------------------------------------------------------------------------------------

    def overview(self, browser: str) -> tuple[list[NotebookSummary], bool, list[Offered]]:
        """Its notebooks, the one changed last first; whether there is a recovery code; what teachers offer."""
        with self._database.read() as session:
            owner = owners.find(session, browser)
            mine = [] if owner is None else self._summaries(session, owner)
            has_code = owner is not None and owners.has_code(session, owner)
            columns = select(NotebookRow.id, NotebookRow.title, NotebookRow.language)
            wanted = columns.where(NotebookRow.offered, NotebookRow.deleted.is_(None)).order_by(NotebookRow.title)
            offered = [Offered(id=row.id, title=row.title, language=_language(row)) for row in session.execute(wanted)]
        return mine, has_code, offered

    def _summaries(self, session: Session, owner: str, only: str | None = None) -> list[NotebookSummary]:
        wanted = select(NotebookRow).where(NotebookRow.owner == owner)
        rows = session.scalars(wanted if only is None else wanted.where(NotebookRow.id == only)).all()
        ids = [row.id for row in rows]
        current = session.scalars(select(OwnerRow.current).where(OwnerRow.id == owner)).one()
        counts = {}
        for name, table, is_there in (
            ("cells", CellRow, CellRow.content.is_not(None)), ("pins", PinRow, PinRow.loose.is_(None)),
        ):  # fmt: skip
            counted = select(table.notebook, func.count()).where(table.notebook.in_(ids), is_there)
            counts[name] = {row[0]: row[1] for row in session.execute(counted.group_by(table.notebook))}
        made = [self._summary(row, current, counts["cells"], counts["pins"]) for row in rows]
        return sorted(made, key=lambda one: (-one.changed, one.id))

    def _summary(
        self, row: NotebookRow, current: str | None, cells: Mapping[str, int], pins: Mapping[str, int]
    ) -> NotebookSummary:
        with self._noting:
            opened = max(row.opened, self._noted.get(row.id, 0))
        end = opened + self._keep_days * DAY_S if row.deleted is None else row.deleted + RESTORE_DAYS * DAY_S
        return NotebookSummary(
            id=row.id, title=row.title, language=_language(row), cells=cells.get(row.id, 0), pins=pins.get(row.id, 0),
            created=row.created, changed=row.changed, opened=opened, current=row.id == current, fills=row.fills,
            offered=row.offered, deleted_on=end, deleted=row.deleted is not None,
        )  # fmt: skip

    def _one(self, session: Session, notebook: NotebookRow) -> NotebookSummary:
        (summary,) = self._summaries(session, notebook.owner, notebook.id)
        return summary

    def _mine(
        self, session: Session, browser: str, notebook: str, *, deleted: bool = False, reading: bool = False
    ) -> NotebookRow:
        """The notebook, which nobody else changes before the end of the block, unless it is only read. deleted: it may
        be."""
        wanted = select(NotebookRow).join(BrowserRow, BrowserRow.owner == NotebookRow.owner)
        wanted = wanted.where(BrowserRow.browser == browser, NotebookRow.id == notebook)
        found = session.scalars(wanted if reading else wanted.with_for_update(of=NotebookRow)).one_or_none()
        if found is None:
            raise missing()
        if found.deleted is not None and not deleted:
            raise RefusedError(409, "the notebook was deleted", "notebook-deleted")
        return found

    # --- whole notebooks ----------------------------------------------------------------------------------------------

    def create(self, browser: str, title: str, language: Language, cells: Sequence[AnyCell]) -> NotebookSummary:
        """A new notebook, which is the current one."""

        def do(session: Session) -> NotebookSummary:
            made = self._create(session, owners.make(session, browser, self._now()), title, language)
            self._fill(session, made, cells)
            return self._one(session, made)

        return self._written(do)

    def create_from(
        self, browser: str, offered: str, title: str, language: Language,
        made_of: Callable[[Sequence[AnyCell], Mapping[str, Pin]], Sequence[AnyCell]],
    ) -> NotebookSummary:  # fmt: skip
        """A new one by a teacher's template. made_of: what becomes of its cells."""

        def do(session: Session) -> NotebookSummary:
            source = session.get(NotebookRow, offered)
            if source is None or not source.offered or source.deleted is not None:
                raise missing("no-template")
            pins = {name: held.pin for name, held in packing.pins(session, source.id)[0].items()}
            cells = made_of([held.cell for held in changing.cells(session, source.id)], pins)
            made = self._create(session, owners.make(session, browser, self._now()), title or source.title, language)
            self._fill(session, made, cells)
            return self._one(session, made)

        return self._written(do)

    def _create(self, session: Session, owner: str, title: str, language: str) -> NotebookRow:
        room.check_count(session, owner)
        self._check_bytes(session, owner, 0)
        now = self._now()
        made = NotebookRow(
            id=owners.new_id(), owner=owner, title=_title(title), language=language, revision=1, forgot=0,
            fills=True, offered=False, created=now, changed=now, opened=now, deleted=None,
        )  # fmt: skip
        session.add(made)
        session.flush()
        session.execute(update(OwnerRow).where(OwnerRow.id == owner).values(current=made.id, seen=now))
        return made

    def _fill(self, session: Session, notebook: NotebookRow, cells: Sequence[AnyCell]) -> None:
        """Gives a new notebook its cells."""
        for place, cell in zip(places.several(len(cells)), cells, strict=True):
            changing.put(session, notebook, None, owners.new_id(), place, merging.encoded(cell), "", "")
        session.flush()
        room.check_notebook(session, notebook.id)
        room.check_owner(session, notebook.owner)

    def edit(
        self, browser: str, notebook: str, title: str | None = None, current: bool | None = None,
        fills: bool | None = None, offered: bool | None = None,
    ) -> NotebookSummary:  # fmt: skip
        """Changes what is not None."""

        def do(session: Session) -> NotebookSummary:
            found = self._mine(session, browser, notebook)
            if title is not None:
                found.title, found.changed = _title(title), self._now()
            if fills is not None:
                found.fills = fills
            if offered is not None:
                found.offered = offered
            if current is not None:
                of_owner = update(OwnerRow).where(OwnerRow.id == found.owner)
                if current:
                    session.execute(of_owner.values(current=found.id))
                else:
                    session.execute(of_owner.where(OwnerRow.current == found.id).values(current=None))
            session.flush()
            return self._one(session, found)

        return self._written(do)

    def delete(self, browser: str, notebook: str) -> NotebookSummary:
        """It can be restored for some days."""

        def do(session: Session) -> NotebookSummary:
            found = self._mine(session, browser, notebook, deleted=True)
            if found.deleted is None:
                found.deleted = self._now()
                session.flush()
                of_owner = select(NotebookRow.id).where(NotebookRow.owner == found.owner)
                old = of_owner.where(NotebookRow.deleted.is_not(None), NotebookRow.id != found.id)
                old = old.order_by(NotebookRow.deleted.desc())
                session.execute(
                    delete(NotebookRow).where(NotebookRow.id.in_(session.scalars(old).all()[MOST_DELETED - 1 :]))
                )
                live = of_owner.where(NotebookRow.deleted.is_(None)).order_by(NotebookRow.changed.desc()).limit(1)
                of_it = update(OwnerRow).where(OwnerRow.id == found.owner, OwnerRow.current == found.id)
                session.execute(of_it.values(current=session.scalars(live).one_or_none()))
            return self._one(session, found)

        return self._written(do)

    def restore(self, browser: str, notebook: str) -> NotebookSummary:
        def do(session: Session) -> NotebookSummary:
            found = self._mine(session, browser, notebook, deleted=True)
            if found.deleted is not None:
                room.check_count(session, found.owner)
                found.deleted, found.opened = None, self._now()
                session.flush()
            return self._one(session, found)

        return self._written(do)

    def read(self, browser: str, notebook: str, since: int | None = None) -> Contents:
        """A notebook with its cells and pins, and which cells are new since a revision. That it was opened is written
        down by `tend`: no reading fails for want of room."""
        with self._database.read() as session:
            found = self._mine(session, browser, notebook, reading=True)
            now = self._now()
            if now - found.opened >= DAY_S:
                with self._noting:
                    if len(self._noted) < _MOST_NOTED:
                        self._noted[found.id] = now
            return self._contents(session, found, since)

    def _contents(self, session: Session, found: NotebookRow, since: int | None) -> Contents:
        changed, gone = None, []
        if since is not None and found.forgot <= since <= found.revision:
            columns = select(CellRow.id, CellRow.content.is_(None).label("is_gone"))
            newer = columns.where(CellRow.notebook == found.id, CellRow.revision > since)
            rows = session.execute(newer).all()
            changed = {row.id for row in rows if not row.is_gone}
            gone = [row.id for row in rows if row.is_gone]
        brought = select(UploadRow).where(UploadRow.notebook == found.id)
        pins, unknown = packing.pins(session, found.id)
        return Contents(
            summary=self._one(session, found), revision=found.revision,
            cells=packing.readable(changing.cells(session, found.id), unknown), pins=pins, changed=changed, gone=gone,
            brought={row.picture: (row.width, row.height) for row in session.scalars(brought)},
        )  # fmt: skip

    # --- changes ------------------------------------------------------------------------------------------------------

    def change(self, browser: str, notebook: str, changes: Sequence[Change], by: str = "") -> Outcome:
        """Carries out all of them, or none. by: the tab that sends them."""

        def do(session: Session) -> Outcome:
            return changing.change(session, self._mine(session, browser, notebook), changes, by, self._now())

        return self._written(do)

    # --- pins ---------------------------------------------------------------------------------------------------------

    def pin(self, browser: str, pin: Pin, note: str = "", notebook: str | None = None, title: str = "") -> Put:
        """Keeps a pin in the notebook, by default the current one. Without one an empty one is made. title: its name.

        A pin that is there already stays as it is.
        """
        about, packed, form = packing.packed(pin)
        note = note.replace("\0", "")  # no text of PostgreSQL has it

        def do(session: Session) -> Put:
            owner = owners.make(session, browser, self._now())
            wanted = select(PinRow.notebook).join(NotebookRow, NotebookRow.id == PinRow.notebook)
            there = session.scalars(
                wanted.where(NotebookRow.owner == owner, PinRow.id == pin.id).limit(1)
            ).one_or_none()
            if there is not None:
                return self._put(session, self._mine(session, browser, there, deleted=True), pin.id)
            found = self._target(session, browser, owner, notebook, title, pin.language)
            row = packing.row(found.id, pin.id, self._now(), about, packed, form, note)
            count, shown = session.execute(
                select(func.count(), func.coalesce(func.sum(PinRow.shown), 0))
                .where(PinRow.notebook == found.id, PinRow.loose.is_(None))
            ).one()  # fmt: skip
            if count >= room.MOST_PINS:
                raise RefusedError(409, f"the notebook has {room.MOST_PINS} pins, the most allowed", "too-many-pins",
                                    most=room.MOST_PINS)  # fmt: skip
            if shown + row.shown > room.MOST_SHOWN:
                raise room.too_much(room.MOST_SHOWN)
            self._check_bytes(session, owner, row.size)
            session.add(row)
            session.flush()
            self._place(session, found, pin, note)
            return self._put(session, found, pin.id)

        return self._written(do)

    def _target(
        self, session: Session, browser: str, owner: str, notebook: str | None, title: str, language: str
    ) -> NotebookRow:
        if notebook is None:
            is_current = NotebookRow.id == select(OwnerRow.current).where(OwnerRow.id == owner).scalar_subquery()
            live = select(NotebookRow.id).where(NotebookRow.owner == owner, NotebookRow.deleted.is_(None))
            last = live.order_by(is_current.desc(), NotebookRow.changed.desc()).limit(1)
            notebook = session.scalars(last).one_or_none()
            if notebook is None:
                return self._create(session, owner, title, language)
        return self._mine(session, browser, notebook)

    def _place(self, session: Session, found: NotebookRow, pin: Pin, note: str) -> None:
        """Into a slot that it fits, else to the end of the section with the last slot of its tab, else to the end."""
        held = changing.cells(session, found.id)
        slot = slots.first([(one.id, one.cell) for one in held], pin) if found.fills else None
        for one in held:
            if one.id == slot and isinstance(one.cell, Slot):
                cell = Pinned(pin=pin.id, note=note, slot=one.cell)
                change = Change(id=one.id, base=one.version, place=one.place, cell=cell)
                changing.change(session, found, [change], "", self._now())
                return
        at = slots.end_of_section([one.cell for one in held], pin)
        before = held[at].place if at < len(held) else None
        place = places.between(held[at - 1].place if at else "", before)
        change = Change(id=pin.id, base=0, place=place, cell=Pinned(pin=pin.id, note=note))
        changing.change(session, found, [change], "", self._now())

    def _put(self, session: Session, found: NotebookRow, pin: str) -> Put:
        row = session.scalars(
            select(CellRow).where(CellRow.notebook == found.id, CellRow.pin == pin).order_by(CellRow.id).limit(1)
        ).one_or_none()
        cell = None if row is None or row.content is None else merging.decoded(row.content)
        summary = self._one(session, found)
        in_slot = isinstance(cell, Pinned) and cell.slot is not None
        return Put(notebook=summary, cell="" if row is None else row.id, slot=in_slot, pins=summary.pins)

    def about(self, marks: Collection[str]) -> Iterator[str]:
        """What every pin says of itself, as JSON, also one that can be restored; where one of the marks is in it."""
        wanted = select(PinRow.about).where(or_(*(PinRow.about.contains(mark, autoescape=True) for mark in marks)))
        with self._database.read() as session:
            yield from session.scalars(wanted.execution_options(yield_per=100))

    def note(self, browser: str, pin: str, note: str) -> Put:
        """Writes what was typed while pinning, unless the note was changed in the notebook meanwhile."""
        note = note.replace("\0", "")

        def do(session: Session) -> Put:
            row = self._pin(session, browser, pin)
            found = self._mine(session, browser, row.notebook)
            cell = session.scalars(
                select(CellRow).where(CellRow.notebook == found.id, CellRow.pin == pin).order_by(CellRow.id).limit(1)
            ).one_or_none()
            held = None if cell is None or cell.content is None else merging.decoded(cell.content)
            if cell is None or not isinstance(held, Pinned) or held.note not in (row.written, note):
                raise RefusedError(409, "the note was changed in the notebook", "note-changed")
            more = room.size(note) - room.size(row.written)
            if more > 0:
                self._check_bytes(session, found.owner, more)
            row.written, row.size = note, row.size + more
            content = msgspec.structs.replace(held, note=note)
            change = Change(id=cell.id, base=cell.version, place=cell.place, cell=content)
            changing.change(session, found, [change], "", self._now())
            return self._put(session, found, pin)

        return self._written(do)

    def _pin(self, session: Session, browser: str, pin: str) -> PinRow:
        wanted = select(PinRow).join(NotebookRow, NotebookRow.id == PinRow.notebook)
        wanted = wanted.join(BrowserRow, BrowserRow.owner == NotebookRow.owner)
        found = session.scalars(wanted.where(BrowserRow.browser == browser, PinRow.id == pin).limit(1)).one_or_none()
        if found is None:
            raise missing("no-pin")
        return found

    def figure(self, browser: str, pin: str) -> Figure:
        """The numbers of a pin."""
        with self._database.read() as session:
            found = packing.whole(self._pin(session, browser, pin))
        if found is None:
            raise missing("no-picture")
        return found.figure

    def picture(self, browser: str, pin: str, small: bool = False) -> Image | None:
        """Of a pin, as it was drawn; None where it was not yet. small: the one for the page."""
        with self._database.read() as session:
            row = self._pin(session, browser, pin)
            name = row.small if small else row.picture
            return None if name is None else uploads.read(session, name)

    def keep_picture(
        self, browser: str, pin: str, image: Image, width: int = 0, height: int = 0, small: bool = False
    ) -> None:
        """What was drawn of a pin, unless there is no room, or nothing can be written: then it is drawn again when it
        is looked at again. width, height: of the large one."""

        def do(session: Session) -> None:
            row = self._pin(session, browser, pin)
            owner = session.scalars(select(NotebookRow.owner).where(NotebookRow.id == row.notebook)).one()
            try:
                self._check_bytes(session, owner, len(image.packed))
            except RefusedError:
                return
            name = uploads.keep(session, image)
            if small:
                row.small = name
            else:
                row.picture, row.width, row.height = name, width, height

        with contextlib.suppress(DatabaseError):
            self._written(do)

    # --- pictures that were brought -----------------------------------------------------------------------------------

    def check(self, browser: str, notebook: str | None = None) -> None:
        """Raises RefusedError where nothing can be brought: before that is worked on."""
        with self._database.read() as session:
            if notebook is not None:
                self._mine(session, browser, notebook, reading=True)
            self._check_bytes(session, owners.find(session, browser) or "", 0)

    def bring(self, browser: str, notebook: str, image: Image, width: int, height: int) -> str:
        """Keeps a picture, and returns its hash. Until a cell shows it, it is kept for some days."""

        def do(session: Session) -> str:
            found = self._mine(session, browser, notebook)
            self._check_bytes(session, found.owner, len(image.packed))
            self._bring(session, found, image, width, height, self._now())
            return uploads.keep(session, image)

        return self._written(do)

    def _bring(
        self, session: Session, found: NotebookRow, image: Image, width: int, height: int, loose: int | None
    ) -> None:
        name = uploads.keep(session, image)
        if not uploads.has(session, found.id, name):
            values: dict[str, Any] = {"loose": loose, "size": len(image.packed), "width": width, "height": height}
            session.add(UploadRow(notebook=found.id, picture=name, **values))
            session.flush()

    def brought(self, browser: str, name: str) -> Image:
        with self._database.read() as session:
            wanted = select(UploadRow.picture).join(NotebookRow, NotebookRow.id == UploadRow.notebook)
            wanted = wanted.join(BrowserRow, BrowserRow.owner == NotebookRow.owner)
            mine = session.scalars(wanted.where(BrowserRow.browser == browser, UploadRow.picture == name).limit(1))
            image = None if mine.one_or_none() is None else uploads.read(session, name)
        if image is None:
            raise missing("no-picture")
        return image

    # --- taken home, and brought back ---------------------------------------------------------------------------------

    def whole(self, browser: str, notebook: str) -> Whole:
        """For an export."""
        with self._database.read() as session:
            found = self._mine(session, browser, notebook, reading=True)
            wanted = select(PinRow).where(PinRow.notebook == found.id, PinRow.loose.is_(None))
            wanted = wanted.order_by(PinRow.at, PinRow.id)
            rows = session.scalars(wanted.options(undefer(PinRow.about), undefer(PinRow.packed))).all()
            pins = {row.id: packing.whole(row) for row in rows}
            unknown = {name for name, pin in pins.items() if pin is None}
            cells = [(held.id, held.cell) for held in packing.readable(changing.cells(session, found.id), unknown)]
            drawn = {row.id: uploads.read(session, row.picture) for row in rows if row.picture}
            names = {cell.picture for _, cell in cells if isinstance(cell, Picture)}
            brought = {name: uploads.read(session, name) for name in names}
            return Whole(
                title=found.title, language=_language(found), cells=cells,
                pins={name: pin for name, pin in pins.items() if pin is not None},
                drawn={name: image for name, image in drawn.items() if image},
                brought={name: image for name, image in brought.items() if image},
            )  # fmt: skip

    def add(
        self, browser: str, title: str, language: Language, cells: Sequence[AnyCell], pins: Iterable[Pin],
        pictures: Mapping[str, tuple[Image, int, int]],
    ) -> NotebookSummary:  # fmt: skip
        """A notebook that was taken home, as a new one. pictures: by the names that cells have for them, with width
        and height. Its pins get new ids: it may be there already."""
        packed = {pin.id: packing.packed(pin) for pin in pins}
        names = {pin: owners.new_id() for pin in packed}

        def do(session: Session) -> NotebookSummary:
            owner = owners.make(session, browser, self._now())
            found = self._create(session, owner, title, language)
            if len(packed) > room.MOST_PINS:
                raise RefusedError(409, f"more than {room.MOST_PINS} pins", "too-many-pins", most=room.MOST_PINS)
            if sum(room.size(about) for about, _, _ in packed.values()) > room.MOST_SHOWN:
                raise room.too_much(room.MOST_SHOWN)
            bytes_of_pins = sum(room.size(about) + len(figure) for about, figure, _ in packed.values())
            bytes_of_pictures = sum(len(image.packed) for image, _, _ in pictures.values())
            self._check_bytes(session, owner, bytes_of_pins + bytes_of_pictures)
            for number, (pin, (about, figure, form)) in enumerate(packed.items()):
                at = self._now() - len(packed) + number  # in their order
                session.add(packing.row(found.id, names[pin], at, about, figure, form))
            known = {}
            for name, (image, width, height) in pictures.items():
                self._bring(session, found, image, width, height, None)
                known[name] = uploads.keep(session, image)
            session.flush()
            renewed = [_renewed(cell, names, known) for cell in cells]
            self._fill(session, found, renewed)
            shown = {("pin", cell.pin) for cell in renewed if isinstance(cell, Pinned)}
            shown |= {("picture", cell.picture) for cell in renewed if isinstance(cell, Picture)}
            changing.hold(session, found.id, shown | {("pin", name) for name in names.values()}, self._now())
            session.flush()
            return self._one(session, found)

        return self._written(do)

    # --- recovery -----------------------------------------------------------------------------------------------------

    def new_code(self, browser: str) -> str:
        """A recovery code, to be shown once."""
        return self._written(lambda session: owners.new_code(session, owners.make(session, browser, self._now())))

    def open_by_code(self, browser: str, code: str) -> int:
        """Returns how many notebooks the browser has now."""

        def do(session: Session) -> int:
            owner = owners.open_by_code(session, browser, code, self._now())
            count = select(func.count()).where(NotebookRow.owner == owner, NotebookRow.deleted.is_(None))
            return session.scalars(count).one()

        return self._written(do)

    # --- what is old --------------------------------------------------------------------------------------------------

    def tend(self) -> None:
        """To be called every minute or so: writes down what was opened, and once a day forgets what is old."""
        self._write_down()
        with self._database.read() as session:
            self._is_full = room.is_full(session)
        now = self._now()
        if not 0 <= now - self._forgot < DAY_S:
            self.forget()
            self._forgot = now

    def _write_down(self) -> None:
        with self._noting:
            noted = dict(self._noted)
        if not noted:
            return
        with self._database.write() as session:
            for notebook, when in noted.items():
                session.execute(update(NotebookRow).where(NotebookRow.id == notebook).values(opened=when))
        with self._noting:
            for notebook, when in noted.items():
                if self._noted.get(notebook) == when:
                    del self._noted[notebook]

    def forget(self) -> int:
        """Deletes what nobody has opened for so long, what was deleted some days ago, and what belongs to nothing.
        Returns how many notebooks those were."""
        return forgetting.forget(self._written, self._keep_days, self._now())


def _renewed(cell: AnyCell, pins: Mapping[str, str], pictures: Mapping[str, str]) -> AnyCell:
    """A cell of a notebook that was taken home, with the names that its pin or picture has here."""
    if isinstance(cell, Pinned):
        return msgspec.structs.replace(cell, pin=pins.get(cell.pin, cell.pin))
    if isinstance(cell, Picture):
        return msgspec.structs.replace(cell, picture=pictures.get(cell.picture, cell.picture))
    return cell


def _title(text: str) -> str:
    return one_line(text)[:MOST_TITLE]


def _language(row: Any) -> Language:
    return "zh" if row.language == "zh" else "en"
