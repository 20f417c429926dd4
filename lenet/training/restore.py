"""Where a run that was cut off goes on from, and what had to be made again because it was lost.

- resume.pt is whole: from there, bit for bit. Epochs that metrics.jsonl has lost are tested again.
- It is not: from the newest epoch whose record and checkpoint are whole. That is bit for bit if the optimizer remembers
  nothing from step to step, as SGD without momentum.
- No epoch is whole: from the beginning, bit for bit.

Whatever is not as it would have been is named in the note.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NotRequired, TypedDict

import numpy as np
import torch
from torch import Tensor

from lenet.lines import EpochLine
from lenet.reasons import Reason, because
from lenet.records import check_format, read_whole
from lenet.training.folder import UNKNOWN
from lenet.training.progress import epochs_that_hold
from lenet.training.saved import load, save_weights

if TYPE_CHECKING:
    from lenet.training.trainer import Trainer


class State(TypedDict):
    """What resume.pt holds. train_s, epoch_s: seconds of training and testing, of the run and of its epoch."""

    format: NotRequired[int]  # earlier versions did not write it
    step: int
    train_s: float
    epoch_s: float
    model: dict[str, Tensor]
    optimizer: dict[str, object]  # as torch.optim has it


class _Times(TypedDict):
    """When an epoch ended."""

    epoch: int
    seconds: float | None
    train_s: float


@dataclass
class Place:
    """Where a run goes on: the step, the seconds until then of the run and of its epoch, the epochs done.

    again: those of them that are to be told, since what metrics.jsonl says of them is lost, or of one before.
    """

    step: int = 0
    train_s: float = 0.0
    epoch_s: float = 0.0
    epochs: list[EpochLine] = field(default_factory=list)
    again: list[EpochLine] = field(default_factory=list)
    note: Reason | None = None


def restore(trainer: Trainer, was_damaged: bool) -> Place:
    """Puts the newest whole state into the trainer's network and optimizer.

    was_damaged: whether metrics.jsonl has lost lines. Raises OSError, and ValueError for a record that is none.
    """
    folder, place, initial = trainer.folder, Place(), copy.deepcopy(trainer.model.state_dict())
    told = {record["epoch"]: record for record in epochs_that_hold(read_whole(folder.lines()))}
    has_begun = bool(told) or was_damaged or any(folder.path.glob("lenet_*.pt"))
    notes = ["metrics.jsonl was damaged"] if was_damaged else []
    state = None
    try:
        state = _saved_state(trainer)
    except FileNotFoundError:
        if has_begun:
            notes.append("resume.pt is not there")
    except ValueError as error:
        notes.append(f"resume.pt {error}")
    if state is not None:
        place.step, place.train_s, place.epoch_s = state["step"], state["train_s"], state["epoch_s"]
        last = place.step // trainer.steps_per_epoch
    else:
        last = folder.predicted_epochs(len(trainer.test))

    lost = [number for number in range(1, last + 1) if number not in told]
    for number in list(lost):
        at_its_end = state is not None and place.step == number * trainer.steps_per_epoch
        record = _tested_again(trainer, number, told, state if at_its_end else None)
        if record is not None:
            told[number] = record
    found = [number for number in lost if number in told]
    if lost != found:
        notes.append(f"lost: epoch {', '.join(str(n) for n in lost if n not in told)}")

    weights = initial
    if state is None:
        last = next((n for n in sorted(told, reverse=True) if _weights(trainer, told[n]["checkpoint"]) is not None), 0)
        place.step = last * trainer.steps_per_epoch
        if last:
            place.train_s = told[last]["train_s"]
            weights = _weights(trainer, told[last]["checkpoint"]) or initial
    place.epochs = [told[number] for number in sorted(told) if number <= last]
    found = [number for number in found if number <= last]
    if found:
        place.again = [record for record in place.epochs if record["epoch"] >= found[0]]
    answers, unknown = _mend_predictions(trainer, place.epochs)
    tested = "; ".join(
        f"{what}: epoch {', '.join(map(str, numbers))}"
        for what, numbers in (("tested again", found), ("answered again", answers), ("answers lost", unknown))
        if numbers
    )

    # This comes last: the tests above have put other weights into the network.
    trainer.optimizer = trainer.new_optimizer()
    if state is not None:
        trainer.optimizer.load_state_dict(state["optimizer"])
    trainer.model.load_state_dict(weights if state is None else state["model"])
    if state is None and notes:
        place.note = _went_back("; ".join(notes), last, tested and f"; {tested}", trainer.optimizer_remembers)
    elif notes or tested:
        place.note = because("mended", what="; ".join(filter(None, [*notes, tested])))
    return place


def _went_back(what: str, last: int, again: str, starts_anew: bool) -> Reason:
    """last: the epoch from which it goes on; 0: none. starts_anew: whether its optimizer forgets something by that."""
    if last == 0:
        return because("begun-again", what=what)
    return because("restored-weights" if starts_anew else "restored", what=what, epoch=last, again=again)


def _saved_state(trainer: Trainer) -> State:
    """What resume.pt holds. Raises FileNotFoundError, and ValueError that says what is wrong with it."""
    path = trainer.folder.resume_state
    try:
        state = load(path, trainer.device)
    except FileNotFoundError:
        raise
    except (OSError, ValueError):
        is_empty = path.is_file() and not path.stat().st_size
        raise ValueError("is empty" if is_empty else "cannot be read") from None
    check_format(state.get("format", 1) if isinstance(state, dict) else 1)
    optimizer = trainer.new_optimizer()
    settings = [group.keys() for group in optimizer.param_groups]
    try:
        trainer.model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        whole = 0 <= state["step"] <= trainer.steps and state["train_s"] >= 0 and state["epoch_s"] >= 0
        whole = whole and settings == [group.keys() for group in optimizer.param_groups]  # it takes any, unchecked
    except (KeyError, TypeError, AttributeError, ValueError, RuntimeError):
        whole = False
    if not whole:
        raise ValueError("is not a state of this run")
    return state


def _weights(trainer: Trainer, checkpoint: str) -> dict[str, Tensor] | None:
    """The weights in a checkpoint; None where it is not there or not whole."""
    try:
        weights = load(trainer.folder.path / checkpoint, trainer.device)
        trainer.model.load_state_dict(weights)
    except (OSError, ValueError, TypeError, AttributeError, RuntimeError):
        return None
    return weights


def _tested_again(trainer: Trainer, number: int, told: dict[int, EpochLine], state: State | None) -> EpochLine | None:
    """The record of an epoch, by a test of its weights; None where they are lost too.

    state: that after the epoch. Without it the epoch's checkpoint is the one that answers as predictions.u8 says. How
    long the epoch took is known where the state and the epoch before tell.
    """
    trainer.epochs = [told[n] for n in sorted(told) if n < number]
    taken = {record["checkpoint"] for record in told.values()}
    row = trainer.folder.predicted(number, len(trainer.test))
    names = sorted(path.name for path in trainer.folder.path.glob("lenet_*.pt") if path.name not in taken)
    for name, candidate in [(None, state["model"])] if state else [(name, _weights(trainer, name)) for name in names]:
        if candidate is None:
            continue
        trainer.model.load_state_dict(candidate)
        record, predicted = trainer.tested(number)
        if name is not None and predicted != row:
            continue
        record["checkpoint"] = name or record["checkpoint"]
        path = trainer.folder.path / record["checkpoint"]
        ended = path
        if name is None and _weights(trainer, path.name) is None:
            save_weights(candidate, path)
            ended = trainer.folder.resume_state  # which was written at once after what is lost
        before: _Times = trainer.epochs[-1] if trainer.epochs else {"epoch": 0, "seconds": 0.0, "train_s": 0.0}
        train_s = state["train_s"] if state else before["train_s"]
        is_known = state is not None and before["epoch"] == number - 1 and before["seconds"] is not None
        seconds = train_s - before["train_s"] if is_known else None
        return {**record, "seconds": seconds, "train_s": train_s, "time": round(ended.stat().st_mtime, 3)}
    return None


def _mend_predictions(trainer: Trainer, epochs: list[EpochLine]) -> tuple[list[int], list[int]]:
    """Has each epoch's answers in predictions.u8 again, by a test of its checkpoint; UNKNOWN where that is lost.

    Returns the epochs whose answers were made again, and those whose are lost.
    """
    again: list[int] = []
    unknown: list[int] = []
    labels = trainer.test.labels.to(torch.uint8).cpu().numpy()
    for record in epochs:
        row = trainer.folder.predicted(record["epoch"], len(labels))
        if row is not None and (np.frombuffer(row, np.uint8) == labels).mean() == record["test"]["accuracy"]:
            continue
        is_lost = _weights(trainer, record["checkpoint"]) is None
        row = UNKNOWN * len(labels) if is_lost else trainer.tested(record["epoch"])[1]
        trainer.folder.write_predictions(record["epoch"], row)
        (unknown if is_lost else again).append(record["epoch"])
    return again, unknown
