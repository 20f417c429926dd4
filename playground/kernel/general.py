"""The epoch of everything that the original has not: other activations, losses, optimizers, dropout, other orders.

It shares the original's sums. Where only settings of the original are used `original.epoch` trains, which is quicker.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from playground import compiled, draws
from playground.kernel import losses
from playground.kernel.activations import activate
from playground.kernel.codes import SOFTMAX
from playground.kernel.optimizers import penalize, step
from playground.kernel.passes import BLOCK, add_gradients, inputs, slopes_below, sums
from playground.original import libm

_jit = njit(cache=compiled.CACHE, nogil=True, error_model="numpy")
_inline = njit(inline="always", error_model="numpy")


@_inline
def _forward(flat, sizes, codes, x, start, n, outputs, derivatives, dropout, key):
    """Fills `outputs`, and `derivatives` with those of each output by its sum, for the points start : start + n.

    Of a layer with dropout some outputs are 0, and the others are larger by as much.
    """
    inputs(x, start, n, outputs[0])
    at = 0
    for layer in range(sizes.size - 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        target, slopes = outputs[layer + 1], derivatives[layer + 1]
        sums(flat, at, outputs[layer], target, n_in, n_out, n)
        activate(codes[layer], target, slopes, n_out * n)
        if dropout[layer] > 0.0:
            scale = 1.0 / (1.0 - dropout[layer])
            for j in range(n_out):
                first = ((layer + 1) * draws.NODES + j) * draws.POINTS + start
                for k in range(n):
                    factor = 0.0 if draws.uniform(key, first + k) < dropout[layer] else scale
                    target[j * n + k] *= factor
                    slopes[j * n + k] *= factor
        at += (n_in + 1) * n_out


@_inline
def _backward(flat, sizes, outputs, derivatives, slopes, n, gradient):
    """Adds the gradients of the n points to `gradient`. slopes[-1]: of the loss by the network's output."""
    at = flat.size
    for layer in range(sizes.size - 2, -1, -1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        at -= (n_in + 1) * n_out
        slope = slopes[layer + 1]
        for k in range(n_out * n):
            slope[k] *= derivatives[layer + 1, k]
        add_gradients(gradient, at, outputs[layer], slope, n_in, n_out, n)
        if layer == 0:
            break
        slopes_below(flat, at, slope, slopes[layer], n_in, n_out, n)


@_inline
def _softmax(outputs, likely, classes, n, k):
    """Fills `likely` with how likely each class is for point k. Returns the highest output, and the sum of
    e^(output - highest)."""
    highest = outputs[k]
    for j in range(1, classes):
        highest = max(highest, outputs[j * n + k])
    total = 0.0
    for j in range(classes):
        likely[j * n + k] = libm.exp(outputs[j * n + k] - highest)
        total += likely[j * n + k]
    for j in range(classes):
        likely[j * n + k] /= total
    return highest, total


@_inline
def _winner(outputs, classes, n, k):
    """The class whose output is highest for point k, the first of those that are."""
    best = 0
    for j in range(1, classes):
        if outputs[j * n + k] > outputs[best * n + k]:
            best = j
    return best


@_inline
def _accumulate(flat, sizes, codes, loss, dropout, key, gradient, x, y, start, n, outputs, derivatives, slopes):
    """Forward and backward for the points start : start + n. Of cross-entropies the output is the sum itself."""
    _forward(flat, sizes, codes, x, start, n, outputs, derivatives, dropout, key)
    for k in range(n):
        if loss == SOFTMAX:
            _softmax(outputs[-1], slopes[-1], sizes[-1], n, k)
            slopes[-1, np.int64(y[start + k]) * n + k] -= 1.0
        else:
            slopes[-1, k] = losses.slope(loss, outputs[-1, k], y[start + k])
    _backward(flat, sizes, outputs, derivatives, slopes, n, gradient)


@_jit
def epoch(
    flat, sizes, codes, dead, gradient, count, means, steps, x, y, first, last, batch_size, rate, l1, l2, loss, dropout,
    key, optimizer, coefficients,
):  # fmt: skip
    """A pass over x (features, n) and y (n,), in place, as `original.epoch`. Returns the number of points left
    accumulated, the point after the last of the pass, and of the steps there were.

    dropout: the share of each layer that is left out, 0 of the output. key: that of the epoch's draws.
    """
    outputs = np.zeros((sizes.size, sizes.max() * BLOCK))
    derivatives = np.zeros((sizes.size, sizes.max() * BLOCK))
    slopes = np.zeros((sizes.size, sizes.max() * BLOCK))
    before = np.empty_like(flat)
    first = max(first, 0)  # it is: so the compiler knows that no index is negative
    end = first - first % batch_size + batch_size  # of the batch
    while first < last:
        n = min(end, y.size) - first
        if n == 1:  # the same, compiled for a known n: without loops over the points
            _accumulate(flat, sizes, codes, loss, dropout, key, gradient, x, y, first, 1, outputs, derivatives, slopes)
        else:
            n = min(n, BLOCK)
            _accumulate(flat, sizes, codes, loss, dropout, key, gradient, x, y, first, n, outputs, derivatives, slopes)
        count += n
        first += n
        if first == end:
            steps += 1
            if l1 > 0.0 or l2 > 0.0:
                before[:] = flat
            step(flat, gradient, count, means, steps, optimizer, rate, coefficients)
            if l1 > 0.0 or l2 > 0.0:
                penalize(flat, before, sizes, dead, rate, l1, l2)
            gradient[:] = 0.0
            count = 0
            end += batch_size
    return count, first, steps


@_jit
def evaluate(flat, sizes, codes, x, y, loss):
    """The mean loss, and the share of points that are classified as their label says: by the sign (>= 0 or < 0), or by
    the highest output."""
    outputs = np.zeros((sizes.size, sizes.max() * BLOCK))
    derivatives = np.zeros((sizes.size, sizes.max() * BLOCK))
    nothing = np.zeros(sizes.size)  # is dropped out where nobody trains
    total = 0.0
    right = 0
    for start in range(0, y.size, BLOCK):
        n = min(BLOCK, y.size - start)
        _forward(flat, sizes, codes, x, start, n, outputs, derivatives, nothing, np.uint64(0))
        for k in range(n):
            output = outputs[-1, k]
            if loss == SOFTMAX:
                highest, exponentials = _softmax(outputs[-1], derivatives[-1], sizes[-1], n, k)
                total += libm.log(exponentials) + (highest - outputs[-1, np.int64(y[start + k]) * n + k])
                right += _winner(outputs[-1], sizes[-1], n, k) == y[start + k]
                continue
            total += losses.value(loss, output, y[start + k])
            right += (output >= 0) == (y[start + k] >= 0)
    return total / y.size, right / y.size


@_jit
def classify(flat, sizes, codes, x, out):
    """Fills out (n,) with the class whose output is highest for each point of x (features, n)."""
    outputs = np.zeros((sizes.size, sizes.max() * BLOCK))
    derivatives = np.zeros((sizes.size, sizes.max() * BLOCK))
    nothing = np.zeros(sizes.size)
    for start in range(0, out.size, BLOCK):
        n = min(BLOCK, out.size - start)
        _forward(flat, sizes, codes, x, start, n, outputs, derivatives, nothing, np.uint64(0))
        for k in range(n):
            out[start + k] = _winner(outputs[-1], sizes[-1], n, k)
