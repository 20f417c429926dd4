"""A moment of a run on one sheet for a report: the map with its points, the network, losses, settings and the link.

Drawn by matplotlib without a window.
"""

from __future__ import annotations

import bisect
import io
import itertools
import math
import re
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np

from core import colors
from playground.config import Config
from playground.engine import EDGE, SIDE, grid
from playground.export import curve, units
from playground.export.curve import Curve
from playground.export.steps import beside
from playground.recording import moment
from playground.recording.edits import LearningRate
from playground.recording.moment import Moment
from playground.values import written

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

SIZE = (12.0, 8.0)  # inches
DPI = 200  # twice what a screen has

_LEFT, _RIGHT = 0.03, 0.97  # of what is written, as shares of the width
_LINES, _SMALL = 6, 6.5  # lines of the link that there is room for, and their size in points
_NAMES = 0.3  # of the settings' column, as a share of its width
_LONGEST = 30  # characters of a name in the legend
_LARGE = 1e30  # a loss that no axis can be drawn for
_MUTED = "#566472"
_NOT_IN_XML = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_MOST = 1000  # epochs of the curve that are drawn
_PLACE = (6.2, 3.5)  # inches for the network
_NODE = {"column": 0.45, "row": 0.8, "most": 0.55}  # a node's side, in distances of columns and of rows; in inches
_WIDTH = {"least": 0.4, "most": 5.0, "at": 5.0}  # of a link, in points: the most at |weight| >= 5
_LABELS = {
    "x": "$x_1$", "y": "$x_2$", "xSquared": "$x_1^2$", "ySquared": "$x_2^2$", "xTimesY": "$x_1x_2$",
    "sinX": r"$\sin(x_1)$", "sinY": r"$\sin(x_2)$",
}  # fmt: skip


def writing(there: Moment, form: str) -> Generator[None, None, bytes]:
    """The sheet as `png` or `svg`, step by step."""
    recorded = yield from curve.recording(there, every=max(1, there.epoch // _MOST))
    return (yield from beside(lambda: _drawn(there, recorded, form)))


def _drawn(there: Moment, recorded: Curve, form: str) -> bytes:
    import matplotlib
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

    # An SVG is the same for the same run: no time of day and no random names in it.
    with matplotlib.rc_context({"svg.hashsalt": "playlab", "font.family": "sans-serif", "font.size": 9}):
        shades = LinearSegmentedColormap.from_list("Playlab", colors.SCALE)
        figure = Figure(figsize=SIZE, facecolor="white")
        places = figure.add_gridspec(
            2, 2, width_ratios=[1.35, 1], height_ratios=[1.25, 1], left=0.06, right=0.97, top=0.9, bottom=0.15,
            wspace=0.12, hspace=0.22,
        )  # fmt: skip
        _title(figure, there)
        _network(figure.add_subplot(places[0, 0]), recorded, shades)
        _map(figure.add_subplot(places[0, 1]), there, recorded, shades)
        _losses(figure.add_subplot(places[1, 0]), recorded)
        _settings(figure.add_subplot(places[1, 1]), there, recorded)
        figure.text(_LEFT, 0.02, _link(there), fontsize=_SMALL, color=_MUTED, parse_math=False, va="bottom")
        file = io.BytesIO()
        about = {
            "Title": "A network that Playlab has trained",
            "Description": _NOT_IN_XML.sub(_escape, moment.write(there)),
        }
        figure.savefig(file, format=form, dpi=DPI, metadata=about | ({"Date": None} if form == "svg" else {}))
    return file.getvalue()


def _title(figure: Figure, there: Moment) -> None:
    config = there.config
    name = f"{config.data_name}, {'-'.join(map(str, config.sizes))}, epoch {there.epoch:,}"
    figure.text(_LEFT, 0.95, name, fontsize=15, weight="bold")


def _escape(sign: re.Match[str]) -> str:
    return sign[0].encode("unicode_escape").decode()


def _plain(text: str) -> str:
    """In signs that matplotlib's own font has."""
    return re.sub(r"[^ -~]", _escape, text)


def _link(there: Moment) -> str:
    """The link in lines; its beginning where it is long. All of it is in the file's description."""
    address = _plain(moment.write(there))
    lines = _broken(address, _SMALL, _RIGHT - _LEFT, _LINES)
    if len(lines) > _LINES:
        lines[_LINES - 1 :] = [f"... {len(address):,} characters: all of them are in this file's description"]
    return "\n".join(lines)


def _broken(text: str, size: float, most: float, lines: int) -> list[str]:
    """A text in lines that are as wide as they may be and end at a blank where there is one: so many, then the rest.

    size: in points. most: the width of a line, as a share of the sheet's.
    """
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties

    renderer = RendererAgg(1, 1, DPI)  # nothing is drawn with it
    font = FontProperties(size=size)

    def fits(length: int) -> bool:
        return renderer.get_text_width_height_descent(text[:length], font, False)[0] <= most * SIZE[0] * DPI

    broken: list[str] = []
    while len(broken) < lines and not fits(len(text)):
        end = max(1, bisect.bisect_left(range(1, len(text)), True, key=lambda length: not fits(length)))
        end = text.rfind(" ", 0, end) + 1 or end
        broken.append(text[:end].rstrip())
        text = text[end:]
    return [*broken, text]


def _map(axes: Axes, there: Moment, recorded: Curve, shades: Colormap) -> None:
    engine = recorded.player.engine
    edge = EDGE * SIDE / (SIDE - 1)  # of the outermost pixels, whose centres are on the plane's
    place: Any = {"extent": (-edge, edge, -edge, edge), "interpolation": "nearest"}
    outputs = engine.outputs()
    if engine.config.has_classes:
        axes.imshow(_winners(outputs, there.config), alpha=colors.OPACITY, **place)
    else:
        axes.imshow(_seen(outputs[0], there.config), cmap=shades, vmin=-1, vmax=1, alpha=colors.OPACITY, **place)
    sets = [(engine.train_points, "white")]
    if there.config.show_test_data:
        sets.append((engine.test_points, "black"))
    for points, ring in sets:
        look: Any = {"s": 22, "edgecolors": ring, "linewidths": 0.7}
        if engine.config.has_classes:
            for label, (color, marker) in enumerate(zip(colors.CLASSES, colors.MARKERS, strict=True)):
                x, y, _ = points[points[:, 2] == label].T
                axes.scatter(x, y, color=color, marker=marker, **look)
        else:
            x, y, label = points.T
            axes.scatter(x, y, c=label, cmap=shades, vmin=-1, vmax=1, **look)
    axes.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), xlabel="$x_1$", ylabel="$x_2$", title="Output")
    own = units.of(there.config)
    if own:
        _own_units(axes, own)


def _own_units(axes: Axes, own: units.Units) -> None:
    """Ticks at round values of the columns, their names, and what the colours of the points mean."""
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    for name, (title, centre, step) in zip("xy", own.axes[:2], strict=True):
        if title:
            getattr(axes, f"set_{name}label")(_plain(title), parse_math=False)
        if abs(centre) + EDGE * step > _LARGE:
            continue
        values = MaxNLocator(8, steps=[1, 2, 5, 10]).tick_values(centre - EDGE * step, centre + EDGE * step)
        seen = [value for value in values if abs(value - centre) <= EDGE * step]
        axes.set(**{f"{name}ticks": [(value - centre) / step for value in seen]})
        axes.set(**{f"{name}ticklabels": [f"{value:.7g}" for value in seen]})
    title, centre, step = own.axes[2]
    if own.class_names:
        marks = list(zip(own.class_names, colors.CLASSES, colors.MARKERS, strict=False))
    else:
        ends = zip((-1, 0, 1), (colors.SCALE[0], colors.SCALE[1], colors.SCALE[2]), strict=True)
        marks = [(f"{centre + end * step:.4g}", color, "o") for end, color in ends]
    handles = [
        Line2D([], [], color=color, marker=marker, linestyle="", label=_cut(_plain(name)))
        for name, color, marker in marks
    ]
    legend = axes.legend(handles=handles, title=_cut(_plain(title)), loc="best", fontsize=7, title_fontsize=7)
    for text in (*legend.get_texts(), legend.get_title()):
        text.set_parse_math(False)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _seen(maps: np.ndarray, config: Config) -> np.ndarray:
    """As the page shows them: with `discretize` only the two ends."""
    return np.where(maps >= 0, 1.0, -1.0) if config.discretize else maps


def _winners(likely: np.ndarray, config: Config) -> np.ndarray:
    """The colour of the likeliest class of each pixel, paler where others are likely too: (SIDE, SIDE, 3)."""
    from matplotlib.colors import to_rgb

    sure = (likely.max(axis=0) * len(likely) - 1) / (len(likely) - 1)
    if config.discretize:
        sure = np.ones_like(sure)
    channels = np.array([to_rgb(color) for color in colors.CLASSES])[likely.argmax(axis=0)]
    return np.asarray(1 - (1 - channels) * np.clip(np.nan_to_num(sure), 0, 1)[..., None])


def _network(axes: Axes, recorded: Curve, shades: Colormap) -> None:
    """Nodes as maps of what they compute, links as wide as their weights."""
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    engine = recorded.player.engine
    config = engine.config
    width, height = _PLACE
    column, row = width / len(config.sizes), height / max(6, *config.sizes)
    side = min(_NODE["column"] * column, _NODE["row"] * row, _NODE["most"])
    places = [
        [((number + 0.6) * column, ((count - 1) / 2 - node) * row) for node in range(count)]
        for number, count in enumerate(config.sizes)
    ]

    def shade(value: float) -> Any:
        return shades((float(np.clip(np.nan_to_num(value), -1, 1)) + 1) / 2)

    for layer, weight in enumerate(engine.mlp.weights):
        for node, sources in enumerate(weight.tolist()):
            for source, value in enumerate(sources):
                (x0, y0), (x1, y1) = places[layer][source], places[layer + 1][node]
                share = min(abs(value) / _WIDTH["at"], 1) if math.isfinite(value) else 0
                wide = _WIDTH["least"] + (_WIDTH["most"] - _WIDTH["least"]) * share
                axes.plot([x0 + side / 2, x1 - side / 2], [y0, y1], color=shade(value), linewidth=wide, zorder=1)
    maps = np.concatenate([grid(config.features).reshape(-1, SIDE, SIDE), engine.maps()])
    looks: list[tuple[Colormap, int]] = [(shades, -1)] * len(maps)
    if config.has_classes:
        classes = [LinearSegmentedColormap.from_list("class", ("white", color)) for color in colors.CLASSES]
        looks[-config.outputs :] = [(one, 0) for one in classes[: config.outputs]]
        maps[: -config.outputs] = _seen(maps[: -config.outputs], config)
    else:
        maps = _seen(maps, config)
    for (x, y), picture, (look, least) in zip(itertools.chain(*places), maps, looks, strict=True):
        extent = (x - side / 2, x + side / 2, y - side / 2, y + side / 2)
        axes.imshow(picture, extent=extent, cmap=look, vmin=least, vmax=1, zorder=2)
        axes.add_patch(Rectangle(extent[::2], side, side, fill=False, edgecolor=_MUTED, linewidth=0.8, zorder=3))
    for name, (x, y) in zip(config.features, places[0], strict=True):
        axes.text(x - side / 2 - 0.06, y, _LABELS[name], ha="right", va="center")
    axes.set(xlim=(0, width), ylim=(-height / 2, height / 2), title="Network", aspect="equal")
    axes.set_axis_off()


def _losses(axes: Axes, recorded: Curve) -> None:
    epochs = [*recorded.scores]
    marker = "o" if len(epochs) == 1 else ""  # no line has one point
    for name, color, losses in (
        ("training", colors.TRAIN, [scores.train_loss for scores in recorded.scores.values()]),
        ("test", colors.TEST, [scores.test_loss for scores in recorded.scores.values()]),
    ):
        drawn = [loss if abs(loss) < _LARGE else math.nan for loss in losses]
        axes.plot(epochs, drawn, color=color, label=name, marker=marker)
    axes.set(xlabel="epoch", title="Loss", ylim=(0, None), xlim=(0, max(1, epochs[-1])))
    axes.grid(color="#dbe1e7")
    axes.legend()


def _settings(axes: Axes, there: Moment, recorded: Curve) -> None:
    from matplotlib import rcParams

    room = (1 - _NAMES) * (_RIGHT - axes.get_position().x0)
    rows = [
        (name if at == 0 else "", line)
        for name, value in _rows(there, recorded)
        for at, line in enumerate(_broken(value, rcParams["font.size"], room, _LINES))
    ]
    for number, (name, value) in enumerate(rows):
        height = 1 - number / (len(rows) - 1)
        axes.text(0, height, name, color=_MUTED, va="center")
        axes.text(_NAMES, height, value, parse_math=False, va="center")
    axes.set_axis_off()


def _rows(there: Moment, recorded: Curve) -> list[tuple[str, str]]:
    config = there.config
    scores = recorded.scores[there.epoch]
    rows = [
        ("epoch", f"{there.epoch:,}"),
        ("training loss", f"{scores.train_loss:.6g}"),
        ("test loss", f"{scores.test_loss:.6g}"),
    ]
    if config.problem == "classification":
        rows.append(("test accuracy", f"{scores.test_accuracy:.1%}"))
    rows += [
        ("data", f"{config.data_name}, noise {config.noise:g} %, {config.perc_train_data:g} % for training"),
        ("seed", _plain(config.seed)),
        ("learning rate", _learning_rate(there)),
        ("activation", config.activation),
        ("regularization", _regularization(config)),
        ("batch size", "all points" if config.full_batch else f"{config.batch_size}"),
    ]
    if config.besides:
        values = (f"{key} {written(value)}" for key, value in config.besides.items() if key != "fullBatch")
        rows.append(("besides", ", ".join(values)))
    edits = [edit for _, edit in there.recording.until(there.epoch).edits if not isinstance(edit, LearningRate)]
    if edits:
        rows.append(("edited by hand", f"{len(edits)} time{'s' * (len(edits) > 1)}"))
    return rows


def _learning_rate(there: Moment) -> str:
    first = f"{there.recording.config.learning_rate:g}"
    changes = [one for one in there.recording.until(there.epoch).edits if isinstance(one.edit, LearningRate)]
    if not changes:
        return first
    between = ", ..." if len(changes) > 1 else ""
    return f"{first}{between}, from epoch {changes[-1].epoch:,} on {there.config.learning_rate:g}"


def _regularization(config: Config) -> str:
    if config.regularization == "none":
        return "none"
    return f"{config.regularization}, rate {config.regularization_rate:g}"
