"""The original's epoch, fused and compiled: its arithmetic in its order.

Every sum runs in the order in which the original adds, so a run equals the original's to the last bit. Speed comes
from layout: a layer's outputs for a block of n points lie packed, node by node, at `outputs[layer, node * n + point]`,
so that LLVM works on eight of them at a time, whether they belong to eight points or to eight nodes.

What an argument is, the package says.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from playground import compiled
from playground.kernel.codes import L1, L2, NONE, RELU, SIGMOID, TANH
from playground.kernel.passes import BLOCK, LANES, add_gradients, inputs, slopes_below, sums
from playground.original import libm

_jit = njit(cache=compiled.CACHE, nogil=True, error_model="numpy")
_inline = njit(inline="always", error_model="numpy")


@_jit
def _activate(code, output, n):
    """Applies an activation to the first n numbers in place; it may run on to the end of the vector."""
    if code == TANH:
        for k in range((n + LANES - 1) // LANES * LANES):
            output[k] = libm.tanh(output[k])
    elif code == SIGMOID:
        for k in range((n + LANES - 1) // LANES * LANES):
            output[k] = libm.sigmoid(output[k])
    elif code == RELU:
        for k in range(n):
            output[k] = max(0.0, output[k]) if output[k] == output[k] else output[k]


@_jit
def _derive(code, output, slope, n):
    """Multiplies `slope` by the activation's derivative, written in its output."""
    if code == TANH:
        for k in range(n):
            slope[k] *= 1.0 - output[k] * output[k]
    elif code == SIGMOID:
        for k in range(n):
            slope[k] *= output[k] * (1.0 - output[k])
    elif code == RELU:
        for k in range(n):
            slope[k] *= 0.0 if output[k] <= 0.0 else 1.0


@_inline
def _forward(flat, sizes, codes, x, start, n, outputs):
    """Fills `outputs` for the points x[:, start : start + n]."""
    inputs(x, start, n, outputs[0])
    at = 0
    for layer in range(sizes.size - 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        sums(flat, at, outputs[layer], outputs[layer + 1], n_in, n_out, n)
        _activate(codes[layer], outputs[layer + 1], n_out * n)
        at += (n_in + 1) * n_out


@_inline
def _backward(flat, sizes, codes, outputs, slopes, n, gradient):
    """Adds the gradients of the n points in `outputs` to `gradient`. slopes[-1] holds output - label of each."""
    at = flat.size
    for layer in range(sizes.size - 2, -1, -1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        at -= (n_in + 1) * n_out
        slope = slopes[layer + 1]
        _derive(codes[layer], outputs[layer + 1], slope, n_out * n)
        add_gradients(gradient, at, outputs[layer], slope, n_in, n_out, n)
        if layer == 0:
            break
        slopes_below(flat, at, slope, slopes[layer], n_in, n_out, n)


@_inline
def _update(flat, sizes, dead, gradient, count, learning_rate, regularization, rate):
    """Moves every parameter by the mean of its accumulated gradient, then the weights by the penalty."""
    step = learning_rate / count
    decay = learning_rate * rate
    at = 0
    for layer in range(sizes.size - 1):
        bias_at = at + sizes[layer] * sizes[layer + 1]
        if regularization == NONE:
            for p in range(at, bias_at):
                flat[p] -= step * gradient[p]
        else:
            for p in range(at, bias_at):
                if dead[p]:
                    continue
                weight = flat[p]
                penalty = weight if regularization == L2 else (-1.0 if weight < 0 else (1.0 if weight > 0 else 0.0))
                moved = weight - step * gradient[p]
                shrunk = moved - decay * penalty
                if regularization == L1 and moved * shrunk < 0:
                    shrunk = 0.0
                    dead[p] = True
                flat[p] = shrunk
        at = bias_at + sizes[layer + 1]
        for p in range(bias_at, at):
            flat[p] -= learning_rate * gradient[p] / count
    gradient[:] = 0.0


@_inline
def _accumulate(flat, sizes, codes, gradient, x, y, start, n, outputs, slopes):
    """Forward and backward for the points start : start + n."""
    _forward(flat, sizes, codes, x, start, n, outputs)
    for k in range(n):
        slopes[-1, k] = outputs[-1, k] - y[start + k]
    _backward(flat, sizes, codes, outputs, slopes, n, gradient)


@_jit
def epoch(
    flat, sizes, codes, dead, gradient, count, x, y, first, last, batch_size, learning_rate, regularization, rate
):
    """A pass over x (features, n) and y (n,), in place, from the point `first` to the end of the block with the point
    before `last`. Returns the number of points left accumulated, and the point after the last of the pass.

    first: 0, or where a pass ended.
    """
    outputs = np.zeros((sizes.size, sizes.max() * BLOCK))
    slopes = np.zeros((sizes.size, sizes.max() * BLOCK))
    first = max(first, 0)  # it is: so the compiler knows that no index is negative
    end = first - first % batch_size + batch_size  # of the batch
    while first < last:
        n = min(end, y.size) - first
        if n == 1:  # the same, compiled for a known n: without loops over the points
            _accumulate(flat, sizes, codes, gradient, x, y, first, 1, outputs, slopes)
        else:
            n = min(n, BLOCK)
            _accumulate(flat, sizes, codes, gradient, x, y, first, n, outputs, slopes)
        count += n
        first += n
        if first == end:
            _update(flat, sizes, dead, gradient, count, learning_rate, regularization, rate)
            count = 0
            end += batch_size
    return count, first


@_jit
def evaluate(flat, sizes, codes, x, y):
    """Mean of (output - label)^2 / 2, and the share of points whose output and label agree in sign (>= 0 or < 0)."""
    outputs = np.zeros((sizes.size, sizes.max() * BLOCK))
    loss = 0.0
    right = 0
    for start in range(0, y.size, BLOCK):
        n = min(BLOCK, y.size - start)
        _forward(flat, sizes, codes, x, start, n, outputs)
        for k in range(n):
            output = outputs[-1, k]
            error = output - y[start + k]
            loss += 0.5 * (error * error)
            right += (output >= 0) == (y[start + k] >= 0)
    return loss / y.size, right / y.size
