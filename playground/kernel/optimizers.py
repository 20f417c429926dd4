"""A step of every optimizer, as torch.optim defines it, each in a function; then the penalties on the weights.

The penalties are the original's: they move a weight by itself, after the optimizer has, and L1 stops one for good where
it would carry it past 0.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

from numba import njit

from playground import compiled
from playground.kernel.codes import ADAM, ADAMW, MOMENTUM, NESTEROV, RMSPROP, SGD

_jit = njit(cache=compiled.CACHE, nogil=True, error_model="numpy")
_inline = njit(inline="always", error_model="numpy")


@_jit
def _power(base, times):
    """base^times for a whole number, the same on every machine."""
    result = 1.0
    while times > 0:
        if times & 1:
            result *= base
        base *= base
        times >>= 1
    return result


@_inline
def _sgd(flat, gradient, scale, rate):
    for p in range(flat.size):
        flat[p] -= rate * (gradient[p] * scale)


@_inline
def _momentum(flat, gradient, scale, first, rate, momentum):
    for p in range(flat.size):
        first[p] = momentum * first[p] + gradient[p] * scale
        flat[p] -= rate * first[p]


@_inline
def _nesterov(flat, gradient, scale, first, rate, momentum):
    for p in range(flat.size):
        slope = gradient[p] * scale
        first[p] = momentum * first[p] + slope
        flat[p] -= rate * (slope + momentum * first[p])


@_inline
def _rmsprop(flat, gradient, scale, first, rate, alpha, epsilon):
    for p in range(flat.size):
        slope = gradient[p] * scale
        first[p] = alpha * first[p] + (1.0 - alpha) * slope * slope
        flat[p] -= rate * slope / (math.sqrt(first[p]) + epsilon)


@_inline
def _adam(flat, gradient, scale, means, steps, rate, beta1, beta2, epsilon, kept):
    """kept: the share of each parameter that AdamW leaves."""
    step_size = rate / (1.0 - _power(beta1, steps))
    correction = 1.0 / math.sqrt(1.0 - _power(beta2, steps))
    first, second = means[0], means[1]
    for p in range(flat.size):
        slope = gradient[p] * scale
        first[p] = beta1 * first[p] + (1.0 - beta1) * slope
        second[p] = beta2 * second[p] + (1.0 - beta2) * slope * slope
        flat[p] = flat[p] * kept - step_size * first[p] / (math.sqrt(second[p]) * correction + epsilon)


@_jit
def step(flat, gradient, count, means, steps, optimizer, rate, coefficients):
    """Moves all parameters by the mean of their accumulated gradients; `steps` counts this one.

    means: (those of the optimizer, parameters). coefficients: the settings of `optimizer.COEFFICIENTS`.
    """
    momentum, alpha, beta1, beta2, epsilon, decay = coefficients
    scale = 1.0 / count
    if optimizer == SGD:
        _sgd(flat, gradient, scale, rate)
    elif optimizer == MOMENTUM:
        _momentum(flat, gradient, scale, means[0], rate, momentum)
    elif optimizer == NESTEROV:
        _nesterov(flat, gradient, scale, means[0], rate, momentum)
    elif optimizer == RMSPROP:
        _rmsprop(flat, gradient, scale, means[0], rate, alpha, epsilon)
    elif optimizer == ADAM:
        _adam(flat, gradient, scale, means, steps, rate, beta1, beta2, epsilon, 1.0)
    elif optimizer == ADAMW:
        _adam(flat, gradient, scale, means, steps, rate, beta1, beta2, epsilon, 1.0 - rate * decay)


@_jit
def penalize(flat, before, sizes, dead, rate, l1, l2):
    """Moves the weights by the penalties, which are those of the weights `before` the step."""
    at = 0
    for layer in range(sizes.size - 1):
        bias_at = at + sizes[layer] * sizes[layer + 1]
        for p in range(at, bias_at):
            if dead[p]:
                flat[p] = before[p]
                continue
            old = before[p]
            sign = -1.0 if old < 0 else (1.0 if old > 0 else 0.0)
            shrunk = flat[p] - rate * (l1 * sign + l2 * old)
            if l1 > 0.0 and flat[p] * shrunk < 0:
                shrunk = 0.0
                dead[p] = True
            flat[p] = shrunk
        at = bias_at + sizes[layer + 1]
