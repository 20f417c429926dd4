"""How often a drawing is said to be unlike all digits, and how often a real digit is: `lenet.questions.familiar`.

    python -m benchmarks.unfamiliar [--data data] [--each 1000] [--seed 1]

Real digits are the 10,000 test images of MNIST. The others are made: letters and digits as pen strokes, a little
different each time, two test images beside each other, and scribbles. All go the way of a drawing on the page.
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.report import conditions
from lenet.data import datasets
from lenet.questions.answerer import as_mnist
from lenet.questions.familiar import Familiar

TIMED = 1000  # drawings
SIDE = 112  # pixels of a drawing as the page sends it
Stroke = list[tuple[float, float]]

# Strokes in a square of 4 by 6, x to the right and y down; `(x y r from to)` is an arc, in degrees.
LETTERS = {
    "A": "06 20 46, 1.2,3.6 2.8,3.6",
    "B": "06 00, 00 20 30.8 31.8 23 03, 23 33.8 35.2 26 06",
    "C": "40.8 30 10 01.5 04.5 16 36 45.2",
    "D": "00 06, 00 20 41.5 44.5 26 06",
    "E": "40 00 06 46, 03 33",
    "F": "40 00 06, 03 33",
    "G": "40.8 30 10 01.5 04.5 16 36 44.5 43.4 2.5,3.4",
    "H": "00 06, 40 46, 03 43",
    "J": "40 44.5 36 16 04.8",
    "K": "00 06, 40 03 46",
    "L": "00 06 46",
    "M": "06 00 23 40 46",
    "N": "06 00 46 40",
    "P": "06 00 30 41 42.5 33.3 03.3",
    "R": "06 00 30 41 42.5 33.3 03.3, 1.5,3.3 46",
    "T": "00 40, 20 26",
    "U": "00 04.5 16 36 44.5 40",
    "V": "00 26 40",
    "W": "00 16 22 36 40",
    "X": "00 46, 40 06",
    "Y": "00 23 40, 23 26",
}
DIGITS = {
    "0": "20 30 41.5 44.5 36 16 04.5 01.5 10 20",
    "1": "20 26",
    "2": "01.5 10 30 41.5 42.5 06 46",
    "3": "00.8 10 30 41.5 32.8 1.5,3 33 44.2 36 16 05.2",
    "4": "30 03.8 43.8, 30 36",
    "5": "40 00.5 02.6 22.3 43.8 35.6 16 05.2",
    "6": "40 20 02.5 04.5 16 36 44.5 33 13 04",
    "7": "00 40 16",
    "8": "20 30.3 41.5 23 04.5 16 36 44.5 23 01.5 10.3 20",
    "9": "41.5 30 10 01.5 13 33 41.5 41 36",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--each", type=int, default=1000, help="of each kind that is made")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    began = time.perf_counter()
    familiar = Familiar.of_data("mnist", options.data)
    first = time.perf_counter() - began
    test = datasets.load("mnist", options.data, "test").images[:, 0]

    def drawn(table: dict[str, str]) -> Callable[[], Tensor]:
        return lambda: render(wobbled(strokes(rng.choice(list(table.values()))), rng), rng)

    def pair() -> Tensor:
        left, right = (test[rng.randrange(len(test))] for _ in range(2))
        return torch.cat([left[:, 4:24], right[:, 4:24]], 1)

    kinds = {"letters": drawn(LETTERS), "two digits": pair, "scribbles": lambda: render(scribble(rng), rng)}
    kinds |= {"drawn digits": drawn(DIGITS)}
    for name, rows in (("test digits, first half", test[:5000]), ("test digits, second half", test[5000:])):
        report(name, sum(familiar.unlikeness(image) > 1 for image in rows), len(rows))
    report("test digits, as drawings", sum(familiar.unlikeness(as_mnist(image)) > 1 for image in test), len(test))
    for kind, make in kinds.items():
        report(kind, sum(familiar.unlikeness(as_mnist(make())) > 1 for _ in range(options.each)), options.each)
    began = time.perf_counter()
    for image in test[:TIMED]:
        familiar.unlikeness(image)
    each = (time.perf_counter() - began) / TIMED
    print(f"{first:.2f} s before the first drawing, {1000 * each:.1f} ms for each (n = {TIMED})")
    print(conditions("torch"))


def report(kind: str, strange: int, count: int) -> None:
    print(f"{kind:30} {strange:6} of {count:6} are said to be unlike all: {100 * strange / count:.2f} %", flush=True)


def strokes(text: str) -> list[Stroke]:
    """The strokes of a row of the tables: `x` is one digit, then `y`; or `x,y`."""
    found = []
    for part in text.split(", "):
        points = [word.split(",") if "," in word else [word[0], word[1:]] for word in part.split()]
        found.append([(float(x), float(y)) for x, y in points])
    return found


def wobbled(lines: list[Stroke], rng: random.Random) -> list[Stroke]:
    """As a hand would draw it: turned, sheared, stretched, each corner a little elsewhere; 0 to 1 in the end."""
    turn, shear, wide = rng.gauss(0, 0.1), rng.gauss(0, 0.12), rng.uniform(0.75, 1.2)

    def place(x: float, y: float) -> tuple[float, float]:
        x, y = (x - 2 + rng.gauss(0, 0.12)) * wide, y - 3 + rng.gauss(0, 0.12)
        x += shear * y
        return (
            0.5 + 0.13 * (x * math.cos(turn) - y * math.sin(turn)),
            0.5 + 0.13 * (x * math.sin(turn) + y * math.cos(turn)),
        )

    return [[place(*point) for point in smooth(line)] for line in lines]


def smooth(line: Stroke, rounds: int = 2) -> Stroke:
    """Corners cut, as Chaikin's algorithm does."""
    for _ in range(rounds if len(line) > 3 else 0):
        cut = [line[0]]
        for (ax, ay), (bx, by) in itertools.pairwise(line):
            cut += [(0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by), (0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by)]
        line = [*cut, line[-1]]
    return line


def scribble(rng: random.Random) -> list[Stroke]:
    """A pen that goes to and fro."""
    x, y, way = rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7), rng.uniform(0, 2 * math.pi)
    line = [(x, y)]
    for _ in range(rng.randint(25, 80)):
        way += rng.gauss(0, 0.9)
        x, y = x + 0.07 * math.cos(way), y + 0.07 * math.sin(way)
        if not (0.1 < x < 0.9 and 0.1 < y < 0.9):
            way += math.pi
            x, y = min(max(x, 0.1), 0.9), min(max(y, 0.1), 0.9)
        line.append((x, y))
    return [line]


def render(lines: list[Stroke], rng: random.Random) -> Tensor:
    """(112, 112) in [0, 1], with a brush of one of the page's widths and a soft edge."""
    radius = rng.uniform(7, 13) / 2
    place = torch.arange(SIDE).float() + 0.5
    nearest = torch.full((SIDE, SIDE), 1e9)
    for line in lines:
        for (ax, ay), (bx, by) in zip(line, line[1:] or line, strict=False):
            a, b = torch.tensor([ax, ay]) * SIDE, torch.tensor([bx, by]) * SIDE
            along = b - a
            x, y = place[None, :] - a[0], place[:, None] - a[1]
            t = ((x * along[0] + y * along[1]) / (along.square().sum() + 1e-9)).clamp(0, 1)
            nearest = torch.minimum(nearest, ((x - t * along[0]).square() + (y - t * along[1]).square()).sqrt())
    return (radius + 0.5 - nearest).clamp(0, 1)


if __name__ == "__main__":
    main()
