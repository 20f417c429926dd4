"""Random numbers that are counted, not drawn: number i of a key is the same whoever asks for it, and in which order.

SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), whose state is a counter. So a run that is replayed, exported or
trained elsewhere has the same dropout and the same order of its points.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import hashlib

import numpy as np
from numba import njit

from playground import compiled

STRIDE = 0x9E3779B97F4A7C15
# There is a number for each hidden layer's node and point. Those of layer 0 order the points.
NODES, POINTS = 16, 1 << 16

_jit = njit(cache=compiled.CACHE, nogil=True, error_model="numpy")
_inline = njit(inline="always", error_model="numpy")

_STRIDE = np.uint64(STRIDE)
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_FIRST, _SECOND = np.uint64(FIRST), np.uint64(SECOND)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


def key_of(seed: str) -> int:
    """A number of 64 bits for the seed of a link: the first 8 bytes of its SHA-256."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")


def signed(number: int) -> int:
    """A whole number of 64 bits as one with a sign, which torch has."""
    return (number + 2**63) % 2**64 - 2**63


@_inline
def _mixed(z):
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)


@_jit
def _epoch_key(key, epoch):
    return _mixed(key + (np.uint64(epoch) + np.uint64(1)) * _STRIDE)


def epoch_key(key: int, epoch: int) -> np.uint64:
    """The key of an epoch's numbers, from a seed's."""
    return np.uint64(_epoch_key(np.uint64(key), epoch))


@_jit
def uniform(key, index):
    """Number `index` of a key, in [0, 1)."""
    return np.float64(_mixed(key + (np.uint64(index) + np.uint64(1)) * _STRIDE) >> _11) * 2.0**-53


@_jit
def _numbers(key, indices, out):
    for i in range(indices.size):
        out[i] = uniform(key, indices[i])


def numbers(key: int, epoch: int, indices: np.ndarray) -> np.ndarray:
    """The numbers of these indices, uint64, of an epoch."""
    out = np.empty(indices.size)
    _numbers(epoch_key(key, epoch), indices, out)
    return out


def order(key: int, epoch: int, n: int) -> np.ndarray:
    """The order in which an epoch takes its n points: by their numbers."""
    return np.argsort(numbers(key, epoch, np.arange(n, dtype=np.uint64)), kind="stable")
