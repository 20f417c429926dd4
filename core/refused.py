"""What is refused: in data for programs, which translate it, and in an English sentence for logs and the terminal.

`code` names the kind of refusal, `values` is what its text fills in, `field` the one that is wrong. No program reads
the sentence. No Flask: `web.errors` makes answers of what is raised.
"""

from __future__ import annotations

import errno
from typing import Any, ClassVar

from core.cleaned import clean_values, plain, without_paths
from core.spelling import cut, spelled

MISSING = object()  # in place of a value that was not sent, where null could be one
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_BUSY = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN}
RETRY_S = 2  # after which one may ask again who was told so

Answer = tuple[dict[str, Any], int, dict[str, str]]  # what a body says, its status, headers: a response for Flask


class RefusedError(Exception):
    """A request that is not carried out. status: the HTTP status that says so. field: None where the fault is in no
    single one. values: JSON values."""

    def __init__(self, status: int, sentence: str, code: str, /, field: str | None = None, **values: Any):
        self.status = status
        self.code = code
        self.field = field
        self.values = values
        super().__init__(sentence)

    def again(self) -> RefusedError:
        """The same, to be raised anew where it is told once more: with all that its text fills in."""
        return RefusedError(self.status, str(self), self.code, self.field, **self.values)

    def to_json(self) -> dict[str, Any]:
        """`code`, `field`, `values` and the English sentence `error`."""
        return {"code": self.code, "field": self.field, "values": self.values, "error": str(self)}

    def answer(self) -> Answer:
        """Over HTTP. It holds no path of this machine."""
        said = self.to_json() | {"values": clean_values(self.values), "error": without_paths(str(self))}
        return said, self.status, {"Retry-After": str(RETRY_S)} if self.status in (429, 503) else {}


class InvalidError(RefusedError, ValueError):
    """A value that cannot be: `field` and `value` say which, `want` what would do.

    limits: what `want` says, as values for the text of `code`; `value` is added to them as a text of bounded length,
    which is empty where it is MISSING.
    """

    whole: ClassVar[str]  # what a sentence calls all that was sent
    any_code: ClassVar[str]  # the code where no more can be said

    def __init__(
        self, field: str | None, value: object, want: str, code: str = "", limits: dict[str, Any] | None = None
    ):
        self.value = value
        self.want = want
        self.limits = limits or {}
        field = None if field is None else cut(field)
        said = "missing" if value is MISSING else spelled(value)
        values = {"value": "" if value is MISSING else cut(value) if isinstance(value, str) else said} | self.limits
        sentence = f"invalid {field or self.whole}: {said} (want {want})"
        super().__init__(422, sentence, code or self.any_code, field, **values)

    def answer(self) -> Answer:
        """Over HTTP. What was sent is quoted as it was."""
        return self.to_json(), self.status, {}


def unwritable(what: str, error: OSError) -> RefusedError:
    """what: was to be done. A full disk, which whoever deletes runs can mend, is told from one that takes nothing, and
    both from a lack of the moment."""
    message = f"{what}: {plain(error)}"
    if error.errno in _FULL:
        return RefusedError(507, message, "disk-full", error=plain(error))
    if error.errno in _BUSY:
        return RefusedError(503, message, "busy")
    return RefusedError(507, message, "disk-refuses", error=plain(error))
