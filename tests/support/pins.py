"""Pins and cells for tests of the notebook."""

from __future__ import annotations

from notebook.figures import Axis, Chart, Figure, Series, Table
from notebook.pins import Fact, Pin

LAYERS = Table(columns=["Layer", "Output", "Parameters"], rows=[["conv1", "6×24×24", 156.0], ["fc3", "10", 850.0]])
FILES = Table(columns=["File", "Accuracy"], rows=[["lenet_mnist_0.971.pt", 0.971], ["lenet_mnist_0.982.pt", 0.982]])
SETTINGS = Table(columns=["Setting", "Value"], rows=[["Optimizer", "SGD"], ["Learning rate", "0.1"]])
RESULTS = {"epoch", "trainLoss", "testLoss", "accuracy", "neurons", "layers"}
RESULTS |= {"train_loss", "test_loss", "test_accuracy", "seconds"}


def chart() -> Chart:
    return Chart(x=Axis(label="epoch"), y=Axis(label="loss"), series=[Series(name="test", x=[0, 1], y=[0.5, 0.1])])


def facts(**values: float | bool | str | None) -> list[Fact]:
    """A fact of each, whose text is its value and whose label is its key in capitals."""
    return [
        Fact(key=key, label=key.upper(), value=value, text=str(value), role="result" if key in RESULTS else "setting")
        for key, value in values.items()
    ]


def pin(
    name: str = "pin-0001",
    view: str = "playground.map",
    run: str = "/#seed=1",
    figure: Figure | None = None,
    tables: dict[str, Table] | None = None,
    language: str = "en",
    caption: str = "",
    **values: float | bool | str | None,
) -> Pin:
    """A pin whose facts are `values`."""
    return Pin(
        id=name,
        view=view,
        place=run,
        run=run,
        language=language,  # type: ignore[arg-type]
        title="The map",
        caption=caption or f"Caption of {name}",
        facts=facts(**values),
        figure=figure or chart(),
        tables=tables or {},  # type: ignore[arg-type]
    )


def lenet_pin(
    name: str = "lenet-01", view: str = "lenet.curves", run: str = "20260101-abc", **values: float | str
) -> Pin:
    """A pin of a run of LeNet, with its tables."""
    values = {"dataset": "mnist", "model": "lenet5", "epoch": 10, "test_accuracy": 0.982} | values
    return pin(
        name, view, f"/lenet#run={run}", tables={"layers": LAYERS, "settings": SETTINGS, "files": FILES}, **values
    )
