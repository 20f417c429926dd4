"""A moment of a run as one readable PyTorch file, which trains it and compares its losses with Playlab's.

The file has what the run's settings ask for and nothing else. Where torch.optim does what the original does, it is
used; else the update is written out. Needs torch only where it runs.
"""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from playground.config import Config
from playground.recording import moment
from playground.recording.edits import Bias, Data, LearningRate, Weight
from playground.recording.moment import Moment
from playground.recording.player import Player

EVERY = 10  # epochs between two lines that it prints
TOLERANCE = 1e-9
NUDGE = 1e-14  # what a weight is moved by, to see whether the run is chaotic
WIDTH = 100

_FEATURES = {
    "x": "x",
    "y": "y",
    "xSquared": "x * x",
    "ySquared": "y * y",
    "xTimesY": "x * y",
    "sinX": "torch.sin(x)",
    "sinY": "torch.sin(y)",
}
_ACTIVATIONS = {"relu": "torch.relu({})", "tanh": "torch.tanh({})", "sigmoid": "torch.sigmoid({})", "linear": "{}"}


@dataclass(frozen=True)
class Shown:
    """Losses that Playlab has at some epochs. reliable: up to which of them another machine's may be compared."""

    losses: dict[int, tuple[float, float]]
    reliable: int


def measuring(there: Moment) -> Generator[None, None, Shown]:
    """The losses of the epochs that the file prints, an epoch at each step.

    The file adds in another order than the kernel: where a weight moved by 1e-14 changes a loss by more than the
    tolerance, the run is chaotic, and no comparison says anything from there on.
    """
    epochs = sorted({*range(0, there.epoch, EVERY), there.epoch})
    ours, moved = Player(there.recording), Player(there.recording)
    moved.engine.parameters[:] += NUDGE
    found: dict[int, tuple[float, float]] = {}
    reliable, is_reliable = 0, True
    for before, epoch in itertools.pairwise([0, *epochs]):
        for _ in range(epoch - before):
            ours.train()
            yield
            moved.train()
            yield
        scores, others = ours.engine.scores(), moved.engine.scores()
        found[epoch] = scores.train_loss, scores.test_loss
        # np.max, unlike max, is NaN where one of them is.
        apart = np.max([_apart(scores.train_loss, others.train_loss), _apart(scores.test_loss, others.test_loss)])
        is_reliable = is_reliable and bool(apart <= TOLERANCE)
        reliable = epoch if is_reliable else reliable
    return Shown(found, reliable)


def _apart(one: float, other: float) -> float:
    """How far two losses are apart; of a large one, relative to it."""
    return abs(one - other) / max(1.0, abs(other))


def script(there: Moment) -> str:
    """The file. It trains up to the moment's epoch and ends with status 1 where its losses differ from Playlab's."""
    steps = writing(there)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast(str, end.value)


def writing(there: Moment) -> Generator[None, None, str]:
    """`script`, step by step."""
    config, shown = there.recording.config, (yield from measuring(there))
    player = Player(replace(there.recording, edits=()))
    parts = [
        _head(there),
        _points("TRAIN", player.engine.train_points),
        _points("TEST", player.engine.test_points),
    ]
    for other in _other_points(there):
        parts.append(other)
        yield
    parts += [
        _settings(there),
        _features(config),
        _network(config),
        _initial(config, player.engine.parameters),
        _loss(),
        _training(there, len(player.engine.train_points)),
        _comparison(there, shown),
    ]
    return "\n\n\n".join(part.strip("\n") for part in parts if part) + "\n"


# --- its parts, in their order ----------------------------------------------------------------------------------------


def _head(there: Moment) -> str:
    config = there.recording.config
    sizes = "-".join(map(str, config.sizes))
    address = _wrapped(moment.write(there))
    return f'''"""A network that Playlab has trained: {config.data_name}, {sizes}, {there.epoch} epochs.

It trains the same network with PyTorch and prints its losses beside those that Playlab showed. This is
the run, as the part of Playlab's address after #:

{address}
"""

import json
import math
import sys

import torch
from torch import nn

torch.set_default_dtype(torch.float64)'''


def _points(name: str, points: np.ndarray) -> str:
    rows = [f"[{', '.join(map(_number, row))}]," for row in points.tolist()]
    comment = "# x, y and the label of each point.\n" if name == "TRAIN" else ""
    return f"{comment}{name} = torch.tensor([\n{_filled(rows)}\n])"


def _other_points(there: Moment) -> Iterator[str]:
    for number, (_, config) in enumerate(_data_edits(there), 1):
        from playground.original import generators

        for name, points in zip(("TRAIN", "TEST"), generators.split(config), strict=True):
            yield _points(f"{name}_{number}", points)


def _data_edits(there: Moment) -> list[tuple[int, Config]]:
    recording = there.recording.until(there.epoch)
    return [(epoch, recording.settings(epoch)) for epoch, edit in recording.edits if isinstance(edit, Data)]


def _settings(there: Moment) -> str:
    config = there.recording.config
    lines = [
        f"LEARNING_RATE = {_number(config.learning_rate)}",
        f"BATCH_SIZE = {config.batch_size}",
        f"EPOCHS = {there.epoch}",
    ]
    if config.regularization != "none":
        lines.insert(1, f"REGULARIZATION_RATE = {_number(config.regularization_rate)}  # {config.regularization}")
    return "\n".join(lines)


def _features(config: Config) -> str:
    names = ", ".join(_FEATURES[name] for name in config.features)
    made = f"torch.stack([{names}], dim=1)" if names else "torch.zeros(len(points), 0)"
    return f'''def features(points):
    """What the network sees of points (n, 3): (n, {len(config.features)})."""
    x, y = points[:, 0], points[:, 1]
    return {made}'''


def _layers(config: Config) -> list[str]:
    return [*(f"hidden{number}" for number in range(1, len(config.network_shape) + 1)), "output"]


def _network(config: Config) -> str:
    names = _layers(config)
    made = "\n".join(
        f"        self.{name} = nn.Linear({inputs}, {nodes})"
        for name, (inputs, nodes) in zip(names, itertools.pairwise(config.sizes), strict=True)
    )
    calls = "\n".join(
        f"        values = {_ACTIVATIONS[config.activation].format(f'self.{name}(values)')}" for name in names[:-1]
    )
    last = "torch.tanh({})" if config.problem == "classification" else "{}"
    return f"""class Network(nn.Module):
    def __init__(self):
        super().__init__()
{made}

    def forward(self, values):
{calls}{chr(10) if calls else ""}        return {last.format("self.output(values)[:, 0]")}"""


def _initial(config: Config, flat: np.ndarray) -> str:
    lines, at = [], 0
    for name, (inputs, nodes) in zip(_layers(config), itertools.pairwise(config.sizes), strict=True):
        weights = flat[at : at + nodes * inputs].reshape(nodes, inputs)
        rows = [f"[{', '.join(map(_number, row))}]," for row in weights.tolist()]
        at += nodes * inputs
        biases = ", ".join(map(_number, flat[at : at + nodes].tolist()))
        at += nodes
        lines += [f'    "{name}.weight": torch.tensor([', _filled(rows, 8), "    ]),"]
        lines += [f'    "{name}.bias": torch.tensor([{biases}]),']
    return "\n".join(["network = Network()", "network.load_state_dict({", *lines, "})"])


def _loss() -> str:
    return '''def loss(points):
    """Half the squared error, as Playlab has it, in the mean over the points."""
    return 0.5 * ((network(features(points)) - points[:, 2]) ** 2).mean()'''


def _training(there: Moment, points: int) -> str:
    config = there.recording.config
    return "\n\n\n".join(filter(None, [_optimizer(config), _epoch(config, points), _edits(there)]))


def _optimizer(config: Config) -> str:
    if config.regularization == "L2":
        return """weights = [parameter for name, parameter in network.named_parameters() if "weight" in name]
biases = [parameter for name, parameter in network.named_parameters() if "bias" in name]
optimizer = torch.optim.SGD(
    [{"params": weights, "weight_decay": REGULARIZATION_RATE}, {"params": biases}], lr=LEARNING_RATE
)"""
    plain = "optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE)"
    if config.regularization == "none":
        return plain
    return f'''{plain}
weights = [parameter for name, parameter in network.named_parameters() if "weight" in name]
alive = [torch.ones_like(weight, dtype=torch.bool) for weight in weights]


@torch.no_grad()
def step():
    """A step of SGD and one of L1, which stops a weight for good where it would carry it past 0."""
    before = [weight.clone() for weight in weights]
    optimizer.step()
    for weight, old, lives in zip(weights, before, alive):
        pulled = weight - optimizer.param_groups[0]["lr"] * REGULARIZATION_RATE * old.sign()
        crosses = weight * pulled < 0
        weight.copy_(torch.where(lives, torch.where(crosses, 0.0, pulled), old))
        lives &= ~crosses'''


def _epoch(config: Config, points: int) -> str:
    step = "step()" if config.regularization == "L1" else "optimizer.step()"
    if points % config.batch_size == 0:
        return f"""def epoch(points):
    for batch in points.split(BATCH_SIZE):
        optimizer.zero_grad()
        loss(batch).backward()
        {step}"""
    return f'''waiting = 0  # points whose gradients have been added up since the last step


def epoch(points):
    """A batch that is not full waits for those of the next epoch, as in the original."""
    global waiting
    for batch in points.split(BATCH_SIZE):
        (loss(batch) * len(batch)).backward()
        waiting += len(batch)
        if len(batch) == BATCH_SIZE:
            for parameter in network.parameters():
                parameter.grad /= waiting
            {step}
            optimizer.zero_grad()
            waiting = 0'''


def _edits(there: Moment) -> str:
    config = there.recording.config
    recording = there.recording.until(there.epoch)
    if not recording.edits:
        return ""
    names, lines, number = _layers(config), [], 0
    for epoch, stamped in itertools.groupby(recording.edits, key=lambda one: one.epoch):
        lines.append(f"    if epoch == {epoch}:")
        for _, edit in stamped:
            match edit:
                case LearningRate(rate):
                    lines += [
                        "        for group in optimizer.param_groups:",
                        f'            group["lr"] = {_number(rate)}',
                    ]
                case Weight(layer, node, source, value):
                    lines.append(f"        network.{names[layer]}.weight[{node}, {source}] = {_number(value)}")
                    if config.regularization == "L1":
                        lines.append(f"        alive[{layer}][{node}, {source}] = True")
                case Bias(layer, node, value):
                    lines.append(f"        network.{names[layer]}.bias[{node}] = {_number(value)}")
                case Data():
                    number += 1
                    lines.append(f"        train, test = TRAIN_{number}, TEST_{number}")
    body = "\n".join(lines)
    return f'''train, test = TRAIN, TEST


@torch.no_grad()
def edit(epoch):
    """What was changed by hand after this epoch."""
    global train, test
{body}'''


def _comparison(there: Moment, shown: Shown) -> str:
    rows = [f"{epoch}: ({_number(train)}, {_number(test)})," for epoch, (train, test) in shown.losses.items()]
    has_edits = bool(there.recording.until(there.epoch).edits)
    train, test = ("train", "test") if has_edits else ("TRAIN", "TEST")
    edit = "\n    edit(number)" if has_edits else ""
    if shown.reliable == there.epoch:
        about = f"TOLERANCE = {TOLERANCE:g}"
        compared = ""
    else:
        about = f"""# After epoch {shown.reliable} this run is chaotic: a weight moved by {NUDGE:g} changes its losses
# by more than {TOLERANCE:g}, and so does the order in which a machine adds. So they are compared up to there.
TOLERANCE = {TOLERANCE:g}
COMPARED = {shown.reliable}"""
        compared = " if number <= COMPARED else 0.0"
    return f'''# Training and test loss that Playlab showed after some epochs.
SHOWN = {{
{_filled(rows)}
}}
{about}


def apart(one, other):
    """How far two losses are apart; of a large one, relative to it."""
    return abs(one - other) / max(1.0, abs(other))


def number_or_none(value):
    """JSON has no word for what is no number."""
    return value if math.isfinite(value) else None


largest = 0.0
print("epoch  training loss  in Playlab     test loss      in Playlab")
for number in range(EPOCHS + 1):
    if number:
        epoch({train}){edit}
    if number in SHOWN:
        with torch.no_grad():
            ours = loss({train}).item(), loss({test}).item()
        theirs = SHOWN[number]
        print(f"{{number:5}}  {{ours[0]:<13.10g}}  {{theirs[0]:<13.10g}}  {{ours[1]:<13.10g}}  {{theirs[1]:<13.10g}}")
        difference = torch.tensor([*map(apart, ours, theirs)]).max().item(){compared}
        largest = difference if not difference <= largest else largest
result = {{"epoch": EPOCHS, "train": ours[0], "test": ours[1], "largest_difference": largest}}
print(json.dumps({{name: number_or_none(value) for name, value in result.items()}}))
sys.exit(0 if largest <= TOLERANCE else 1)'''


def _number(value: float) -> str:
    """As Python reads it back to the same bits."""
    if math.isfinite(value):
        return repr(value)
    return f'float("{value}")'


def _wrapped(address: str) -> str:
    """In lines, broken after the signs that separate in a link."""
    spaced = address.replace("&", "& ").replace(",", ", ")
    lines = textwrap.wrap(spaced, WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(line.replace("& ", "&").replace(", ", ",") for line in lines)


def _filled(parts: Sequence[str] | Iterable[str], indent: int = 4) -> str:
    """The parts in lines, as many in each as there is room for."""
    space, lines, line = " " * indent, [], ""
    for part in parts:
        if line and len(space) + len(line) + 1 + len(part) > WIDTH:
            lines.append(space + line)
            line = part
        else:
            line = f"{line} {part}" if line else part
    return "\n".join([*lines, space + line])
