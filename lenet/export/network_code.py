"""The networks of `lenet.network.model` as code: the one that a run's settings ask for."""

from __future__ import annotations

import textwrap

from lenet.config import TrainConfig
from lenet.network.digits import C3_TABLE, DIGITS_7X12

_ACTIVATIONS = {"relu": "torch.relu", "sigmoid": "torch.sigmoid", "tanh": "torch.tanh"}
_POOLS = {"max": "functional.max_pool2d", "average": "functional.avg_pool2d"}


def name_of(config: TrainConfig) -> str:
    """Of the class."""
    return "LeNet5" if config.model == "lenet5" else "LeCun1998"


def needs_math(config: TrainConfig) -> bool:
    """Whether the run's code calculates with `math`."""
    return config.schedule != "constant" or config.warmup > 0 or config.rotate > 0 or config.shear > 0


def written(config: TrainConfig, *, is_plain: bool) -> str:
    """The class, and what it is made of. is_plain: without the order of sums that Playlab has on a CPU."""
    if config.model == "lecun1998":
        return _lecun1998()
    is_ordered = config.pooling == "max" and not is_plain
    return _lenet5(config, is_ordered=is_ordered) + ("\n\n\n" + _ORDERED if is_ordered else "")


def _lenet5(config: TrainConfig, *, is_ordered: bool) -> str:
    act, pool = _ACTIVATIONS[config.activation], _POOLS[config.pooling]
    padding = f", padding={config.padding}" if config.padding else ""
    inputs = 16 * (4 + config.padding // 2) ** 2
    init = ""
    if config.init == "xavier":
        init = """
        for parameter in self.parameters():
            nn.init.xavier_uniform_(parameter) if parameter.ndim > 1 else nn.init.zeros_(parameter)"""
    if is_ordered:  # max pooling commutes with a rising activation
        maps = f"""        x = {act}(conv_and_pool(self.conv1, x))
        x = {act}({pool}(conv(self.conv2, x), 2))"""
    elif config.pooling == "max":
        maps = f"""        x = {act}({pool}(self.conv1(x), 2))
        x = {act}({pool}(self.conv2(x), 2))"""
    else:
        maps = f"""        x = {pool}({act}(self.conv1(x)), 2)
        x = {pool}({act}(self.conv2(x)), 2)"""
    last = "torch.relu(self.fc3(x))" if config.output_relu else "self.fc3(x)"
    return f'''class LeNet5(nn.Module):
    """Images (n, 1, 28, 28) to logits (n, 10)."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5{padding})
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear({inputs}, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)
        self.to(memory_format=torch.channels_last){init}

    def forward(self, x):
{maps}
        x = {act}(self.fc1(x.flatten(1)))
        x = {act}(self.fc2(x))
        return {last}'''


_ORDERED = '''# The next two are max_pool2d(conv(x), 2) and conv(x), which you may write instead. They only add in the
# order in which Playlab adds, quicker on a CPU, so that all numbers are the same to the last bit.


def conv_and_pool(conv, x):
    """The kernel at the four corners of one a pixel larger: the four values of each pool, side by side."""
    corners = [functional.pad(conv.weight, (right, 1 - right, low, 1 - low)) for low in (0, 1) for right in (0, 1)]
    weight, bias = torch.cat(corners).flatten(1).view(-1, 1, 6, 6), conv.bias.repeat(4)
    four = functional.conv2d(x, weight, bias, stride=2, padding=conv.padding)
    return four.unflatten(1, (4, -1)).max(dim=1).values


class Convolution(torch.autograd.Function):
    """A convolution whose two gradients are each computed in the memory layout that is quicker for it."""

    @staticmethod
    def forward(ctx, x, weight, bias):
        x = x.contiguous(memory_format=torch.channels_last)
        ctx.save_for_backward(x, weight)
        return functional.conv2d(x, weight, bias)

    @staticmethod
    def backward(ctx, gradient):
        (x, weight), backward = ctx.saved_tensors, torch.ops.aten.convolution_backward
        how = ([len(weight)], [1, 1], [0, 0], [1, 1], False, [0, 0], 1)
        of_weight, of_bias = backward(gradient, x, weight, *how, [False, True, True])[1:]
        x, weight, gradient = x.contiguous(), weight.contiguous(), gradient.contiguous()
        return backward(gradient, x, weight, *how, [True, False, False])[0], of_weight, of_bias


def conv(layer, x):
    return Convolution.apply(x, layer.weight, layer.bias)'''


def _lecun1998() -> str:
    table = ", ".join(f'"{row}"' for row in C3_TABLE)
    return f'''# Which maps of S2 feed each map of C3: table I of LeCun et al., "Gradient-based learning applied to
# document recognition", 1998.
C3_TABLE = [
{_lines(table)}
]
# The fixed targets of the output: each digit as a picture of 7 x 12 pixels.
DIGITS = """{DIGITS_7X12}"""


def squash(x):
    """The paper's scaled tanh."""
    return 1.7159 * torch.tanh(2 / 3 * x)


class Subsample(nn.Module):
    """The sum of 2 x 2 values times a trainable coefficient plus a trainable bias, squashed."""

    def __init__(self, maps):
        super().__init__()
        self.weight = nn.Parameter(torch.full((maps, 1, 1), 0.25))
        self.bias = nn.Parameter(torch.zeros(maps, 1, 1))

    def forward(self, x):
        return squash(4 * functional.avg_pool2d(x, 2) * self.weight + self.bias)


class PartialConv(nn.Module):
    """A 5 x 5 convolution in which a map sees only those of the table: 60 kernels, 16 biases."""

    def __init__(self):
        super().__init__()
        pairs = [6 * out + int(into) for out, row in enumerate(C3_TABLE) for into in row]
        self.register_buffer("pairs", torch.tensor(pairs), persistent=False)
        self.weight = nn.Parameter(torch.empty(len(pairs), 5, 5))
        self.bias = nn.Parameter(torch.zeros(16))

    def forward(self, x):
        kernels = self.weight.new_zeros(96, 5, 5).index_copy(0, self.pairs, self.weight)
        return functional.conv2d(x, kernels.view(16, 6, 5, 5), self.bias)


class LeCun1998(nn.Module):
    """Images (n, 1, 28, 28) to logits (n, 10): minus the squared distances from the digits' pictures."""

    def __init__(self):
        super().__init__()
        self.conv1, self.pool1 = nn.Conv2d(1, 6, 5), Subsample(6)
        self.conv2, self.pool2 = PartialConv(), Subsample(16)
        self.fc1, self.fc2 = nn.Linear(400, 120), nn.Linear(120, 84)
        rows = [line.split() for line in DIGITS.split("\\n") if line]
        pictures = [[1.0 if pixel == "#" else -1.0 for row in rows for pixel in row[n]] for n in range(10)]
        self.register_buffer("pictures", torch.tensor(pictures), persistent=False)
        for layer, inputs in [(self.conv1, 25), (self.conv2, 100), (self.fc1, 400), (self.fc2, 120)]:
            nn.init.uniform_(layer.weight, -2.4 / inputs, 2.4 / inputs)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        x = functional.pad(x, (2, 2, 2, 2)) * 1.275 - 0.1  # 32 x 32, white -0.1 and black 1.175
        x = self.pool1(squash(self.conv1(x)))
        x = self.pool2(squash(self.conv2(x)))
        x = squash(self.fc1(x.flatten(1)))
        x = squash(self.fc2(x))
        return -(x[:, None] - self.pictures).square().sum(2)'''


def _lines(text: str) -> str:
    return textwrap.fill(text + ",", 100, initial_indent="    ", subsequent_indent="    ")
