"""Figures as pages pin them: one of each form that is hard to draw, in English and Chinese."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from notebook.figures import (
    Axis,
    Chart,
    Figure,
    Group,
    Layer,
    Mark,
    Matrix,
    Network,
    Node,
    Plane,
    Points,
    Series,
    Tile,
    Tiles,
)

SIDE = 100
OURS = Axis()
_X, _Y = np.meshgrid(np.linspace(-6, 6, SIDE), np.linspace(6, -6, SIDE))


def cells(values: np.ndarray) -> bytes:
    return np.clip(np.floor(128 * values), -128, 127).astype(np.int8).tobytes()


def class_cells(likely: np.ndarray) -> bytes:
    """likely: (classes, side, side), which add up to 1."""
    count = len(likely)
    sure = np.clip((likely.max(axis=0) * count - 1) / (count - 1), 0, 1)
    return (42 * likely.argmax(axis=0) - 128 + np.minimum(41, np.floor(42 * sure))).astype(np.int8).tobytes()


def floats(values: np.ndarray) -> bytes:
    return values.astype("<f4").tobytes()


def _points(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    inner = np.arange(count) < count // 2
    radius = np.where(inner, random.uniform(0, 2.5, count), random.uniform(3.5, 5, count))
    angle = random.uniform(0, 2 * np.pi, count)
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]), np.where(inner, 1.0, -1.0)


def plane(zh: bool = False, discrete: bool = False) -> Plane:
    names = ("训练数据", "测试数据") if zh else ("training data", "test data")
    points = []
    for name, count, seed in zip(names, (250, 120), (1, 2), strict=True):
        xy, values = _points(count, seed)
        points.append(Points(name=name, xy=floats(xy), values=floats(values), hollow=seed == 2))
    values = np.tanh(3 - 0.9 * np.hypot(_X * 1.05, _Y * 0.97))
    return Plane(side=SIDE, cells=cells(values), x=OURS, y=OURS, points=points, discrete=discrete)


def classes(zh: bool = False, count: int = 6, discrete: bool = False) -> Plane:
    angles = np.arange(count) * 2 * np.pi / count
    logits = np.array([np.cos(a) * _X + np.sin(a) * _Y for a in angles]) * 0.8
    likely = np.exp(logits) / np.exp(logits).sum(axis=0)
    random = np.random.default_rng(3)
    names = [f"{'类别' if zh else 'class '}{number + 1}" for number in range(count)]
    if count == 3:
        names = ["山鸢尾", "变色鸢尾", "维吉尼亚鸢尾"] if zh else ["setosa", "versicolor", "virginica"]
    points = []
    for label, (angle, name) in enumerate(zip(angles, names, strict=True)):
        xy = random.normal((3.2 * np.cos(angle), 3.2 * np.sin(angle)), 0.8, (40, 2))
        points.append(Points(name=name, xy=floats(xy[:30]), label=label))
        points.append(
            Points(name=f"{name}（测试）" if zh else f"{name} (test)", xy=floats(xy[30:]), label=label, hollow=True)
        )
    x = Axis(label="花瓣长度 (cm)" if zh else "petal length (cm)", centre=3.95, step=0.49)
    y = Axis(label="花瓣宽度 (cm)" if zh else "petal width (cm)", centre=1.3, step=0.2)
    return Plane(side=SIDE, cells=class_cells(likely), x=x, y=y, classes=names, points=points, discrete=discrete)


def regression(zh: bool = False) -> Plane:
    random = np.random.default_rng(4)
    xy = random.uniform(-5.5, 5.5, (150, 2))
    values = np.clip(np.sin(xy[:, 0] / 2) * xy[:, 1] / 6, -1, 1)
    points = [Points(name="测量值" if zh else "measurements", xy=floats(xy), values=floats(values))]
    return Plane(
        side=SIDE,
        cells=cells(np.sin(_X / 2) * _Y / 6),
        x=Axis(label="海拔 (m)" if zh else "altitude (m)", centre=152_000, step=12_500),
        y=Axis(label="温度 (°C)" if zh else "temperature (°C)", centre=-3.5, step=2.5),
        ends=["−12.5 mg", "37.5 mg"],
        points=points,
    )


def losses(zh: bool = False, epochs: int = 400) -> Chart:
    x = list(map(float, range(epochs)))
    train = [0.5 * math.exp(-e / 60) + 0.01 + 0.004 * math.sin(e) for e in range(epochs)]
    test = [0.52 * math.exp(-e / 70) + 0.03 + 0.003 * math.sin(e * 1.3) for e in range(epochs)]
    return Chart(
        x=Axis(label="轮次" if zh else "epoch"),
        y=Axis(label="损失" if zh else "loss"),
        series=[
            Series(name="训练损失" if zh else "training loss", x=x, y=train, color="#5b6b7a"),
            Series(name="测试损失" if zh else "test loss", x=x, y=test, color="#0877bd"),
        ],
        marks=[
            Mark(x=143, label="此处固定" if zh else "pinned here"),
            Mark(x=60, label="学习率 0.03 → 0.01" if zh else "learning rate 0.03 → 0.01"),
            Mark(x=80, label="权重修改" if zh else "weight edited"),
        ],
    )


def curves(zh: bool = False) -> Chart:
    """Loss at the left, logarithmic; accuracy at the right."""
    x = list(map(float, range(1, 21)))
    return Chart(
        x=Axis(label="轮次" if zh else "epoch"),
        y=Axis(label="损失（对数坐标）" if zh else "loss (logarithmic)", log=True),
        y_right=Axis(label="准确率 (%)" if zh else "accuracy (%)"),
        series=[
            Series(name="训练损失" if zh else "training loss", x=x, y=[0.6 / e**1.6 for e in x], color="#5b6b7a"),
            Series(name="测试损失" if zh else "test loss", x=x, y=[0.3 / e + 0.02 for e in x], color="#0877bd"),
        ],
        right=[
            Series(
                name="测试准确率" if zh else "test accuracy",
                x=x,
                y=[99.1 - 6 / e for e in x],
                color="#c45a00",
                dashed=True,
            )
        ],
    )


def bands(zh: bool = False) -> Chart:
    x = list(map(float, range(0, 200, 4)))
    series = []
    for number, name in enumerate(["tanh", "relu", "sigmoid", "linear"]):
        y = [0.5 * math.exp(-e / (20 + 25 * number)) + 0.03 * number for e in x]
        series.append(Series(name=name, x=x, y=y, low=[v * 0.75 for v in y], high=[v * 1.3 + 0.01 for v in y]))
    return Chart(
        x=Axis(label="轮次" if zh else "epoch"),
        y=Axis(label="测试损失的中位数与四分位距" if zh else "test loss: median and quartiles"),
        series=series,
    )


def many(zh: bool = False) -> Chart:
    x = list(map(float, range(300)))
    series = [
        Series(
            name=f"{'运行' if zh else 'run '}{n + 1}", x=x, y=[0.5 / (1 + e / (n + 5)) for e in x], dashed=n % 2 == 1
        )
        for n in range(20)
    ]
    dots = Series(name="种子" if zh else "seeds", x=[20.0 * n for n in range(15)], y=[0.4] * 15, dots=True)
    return Chart(
        x=Axis(label="轮次" if zh else "epoch"), y=Axis(label="损失" if zh else "loss"), series=[*series, dots]
    )


def network(zh: bool = False, sizes: tuple[int, ...] = (2, 4, 2, 1), classes: int = 0) -> Network:
    random = np.random.default_rng(5)
    inputs = ["X₁", "X₂", "X₁²", "X₂²", "X₁X₂", "sin(X₁)", "sin(X₂)"]
    side = 10
    x, y = np.meshgrid(np.linspace(-6, 6, side), np.linspace(6, -6, side))
    layers = []
    for column, count in enumerate(sizes):
        nodes = []
        for row in range(count):
            a, b, c = random.normal(0, 0.4, 3)
            label = inputs[row % 7] if column == 0 else ""
            if column == len(sizes) - 1:
                label = f"{'类别' if zh else 'class '}{row + 1}" if classes else ("输出" if zh else "output")
            bias = None if column == 0 else float(random.normal(0, 0.5))
            nodes.append(Node(label=label, cells=cells(np.tanh(a * x + b * y + c)), bias=bias))
        weights = random.normal(0, 1.3, (count, sizes[column - 1])).tolist() if column else []
        name = f"{'隐藏层' if zh else 'layer '}{column}"
        if column == 0:
            name = "输入" if zh else "inputs"
        layers.append(Layer(label=name if column < len(sizes) - 1 else "", nodes=nodes, weights=weights))
    return Network(side=side, layers=layers, classes=[str(n) for n in range(classes)])


def deep(zh: bool = False) -> Network:
    return network(zh, (7, *[16] * 10, 1))


def three(zh: bool = False) -> Network:
    return network(zh, (4, 8, 6, 3), classes=3)


def matrix(zh: bool = False, count: int = 10) -> Matrix:
    random = np.random.default_rng(6)
    counts = random.poisson(3, (count, count))
    counts[random.random((count, count)) < 0.4] = 0
    np.fill_diagonal(counts, random.integers(950, 1130, count))
    names = [str(number) for number in range(count)]
    return Matrix(
        rows=names,
        columns=names,
        counts=counts.tolist(),
        row_label="真实类别" if zh else "true class",
        column_label="预测类别" if zh else "predicted class",
    )


def clothes(zh: bool = False) -> Matrix:
    made = matrix(zh)
    words = ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]
    chinese = ["T恤", "裤子", "套头衫", "连衣裙", "外套", "凉鞋", "衬衫", "运动鞋", "包", "短靴"]
    made.rows = made.columns = chinese if zh else words
    return made


def two(zh: bool = False) -> Matrix:
    names = ["橙色", "蓝色"] if zh else ["orange", "blue"]
    return Matrix(rows=names, columns=names, counts=[[118, 2], [7, 113]], row_label="真实类别" if zh else "true class")


def _digit(seed: int, side: int = 28) -> bytes:
    """Two strokes that look as if they were written."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side]
    ink = np.zeros((side, side))
    for _ in range(2):
        start, end = random.uniform(6, 22, 2), random.uniform(6, 22, 2)
        for share in np.linspace(0, 1, 30):
            at = start + (end - start) * share
            ink = np.maximum(ink, np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / 3))
    return np.clip(ink * 255, 0, 255).astype(np.uint8).tobytes()


def mistakes(zh: bool = False) -> Tiles:
    title, note = ("真 {}，判 {}", "把握 {}%") if zh else ("{} as {}", "{}% sure")
    tiles = []
    for n in range(60):
        said = {"title": title.format(n % 10, (n + 3) % 10), "note": note.format(50 + n % 50)}
        tiles.append(Tile(width=28, height=28, pixels=_digit(n), **said))
    return Tiles(palette="ink", groups=[Group(tiles=tiles)])


def kernels(zh: bool = False) -> Tiles:
    random = np.random.default_rng(7)
    groups = [
        Group(
            label=f"{'卷积核' if zh else 'kernel'} {number + 1}",
            tiles=[Tile(width=5, height=5, pixels=random.integers(0, 256, 25, np.uint8).tobytes()) for _ in range(6)],
        )
        for number in range(16)
    ]
    return Tiles(palette="signed", groups=groups)


def digit(zh: bool = False) -> Tiles:
    likely = [0.001, 0.002, 0.02, 0.9, 0.004, 0.05, 0.001, 0.002, 0.015, 0.005]
    return Tiles(
        palette="ink",
        groups=[Group(label="输入" if zh else "input", tiles=[Tile(width=28, height=28, pixels=_digit(3))])],
        bars=[(str(number), value) for number, value in enumerate(likely)],
    )


def maps(zh: bool = False) -> Tiles:
    random = np.random.default_rng(8)

    def some(count: int, side: int) -> list[Tile]:
        return [
            Tile(width=side, height=side, pixels=random.integers(0, 256, side**2, np.uint8).tobytes(), title=f"{n + 1}")
            for n in range(count)
        ]

    names = ["C1 28×28", "S2 14×14", "C3 10×10", "S4 5×5"]
    counts = ((6, 28), (6, 14), (16, 10), (16, 5))
    return Tiles(
        palette="signed",
        groups=[Group(label=name, tiles=some(*count)) for name, count in zip(names, counts, strict=True)],
    )


def strip(zh: bool = False) -> Tiles:
    tiles = [
        Tile(
            width=SIDE,
            height=SIDE,
            pixels=(
                np.frombuffer(cells(np.tanh((3 - np.hypot(_X, _Y)) * n / 6)), np.int8).astype(int) + 128
            ).astype(np.uint8).tobytes(),
            title=f"{'轮次' if zh else 'epoch'} {n * n * 10}",
            note=f"{'损失' if zh else 'loss'} {0.5 / (n + 1):.3f}",
        )
        for n in range(8)
    ]  # fmt: skip
    return Tiles(palette="cells", groups=[Group(tiles=tiles)])


def discrete(zh: bool = False) -> Plane:
    return plane(zh, discrete=True)


def irises(zh: bool = False) -> Plane:
    return classes(zh, 3)


def irises_discrete(zh: bool = False) -> Plane:
    return classes(zh, 3, discrete=True)


def twenty(zh: bool = False) -> Matrix:
    return matrix(zh, 20)


FIGURES: dict[str, Callable[[bool], Figure]] = {
    made.__name__: made
    for made in (
        plane, discrete, classes, irises, irises_discrete, regression, losses, curves, bands, many, network, deep,
        three, matrix, clothes, two, twenty, mistakes, kernels, digit, maps, strip,
    )
}  # fmt: skip
