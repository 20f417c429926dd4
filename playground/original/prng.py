"""The original's random numbers: npm seedrandom 2.4.3, which is ARC4 with a key mixed from the seed string.

Width 256, six chunks, 52 significant digits. No other source of randomness decides anything about a run.
"""

from __future__ import annotations

import copy
import math
from typing import TypeVar

import numpy as np
from numba import njit

from playground import compiled
from playground.original import libm

T = TypeVar("T")

_WIDTH = 256
_STATE = _WIDTH + 2  # the permutation, then i and j
_BUFFER = 512  # draws made at a time


def _mix_key(seed: str) -> list[int]:
    """The ARC4 key of a seed string, from its UTF-16 code units."""
    units = np.frombuffer(seed.encode("utf-16-le", "surrogatepass"), dtype="<u2").tolist()
    key: list[int] = []
    smear = 0
    for position, unit in enumerate(units):
        slot = position % _WIDTH
        if slot == len(key):
            key.append(0)
        smear ^= key[slot] * 19
        key[slot] = (smear + unit) % _WIDTH
    return key or [0]


def _schedule(key: list[int]) -> np.ndarray:
    """ARC4's key schedule. Returns the permutation followed by i = j = 0."""
    state = list(range(_WIDTH))
    j = 0
    for i in range(_WIDTH):
        j = (j + key[i % len(key)] + state[i]) % _WIDTH
        state[i], state[j] = state[j], state[i]
    return np.array([*state, 0, 0], dtype=np.int64)


@njit(cache=compiled.CACHE)
def _bytes(state, count):  # type: ignore[no-untyped-def]
    """The next `count` bytes of the stream as one big-endian number, exact up to six bytes."""
    i, j = state[_WIDTH], state[_WIDTH + 1]
    number = 0
    for _ in range(count):
        i = (i + 1) % _WIDTH
        t = state[i]
        j = (j + t) % _WIDTH
        state[i] = state[j]
        state[j] = t
        number = number * _WIDTH + state[(state[i] + t) % _WIDTH]
    state[_WIDTH], state[_WIDTH + 1] = i, j
    return number


@njit(cache=compiled.CACHE)
def _fill(state, out):  # type: ignore[no-untyped-def]
    """Fills `out` with draws from [0, 1): six bytes, then one more at a time until 52 bits are significant."""
    for draw in range(out.size):
        numerator = float(_bytes(state, 6))
        denominator = 2.0**48
        extra = 0
        while numerator < 2.0**52:
            numerator = (numerator + extra) * _WIDTH
            denominator *= _WIDTH
            extra = _bytes(state, 1)
        while numerator >= 2.0**53:
            numerator /= 2
            denominator /= 2
            extra >>= 1
        out[draw] = (numerator + extra) / denominator


class SeedRandom:
    """A stream of draws, the same as `Math.random` after `Math.seedrandom(seed)`."""

    def __init__(self, seed: str):
        self._state = _schedule(_mix_key(seed))
        _bytes(self._state, _WIDTH)  # drop the first 256
        self._buffer: list[float] = []

    def copy(self) -> SeedRandom:
        """A stream that goes on from here by itself."""
        twin = copy.copy(self)
        twin._state = self._state.copy()
        twin._buffer = self._buffer.copy()
        return twin

    def random(self) -> float:
        """A draw from [0, 1)."""
        if not self._buffer:
            draws = np.empty(_BUFFER)
            _fill(self._state, draws)
            self._buffer = draws[::-1].tolist()
        return self._buffer.pop()

    def draws(self, count: int) -> np.ndarray:
        """As many draws as that, (count,): the same as of `random`, quicker."""
        kept = self._buffer[: -count - 1 : -1] if count else []  # it is drawn from its end
        del self._buffer[len(self._buffer) - len(kept) :]
        out = np.empty(count)
        out[: len(kept)] = kept
        _fill(self._state, out[len(kept) :])
        return out

    def uniform(self, low: float, high: float) -> float:
        """A draw from [low, high)."""
        return self.random() * (high - low) + low

    def normal(self, mean: float, variance: float) -> float:
        """A normal draw by Marsaglia's polar method, the second value dropped as the original does."""
        while True:
            v1 = 2 * self.random() - 1
            v2 = 2 * self.random() - 1
            s = v1 * v1 + v2 * v2
            if s <= 1:
                break
        return mean + math.sqrt(variance) * (math.sqrt(-2 * libm.log(s) / s) * v1)

    def shuffle(self, items: list[T]) -> None:
        """Fisher-Yates in place, from the end."""
        for counter in range(len(items), 0, -1):
            index = math.floor(self.random() * counter)
            items[counter - 1], items[index] = items[index], items[counter - 1]
