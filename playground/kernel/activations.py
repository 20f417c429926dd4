"""Every activation with its derivative, for a vector of sums in place.

GELU is its tanh form (Hendrycks and Gimpel, arXiv:1606.08415), ELU has alpha 1, leaky ReLU the slope 0.01.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

from playground import compiled
from playground.kernel.codes import ELU, GELU, LEAKY_RELU, LINEAR, RELU, SIGMOID, SILU, SINE, SOFTPLUS, TANH
from playground.kernel.passes import LANES
from playground.original import libm

LEAK = 0.01
_GELU_SCALE = math.sqrt(2 / math.pi)
_GELU_CUBE = 0.044715
_EXACT = 8e5  # up to here libm's sin and cos reduce their argument themselves

_jit = njit(cache=compiled.CACHE, nogil=True, error_model="numpy")
_inline = njit(inline="always", error_model="numpy")


@_inline
def _inside(z):
    """z, a whole number of turns nearer where it is too large for libm's sin."""
    return z if abs(z) < _EXACT else np.fmod(z, 2 * math.pi)


@_inline
def elu(z):
    return z if z > 0.0 or z != z else libm.exp(z) - 1.0


@_inline
def softplus(z):
    """ln(1 + e^z), without the overflow."""
    return max(z, 0.0) + libm.log(1.0 + libm.exp(-abs(z))) if z == z else z


@_inline
def sine(z):
    return libm.sin(_inside(z)) if np.isfinite(z) else np.nan


@_jit
def activate(code, values, slopes, n):
    """Turns n sums into outputs, in place, and fills `slopes` with the derivatives. Both may run on to the end of a
    vector."""
    whole = (n + LANES - 1) // LANES * LANES
    if code == TANH:
        for k in range(whole):
            values[k] = libm.tanh(values[k])
            slopes[k] = 1.0 - values[k] * values[k]
    elif code == RELU:
        for k in range(n):
            slopes[k] = 0.0 if values[k] <= 0.0 else 1.0
            values[k] = max(0.0, values[k]) if values[k] == values[k] else values[k]
    elif code == SIGMOID:
        for k in range(whole):
            values[k] = libm.sigmoid(values[k])
            slopes[k] = values[k] * (1.0 - values[k])
    elif code == LINEAR:
        for k in range(n):
            slopes[k] = 1.0
    elif code == LEAKY_RELU:
        for k in range(n):
            slopes[k] = LEAK if values[k] <= 0.0 else 1.0
            values[k] *= slopes[k]
    elif code == ELU:
        for k in range(n):
            values[k] = elu(values[k])
            slopes[k] = values[k] + 1.0 if values[k] <= 0.0 else 1.0
    elif code == GELU:
        for k in range(n):
            z = values[k]
            t = libm.tanh(_GELU_SCALE * (z + _GELU_CUBE * z * z * z))
            inner = _GELU_SCALE * (1.0 + 3.0 * _GELU_CUBE * z * z)
            values[k] = 0.5 * z * (1.0 + t)
            slopes[k] = 0.5 * (1.0 + t) + 0.5 * z * (1.0 - t * t) * inner
    elif code == SILU:
        for k in range(n):
            z = values[k]
            s = libm.sigmoid(z)
            values[k] = z * s
            slopes[k] = s * (1.0 + z * (1.0 - s))
    elif code == SOFTPLUS:
        for k in range(n):
            z = values[k]
            values[k] = softplus(z)
            slopes[k] = libm.sigmoid(z)
    elif code == SINE:
        for k in range(n):
            z = values[k]
            values[k] = sine(z)
            slopes[k] = libm.cos(_inside(z)) if np.isfinite(z) else np.nan
