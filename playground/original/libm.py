"""exp, tanh, log, sin and cos, bit for bit as the original's JavaScript engine computes them.

ECMAScript leaves the last digit of these functions open; V8 takes them from Sun's fdlibm, the C library from elsewhere.
A run is chaotic in its last digits, so "the same run" needs the same functions. Algorithms and constants are those of

    fdlibm, Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunSoft, a Sun
    Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is freely granted,
    provided that this notice is preserved.

`exp` and `tanh` are written without branches, so that LLVM turns a loop over them into vector code. `tanh_near` and
`sigmoid_near` are for pictures: an absolute error below 1e-12 in a third of the time.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

from playground import compiled

_LN2_HI = 6.93147180369123816490e-01
_LN2_LO = 1.90821492927058770002e-10
_INV_LN2 = 1.44269504088896338700e00
_HALF_LN2 = 0.34657359027997264  # the largest number whose high word is still that of ln(2) / 2 in fdlibm's test
_3_HALF_LN2 = 1.0397207708399179

_Q = (-3.33333333333331316428e-02, 1.58730158725481460165e-03, -7.93650757867487942473e-05, 4.00821782732936239552e-06,
      -2.01099218183624371326e-07)  # fmt: skip
_P = (1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05, -1.65339022054652515390e-06,
      4.13813679705723846039e-08)  # fmt: skip
_LG = (6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
       1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01)  # fmt: skip
_S = (-1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04, 2.75573137070700676789e-06,
      -2.50507602534068634195e-08, 1.58969099521155010221e-10)  # fmt: skip
_C = (4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05, -2.75573143513906633035e-07,
      2.08757232129817482790e-09, -1.13596475577881948265e-11)  # fmt: skip
_PIO2 = (1.57079632673412561417e00, 6.07710050630396597660e-11, 2.02226624871116645580e-21)  # pi/2 in parts of 33 bits
_PIO2_TAIL = (6.07710050650619224932e-11, 2.02226624879595063154e-21, 8.47842766036889956997e-32)
_INV_PIO2 = 6.36619772367581382433e-01

_ROUND = 6755399441055744.0  # 1.5 * 2^52: added to a small number it leaves the nearest integer in the low bits

_inline = njit(inline="always", error_model="numpy")


@_inline
def _high_word(x):
    """The sign, exponent and upper 20 bits of the fraction."""
    return np.float64(x).view(np.int64) >> 32


@_inline
def _power_of_2(k):
    """2^k for a whole k in [-1022, 1023], given as a float."""
    return np.int64((np.float64(k + _ROUND).view(np.int64) + 1023) << 52).view(np.float64)


@_inline
def tanh(x):
    """By expm1 of 2|x|, or of -2|x| below 1; `m` is expm1, one value for each way fdlibm takes."""
    a = abs(x)
    big = a >= 1.0
    e = min(2.0 * a, 44.0) if big else -2.0 * a
    ae = abs(e)
    k = np.trunc(_INV_LN2 * e + (0.5 if big else -0.5))
    k = (1.0 if big else -1.0) if ae < _3_HALF_LN2 else k
    k = 0.0 if ae <= _HALF_LN2 else k
    high = e - k * _LN2_HI
    low = k * _LN2_LO
    r = high - low
    c = (high - r) - low
    half = 0.5 * r
    s = r * half
    p = 1.0 + s * (_Q[0] + s * (_Q[1] + s * (_Q[2] + s * (_Q[3] + s * _Q[4]))))
    t = 3.0 - p * half
    q = s * ((p - t) / (6.0 - r * t))
    g = (r * (q - c) - c) - s
    up = _power_of_2(k)
    down = _power_of_2(-k)
    m = ((1.0 - down) - (g - r)) * up if k < 20.0 else ((r - (g + down)) + 1.0) * up
    m = (1.0 - (g - r)) * up - 1.0 if k <= -2.0 else m
    m = (-2.0 * (g - (r + 0.5)) if r < -0.25 else 1.0 + 2.0 * (r - g)) if k == 1.0 else m
    m = 0.5 * (r - g) - 0.5 if k == -1.0 else m
    m = r - (r * q - s) if k == 0.0 else m
    z = (1.0 - 2.0 / (m + 2.0)) if big else -m / (m + 2.0)
    z = 1.0 if a >= 22.0 else z
    z = a if a < 2.0**-28 else z
    z = z if a == a else a
    return math.copysign(z, x)


@_inline
def exp(x):
    """e^x for x above -708; below, where fdlibm goes on to subnormal numbers, it answers e^-708."""
    y = min(max(x, -708.0), 710.0)
    ay = abs(y)
    k = np.trunc(_INV_LN2 * y + (0.5 if y > 0.0 else -0.5))
    k = (1.0 if y > 0.0 else -1.0) if ay < _3_HALF_LN2 else k
    k = 0.0 if ay <= _HALF_LN2 else k
    high = y - k * _LN2_HI
    low = k * _LN2_LO
    r = high - low
    t = r * r
    c = r - t * (_P[0] + t * (_P[1] + t * (_P[2] + t * (_P[3] + t * _P[4]))))
    z = (1.0 - ((low - (r * c) / (2.0 - c)) - high)) * _power_of_2(k - 1.0) * 2.0
    z = 1.0 - ((r * c) / (c - 2.0) - r) if k == 0.0 else z
    z = 1.0 + y if ay < 2.0**-28 else z
    z = math.e if x == 1.0 else z
    z = np.inf if x > 7.09782712893383973096e02 else z
    return z if x == x else x


@_inline
def sigmoid(x):
    return 1.0 / (1.0 + exp(-x))


@_inline
def _exp_near(x):
    """e^x for |x| <= 80, relative error below 1e-12: Taylor's polynomial of degree 10 on half of ln 2 either side."""
    rounded = x * _INV_LN2 + _ROUND
    k = rounded - _ROUND
    r = (x - k * _LN2_HI) - k * _LN2_LO
    p = 1 / 40320 + r * (1 / 362880 + r * (1 / 3628800))
    p = 1.0 + r * (
        1.0 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * (1 / 5040 + r * p))))))
    )
    return p * np.int64((np.float64(rounded).view(np.int64) + 1023) << 52).view(np.float64)


@_inline
def tanh_near(x):
    return 1.0 - 2.0 / (_exp_near(min(max(2.0 * x, -80.0), 80.0)) + 1.0)


@_inline
def sigmoid_near(x):
    return 1.0 / (1.0 + _exp_near(min(max(-x, -80.0), 80.0)))


@njit(cache=compiled.CACHE, error_model="numpy")
def log(x):
    """ln x for a normal x > 0."""
    bits = np.float64(x).view(np.int64)
    hx = bits >> 32
    k = (hx >> 20) - 1023
    hx &= 0xFFFFF
    i = (hx + 0x95F64) & 0x100000
    f = np.int64(((hx | (i ^ 0x3FF00000)) << 32) | (bits & 0xFFFFFFFF)).view(np.float64) - 1.0
    dk = float(k + (i >> 20))
    if (0xFFFFF & (2 + hx)) < 3:  # |f| < 2^-20
        r = f * f * (0.5 - 0.33333333333333333 * f)
        return f - r if dk == 0 else dk * _LN2_HI - ((r - dk * _LN2_LO) - f)
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * (_LG[1] + w * (_LG[3] + w * _LG[5]))
    t2 = z * (_LG[0] + w * (_LG[2] + w * (_LG[4] + w * _LG[6])))
    r = t2 + t1
    if ((hx - 0x6147A) | (0x6B851 - hx)) > 0:
        h = 0.5 * f * f
        return f - (h - s * (h + r)) if dk == 0 else dk * _LN2_HI - ((h - (s * (h + r) + dk * _LN2_LO)) - f)
    return f - s * (f - r) if dk == 0 else dk * _LN2_HI - ((s * (f - r) - dk * _LN2_LO) - f)


@njit(cache=compiled.CACHE, error_model="numpy")
def _sin_kernel(x, tail, reduced):
    """sin(x + tail) for |x| <= pi/4; `reduced` says whether x was, since fdlibm rounds otherwise where it was not."""
    if abs(x) < 2.0**-27:
        return x
    z = x * x
    v = z * x
    r = _S[1] + z * (_S[2] + z * (_S[3] + z * (_S[4] + z * _S[5])))
    if not reduced:
        return x + v * (_S[0] + z * r)
    return x - ((z * (0.5 * tail - v * r) - tail) - v * _S[0])


@njit(cache=compiled.CACHE, error_model="numpy")
def _cos_kernel(x, tail):
    """cos(x + tail) for |x| <= pi/4."""
    hx = _high_word(x) & 0x7FFFFFFF
    if hx < 0x3E400000:
        return 1.0
    z = x * x
    r = z * (_C[0] + z * (_C[1] + z * (_C[2] + z * (_C[3] + z * (_C[4] + z * _C[5])))))
    if hx < 0x3FD33333:
        return 1.0 - (0.5 * z - (z * r - x * tail))
    q = 0.28125 if hx > 0x3FE90000 else np.int64((hx - 0x00200000) << 32).view(np.float64)
    return (1.0 - q) - ((0.5 * z - q) - (z * r - x * tail))


@njit(cache=compiled.CACHE, error_model="numpy")
def _reduce(x):
    """x as n pi/2 + head + tail, |head| <= pi/4, for |x| < 2^19 pi/2. Returns (n, head, tail)."""
    a = abs(x)
    hx = _high_word(a)
    if hx <= 0x3FE921FB:
        return 0, x, 0.0
    n = 1 if hx < 0x4002D97C else int(a * _INV_PIO2 + 0.5)
    r = a - n * _PIO2[0]
    w = n * _PIO2_TAIL[0]
    head = r - w
    # Where x is so near a multiple of pi/2 that digits cancel, the next parts of pi/2 supply them.
    if n >= 32 or hx == _high_word(n * (math.pi / 2)):
        for part, lost in ((1, 16), (2, 49)):
            if n > 1 and (hx >> 20) - ((_high_word(head) >> 20) & 0x7FF) <= lost:
                break
            if n == 1 and part == 2:
                break
            t = r
            w = n * _PIO2[part]
            r = t - w
            w = n * _PIO2_TAIL[part] - ((t - r) - w)
            head = r - w
    tail = (r - head) - w
    return (n, head, tail) if x >= 0 else (-n, -head, -tail)


@njit(cache=compiled.CACHE, error_model="numpy")
def sin(x):
    n, head, tail = _reduce(x)
    y = _cos_kernel(head, tail) if n & 1 else _sin_kernel(head, tail, n != 0)
    return -y if n & 2 else y


@njit(cache=compiled.CACHE, error_model="numpy")
def cos(x):
    n, head, tail = _reduce(x)
    y = _sin_kernel(head, tail, True) if n & 1 else _cos_kernel(head, tail)
    return -y if (n + 1) & 2 else y
