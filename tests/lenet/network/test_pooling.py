from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from lenet.network.pooling import MaxOfFour, convolved, max_pooled
from support.long import examples


def gradients(output: Tensor, *inputs: Tensor) -> tuple[Tensor, ...]:
    weights = torch.rand(output.shape, generator=torch.Generator().manual_seed(5))
    return torch.autograd.grad((output * weights).sum(), inputs)


@settings(deadline=None, max_examples=examples(10, of=60))
@given(
    channels=st.integers(1, 4), maps=st.integers(1, 7), padding=st.integers(0, 2), kernel=st.sampled_from([3, 5]),
    side=st.sampled_from([8, 12, 28]), seed=st.integers(0, 999),
)  # fmt: skip
def test_it_is_a_convolution_and_a_max_pooling_in_values_and_gradients(channels, maps, padding, kernel, side, seed):
    torch.manual_seed(seed)
    conv = nn.Conv2d(channels, maps, kernel, padding=padding).double()
    x = torch.randn(3, channels, side, side, dtype=torch.float64, requires_grad=True)
    ours, theirs = max_pooled(conv, x), functional.max_pool2d(conv(x), 2)
    assert torch.allclose(ours, theirs)
    inputs = (x, conv.weight, conv.bias)
    for mine, yours in zip(gradients(ours, *inputs), gradients(theirs, *inputs), strict=True):
        assert torch.allclose(mine, yours)


@settings(deadline=None, max_examples=examples(10, of=30))
@given(
    channels=st.integers(1, 6), maps=st.integers(1, 16), padding=st.integers(0, 2), kernel=st.sampled_from([3, 5]),
    side=st.sampled_from([8, 12]), seed=st.integers(0, 999), last=st.booleans(),
)  # fmt: skip
def test_the_layouts_leave_a_convolution_its_values_and_gradients(
    channels, maps, padding, kernel, side, seed, last: bool
):
    torch.manual_seed(seed)
    layout = torch.channels_last if last else torch.contiguous_format
    conv = nn.Conv2d(channels, maps, kernel, padding=padding).double().to(memory_format=layout)
    x = torch.randn(3, channels, side, side, dtype=torch.float64).to(memory_format=layout).requires_grad_()
    ours, theirs = convolved(conv, x), conv(x)
    assert torch.allclose(ours, theirs)
    inputs = (x, conv.weight, conv.bias)
    for mine, yours in zip(gradients(ours, *inputs), gradients(theirs, *inputs), strict=True):
        assert torch.allclose(mine, yours)


def test_an_input_without_a_gradient_leaves_the_weights_theirs():
    conv = nn.Conv2d(1, 6, 5)
    x = torch.rand(2, 1, 28, 28)
    for output in (convolved(conv, x), max_pooled(conv, x)):
        assert all(gradient.abs().sum() > 0 for gradient in gradients(output, conv.weight, conv.bias))


def test_of_equal_values_the_first_gets_the_gradient_as_in_max_pool2d():
    conv = nn.Conv2d(1, 2, 5)
    blank = torch.zeros(1, 1, 28, 28, requires_grad=True)  # MNIST's background: every pool is a tie
    ours, theirs = max_pooled(conv, blank), functional.max_pool2d(conv(blank), 2)
    inputs = (blank, conv.weight, conv.bias)
    for mine, yours in zip(gradients(ours, *inputs), gradients(theirs, *inputs), strict=True):
        assert torch.allclose(mine, yours, atol=1e-5)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_gradient_of_the_maximum_is_numerically_right(layout: torch.memory_format):
    x = torch.randn(2, 8, 3, 3, dtype=torch.float64).to(memory_format=layout).requires_grad_()
    assert torch.autograd.gradcheck(MaxOfFour.apply, (x,))
