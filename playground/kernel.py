"""The same epoch as `reference`, fused and compiled: the original's arithmetic in the original's order.

Every sum runs in the order in which the original adds, so a run equals the original's to the last bit. Speed comes
from layout: a layer's outputs for a mini-batch of n points lie packed, node by node, at
`outputs[layer, node * n + point]`, so that LLVM works on eight of them at a time, whether they belong to eight points
or to eight nodes.

`flat` is the MLP's memory, `sizes` its layer sizes, `codes` the activation of each computed layer; `dead` and
`gradient` are as long as `flat`. Arrays in, arrays out; the GIL is released.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from playground import compiled
from playground.original import libm

MAX_BATCH = 32
MAX_WIDTH = 8
_LANES = 8  # float64 numbers in the widest vector
_BLOCK = 400

RELU, TANH, SIGMOID, LINEAR = range(4)
ACTIVATION_CODE = {"relu": RELU, "tanh": TANH, "sigmoid": SIGMOID, "linear": LINEAR}
NONE, L1, L2 = range(3)
REGULARIZATION_CODE = {"none": NONE, "L1": L1, "L2": L2}

_jit = njit(cache=compiled.CACHE, nogil=True, error_model="numpy")
_inline = njit(inline="always", error_model="numpy")


@_jit
def _activate(code, output, n):
    """Applies an activation to the first n numbers in place; it may run on to the end of the vector."""
    if code == TANH:
        for k in range((n + _LANES - 1) // _LANES * _LANES):
            output[k] = libm.tanh(output[k])
    elif code == SIGMOID:
        for k in range((n + _LANES - 1) // _LANES * _LANES):
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
    for i in range(sizes[0]):
        for k in range(n):
            outputs[0, i * n + k] = x[i, start + k]
    at = 0
    for layer in range(sizes.size - 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        bias_at = at + n_in * n_out
        source = outputs[layer]
        target = outputs[layer + 1]
        for j in range(n_out):
            for k in range(n):
                target[j * n + k] = flat[bias_at + j]
            for i in range(n_in):
                weight = flat[at + j * n_in + i]
                for k in range(n):
                    target[j * n + k] += weight * source[i * n + k]
        _activate(codes[layer], target, n_out * n)
        at = bias_at + n_out


@_inline
def _backward(flat, sizes, codes, outputs, slopes, n, gradient):
    """Adds the gradients of the n points in `outputs` to `gradient`. slopes[-1] holds output - label of each."""
    at = flat.size
    for layer in range(sizes.size - 2, -1, -1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        bias_at = at - n_out
        at = bias_at - n_in * n_out
        source = outputs[layer]
        slope = slopes[layer + 1]
        _derive(codes[layer], outputs[layer + 1], slope, n_out * n)
        for j in range(n_out):
            total = gradient[bias_at + j]
            for k in range(n):
                total += slope[j * n + k]
            gradient[bias_at + j] = total
            for i in range(n_in):
                total = gradient[at + j * n_in + i]
                for k in range(n):
                    total += slope[j * n + k] * source[i * n + k]
                gradient[at + j * n_in + i] = total
        if layer == 0:
            break
        below = slopes[layer]
        for i in range(n_in):
            for k in range(n):
                below[i * n + k] = 0.0
            for j in range(n_out):
                weight = flat[at + j * n_in + i]
                for k in range(n):
                    below[i * n + k] += weight * slope[j * n + k]


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
def epoch(flat, sizes, codes, dead, gradient, count, x, y, batch_size, learning_rate, regularization, rate):
    """One pass over x (features, n) and y (n,), in place. Returns the number of points left accumulated."""
    outputs = np.zeros((sizes.size, MAX_WIDTH * MAX_BATCH))
    slopes = np.zeros((sizes.size, MAX_WIDTH * MAX_BATCH))
    for start in range(0, y.size, batch_size):
        n = min(batch_size, y.size - start)
        if n == 1:  # the same, compiled for a known n: without loops over the points
            _accumulate(flat, sizes, codes, gradient, x, y, start, 1, outputs, slopes)
        else:
            _accumulate(flat, sizes, codes, gradient, x, y, start, n, outputs, slopes)
        count += n
        if n == batch_size:
            _update(flat, sizes, dead, gradient, count, learning_rate, regularization, rate)
            count = 0
    return count


@_jit
def evaluate(flat, sizes, codes, x, y):
    """Mean of (output - label)^2 / 2, and the share of points whose output and label agree in sign (>= 0 or < 0)."""
    outputs = np.zeros((sizes.size, MAX_WIDTH * MAX_BATCH))
    loss = 0.0
    right = 0
    for start in range(0, y.size, MAX_BATCH):
        n = min(MAX_BATCH, y.size - start)
        _forward(flat, sizes, codes, x, start, n, outputs)
        for k in range(n):
            output = outputs[-1, k]
            error = output - y[start + k]
            loss += 0.5 * (error * error)
            right += (output >= 0) == (y[start + k] >= 0)
    return loss / y.size, right / y.size


@njit(cache=compiled.CACHE, nogil=True, error_model="numpy", fastmath={"contract"})
def maps(flat, sizes, codes, x, out):
    """Fills out (nodes, n) with every node's output for x (features, n); for pictures, within 1e-9 of `_forward`.

    Works through blocks of points that fit the first-level cache.
    """
    n = x.shape[1]
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        at = 0
        row = 0
        for layer in range(sizes.size - 1):
            n_in, n_out = sizes[layer], sizes[layer + 1]
            bias_at = at + n_in * n_out
            source = x[:, start:stop] if layer == 0 else out[row - n_in : row, start:stop]
            for j in range(n_out):
                target = out[row + j, start:stop]
                target[:] = flat[bias_at + j]
                i = n_in % 4
                for first in range(i):
                    weight = flat[at + j * n_in + first]
                    for k in range(stop - start):
                        target[k] += weight * source[first, k]
                while i < n_in:  # four at a time: the sum stays in a register
                    w = flat[at + j * n_in + i : at + j * n_in + i + 4]
                    w0, w1, w2, w3 = w[0], w[1], w[2], w[3]
                    for k in range(stop - start):
                        target[k] += (w0 * source[i, k] + w1 * source[i + 1, k]) + (
                            w2 * source[i + 2, k] + w3 * source[i + 3, k]
                        )
                    i += 4
                if codes[layer] == TANH:
                    for k in range(stop - start):
                        target[k] = libm.tanh_near(target[k])
                elif codes[layer] == SIGMOID:
                    for k in range(stop - start):
                        target[k] = libm.sigmoid_near(target[k])
                elif codes[layer] == RELU:
                    for k in range(stop - start):
                        target[k] = max(0.0, target[k])
            row += n_out
            at = bias_at + n_out
