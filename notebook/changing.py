"""The cells of a notebook in the database: read in their order, and changed as `notebook.merging` decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from core.refused import RefusedError
from notebook import merging, places, room
from notebook.cells import Picture, Pinned, Unknown
from notebook.contents import Conflict, Held, Outcome
from notebook.merging import Change, Made, What
from notebook.tables import CellRow, NotebookRow, PinRow, UploadRow, note_damaged


def cells(session: Session, notebook: str) -> list[Held]:
    columns = select(CellRow.id, CellRow.place, CellRow.version, CellRow.content)
    rows = session.execute(columns.where(CellRow.notebook == notebook, CellRow.content.is_not(None))).all()
    made = [Held(id=row.id, place=row.place, version=row.version, cell=merging.decoded(row.content)) for row in rows]
    for held in made:
        if isinstance(held.cell, Unknown) and held.cell.content == merging.NOTHING:
            note_damaged("cell", held.id)
    return sorted(made, key=lambda held: (held.place, held.id))  # a database has an order of its own for texts


def change(session: Session, found: NotebookRow, changes: Sequence[Change], by: str, now: int) -> Outcome:
    """Carries out all of them, or none. by: the tab that sends them. now: seconds since 1970. Raises RefusedError."""
    sent = [(change, merging.encoded(change.cell)) for change in changes]
    ids = {change.id for change in changes} | {merging.copy_id(*one) for one in sent}
    wanted = select(CellRow).where(CellRow.notebook == found.id, CellRow.id.in_(ids))
    rows = {row.id: row for row in session.scalars(wanted)}
    before = _pictured(rows.values())
    outcome = Outcome(revision=found.revision, changed=set(), gone=set(), conflicts=[])
    revision = found.revision
    found.revision += 1
    grew = False
    for change, content in sent:
        row, copy = rows.get(change.id), merging.copy_id(change, content)
        if copy in rows:
            outcome.conflicts.append(Conflict(change.id, copy))
            outcome.changed |= {change.id, copy}
            continue
        decision = merging.decide(_present(row), change, by)
        key = merging.key_of(change, content)
        if decision.what is What.SET:
            was = 0 if row is None else row.size
            row = rows[change.id] = put(
                session, found, row, change.id, decision.place, decision.content, key, by, change.base
            )
            grew |= row.size > was
        elif decision.what is What.COPY:
            place = places.between(decision.place, _next_place(session, found.id, decision.place))
            rows[copy] = put(session, found, None, copy, place, decision.content, key, by)
            grew = True
            outcome.conflicts.append(Conflict(change.id, copy))
            outcome.changed.add(copy)
        elif decision.what is What.KEPT:
            outcome.conflicts.append(Conflict(change.id, None))
        if row is not None:
            (outcome.changed if row.content is not None else outcome.gone).add(change.id)
        session.flush()
    if any(row.revision == found.revision for row in rows.values()):
        found.changed = found.opened = now
        hold(session, found.id, before | _pictured(rows.values()), now)
    else:
        found.revision = revision
    session.flush()
    if grew:
        room.check_notebook(session, found.id)
        room.check_owner(session, found.owner)
    outcome.changed -= outcome.gone
    outcome.revision = found.revision
    return outcome


def put(
    session: Session, notebook: NotebookRow, row: CellRow | None, name: str, place: str, content: str | None,
    key: str, by: str, base: int = 0,
) -> CellRow:  # fmt: skip
    """Gives a cell this place and content. base: where a cell that is no longer known was when it was removed."""
    if row is None:
        row = CellRow(notebook=notebook.id, id=name, version=base, history="[]")
        session.add(row)
    cell = None if content is None else merging.decoded(content)
    history = _history(row)
    row.version += 1
    row.revision = notebook.revision
    row.place, row.content, row.size = place, content, len((content or "").encode())
    if not isinstance(cell, Unknown):  # which may show what it showed
        row.pin = cell.pin if isinstance(cell, Pinned) else None
        row.picture = cell.picture if isinstance(cell, Picture) else None
    history = merging.remembered(history, row.version, place, content, key, by)
    row.history = msgspec.json.encode(history).decode()
    return row


def hold(session: Session, notebook: str, names: set[tuple[str, str]], now: int) -> None:
    """Notes of pins and pictures whether a cell shows them. names: ("pin" or "picture", id). Raises RefusedError
    for one that the notebook does not have."""
    for kind, name in names:
        table: type[PinRow | UploadRow] = PinRow if kind == "pin" else UploadRow
        shows = (CellRow.pin if kind == "pin" else CellRow.picture) == name
        is_it = (PinRow.id if kind == "pin" else UploadRow.picture) == name
        is_shown = session.scalars(select(exists().where(CellRow.notebook == notebook, shows))).one()
        of_it = update(table).where(table.notebook == notebook, is_it)
        if not is_shown:
            session.execute(of_it.where(table.loose.is_(None)).values(loose=now))
        elif not session.scalars(of_it.values(loose=None).returning(table.notebook)).all():
            raise RefusedError(422, f"the notebook has no such {kind}", f"no-{kind}")


def _present(row: CellRow | None) -> merging.Present | None:
    if row is None:
        return None
    return merging.Present(row.place, row.version, row.content, _history(row))


def _history(row: CellRow) -> list[Made]:
    """What was made of a cell; nothing where that is damaged."""
    try:
        return msgspec.json.decode(row.history, type=list[Made])
    except msgspec.DecodeError:
        note_damaged("history", row.id)
        return []


def _pictured(rows: Iterable[CellRow]) -> set[tuple[str, str]]:
    shown = {("pin", row.pin) for row in rows if row.pin} | {("picture", row.picture) for row in rows if row.picture}
    return {(kind, name) for kind, name in shown if name}


def _next_place(session: Session, notebook: str, place: str) -> str | None:
    """The place of the cell below; None: it is the last."""
    wanted = select(CellRow.place).where(CellRow.notebook == notebook, CellRow.content.is_not(None))
    return min((one for one in session.scalars(wanted) if one > place), default=None)
