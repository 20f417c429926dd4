"""What can be taken home of a run: its script, its network for other programs, all checkpoints, its epochs."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import IO, Any

from flask import Blueprint, Response, g, send_file

from core.files import temporarily
from core.refused import unwritable
from lenet.export import archive, code, table
from lenet.questions.messages import Onnx, Weights
from lenet.routes.served import archives, epoch_of, packings, questions, readings, runs
from lenet.runs import reading
from lenet.runs.refusals import unreadable

blueprint = Blueprint("exports", __name__)


@blueprint.get("/api/lenet/runs/<run_id>/epochs.csv")
def epochs_table(run_id: str) -> Response:
    with readings.take(g.visitor.account):
        records = runs.board.get(run_id).details()["epochs"]
        return _attached(table.written(records).encode(), "text/csv", f"{run_id}.csv")


@blueprint.get("/api/lenet/runs/<run_id>/epochs/<epoch>/script")
def script(run_id: str, epoch: str) -> Response:
    run, done = epoch_of(run_id, epoch)
    with readings.take(g.visitor.account):
        origin = run.origin(done)
        return _attached(code.script(origin).encode(), "text/x-python", f"{origin.stem}.py")


@blueprint.get("/api/lenet/runs/<run_id>/epochs/<epoch>/onnx")
def onnx(run_id: str, epoch: str) -> Response:
    return _network(run_id, epoch, Onnx, "onnx")


@blueprint.get("/api/lenet/runs/<run_id>/epochs/<epoch>/safetensors")
def safetensors(run_id: str, epoch: str) -> Response:
    return _network(run_id, epoch, Weights, "safetensors")


@blueprint.get("/api/lenet/runs/<run_id>/checkpoints.zip")
def checkpoints(run_id: str) -> Response:
    """It lies in a file that has no name until it is fetched: no thread waits for a slow reader, and no memory."""
    run = runs.board.get(run_id)
    run.epoch(None)  # there is one
    paths = [run.checkpoint(done) for done in run.epochs]
    about = run.folder.path / "config.json"
    with contextlib.ExitStack() as held:
        held.enter_context(archives.take(g.visitor.account))
        with packings.take(g.visitor.account):
            file = held.enter_context(_archive(run_id, [*paths, *([about] if about.is_file() else [])]))
        return send_file(
            _Held(file, held.pop_all()), mimetype="application/zip", as_attachment=True, download_name=f"{run_id}.zip"
        )


class _Held:
    """A file that gives back its place where it is closed."""

    def __init__(self, file: IO[bytes], held: contextlib.ExitStack):
        self._file, self._held = file, held

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def close(self) -> None:
        self._held.close()


def _archive(name: str, paths: list[Path]) -> IO[bytes]:
    """The open file, at its beginning. Raises RefusedError."""
    try:
        with contextlib.ExitStack() as made:
            with temporarily():
                file = made.enter_context(tempfile.TemporaryFile())
            archive.write(file, name, paths)
            file.seek(0)
            made.pop_all()
            return file
    except FileNotFoundError:  # removed meanwhile
        raise
    except ValueError as error:
        raise unreadable(name, reading.why(error)) from None
    except OSError as error:
        raise unwritable("cannot make the archive", error) from None


def _network(run_id: str, epoch: str, kind: type[Onnx | Weights], ending: str) -> Response:
    run, done = epoch_of(run_id, epoch)
    with questions.take(g.visitor.account):
        with readings.take(g.visitor.account):
            origin = run.origin(done)
        content = runs.helper.make(kind(str(run.checkpoint(done)), run.config, origin.metadata()))
        return _attached(content, "application/octet-stream", f"{origin.stem}.{ending}")


def _attached(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-cache"
    return response
