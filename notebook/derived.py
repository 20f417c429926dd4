"""The tables and the sentence that make themselves from a notebook's pins. No IO.

They are in one language, where the page that pinned a fact has said it in that too; its `key` and `value` are the same
in every language.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from notebook import words
from notebook.cells import Derived
from notebook.figures import Table
from notebook.pins import Fact, Language, Pin

MOST_COLUMNS = 40
MOST_ROWS = 500

# Views of many runs, which are no row of a table of runs.
OF_MANY = {
    "playground.kept", "playground.compared", "playground.seeds", "playground.pairs", "lenet.compared", "lenet.sweep",
}  # fmt: skip
GOOD, FAIR = 0.97, 0.9


@dataclass(frozen=True)
class Made:
    """keys: of the columns that can sort, `""` for one that cannot; empty where none can."""

    table: Table
    keys: list[str] = field(default_factory=list)


def made(
    cell: Derived,
    pins: Mapping[str, Pin],
    shown: Mapping[str, int | None],
    language: Language,
    filling: Collection[str] = (),
) -> Made | str | None:
    """A table, a sentence, or None: there is no pin to make it of, and `wanted` says which.

    pins: all of the notebook, oldest first. shown: those that its cells show, in the order of the cells, with the
    number of each figure. filling: those of them that fill a template's slots: the report is of their run, not of one
    that is pinned besides.
    """
    present = {name: pin for name, pin in pins.items() if name in shown}
    present = dict(sorted(present.items(), key=lambda item: item[0] in filling))
    match cell.of:
        case "runs":
            return _runs(cell, present, shown, language)
        case "accuracy":
            return _accuracy(_of_run(cell, present), language)
        case "settings":
            table = _settings(_of_run(cell, present), language)
        case _:
            table = _kept(_of_run(cell, present), cell.of)
    return Made(table) if table else None


def caption(cell: Derived, language: Language) -> str:
    said = words.of(language)
    own = {"runs": said.runs, "layers": said.layers, "settings": said.settings, "files": said.files}
    return cell.caption or own.get(cell.of, "")


def wanted(cell: Derived, language: Language) -> str:
    """What to pin."""
    said = words.of(language)
    return {"runs": said.no_runs, "accuracy": said.no_run}.get(cell.of) or said.no_table[cell.of]


# --- of one run -------------------------------------------------------------------------------------------------------


def _of_run(cell: Derived, pins: Mapping[str, Pin]) -> list[Pin]:
    """The pins of the cell's run, or of the run of the last pin of LeNet, in their order."""
    single = [pin for pin in pins.values() if pin.view not in OF_MANY]
    newest = [pin.run for pin in single if tab_of(pin) == "lenet"][-1:]
    return [pin for pin in single if pin.run in ([cell.run] if cell.run else newest)]


def _kept(pins: Sequence[Pin], name: str) -> Table | None:
    """The newest table of that name."""
    return next((table for pin in reversed(pins) for key, table in pin.tables.items() if key == name), None)


def _settings(pins: Sequence[Pin], language: Language) -> Table | None:
    """As they were pinned; made of the facts where no table came with a pin, or one in another language."""
    kept = _kept(pins, "settings")
    if not pins or (kept is not None and (pins[-1].language == language or not _says(pins[-1], language))):
        return kept
    said = words.of(language)
    settings = [fact.words(language) for fact in pins[-1].facts if fact.role == "setting"]
    rows: list[list[str | float | None]] = [[one.label, one.text] for one in settings]
    return Table(columns=[said.setting, said.value], rows=rows) if rows else kept


def _says(pin: Pin, language: Language) -> bool:
    return any(language in fact.said for fact in pin.facts)


def _accuracy(pins: Sequence[Pin], language: Language) -> str | None:
    """As the exercise ends: of the latest epoch that is pinned."""
    said = words.of(language)
    facts = [{fact.key: fact for fact in pin.facts} for pin in pins]
    tested = [one for one in facts if _number(one, "test_accuracy") is not None]
    if not tested:
        return None
    latest = max(reversed(tested), key=lambda one: _number(one, "epoch") or 0)
    accuracy, epochs = _number(latest, "test_accuracy") or 0.0, _number(latest, "epoch")
    data, network = _text(latest, "dataset") or "mnist", _text(latest, "model") or _text(latest, "network") or "lenet5"
    if epochs is None:
        return None
    task = said.tasks.get(data, said.tasks["mnist"])
    verdict = said.verdicts[0 if accuracy >= GOOD else 1 if accuracy >= FAIR else 2].format(task=task)
    return said.accuracy.format(
        data=said.data.get(data, data),
        epochs=said.epochs[epochs != 1].format(n=f"{epochs:.15g}"),
        network=said.networks.get(network, said.networks["lenet5"]),
        accuracy=f"{accuracy:.3f}",
        verdict=verdict,
    )


def _number(facts: Mapping[str, Fact], key: str) -> float | None:
    value = facts[key].value if key in facts else None
    return None if isinstance(value, (bool, str)) else value


def _text(facts: Mapping[str, Fact], key: str) -> str | None:
    value = facts[key].value if key in facts else None
    return value if isinstance(value, str) else None


# --- of all runs ------------------------------------------------------------------------------------------------------


@dataclass
class _Row:
    """A run at an epoch, with the facts of all its pins; of two that say the same thing the newer one counts."""

    facts: dict[str, Fact] = field(default_factory=dict)
    figures: list[int] = field(default_factory=list)


def tab_of(pin: Pin) -> str:
    return pin.view.partition(".")[0]


def _runs(cell: Derived, pins: Mapping[str, Pin], shown: Mapping[str, int | None], language: Language) -> Made | None:
    single = {name: pin for name, pin in pins.items() if pin.view not in OF_MANY}
    tabs = [tab_of(pin) for pin in single.values()]
    tab = cell.tab or ("lenet" if tabs.count("lenet") > tabs.count("playground") else "playground")
    mine = {name: pin for name, pin in single.items() if tab_of(pin) == tab}
    rows = _rows(mine, shown)
    if not rows:
        return None
    columns = _columns(rows, mine, language)
    said = words.of(language)
    _sort(rows, cell.sort)
    numbered: list[list[str | float | None]] = []
    for number, row in enumerate(rows[:MOST_ROWS], 1):
        figures = said.separator.join(map(str, sorted(row.figures)))
        texts = [row.facts[key].words(language).text if key in row.facts else None for key in columns]
        numbered.append([str(number), *texts, figures])
    heads = [said.row, *columns.values(), said.figure]
    return Made(Table(columns=heads, rows=numbered), ["", *columns, ""])


def _rows(pins: Mapping[str, Pin], shown: Mapping[str, int | None]) -> list[_Row]:
    """In the order of the cells."""
    places = {name: (pin.run, _number({f.key: f for f in pin.facts}, "epoch")) for name, pin in pins.items()}
    rows = {places[name]: _Row() for name in shown if name in pins}
    for name, pin in pins.items():
        rows[places[name]].facts.update({fact.key: fact for fact in pin.facts})
        if (figure := shown[name]) is not None:
            rows[places[name]].figures.append(figure)
    return list(rows.values())


def _columns(rows: Sequence[_Row], pins: Mapping[str, Pin], language: Language) -> dict[str, str]:
    """Keys and heads of what the rows differ in, settings before results; of one row, or of equal ones, the results."""
    facts = [fact for row in rows for fact in row.facts.values()]
    roles = {fact.key: fact.role for fact in facts}
    differ = [key for key in roles if len({_value(row, key) for row in rows}) > 1]
    chosen = differ or [key for key, role in roles.items() if role == "result"]
    chosen.sort(key=lambda key: roles[key] == "result")
    heads = {fact.key: fact.words(language).label for fact in facts}
    heads |= {fact.key: fact.label for pin in pins.values() if pin.language == language for fact in pin.facts}
    return {key: heads[key] for key in chosen[: MOST_COLUMNS - 2]}


def _value(row: _Row, key: str) -> tuple[str, float | bool | str | None] | None:
    """To compare with, where True is no 1. None: the row has no such fact."""
    if key not in row.facts:
        return None
    value = row.facts[key].value
    return (type(value).__name__ if value is None or isinstance(value, (bool, str)) else "number", value)


def _sort(rows: list[_Row], sort: str) -> None:
    """Numbers as numbers, then texts; what a row lacks is last, upward and downward."""
    key, downward = sort.removeprefix("-"), sort.startswith("-")
    if not key:
        return
    values = [(row.facts[key].value if key in row.facts else None, row) for row in rows]

    def place(one: tuple[float | bool | str, _Row]) -> tuple[bool, float, str]:
        value, _ = one
        return (True, 0.0, value) if isinstance(value, str) else (False, float(value), "")

    have = sorted(((value, row) for value, row in values if value is not None), key=place, reverse=downward)
    rows[:] = [row for _, row in have] + [row for value, row in values if value is None]
