"""Why a run ended, waits again, or is not what it would have been: the table of codes with their English sentences.

A record says both: `reason` (of a start: `note`) is the sentence, for people at a terminal; `why` is the code with its
values, which programs read and the page translates. No IO.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.cleaned import MOST_TEXT, clean_values, without_paths
from lenet.lines import Coded
from lenet.records import End, Start, Value, Why

SENTENCES = {
    "by-teacher": "by the teacher",
    "closed": "the server was closed",
    "parted": "it was being trained together with another's: it goes on after epoch {epoch}",
    "parted-at-once": "it was being trained together with another's: it begins anew",
    "signalled": "its process was told to end (SIGTERM)",
    "reached": "the test accuracy reached {accuracy:g}",
    "moved": "the test accuracy moved by less than {change:g}",
    # It failed.
    "not-a-number": "the loss is no longer a number {when} epoch {epoch}; try a lower learning rate",
    "no-gpu": "this machine has no CUDA device that PyTorch can use",
    "gpu-memory": "the GPU's memory is full: {error}",
    "disk": "the disk: {error}",
    "no-data": "could not get the data set {dataset}. Tried:\n{tried}\n"
    "Put these four files, unpacked, into {place} in {data}:\n{files}",
    "records": "its records cannot be read: {error}",
    "mistake": "{error}",  # of the program, and the traceback is in the log
    "exit": "{error}",  # the last words of a trainer that did not begin
    # Its process could not start, or is gone.
    "cannot-start": "cannot start: {error}",
    "killed": "the training process was killed",
    "no-word": "the training process ended without a word",
    "no-answer": "it did not answer and was killed",
    # Of a queue, and the machines that train for it.
    "lost": "the queue has lost it",
    "queue-records": "what the queue holds of it cannot be read",
    "worker-lost": "its worker was lost: another will go on with it",
    "workers-lost": "{count} workers were lost over it",
    "other-version": "this machine's version does not know its settings: {names}",
    "machine-log": "it could not start; the log of its machine says why",
    # What was lost and made again; `what` and `again` say in English which parts, for the terminal.
    "records-lost": "metrics.jsonl is damaged: what it told after epoch {epoch} is lost",
    "odd-record": "line {line} of metrics.jsonl is left out: {error}",
    "owner-lost": "{error}: who started it is lost",
    "settings-taken": "{error}: its settings are those that it was begun with",
    "restored": "{what}; it goes on from epoch {epoch}{again}",
    "restored-weights": "{what}; it goes on from epoch {epoch}; its optimizer starts anew, so its weights will not be "
    "those of an unbroken run{again}",
    "begun-again": "{what}; it starts from the beginning",
    "mended": "{what}",
}


@dataclass(frozen=True)
class Reason:
    """A sentence, and the same as a code of `SENTENCES` with its values; None in records of earlier versions."""

    sentence: str
    why: Why | None

    def __str__(self) -> str:
        return self.sentence

    def to_json(self, sentence: str = "reason") -> dict[str, object]:
        """The fields of a record; `sentence` is the name of the one for people."""
        return {sentence: self.sentence} | ({"why": as_json(self.why)} if self.why else {})

    def cleaned(self, most: int | None = None) -> Reason:
        """As anyone may see it: without paths of this machine, and no text longer than `most` characters."""
        why = self.why and Why(self.why.code, _cut(clean_values(self.why.values), most))
        return Reason(without_paths(self.sentence[:MOST_TEXT])[:most], why)


def because(code: str, **values: Value) -> Reason:
    return Reason(SENTENCES[code].format(**values), Why(code, values))


def told_by(record: End | Start) -> Reason | None:
    """What a record gives as its reason, or as what could not be restored."""
    sentence = record.reason if isinstance(record, End) else record.note
    return Reason(sentence, record.why) if sentence else None


def end_record(run_id: str, status: str, reason: Reason | None = None, step: int | None = None) -> dict[str, object]:
    """The last record of a run whose end no trainer writes. step: as in `End`."""
    record: dict[str, object] = {"kind": "end", "run": run_id, "status": status, "reason": None}
    return record | (reason.to_json() if reason else {}) | ({} if step is None else {"step": step})


def as_json(why: Why | None) -> Coded | None:
    return {"code": why.code, "values": why.values} if why else None


def _cut(values: dict[str, Value], most: int | None) -> dict[str, Value]:
    return {name: value[:most] if isinstance(value, str) else value for name, value in values.items()}
