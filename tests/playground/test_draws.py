import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from playground import draws, reference
from playground.config import Config
from playground.engine import Engine

WORD = 2**64


def splitmix(state):
    """The generator of the paper, one number after the other, in whole numbers."""
    while True:
        state = (state + draws.STRIDE) % WORD
        z = state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % WORD
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % WORD
        yield z ^ (z >> 31)


def test_the_generator_is_splitmix64():
    """Its first numbers from 1234567, as published with Java's and C's."""
    stream = splitmix(1234567)
    assert [next(stream) for _ in range(3)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@given(st.integers(0, WORD - 1), st.integers(0, 200_000), st.integers(1, 50))
def test_numbers_are_those_of_the_generator_in_its_order_and_torch_counts_the_same(key, epoch, n):
    outer = splitmix(key)
    for _ in range(epoch % 50 + 1):
        epoch_key = next(outer)
    numbers = splitmix(epoch_key)
    expected = [(next(numbers) >> 11) / 2**53 for _ in range(n)]
    ours = draws.epoch_key(key, epoch % 50)
    assert [draws.uniform(ours, index) for index in range(n)] == expected
    assert reference.numbers(key, epoch % 50, torch.arange(n)).tolist() == expected


def test_a_key_is_the_beginning_of_the_seeds_sha256():
    assert draws.key_of("abc") == 0xBA7816BF8F01CFEA


@pytest.mark.parametrize("n", [1, 2, 500])
def test_an_order_has_every_point_once_and_is_another_in_each_epoch(n):
    orders = [draws.order(7, epoch, n).tolist() for epoch in range(20)]
    assert all(sorted(order) == list(range(n)) for order in orders)
    assert len(set(map(tuple, orders))) == (1 if n == 1 else 2 if n == 2 else 20)


def test_numbers_are_even():
    key = draws.epoch_key(3, 5)
    numbers = np.array([draws.uniform(key, index) for index in range(20_000)])
    assert np.abs(np.histogram(numbers, 10, (0, 1))[0] - 2000).max() < 5 * np.sqrt(2000)


def test_a_run_that_is_taken_up_again_has_the_dropout_and_the_order_of_one_that_went_on():
    config = Config(dropout=(0.3, 0.3), shuffle=True, optimizer="adam", seed="0.5")
    whole, first, second = Engine(config), Engine(config), Engine(config)
    for _ in range(7):
        whole.train()
    for _ in range(4):
        first.train()
    second.restore(first.snapshot())
    for _ in range(3):
        second.train()
    assert second.snapshot() == whole.snapshot()
