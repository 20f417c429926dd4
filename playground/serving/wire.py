"""The binary messages to the browser: packing only. docs/protocol.md describes the bytes."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import struct
import zlib

import numpy as np
from numba import njit

from playground import compiled
from playground.config import ANY_CLASSES, FEATURE_KEYS, Config
from playground.data import datasets
from playground.engine import SIDE, Engine
from playground.snapshot import Scores

FRAME_MAGIC = 0x31464C50  # "PLF1"
DEFLATED_MAGIC = 0x32464C50  # "PLF2"
POINTS_MAGIC = 0x31504C50  # "PLP1"
PLAYING, DIVERGED, VIEWED = 1, 2, 4  # flags

HEADER = struct.Struct("<3I 2H 4d 8H")
_MORE_SIZES = struct.Struct("<4H")  # of a network of more than seven layers that compute
_POINTS_HEADER = struct.Struct("<4I")
_DEFLATED = struct.Struct("<3I")
_SELECTED = struct.Struct("<2H")

LEVELS = 42  # of how sure a map of classes is; six classes of them are in a byte
THUMBNAIL = 10  # pixels
_CELL = SIDE // THUMBNAIL


@njit(cache=compiled.CACHE, nogil=True, error_model="numpy")
def _quantize(value):  # type: ignore[no-untyped-def]
    """128 steps a unit, rounded down, so that the sign is kept; not a number becomes 0."""
    return np.int8(min(max(np.floor(value * 128.0), -128.0), 127.0)) if value == value else np.int8(0)


@njit(cache=compiled.CACHE, nogil=True, error_model="numpy")
def _quantize_all(source, out):  # type: ignore[no-untyped-def]
    for i in range(source.size):
        out[i] = _quantize(source[i])


@njit(cache=compiled.CACHE, nogil=True, error_model="numpy")
def _thumbnails(maps, out):  # type: ignore[no-untyped-def]
    """Means of the cells of every map, quantized: out is (nodes * THUMBNAIL * THUMBNAIL,)."""
    strip = np.empty(SIDE)
    for node in range(maps.shape[0]):
        for row in range(THUMBNAIL):
            strip[:] = maps[node, row * _CELL]
            for line in range(row * _CELL + 1, (row + 1) * _CELL):
                for column in range(SIDE):
                    strip[column] += maps[node, line, column]
            for cell in range(THUMBNAIL):
                total = 0.0
                for column in range(cell * _CELL, (cell + 1) * _CELL):
                    total += strip[column]
                out[(node * THUMBNAIL + row) * THUMBNAIL + cell] = _quantize(total / (_CELL * _CELL))


def quantized(values: np.ndarray) -> np.ndarray:
    """A map as frames have it: int8, row by row. values: contiguous."""
    out = np.empty(values.size, dtype=np.int8)
    _quantize_all(values.reshape(-1), out)
    return out


@njit(cache=compiled.CACHE, nogil=True, error_model="numpy")
def _winners(likely, out):  # type: ignore[no-untyped-def]
    """The likeliest class of each cell and how likely it is, from 1 in so many classes to certain: out is (cells,)."""
    classes = likely.shape[0]
    for cell in range(likely.shape[1]):
        best = 0
        for j in range(1, classes):
            if likely[j, cell] > likely[best, cell]:
                best = j
        sure = (likely[best, cell] * classes - 1.0) / (classes - 1.0)
        level = min(max(np.floor(sure * LEVELS), 0.0), LEVELS - 1.0) if sure == sure else 0.0
        out[cell] = np.int8(best * LEVELS + level - 128.0)


def outcome(outputs: np.ndarray, side: int = SIDE) -> np.ndarray:
    """The picture of what the network says, int8, row by row, so many pixels a side: of one output its quantized map,
    of several classes class * LEVELS + level - 128 of the likeliest. outputs: their maps, (outputs, SIDE, SIDE)."""
    cell = SIDE // side
    means = outputs if cell == 1 else outputs.reshape(len(outputs), side, cell, side, cell).mean(axis=(2, 4))
    means = means.reshape(len(outputs), -1)
    if len(means) == 1:
        return quantized(means[0])
    out = np.empty(side * side, dtype=np.int8)
    _winners(means, out)
    return out


def whole(engine: Engine) -> tuple[int, int]:
    """Layer and node by which a frame says that its map is the `outcome`: the output's, or one after the last class."""
    return len(engine.sizes) - 2, engine.config.outputs if engine.config.has_classes else 0


def pack(engine: Engine, scores: Scores, generation: int, flags: int, selected: tuple[int, int]) -> bytes:
    """A frame. selected: layer and node of the map to send, or `whole`."""
    sizes = engine.sizes
    layers = len(sizes) - 1
    maps = engine.maps()
    head = HEADER.pack(
        FRAME_MAGIC, generation, engine.epoch, layers, flags,
        scores.train_loss, scores.test_loss, scores.train_accuracy, scores.test_accuracy,
        *sizes[:8], *[0] * (8 - len(sizes)),
    )  # fmt: skip
    if len(sizes) > 8:
        head += _MORE_SIZES.pack(*sizes[8:], *[0] * (12 - len(sizes)))
    layer, node = selected
    thumbnails = np.empty(len(maps) * THUMBNAIL * THUMBNAIL, dtype=np.int8)
    _thumbnails(maps, thumbnails)
    is_whole = selected == whole(engine)
    picture = outcome(maps[-sizes[-1] :]) if is_whole else quantized(maps[sum(sizes[1 : layer + 1]) + node])
    return b"".join(
        (
            head, engine.parameters.tobytes(), thumbnails.tobytes(), _SELECTED.pack(layer, node), picture.tobytes(),
            engine.classified().tobytes(),
        )
    )  # fmt: skip


def deflated(frame: bytes, sequence: int, before: bytes | None) -> bytes:
    """`frame` as a page takes it: whole, or its difference to the frame `before`, the one that was sent before it."""
    if before is not None and len(before) != len(frame):
        before = None
    head = _DEFLATED.pack(DEFLATED_MAGIC, sequence, sequence - 1 if before is not None else 0)
    return head + squeezed(frame, before)


def squeezed(content: bytes, before: bytes | None) -> bytes:
    """`content` deflated, or its byte-wise difference to what came `before`, which has the same length."""
    if before is not None:
        content = (np.frombuffer(content, np.uint8) - np.frombuffer(before, np.uint8)).tobytes()
    # Z_RLE was quicker and smaller than level 1 without it: a map that changes little has long runs of one difference.
    packer = zlib.compressobj(1, zlib.DEFLATED, -15, 6, zlib.Z_RLE)
    return packer.compress(content) + packer.flush()


def pack_points(engine: Engine, generation: int) -> bytes:
    """The training and the test points."""
    head = _POINTS_HEADER.pack(POINTS_MAGIC, generation, len(engine.train_points), len(engine.test_points))
    return head + engine.train_points.tobytes() + engine.test_points.tobytes()


def warm_up() -> None:
    """Compiles everything that a worker calls, or loads it from the cache; keeps it there."""
    for name in datasets.DATASETS:
        datasets.make(name, 0, "0.1", 3 if name in ANY_CLASSES else 1)
    # The two epochs that there are, and the maps of classes.
    for settings in ({}, {"optimizer": "adam", "shuffle": True}, {"dataset": "blobs"}):
        engine = Engine(Config().updated(dict.fromkeys(FEATURE_KEYS, True) | settings))
        engine.train()
        pack(engine, engine.scores(), 0, 0, whole(engine))
    compiled.keep()
