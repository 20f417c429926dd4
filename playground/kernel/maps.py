"""Every node's output over the whole plane, for pictures."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

from playground import compiled
from playground.kernel.activations import activate
from playground.kernel.codes import LINEAR, RELU, SIGMOID, TANH
from playground.original import libm

_BLOCK = 400  # points


# What a function with fast arithmetic calls Numba compiles with fast arithmetic too, if it is compiled there first: so
# this one calls nothing that the epochs use.
@njit(cache=compiled.CACHE, nogil=True, error_model="numpy", fastmath={"contract"})
def _layer(flat, at, source, below, out, row, n_in, n_out, start, stop, code):
    """Fills n_out rows of `out` from `row` on, for the points start : stop, from the n_in rows of `source` from `below`
    on; but for the activations that only `activate` has."""
    n = stop - start
    bias_at = at + n_in * n_out
    for j in range(n_out):
        target = out[row + j, start:stop]
        target[:] = flat[bias_at + j]
        i = n_in % 4
        for first in range(i):
            weight = flat[at + j * n_in + first]
            values = source[below + first, start:stop]
            for k in range(n):
                target[k] += weight * values[k]
        while i < n_in:  # four at a time: the sum stays in a register
            w = flat[at + j * n_in + i : at + j * n_in + i + 4]
            w0, w1, w2, w3 = w[0], w[1], w[2], w[3]
            v0, v1 = source[below + i, start:stop], source[below + i + 1, start:stop]
            v2, v3 = source[below + i + 2, start:stop], source[below + i + 3, start:stop]
            for k in range(n):
                target[k] += (w0 * v0[k] + w1 * v1[k]) + (w2 * v2[k] + w3 * v3[k])
            i += 4
        if code == TANH:
            for k in range(n):
                target[k] = libm.tanh_near(target[k])
        elif code == SIGMOID:
            for k in range(n):
                target[k] = libm.sigmoid_near(target[k])
        elif code == RELU:
            for k in range(n):
                target[k] = max(0.0, target[k])


@njit(cache=compiled.CACHE, nogil=True, error_model="numpy")
def maps(flat, sizes, codes, x, out):
    """Fills out (nodes, n) with every node's output for x (features, n); for pictures, within 1e-9 of the forward pass.

    Works through blocks of points that fit the first-level cache. Outputs of several classes are what the softmax is
    taken of: `softmax` does it.
    """
    n = x.shape[1]
    slopes = np.empty(_BLOCK)  # which `activate` fills, and nobody reads here
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        at = 0
        row = 0
        for layer in range(sizes.size - 1):
            n_in, n_out = sizes[layer], sizes[layer + 1]
            source, below = (x, 0) if layer == 0 else (out, row - n_in)
            _layer(flat, at, source, below, out, row, n_in, n_out, start, stop, codes[layer])
            if codes[layer] > LINEAR:
                for j in range(n_out):
                    activate(codes[layer], out[row + j, start:stop], slopes, stop - start)
            row += n_out
            at += (n_in + 1) * n_out


@njit(cache=compiled.CACHE, nogil=True, error_model="numpy")
def softmax(values):
    """Turns the outputs (classes, n) into how likely each class is, in place."""
    classes, n = values.shape
    for k in range(n):
        highest = values[0, k]
        for j in range(1, classes):
            highest = max(highest, values[j, k])
        total = 0.0
        for j in range(classes):
            values[j, k] = math.exp(values[j, k] - highest)
            total += values[j, k]
        for j in range(classes):
            values[j, k] /= total
