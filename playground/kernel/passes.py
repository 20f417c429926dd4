"""What a layer does forward and backward, for a block of points: sums and nothing else, in the original's order.

`at` is where the layer's parameters begin in `flat` and `gradient`. The outputs of n points lie packed, node by node.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from numba import njit

BLOCK = 32  # points that are worked on at once
LANES = 8  # float64 numbers in the widest vector

_inline = njit(inline="always", error_model="numpy")


@_inline
def inputs(x, start, n, target):
    """Packs the points x[:, start : start + n]."""
    for i in range(x.shape[0]):
        for k in range(n):
            target[i * n + k] = x[i, start + k]


@_inline
def sums(flat, at, source, target, n_in, n_out, n):
    """Fills `target` with each node's bias and weighted inputs."""
    bias_at = at + n_in * n_out
    for j in range(n_out):
        for k in range(n):
            target[j * n + k] = flat[bias_at + j]
        for i in range(n_in):
            weight = flat[at + j * n_in + i]
            for k in range(n):
                target[j * n + k] += weight * source[i * n + k]


@_inline
def add_gradients(gradient, at, source, slope, n_in, n_out, n):
    """Adds the gradients of the n points. slope: of the loss by the layer's sums."""
    bias_at = at + n_in * n_out
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


@_inline
def slopes_below(flat, at, slope, below, n_in, n_out, n):
    """Fills `below` with the slopes of the loss by the layer's inputs."""
    for i in range(n_in):
        for k in range(n):
            below[i * n + k] = 0.0
        for j in range(n_out):
            weight = flat[at + j * n_in + i]
            for k in range(n):
                below[i * n + k] += weight * slope[j * n + k]
