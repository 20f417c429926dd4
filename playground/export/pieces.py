"""Pieces of PyTorch code that train a moment of a run again, for a file or a notebook.

They have what the run's settings ask for and nothing else. Where torch.optim does what the original does, it is used;
else the update is written out. torch is needed only where they run.
"""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from playground.config import Config
from playground.data import datasets
from playground.engine import Engine
from playground.export.measured import NUDGE, TOLERANCE, Shown
from playground.recording import moment
from playground.recording.edits import Bias, Data, LearningRate, Weight
from playground.recording.moment import Moment

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


def points(there: Moment) -> Iterator[str]:
    """The points of the beginning, and the others that were drawn later."""
    yield from _sets(there.recording.config, "")
    for number, (_, config) in enumerate(_data_edits(there), 1):
        yield from _sets(config, f"_{number}")


def _sets(config: Config, suffix: str) -> Iterator[str]:
    for name, rows in zip(("TRAIN", "TEST"), datasets.split(config), strict=True):
        lines = [f"[{', '.join(map(literal, row))}]," for row in rows.tolist()]
        comment = "# x, y and the label of each point.\n" if name + suffix == "TRAIN" else ""
        yield f"{comment}{name}{suffix} = torch.tensor([\n{filled(lines)}\n])"


def _data_edits(there: Moment) -> list[tuple[int, Config]]:
    recording = there.recording.until(there.epoch)
    return [(epoch, recording.settings(epoch)) for epoch, edit in recording.edits if isinstance(edit, Data)]


def settings(there: Moment) -> str:
    config = there.recording.config
    lines = [
        f"LEARNING_RATE = {literal(config.learning_rate)}",
        f"BATCH_SIZE = {config.batch_size}",
        f"EPOCHS = {there.epoch}",
    ]
    if config.regularization != "none":
        lines.insert(1, f"REGULARIZATION_RATE = {literal(config.regularization_rate)}  # {config.regularization}")
    return "\n".join(lines)


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
    names = layers(config)
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


def weights(config: Config) -> str:
    """The network with its initial weights."""
    mlp, lines = Engine(config).mlp, []
    for name, weight, bias in zip(layers(config), mlp.weights, mlp.biases, strict=True):
        rows = [f"[{', '.join(map(literal, row))}]," for row in weight.tolist()]
        lines += [f'    "{name}.weight": torch.tensor([', filled(rows, 8), "    ]),"]
        lines += [f'    "{name}.bias": torch.tensor([{", ".join(map(literal, bias.tolist()))}]),']
    return "\n".join(["network = Network()", "network.load_state_dict({", *lines, "})"])


LOSS = '''def loss(points):
    """Half the squared error, as Playlab has it, in the mean over the points."""
    return 0.5 * ((network(features(points)) - points[:, 2]) ** 2).mean()'''


def optimizer(config: Config) -> str:
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


def epoch(config: Config) -> str:
    points, _ = datasets.split(config)
    step = "step()" if config.regularization == "L1" else "optimizer.step()"
    if len(points) % config.batch_size == 0:
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


def edits(there: Moment) -> str:
    """Empty where nothing was edited."""
    config = there.recording.config
    recording = there.recording.until(there.epoch)
    if not recording.edits:
        return ""
    names, lines, number = layers(config), [], 0
    for epoch, stamped in itertools.groupby(recording.edits, key=lambda one: one.epoch):
        lines.append(f"    if epoch == {epoch}:")
        for _, edit in stamped:
            match edit:
                case LearningRate(rate):
                    lines += [
                        "        for group in optimizer.param_groups:",
                        f'            group["lr"] = {literal(rate)}',
                    ]
                case Weight(layer, node, source, value):
                    lines.append(f"        network.{names[layer]}.weight[{node}, {source}] = {literal(value)}")
                    if config.regularization == "L1":
                        lines.append(f"        alive[{layer}][{node}, {source}] = True")
                case Bias(layer, node, value):
                    lines.append(f"        network.{names[layer]}.bias[{node}] = {literal(value)}")
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
    if there.recording.until(there.epoch).edits:
        return "train", "test", "    if number:\n        epoch(train)\n    edit(number)"
    return "TRAIN", "TEST", "    if number:\n        epoch(TRAIN)"


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
