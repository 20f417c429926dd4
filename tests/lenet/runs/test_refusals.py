"""What a folder refuses: a full disk is told from one that takes nothing, and from a lack of the moment."""

from __future__ import annotations

import errno
import os

import pytest

from core.refused import RefusedError
from lenet.runs.refusals import stored


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [
        (errno.ENOSPC, 507, "disk-full"), (errno.EDQUOT, 507, "disk-full"), (errno.EACCES, 507, "disk-refuses"),
        (errno.EROFS, 507, "disk-refuses"), (errno.ENOTDIR, 507, "disk-refuses"), (errno.ENOENT, 507, "disk-refuses"),
        (errno.EIO, 507, "disk-refuses"), (errno.EMFILE, 503, "busy"), (errno.ENFILE, 503, "busy"),
    ],
)  # fmt: skip
def test_what_the_system_refuses_is_called_what_it_is(number: int, status: int, code: str):
    def store() -> None:
        raise OSError(number, os.strerror(number), "/srv/secret/run.json")

    with pytest.raises(RefusedError, match=os.strerror(number)) as refused:
        stored(store)
    assert (refused.value.status, refused.value.code) == (status, code)
    assert "secret" not in str(refused.value)
