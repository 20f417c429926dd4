"""What a run has recorded, as anyone may see it: read from its folder anew whenever it is asked for.

A line is checked and, where nothing in it has to be cleaned, handed on as it stands: as objects a long run takes ten
times as long, and 40 MB.
"""

from __future__ import annotations

import re
import threading

import msgspec

from lenet.cleaned import clean_record
from lenet.lines import EpochLine, Layer
from lenet.records import Epoch, Odd, Start, read_object, read_record, read_whole
from lenet.training.folder import RunFolder
from lenet.training.progress import epochs_that_hold

MOST_RECORDS = 5000  # in one answer

_CLEANED = re.compile(rb'"(?:reason|checkpoint|source|why)"')  # what clean_record may change
_turn = threading.Lock()  # many that compute at once would each have its share of the interpreter, all else little


def lines(folder: RunFolder, first: int) -> list[bytes]:
    """The lines of metrics.jsonl from line `first` on, at most MOST_RECORDS. Raises OSError and ValueError."""
    read = folder.lines()
    with _turn:
        return [_clean(line) for line in read[first : first + MOST_RECORDS]]


def layers_and_epochs(folder: RunFolder) -> tuple[list[Layer], list[EpochLine]]:
    """The layers of its network, and the records of the epochs that hold. Raises OSError and ValueError."""
    read = folder.lines()
    with _turn:
        records = read_whole(read, Start, Epoch)
        layers = [record.get("layers", []) for record in records if record["kind"] == "start"]
        return layers[-1] if layers else [], [clean_record(record) for record in epochs_that_hold(records)]


def _clean(line: bytes) -> bytes:
    """A record as JSON that anyone may see. Raises ValueError where it is no record."""
    record = read_record(line)
    if isinstance(record, Odd):
        return msgspec.json.encode(record)
    if line.isascii() and b"\\" not in line and not _CLEANED.search(line):
        return line
    return msgspec.json.encode(clean_record(read_object(line)))
