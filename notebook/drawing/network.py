"""Nodes as maps of what they compute, and links as wide as their weights, inputs at the left."""

from __future__ import annotations

import math

from matplotlib.path import Path

from core import colors as hues
from notebook.drawing import colors, fonts, legend
from notebook.drawing.colors import AGAINST, MUTED
from notebook.drawing.fonts import PT
from notebook.drawing.paper import MARGIN, NORMAL, SMALL, TINY, WIDTH, Box, BrokenError, Paper
from notebook.drawing.plane import cells, shaded
from notebook.figures import Network

LEAST, AT = 0.35, 5.0  # points of a link; the most at |weight| >= 5
MOST = (1.4, 4.2)  # of a small node, of a large one
MOST_SHARE = 0.032  # the most for each pixel of a node's side
ARRIVAL = 0.6  # the part of a node's side on which its links arrive
PITCH = (62, 168)  # pixels from a node to the next below
NODE = {"row": 0.78, "column": 0.5}  # a node's side, in distances of rows and of columns
TALL = 1250  # pixels, of the nodes
BIAS = 0.2  # of a node's side
LABEL_ROOM = 300
BELOW = 92  # for the legend


def draw(network: Network) -> bytes:
    _check(network)
    sizes = [len(layer.nodes) for layer in network.layers]
    rows = max(3, *sizes)
    pitch = min(PITCH[1], max(PITCH[0], TALL / rows))
    first = max((fonts.width(fonts.plain(node.label), NORMAL) for node in network.layers[0].nodes), default=0)
    last = max((fonts.width(fonts.plain(node.label), NORMAL) for node in network.layers[-1].nodes), default=0)
    left, right = (MARGIN + (min(LABEL_ROOM, wide) + 18 if wide else 0) for wide in (first, last))
    gaps = len(sizes) - 1
    side = round(min(NODE["row"] * pitch, NODE["column"] * (WIDTH - left - right) / (gaps + NODE["column"])))
    step = (WIDTH - left - right - side) / gaps
    inner = max(
        (fonts.plain(node.label) != "" for layer in network.layers[1:-1] for node in layer.nodes), default=False
    )
    heads = 1.35 * SMALL * PT * any(layer.label for layer in network.layers)
    top = MARGIN + heads + 8
    tall = rows * pitch
    paper = Paper(top + tall + BELOW)
    xs = [left + side / 2 + step * number for number in range(gaps + 1)]
    ys = [[top + pitch * (rows / 2 + row - (count - 1) / 2) for row in range(count)] for count in sizes]
    _heads(paper, network, xs, max(step, side) - 10)
    most = min(max(MOST_SHARE * side, MOST[0]), MOST[1])
    _links(paper, network, xs, ys, side, most)
    for column, layer in enumerate(network.layers):
        is_last = column == gaps
        for row, node in enumerate(layer.nodes):
            box = Box(round(xs[column] - side / 2), round(ys[column][row] - side / 2), side, side)
            _node(paper, network, box, node.cells, row if is_last and network.classes else None)
            if node.bias is not None:
                _bias(paper, box, node.bias)
            if column == 0:
                label = fonts.cut(node.label, NORMAL, LABEL_ROOM)
                paper.text(box.left - 18, box.middle[1], label, across="right")
            elif is_last:
                paper.text(box.right + 18, box.middle[1], fonts.cut(node.label, NORMAL, LABEL_ROOM))
            elif inner:
                label, size = fonts.fitting(node.label, step - 12, (SMALL, TINY))
                paper.text(box.middle[0], box.bottom + 0.6 * size * PT, label, size, "center", MUTED)
    _legend(
        paper,
        top + tall + BELOW / 2,
        left,
        most,
        any(n.bias is not None for layer in network.layers for n in layer.nodes),
    )
    return paper.png()


def _check(network: Network) -> None:
    for before, layer in zip(network.layers, network.layers[1:], strict=False):
        if len(layer.weights) != len(layer.nodes) or any(len(row) != len(before.nodes) for row in layer.weights):
            raise BrokenError("a weight for each node and each of the layer before")
    for node in (node for layer in network.layers for node in layer.nodes):
        if len(node.cells) not in (0, network.side**2):
            raise BrokenError("as many cells as side * side")
    if network.classes and len(network.layers[-1].nodes) > len(colors.CLASSES):
        raise BrokenError("more outputs than classes")


def _heads(paper: Paper, network: Network, xs: list[float], room: float) -> None:
    """The names of the layers, all of one size."""
    fitted = [fonts.fitting(layer.label, room, (SMALL, 6.5, 6.0, TINY, 5.0)) for layer in network.layers]
    size = min(size for _, size in fitted)
    for x, (head, _) in zip(xs, fitted, strict=True):
        half = fonts.width(head, size) / 2
        at = min(max(x, MARGIN + half), WIDTH - MARGIN - half)
        paper.text(at, MARGIN + 0.6 * SMALL * PT, head, size, "center", MUTED)


def _links(paper: Paper, network: Network, xs: list[float], ys: list[list[float]], side: float, most: float) -> None:
    links: list[tuple[float, Path, str]] = []
    last = len(network.layers) - 1
    for column in range(1, last + 1):
        for to, row in enumerate(network.layers[column].weights):
            count = len(row)
            for source, weight in enumerate(row):
                place = ((source - (count - 1) / 2) / count) * side * ARRIVAL
                x0, y0 = xs[column - 1] + side / 2, ys[column - 1][source]
                x1, y1 = xs[column] - side / 2, ys[column][to] + place
                middle = (x0 + x1) / 2
                codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
                path = Path([(x0, y0), (middle, y0), (middle, y1), (x1, y1)], codes)
                links.append((_strength(weight), path, _color(weight, to if column == last else None, network)))
    links.sort(key=lambda link: link[0])  # the strongest lies on top
    paper.curves(
        [path for _, path, _ in links],
        [color for *_, color in links],
        [LEAST + (most - LEAST) * strength for strength, *_ in links],
    )


def _strength(weight: float) -> float:
    return min(abs(weight) / AT, 1.0) if math.isfinite(weight) else 0.0


def _color(weight: float, output: int | None, network: Network) -> str:
    if output is None or not network.classes:
        return colors.of_value(weight)
    return hues.CLASSES[output] if weight >= 0 else AGAINST


def _node(paper: Paper, network: Network, box: Box, data: bytes, label: int | None) -> None:
    if data:
        if label is None:
            paper.image(box.left, box.top, cells(data, network.side, round(box.width), 0, False))
        else:
            paper.image(box.left, box.top, shaded(data, network.side, round(box.width), colors.OUTPUTS[label]))
    else:
        paper.box(box, fill="#f4f6f8")
    paper.box(box, edge=MUTED, width=0.7)


def _bias(paper: Paper, box: Box, bias: float) -> None:
    side = max(14, BIAS * box.width)
    corner = Box(box.left - side / 2, box.bottom - side / 2, side, side)
    paper.box(corner, fill=colors.of_value(bias), edge=MUTED, width=0.6)


def _legend(paper: Paper, middle: float, left: float, most: float, has_bias: bool) -> None:
    """How wide and of which colour a weight is; the square is a bias."""
    at = left
    paper.text(at, middle, "w", SMALL, color=MUTED)
    at += 44
    for weight in (-5, -1, 0, 1, 5):
        wide = LEAST + (most - LEAST) * _strength(weight)
        paper.line([at, at + 84], [middle, middle], colors.of_value(weight), wide)
        text = str(weight).replace("-", "\N{MINUS SIGN}")
        paper.text(at + 98, middle, text, SMALL, color=MUTED)
        at += 98 + fonts.width(text, SMALL) + 40
    if has_bias:
        at += 30
        paper.text(at, middle, "b", SMALL, color=MUTED)
        box = Box(at + 44, middle - 17, 200, 34)
        legend.bar(paper, box, colors.FULL, upright=False)
        paper.text(box.right + 16, middle, "\N{MINUS SIGN}1 … 1", SMALL, color=MUTED)
