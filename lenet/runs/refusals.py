"""Refusals that several pieces of `lenet.runs` give: what a file, a folder or the queue raises, as a RefusedError."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from core.refused import RefusedError, unwritable
from lenet.run import Run
from lenet.training.folder import RunFolder

T = TypeVar("T")


def unreadable(run_id: str, error: str) -> RefusedError:
    return RefusedError(409, f"run {run_id} cannot be read: {error}", "unreadable", error=error)


def active(run: Run, which: str) -> RefusedError:
    """which: the run as the sentence names it."""
    return RefusedError(409, f"{which} is {run.status}: stop it first", "active", status=run.status)


def outdated(run: str, unknown: Iterable[str]) -> RefusedError:
    """unknown: names of settings that another version of Playlab gave it."""
    names = ", ".join(unknown)
    message = f"run {run} has settings this version does not know: {names}"
    return RefusedError(409, message, "outdated", names=names)


def check_folder(folder: RunFolder) -> None:
    """Raises RefusedError where somebody has removed a run's folder by hand."""
    if not folder.path.is_dir():
        raise RefusedError(404, f"the folder of run {folder.id} was removed from the server", "no-files")


def stored(store: Callable[..., T], *arguments: Any) -> T:
    """What `store(*arguments)` returns, which writes to the queue or to a run's folder. Raises RefusedError."""
    try:
        return store(*arguments)
    except ConnectionError as error:
        message = f"the queue cannot be reached: {error}"
        raise RefusedError(503, message, "queue-unreachable", error=str(error), may_be_done=False) from None
    except OSError as error:
        raise unwritable("cannot store the run", error) from None
