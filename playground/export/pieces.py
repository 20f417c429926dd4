"""Pieces of PyTorch code that train a moment of a run again, for a file or a notebook.

They have what the run's settings ask for and nothing else. Where torch.optim does what the original does, it is used;
else the update is written out. torch is needed only where they run.
"""

from __future__ import annotations

import itertools
import json
import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from playground import draws
from playground.config import Config
from playground.data import datasets
from playground.engine import Engine
from playground.export import units
from playground.export.measured import NUDGE, TOLERANCE, Shown
from playground.loss import LOSSES
from playground.network import output_activation
from playground.optimizer import OPTIMIZERS, arguments
from playground.recording import moment
from playground.recording.edits import Add, Bias, Data, Drop, LearningRate, Weight
from playground.recording.moment import Moment
from playground.schedule import SCHEDULES

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
_ACTIVATIONS = {
    "relu": "torch.relu({})",
    "tanh": "torch.tanh({})",
    "sigmoid": "torch.sigmoid({})",
    "linear": "{}",
    "leakyRelu": "nn.functional.leaky_relu({})",
    "elu": "nn.functional.elu({})",
    "gelu": 'nn.functional.gelu({}, approximate="tanh")',
    "silu": "nn.functional.silu({})",
    "softplus": "nn.functional.softplus({}, threshold=40)",
    "sin": "torch.sin({})",
}


def points(there: Moment) -> Iterator[str]:
    """The points of the beginning, and the others that were drawn later."""
    yield from _sets(there.recording.config, "")
    for number, (_, config) in enumerate(_data_edits(there), 1):
        yield from _sets(config, f"_{number}")


def _sets(config: Config, suffix: str) -> Iterator[str]:
    for name, rows in zip(("TRAIN", "TEST"), datasets.split(config), strict=True):
        lines = [f"[{', '.join(map(literal, row))}]," for row in rows.tolist()]
        comment = _about(config) if name + suffix == "TRAIN" else ""
        yield f"{comment}{name}{suffix} = torch.tensor([\n{filled(lines)}\n])"


def _about(config: Config) -> str:
    """What the columns are, as comments."""
    said = ["x, y and the label of each point."]
    own = units.of(config)
    if own:
        scaled = [("x", own.axes[0]), ("y", own.axes[1])] + ([] if own.class_names else [("label", own.axes[2])])
        said += [
            f"{column} is {_quoted(axis.name or 'a number')}: (value - {axis.centre:.7g}) / {axis.step:.7g}."
            for column, axis in scaled
        ]
    if own and own.class_names:
        classes = ", ".join(f"{label} {_quoted(name)}" for label, name in enumerate(own.class_names))
        said.append(f"label is {_quoted(own.axes[2].name or 'a class')}: {classes}.")
    return "".join(f"# {line}\n" for text in said for line in textwrap.wrap(text, WIDTH - 2))


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _data_edits(there: Moment) -> list[tuple[int, Config]]:
    recording = there.recording.until(there.epoch)
    epochs = dict.fromkeys(epoch for epoch, edit in recording.edits if isinstance(edit, Data | Add | Drop))
    return [(epoch, recording.settings(epoch)) for epoch in epochs]


def settings(there: Moment) -> str:
    config = there.recording.config
    lines = [
        f"LEARNING_RATE = {literal(config.learning_rate)}",
        f"BATCH_SIZE = {batch_size(config)}",
        f"EPOCHS = {there.epoch}",
    ]
    if config.regularization != "none":
        what = "L1" if config.regularization == "both" else config.regularization
        lines.insert(1, f"REGULARIZATION_RATE = {literal(config.regularization_rate)}  # {what}")
    if config.regularization == "both":
        lines.insert(2, f"L2_RATE = {literal(config.l2_rate)}")
    taken = SCHEDULES[config.schedule].settings
    if "schedule_epochs" in taken:
        lines.append(f"SCHEDULE_EPOCHS = {config.schedule_epochs}  # {config.schedule}")
    if "schedule_factor" in taken:
        lines.append(f"SCHEDULE_FACTOR = {literal(config.schedule_factor)}")
    if _counts(config):
        lines.append(f"KEY = {_key(config)}  # of the numbers for dropout and the order of the points")
    return "\n".join(lines)


def batch_size(config: Config) -> int:
    return len(datasets.split(config)[0]) if config.full_batch else config.batch_size


def _counts(config: Config) -> bool:
    """Whether its epochs need random numbers, and so have to know which epoch they are."""
    return config.shuffle or any(config.dropouts)


def _key(config: Config) -> int:
    return draws.signed(draws.key_of(config.seed))


def features(config: Config) -> str:
    names = ", ".join(_FEATURES[name] for name in config.features)
    made = f"torch.stack([{names}], dim=1)" if names else "torch.zeros(len(points), 0)"
    return f'''def features(points):
    """What the network sees of points (n, 3): (n, {len(config.features)})."""
    x, y = points[:, 0], points[:, 1]
    return {made}'''


def layers(config: Config) -> list[str]:
    """The names of those that compute."""
    return [*(f"hidden{number}" for number in range(1, len(config.network_shape) + 1)), "output"]


def network(config: Config) -> str:
    names, shares = layers(config), config.dropouts
    made = "\n".join(
        f"        self.{name} = nn.Linear({inputs}, {nodes})"
        for name, (inputs, nodes) in zip(names, itertools.pairwise(config.sizes), strict=True)
    )
    calls = ""
    for number, (name, activation, share) in enumerate(zip(names, config.activations, shares, strict=False), 1):
        calls += f"        values = {_ACTIVATIONS[activation].format(f'self.{name}(values)')}\n"
        if share:
            calls += f"        values = dropped(values, {number}, {literal(share)}, at)\n"
    takes = "self, values, at=None" if any(shares) else "self, values"
    passes = "values, at" if any(shares) else "values"
    output = "self.output(values)" if config.has_classes else "self.output(values)[:, 0]"
    if LOSSES[config.loss_in_use].of_sums and output_activation(config) == "tanh":
        body = f"""    def sums({takes}):
{calls}        return {output}

    def forward({takes}):
        return torch.tanh(self.sums({passes}))"""
    else:
        last = "torch.tanh({})" if output_activation(config) == "tanh" else "{}"
        body = f"""    def forward({takes}):
{calls}        return {last.format(output)}"""
    return f"""class Network(nn.Module):
    def __init__(self):
        super().__init__()
{made}

{body}"""


def numbers(config: Config) -> str:
    """The random numbers of an epoch; empty where it needs none."""
    if not _counts(config):
        return ""
    dropped = f'''


def dropped(values, layer, share, at):
    """Without so many of a hidden layer's outputs. at: the epoch that trains and the place of its first point."""
    if at is None:
        return values
    number, first = at
    nodes, places = torch.arange(values.shape[1]), first + torch.arange(len(values))[:, None]
    kept = uniform(number, (layer * {draws.NODES} + nodes) * {draws.POINTS} + places) >= share
    return values * kept / (1 - share)'''
    dropped = dropped if any(config.dropouts) else ""
    signed = [draws.signed(number) for number in (draws.FIRST, draws.SECOND, draws.STRIDE)]
    return f'''def mixed(state):
    """SplitMix64, whose whole numbers of 64 bits wrap around."""
    for shift, factor in ((30, {signed[0]}), (27, {signed[1]}), (31, 1)):
        state = (state ^ ((state >> shift) & ((1 << (64 - shift)) - 1))) * factor
    return state


def uniform(number, index):
    """Random numbers from 0 to 1 of the epoch `number`, which are counted by `index`."""
    state = mixed(torch.tensor(KEY) + (number + 1) * torch.tensor({signed[2]}))
    return ((mixed(state + (index + 1) * {signed[2]}) >> 11) & (2**53 - 1)) * 2.0**-53{dropped}'''


def weights(config: Config) -> str:
    """The network with its initial weights."""
    mlp, lines = Engine(config).mlp, []
    for name, weight, bias in zip(layers(config), mlp.weights, mlp.biases, strict=True):
        rows = [f"[{', '.join(map(literal, row))}]," for row in weight.tolist()]
        lines += [f'    "{name}.weight": torch.tensor([', filled(rows, 8), "    ]),"]
        lines += [f'    "{name}.bias": torch.tensor([{", ".join(map(literal, bias.tolist()))}]),']
    return "\n".join(["network = Network()", "network.load_state_dict({", *lines, "})"])


def loss(config: Config) -> str:
    takes = "points, at=None" if any(config.dropouts) else "points"
    passes = "features(points), at" if any(config.dropouts) else "features(points)"
    chosen = LOSSES[config.loss_in_use]
    return f'''def loss({takes}):
    """{chosen.title}"""
    return {chosen.code.format(passes)}'''


def optimizer(config: Config) -> str:
    if config.regularization == "L2" and config.optimizer == "sgd":
        return """weights = [parameter for name, parameter in network.named_parameters() if "weight" in name]
biases = [parameter for name, parameter in network.named_parameters() if "bias" in name]
optimizer = torch.optim.SGD(
    [{"params": weights, "weight_decay": REGULARIZATION_RATE}, {"params": biases}], lr=LEARNING_RATE
)"""
    name = OPTIMIZERS[config.optimizer].torch
    values = "".join(f", {key}={value!r}" for key, value in arguments(config).items())
    plain = f"optimizer = torch.optim.{name}(network.parameters(), lr=LEARNING_RATE{values})"
    if config.regularization == "none":
        return plain
    weights = 'weights = [parameter for name, parameter in network.named_parameters() if "weight" in name]'
    if config.regularization == "L2":
        return f'''{plain}
{weights}


@torch.no_grad()
def step():
    """A step of the optimizer and one of L2, which is not part of the gradients."""
    before = [weight.clone() for weight in weights]
    optimizer.step()
    for weight, old in zip(weights, before):
        weight -= optimizer.param_groups[0]["lr"] * REGULARIZATION_RATE * old'''
    what, pull = "L1", "REGULARIZATION_RATE * old.sign()"
    if config.regularization == "both":
        what, pull = "L1 and L2", f"({pull} + L2_RATE * old)"
    return f'''{plain}
{weights}
alive = [torch.ones_like(weight, dtype=torch.bool) for weight in weights]


@torch.no_grad()
def step():
    """A step of {name} and one of {what}, which stops a weight for good where it would carry it past 0."""
    before = [weight.clone() for weight in weights]
    optimizer.step()
    for weight, old, lives in zip(weights, before, alive):
        pulled = weight - optimizer.param_groups[0]["lr"] * {pull}
        crosses = weight * pulled < 0
        weight.copy_(torch.where(lives, torch.where(crosses, 0.0, pulled), old))
        lives &= ~crosses'''


def epoch(config: Config) -> str:
    points, _ = datasets.split(config)
    is_plain = config.regularization == "none" or (config.regularization == "L2" and config.optimizer == "sgd")
    step = "optimizer.step()" if is_plain else "step()"
    begins = ""
    if config.schedule != "constant":
        begins += f"""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate * {SCHEDULES[config.schedule].code}"""
    if config.shuffle:
        begins += """
    points = points[uniform(number, torch.arange(len(points))).argsort(stable=True)]"""
    each, one = "for batch in points.split(BATCH_SIZE):", "loss(batch)"
    if any(config.dropouts):
        each = "for place, batch in enumerate(points.split(BATCH_SIZE)):"
        one = "loss(batch, at=(number, place * BATCH_SIZE))"
    takes = "points, number" if _is_numbered(config) else "points"
    kept = "" if config.schedule == "constant" else "learning_rate = LEARNING_RATE  # before the schedule\n\n\n"
    if len(points) % batch_size(config) == 0:
        return f"""{kept}def epoch({takes}):{begins}
    {each}
        optimizer.zero_grad()
        {one}.backward()
        {step}"""
    return f'''{kept}waiting = 0  # points whose gradients have been added up since the last step


def epoch({takes}):
    """A batch that is not full waits for those of the next epoch, as in the original."""
    global waiting{begins}
    {each}
        ({one} * len(batch)).backward()
        waiting += len(batch)
        if len(batch) == BATCH_SIZE:
            for parameter in network.parameters():
                parameter.grad /= waiting
            {step}
            optimizer.zero_grad()
            waiting = 0'''


def _is_numbered(config: Config) -> bool:
    """Whether an epoch has to know which it is."""
    return config.schedule != "constant" or _counts(config)


def edits(there: Moment) -> str:
    """Empty where nothing was edited."""
    config = there.recording.config
    recording = there.recording.until(there.epoch)
    if not recording.edits:
        return ""
    names, lines, data = layers(config), [], [epoch for epoch, _ in _data_edits(there)]
    for epoch, stamped in itertools.groupby(recording.edits, key=lambda one: one.epoch):
        lines.append(f"    if epoch == {epoch}:")
        for _, edit in stamped:
            match edit:
                case LearningRate(rate) if config.schedule != "constant":
                    lines.append(f"        learning_rate = {literal(rate)}")
                case LearningRate(rate):
                    lines += [
                        "        for group in optimizer.param_groups:",
                        f'            group["lr"] = {literal(rate)}',
                    ]
                case Weight(layer, node, source, value):
                    lines.append(f"        network.{names[layer]}.weight[{node}, {source}] = {literal(value)}")
                    if config.regularization in ("L1", "both"):
                        lines.append(f"        alive[{layer}][{node}, {source}] = True")
                case Bias(layer, node, value):
                    lines.append(f"        network.{names[layer]}.bias[{node}] = {literal(value)}")
        if epoch in data:
            number = data.index(epoch) + 1
            lines.append(f"        train, test = TRAIN_{number}, TEST_{number}")
            if _counts(config):
                lines.append(f"        KEY = {_key(recording.settings(epoch))}")
    body = "\n".join(lines)
    names_changed = "train, test"
    names_changed += ", learning_rate" if config.schedule != "constant" else ""
    names_changed += ", KEY" if _counts(config) else ""
    return f'''train, test = TRAIN, TEST


@torch.no_grad()
def edit(epoch):
    """What was changed by hand after this epoch."""
    global {names_changed}
{body}'''


def shown(there: Moment, measured: Shown) -> str:
    """The losses that Playlab showed, and how far others may be from them."""
    rows = [f"{epoch}: ({literal(train)}, {literal(test)})," for epoch, (train, test) in measured.losses.items()]
    if measured.reliable == there.epoch:
        about = f"TOLERANCE = {TOLERANCE:g}"
    else:
        about = f"""# After epoch {measured.reliable} this run is chaotic: \
a weight moved by {NUDGE:g} changes its losses
# by more than {TOLERANCE:g}, and so does the order in which a machine adds. So they are compared up to there.
TOLERANCE = {TOLERANCE:g}
COMPARED = {measured.reliable}"""
    return f'''# Training and test loss that Playlab showed after some epochs.
SHOWN = {{
{filled(rows)}
}}
{about}


def apart(one, other):
    """How far two losses are apart; of a large one, relative to it."""
    return abs(one - other) / max(1.0, abs(other))


def number_or_none(value):
    """JSON has no word for what is no number."""
    return value if math.isfinite(value) else None'''


HEADING = 'print("epoch  training loss  in Playlab     test loss      in Playlab")'
RESULT = """result = {"epoch": EPOCHS, "train": ours[0], "test": ours[1], "largest_difference": largest}
print(json.dumps({name: number_or_none(value) for name, value in result.items()}))"""


def compared(there: Moment, measured: Shown) -> str:
    """Prints the losses after `number` epochs, `ours`, beside `theirs`, and keeps the `largest` difference.

    Where the run is chaotic by then, the line says that they were not compared.
    """
    is_all = measured.reliable == there.epoch
    until = "" if is_all else " if number <= COMPARED else 0.0"
    mark = "" if is_all else ' + ("" if number <= COMPARED else "  chaotic: not compared")'
    columns = "{number:5}  {ours[0]:<13.10g}  {theirs[0]:<13.10g}  {ours[1]:<13.10g}  {theirs[1]:<13.10g}"
    return f'''print(f"{columns}"{mark})
difference = torch.tensor([*map(apart, ours, theirs)]).max().item(){until}
largest = difference if not difference <= largest else largest'''


def trained(there: Moment) -> tuple[str, str, str]:
    """What is trained on, what is tested with, and the lines in a loop that train the epoch `number`."""
    number = ", number - 1" if _is_numbered(there.recording.config) else ""
    if there.recording.until(there.epoch).edits:
        return "train", "test", f"    if number:\n        epoch(train{number})\n    edit(number)"
    return "TRAIN", "TEST", f"    if number:\n        epoch(TRAIN{number})"


def literal(value: float) -> str:
    """As Python reads it back to the same bits."""
    if math.isfinite(value):
        return repr(value)
    return f'float("{value}")'


def link(there: Moment) -> str:
    """The link of the moment in lines, broken after the signs that separate in it; a seed may have any but blanks."""
    spaced = moment.write(there).replace("&", "& ").replace(",", ", ")
    lines = textwrap.wrap(spaced, WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(line.replace("& ", "&").replace(", ", ",") for line in lines)


def filled(parts: Sequence[str] | Iterable[str], indent: int = 4) -> str:
    """The parts in lines, as many in each as there is room for."""
    space, lines, line = " " * indent, [], ""
    for part in parts:
        if line and len(space) + len(line) + 1 + len(part) > WIDTH:
            lines.append(space + line)
            line = part
        else:
            line = f"{line} {part}" if line else part
    return "\n".join([*lines, space + line])
