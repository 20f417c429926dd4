"""What tests of the notebook keep: a clock, pins of each kind, changes as a page sends them."""

from __future__ import annotations

from notebook.cells import AnyCell, Text
from notebook.figures import Axis, Chart, Figure, Series, Table
from notebook.merging import Change
from notebook.pins import Fact, Pin


class Clock:
    def __init__(self) -> None:
        self.now = 2_000_000_000.0

    def __call__(self) -> float:
        return self.now


def chart(points: int = 3) -> Chart:
    line = Series(name="loss", x=[float(at) for at in range(points)], y=[1 / (at + 1) for at in range(points)])
    return Chart(x=Axis(label="epoch"), y=Axis(label="loss"), series=[line])


def pin(number: int = 0, figure: Figure | None = None, dataset: str = "circle", view: str = "playground.map") -> Pin:
    facts = [
        Fact(key="dataset", label="Data", value=dataset, text=dataset, role="setting"),
        Fact(key="testLoss", label="Test loss", value=0.5 + number, text=f"{0.5 + number}", role="result"),
    ]
    return Pin(
        id=f"pin-{number:06}", view=view, place=f"/#dataset={dataset}&epoch={number}", run=f"/#dataset={dataset}",
        language="en", title="Map", caption=f"{dataset}, epoch {number}.", facts=facts, figure=figure or chart(),
        tables={"settings": Table(columns=["a", "b"], rows=[["x", 1.0]])} if view.startswith("lenet") else {},
    )  # fmt: skip


def text(name: str, words: str, base: int = 0, place: str = "V") -> Change:
    return Change(id=name, base=base, place=place, cell=Text(text=words))


def change(name: str, cell: AnyCell | None, base: int = 0, place: str = "V") -> Change:
    return Change(id=name, base=base, place=place, cell=cell)
