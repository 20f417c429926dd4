"""A checkpoint for other programs: `python -m lenet export`."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from core.files import write_out
from lenet.config import TrainConfig
from lenet.export import code, origin
from lenet.questions.answerer import load_model


class Written(TypedDict):
    """Which checkpoint was written, as what, into which file, and how long that is."""

    checkpoint: str
    format: str
    out: str
    bytes: int


def export(checkpoint: Path, config: TrainConfig, kind: str, out: Path) -> Written:
    """Writes the file, as `write_out` does, and returns {checkpoint, format, out, bytes}.

    config: what network it is. Raises OSError, and ValueError for what is no such checkpoint.
    """
    model = load_model(config, checkpoint)  # in any case: nothing is written of what is damaged
    source = origin.of_file(checkpoint, config)
    match kind:
        case "py":
            content = code.script(source).encode()
        case "onnx":
            from lenet.export import onnx

            content = onnx.written(config, model, source.metadata())
        case _:
            from lenet.export import weights

            content = weights.written(model, source.metadata())
    write_out(out, content)
    return {"checkpoint": str(checkpoint), "format": kind, "out": str(out), "bytes": len(content)}
