"""A moment of a run as a Jupyter notebook: the pieces of `code`'s file as cells of a course, with its pictures.

Its cells have no outputs: whoever runs it has them.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from textwrap import indent

from core import colors
from playground.config import Config
from playground.export import pieces, units
from playground.export.measured import Shown, measuring
from playground.export.steps import beside
from playground.optimizer import OPTIMIZERS
from playground.recording.moment import Moment

Cell = tuple[str, str, str]  # its kind, its name, its text

_COLUMNS = ("x", "y", "label")  # of points that have no names for them
_HIDDEN = {"points", "weights", "shown"}  # long lists of numbers, which a reader opens if they want to


def writing(there: Moment) -> Generator[None, None, str]:
    """The notebook's text, step by step."""
    shown = yield from measuring(there)
    points = []
    for part in pieces.points(there):
        points.append(part)
        yield
    cells = [cell for cell in _cells(there, shown, points) if cell[2]]
    return (yield from beside(lambda: _written(cells)))


def _written(cells: list[Cell]) -> str:
    from nbformat import v4

    make = {"text": v4.new_markdown_cell, "code": v4.new_code_cell}
    made = [
        make[kind](source, id=name, metadata={"jupyter": {"source_hidden": True}} if name in _HIDDEN else {})
        for kind, name, source in cells
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return str(v4.writes(v4.new_notebook(cells=made, metadata={"kernelspec": kernel}))) + "\n"


def _cells(there: Moment, shown: Shown, points: list[str]) -> list[Cell]:
    config = there.recording.config
    return [
        ("text", "title", _title(there)),
        ("code", "imports", _imports(config)),
        ("text", "about-points", _POINTS),
        ("code", "points", "\n\n".join(points)),
        ("code", "look-at-points", "\n\n\n".join(filter(None, [_own_units(config), _draw(config), _look(config)]))),
        ("text", "about-network", _about_network(config)),
        ("code", "features", pieces.features(config)),
        ("code", "numbers", pieces.numbers(config)),
        ("code", "network", pieces.network(config)),
        ("text", "about-weights", _WEIGHTS),
        ("code", "weights", pieces.weights(config)),
        ("text", "about-training", _about_training(there)),
        ("code", "settings", pieces.settings(there)),
        ("code", "loss", pieces.loss(config)),
        ("code", "optimizer", pieces.optimizer(config)),
        ("code", "epoch", pieces.epoch(config)),
        ("code", "edits", pieces.edits(there)),
        ("code", "training", _training(there)),
        ("code", "losses", _CURVE),
        ("text", "about-boundary", _BOUNDARY),
        ("code", "boundary", _boundary(there)),
        ("text", "about-comparison", _COMPARISON),
        ("code", "shown", pieces.shown(there, shown)),
        ("code", "comparison", _comparison(there, shown)),
    ]


# --- the cells --------------------------------------------------------------------------------------------------------


def _title(there: Moment) -> str:
    config = there.recording.config
    return f"""# A network that Playlab has trained

Data set **{config.data_name}**, layers **{"-".join(map(str, config.sizes))}**, **{there.epoch} epochs**.

This notebook trains the same network with PyTorch, draws what it has learned and compares its losses with those that
Playlab showed. It needs `torch` and `matplotlib`. This is the run, as the part of Playlab's address after `#`:

{indent(pieces.link(there), " " * 4)}"""


def _imports(config: Config) -> str:
    if config.has_classes:
        what = "ListedColormap"
        made = f"""COLORS = {json.dumps(colors.CLASSES[: config.outputs])}  # of the classes
MARKERS = {json.dumps(colors.MARKERS[: config.outputs])}"""
    else:
        what = "LinearSegmentedColormap"
        made = f'COLORS = {what}.from_list("Playlab", {json.dumps(colors.SCALE)})  # from -1 to 1'
    ticks = "from matplotlib.ticker import MaxNLocator\n" if units.of(config) else ""
    return f"""import json
import math

import matplotlib.pyplot as plt
import torch
from matplotlib.colors import {what}
{ticks}from torch import nn

torch.set_default_dtype(torch.float64)
{made}"""


_POINTS = """## The points

Each has a place (x, y) and a label. The network is trained on some of them and tested with the others, which it never
sees while it is trained."""


def _own_units(config: Config) -> str:
    """What names the axes, whose places are those of the plane; empty where nothing has a name or a unit."""
    own = units.of(config)
    if own is None:
        return ""
    rows = [[axis.name or name, axis.centre, axis.step] for axis, name in zip(own.axes, _COLUMNS, strict=True)]
    columns = "".join(f"    {json.dumps(row, ensure_ascii=False)},\n" for row in rows)
    legend = """
    legend = plt.legend(title=COLUMNS[2][0])
    for text in (legend.get_title(), *legend.get_texts()):
        text.set_parse_math(False)"""
    legend = legend if own.class_names else ""
    names = f"\nCLASSES = {json.dumps(own.class_names, ensure_ascii=False)}" if own.class_names else ""
    return f'''# The name, the centre and the step of x, y and label: a value is at (value - centre) / step.
COLUMNS = [
{columns}]{names}


def own_ticks(axis, column, edge):
    """Gives an axis from -edge to edge the name of a column, and puts round values of it where they stand."""
    title, centre, step = COLUMNS[column]
    values = MaxNLocator(7).tick_values(centre - edge * step, centre + edge * step)
    values = [value for value in values if abs(value - centre) <= edge * step]
    axis.set_ticks([(value - centre) / step for value in values], [f"{{value:.7g}}" for value in values])
    axis.set_label_text(title, parse_math=False)


def name_axes():
    own_ticks(plt.gca().xaxis, 0, 6)
    own_ticks(plt.gca().yaxis, 1, 6){legend}'''


def _draw(config: Config) -> str:
    if config.has_classes:
        own = units.of(config)
        name, label = "", ""
        if own and own.class_names:
            name, label = '\n        name = CLASSES[label] if edge == "white" else None', ", label=name"
        return f"""def draw(points, edge):
    for label, (color, marker) in enumerate(zip(COLORS, MARKERS)):
        x, y, _ = points[points[:, 2] == label].T{name}
        plt.scatter(x, y, color=color, marker=marker, s=25, edgecolors=edge, linewidths=0.7{label})"""
    return """def draw(points, edge):
    x, y, label = points.T
    plt.scatter(x, y, c=label, cmap=COLORS, vmin=-1, vmax=1, s=25, edgecolors=edge, linewidths=0.7)"""


def _look(config: Config) -> str:
    named = "\nname_axes()" if units.of(config) else ""
    return f"""plt.figure(figsize=(5, 5))
draw(TRAIN, "white")
draw(TEST, "black")
plt.axis("square"){named}
plt.title("Points for training (white edge) and for the test (black edge)")
plt.show()"""


_WEIGHTS = """Training starts from these weights. They are Playlab's own, so that both runs are the same one."""

_BOUNDARY = """## What the network has learned

What it says at every place: where the colour turns, the network changes its mind."""

_COMPARISON = """## Is it the same run?

Beside the losses here stand those that Playlab showed. The two add in different orders, so that the last digits may
differ."""

_CURVE = """plt.figure(figsize=(6, 3.5))
for name, losses in zip(["training", "test"], zip(*curve)):
    plt.plot(losses, label=name)
plt.xlabel("epoch")
plt.ylabel("loss")
plt.ylim(bottom=0)
plt.legend()
plt.show()"""


def _about_network(config: Config) -> str:
    hidden = {0: "no hidden layer", 1: "one hidden layer"}.get(
        len(config.network_shape), f"{len(config.network_shape)} hidden layers"
    )
    if config.has_classes:
        return f"""## The network

It is fed with {_counted(len(config.features), "feature")} of each point and has {hidden}. Each of the
{config.outputs} classes has an output: the highest is what the point is taken for, the softmax how likely each is."""
    return (
        f"""## The network

It is fed with {_counted(len(config.features), "feature")} of each point and has {hidden}. Its output is a number:
below 0 it stands for one label, above for the other."""
        if config.problem == "classification"
        else f"""## The network

It is fed with {_counted(len(config.features), "feature")} of each point and has {hidden}. Its output is to be the
point's label, a number from -1 to 1."""
    )


def _about_training(there: Moment) -> str:
    config = there.recording.config
    name = "L1 and L2" if config.regularization == "both" else config.regularization
    penalty = "" if config.regularization == "none" else f"{name} regularization pulls weights to 0. "
    edited = "Some things were changed by hand meanwhile: `edit` does that again." if pieces.edits(there) else ""
    return f"""## The training

{OPTIMIZERS[config.optimizer].title} with batches of {_counted(pieces.batch_size(config), "point")}, which come in \
{"another order in each" if config.shuffle else "the same order in every"} epoch.
{penalty}{edited}"""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _training(there: Moment) -> str:
    train, test, epoch = pieces.trained(there)
    return f"""curve = []  # training and test loss after each epoch
for number in range(EPOCHS + 1):
{epoch}
    with torch.no_grad():
        curve.append((loss({train}).item(), loss({test}).item()))"""


def _boundary(there: Moment) -> str:
    config = there.config
    train, test, _ = pieces.trained(there)
    named = "\nname_axes()" if units.of(config) else ""
    if config.has_classes:
        output, picture = (
            "output = network(features(plane)).softmax(dim=1).reshape(*x.shape, -1)",
            f"""\
likely, best = output.max(dim=2)
sure = (likely * {config.outputs} - 1) / {config.outputs - 1}  # 0: all are as likely
plt.imshow(
    best, extent=(-6, 6, -6, 6), origin="lower", cmap=ListedColormap(COLORS), vmin=0, vmax={config.outputs - 1},
    alpha={colors.OPACITY:.2f} * sure.clamp(0, 1),
)""",
        )
    else:
        bar = "own_ticks(plt.colorbar().ax.yaxis, 2, 1)" if units.of(config) else 'plt.colorbar(label="output")'
        output, picture = (
            "output = network(features(plane)).reshape(x.shape)",
            f"""\
plt.imshow(output, extent=(-6, 6, -6, 6), origin="lower", cmap=COLORS, vmin=-1, vmax=1, alpha={colors.OPACITY:.2f})
{bar}""",
        )
    return f"""side = torch.linspace(-6, 6, 200)
y, x = torch.meshgrid(side, side, indexing="ij")
plane = torch.stack([x.flatten(), y.flatten(), torch.zeros(x.numel())], dim=1)
with torch.no_grad():
    {output}

plt.figure(figsize=(6, 5))
{picture}
draw({train}, "white")
draw({test}, "black"){named}
plt.title(f"Output after {{EPOCHS}} epochs")
plt.show()"""


def _comparison(there: Moment, shown: Shown) -> str:
    return f"""largest = 0.0
{pieces.HEADING}
for number, theirs in SHOWN.items():
    ours = curve[number]
{indent(pieces.compared(there, shown), " " * 4)}
{pieces.RESULT}
assert largest <= TOLERANCE, "this run is another one"  # as where a number was changed above"""
