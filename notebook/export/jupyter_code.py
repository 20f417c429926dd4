"""What the cells of a Jupyter notebook call: the program of a run is executed, and what it came to is drawn.

A run's program is the one that its tab gives to take home. It is run as `python FILE DATA` would run it.
"""

from __future__ import annotations

import json

from core import colors

_COLORS = f"""SCALE = {json.dumps(colors.SCALE)}  # of -1, 0 and 1
CLASSES = {json.dumps(colors.CLASSES)}
OPACITY = {colors.OPACITY:.2f}"""

HELPERS = r'''import contextlib
import io
import json
import os
import re
import sys

import matplotlib.pyplot as plt
import torch
from matplotlib.colors import LinearSegmentedColormap, ListedColormap

@COLORS@
DATA = os.path.expanduser(os.environ.get("PLAYLAB_DATA") or "data")  # the folder in which MNIST is, or is downloaded to


class Both(io.StringIO):
    """Prints, and keeps what was printed."""

    def __init__(self, shown):
        super().__init__()
        self.shown = shown

    def write(self, text):
        self.shown.write(text)
        return super().write(text)


def program(name):
    """Runs a program: what it has defined at its end, and the lines that it has printed."""
    with open(name, encoding="utf-8") as file:
        source = file.read()
    found, printed = {"__name__": "__main__"}, Both(sys.stdout)
    arguments, threads = sys.argv, torch.get_num_threads()
    torch.set_default_dtype(torch.float32)
    try:
        sys.argv = [name, DATA]
        with contextlib.redirect_stdout(printed):
            exec(compile(source, name, "exec"), found)
    except SystemExit as end:
        if end.code:
            print("This run is another one than Playlab's.")
    finally:
        sys.argv = arguments
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(False)
    return found | {"printed": printed.getvalue().splitlines()}


def numbers(run):
    """What the run came to."""
    for name, value in json.loads(run["printed"][-1]).items():
        print(f"{name}: {value}")


def curves(run):
    """Loss and accuracy of the epochs that it has printed."""
    head = next(at for at, line in enumerate(run["printed"]) if line.startswith("epoch "))
    names = re.split(r"\s{2,}", run["printed"][head].strip())
    number = r"-?(?:nan|inf|\d[\d.]*(?:e[-+]\d+)?)"
    lines = [re.findall(number, line) for line in run["printed"][head + 1 :] if re.match(r"\s*\d", line)]
    columns = list(zip(*([float(value) for value in line[: len(names)]] for line in lines)))
    _, left = plt.subplots(figsize=(7, 4))
    right = left.twinx() if "accuracy" in names else None
    for at, (name, values) in enumerate(zip(names, columns)):
        if "loss" in name:
            left.plot(columns[0], values, label=name)
        elif name == "accuracy":
            right.plot(columns[0], values, "--", label=f"accuracy, {names[at - 1].removesuffix(' loss')}")
    left.set(xlabel="epoch", ylabel="loss")
    left.set_ylim(bottom=0)
    left.legend(loc="center left")
    if right:
        right.set_ylabel("accuracy in %")
        right.legend(loc="center right")
    plt.show()


def boundary(run):
    """What the network says at every place, with the points."""
    torch.set_default_dtype(torch.float64)
    side = torch.linspace(-6, 6, 200)
    y, x = torch.meshgrid(side, side, indexing="ij")
    plane = torch.stack([x.flatten(), y.flatten(), torch.zeros(x.numel())], dim=1)
    with torch.no_grad():
        output = run["network"](run["features"](plane))
    plt.figure(figsize=(6, 5))
    place = {"extent": (-6, 6, -6, 6), "origin": "lower"}
    if output.dim() == 2:
        likely, best = output.softmax(dim=1).reshape(*x.shape, -1).max(dim=2)
        classes = output.shape[1]
        colors = {"cmap": ListedColormap(CLASSES[:classes]), "vmin": 0, "vmax": classes - 1}
        sure = ((likely * classes - 1) / (classes - 1)).clamp(0, 1)
        plt.imshow(best, alpha=OPACITY * sure, **place, **colors)
    else:
        colors = {"cmap": LinearSegmentedColormap.from_list("Playlab", SCALE), "vmin": -1, "vmax": 1}
        plt.imshow(output.reshape(x.shape), alpha=OPACITY, **place, **colors)
        plt.colorbar(label="output")
    for what, edge in (("TRAIN", "white"), ("TEST", "black")):
        *_, points = (values for name, values in run.items() if re.fullmatch(rf"{what}(_\d+)?", name))
        plt.scatter(*points[:, :2].T, c=points[:, 2], s=25, edgecolors=edge, linewidths=0.7, **colors)
    plt.title(f"Output after {run['EPOCHS']} epochs")
    plt.show()'''.replace("@COLORS@", _COLORS)
