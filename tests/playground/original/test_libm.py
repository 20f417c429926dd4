"""The oracle is the engine itself: Node.js computes the same functions."""

import math
import subprocess

import numpy as np
import pytest
from numba import njit

from playground.original import libm
from support.long import parametrize

NODE_SCRIPT = """
const input = require("fs").readFileSync(0);
const x = new Float64Array(input.buffer.slice(input.byteOffset, input.byteOffset + input.length));
process.stdout.write(Buffer.from(x.map(Math[process.argv[1]]).buffer));
"""
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, 0.25, 22.0, -22.0, 1e-300, 2.0**-28, 2.0**-54, math.log(2) / 2, 1.5 * math.log(2)]


def spread(*scales):
    rng = np.random.default_rng(0)
    return np.concatenate([*[rng.standard_normal(50_000) * scale for scale in scales], EDGES])


QUARTERS = np.array([n * math.pi / 2 for n in range(-60, 61)])
ANGLES = np.concatenate([spread(1e-4, 0.1, 1, 5, 50), QUARTERS, QUARTERS * (1 + 1e-9), QUARTERS * (1 + 3e-6)])
ANYTHING = np.concatenate([spread(1e-9, 1e-3, 0.1, 1, 3, 30), [np.inf, -np.inf, np.nan]])
INPUTS = {
    "tanh": ANYTHING,
    "exp": np.concatenate([np.maximum(ANYTHING, -700), [709.7, 709.9, 800.0]]),
    "sin": ANGLES,
    "cos": ANGLES,
    "log": np.abs(np.concatenate([spread(1e-3, 0.3, 1, 1000)[:-1], 1 + spread(1e-7, 1e-3)])) + 1e-300,
}


def apply(name, x):
    function = getattr(libm, name)

    @njit(error_model="numpy")
    def loop(x, out):
        for i in range(x.size):
            out[i] = function(x[i])

    out = np.empty_like(x)
    loop(x, out)
    return out


@parametrize("name", INPUTS, short=2)
def test_every_bit_is_javascripts(name, node):
    x = INPUTS[name]
    process = subprocess.run([node, "-e", NODE_SCRIPT, name], input=x.tobytes(), capture_output=True, check=True)
    theirs = np.frombuffer(process.stdout)
    ours = apply(name, x)
    different = (ours.view(np.int64) != theirs.view(np.int64)) & ~(np.isnan(ours) & np.isnan(theirs))
    assert not different.any(), list(zip(x[different], ours[different], theirs[different], strict=True))[:5]


@pytest.mark.parametrize(("name", "exact"), [("tanh_near", np.tanh), ("sigmoid_near", lambda x: 1 / (1 + np.exp(-x)))])
def test_the_functions_for_pictures_are_within_1e_12(name, exact):
    x = np.concatenate([spread(1e-3, 1, 10, 100), np.linspace(-50, 50, 100_001)])
    assert np.abs(apply(name, x) - exact(np.clip(x, -700, 700))).max() < 1e-12


def test_sigmoid_saturates_without_overflow():
    assert apply("sigmoid", np.array([-1e300, -800.0, 0.0, 800.0, 1e300])).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]
