"""Pictures of pins: drawn once, ahead where there is time, and whatever fails meanwhile costs nobody anything."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Iterator

import pytest
from PIL import Image

from core.refused import RefusedError
from db.errors import DatabaseError
from notebook import pictures as module
from notebook.figures import Figure, Table
from notebook.pictures import Pictures
from notebook.store import Notebooks
from support.notebooks import pin
from support.processes import wait_until

ANN = "ann"


class Press:
    """Draws one picture of everything, and counts. broken: why there is none."""

    def __init__(self) -> None:
        self.drawn, self.ahead = 0, 0
        self.broken: Exception | None = None

    def draw(self, _figure: Figure, _who: str | None = None) -> bytes:
        self.drawn += 1
        return self._png(1620)

    def draw_ahead(self, _figure: Figure) -> bytes:
        self.ahead += 1
        if self.broken is not None:
            raise self.broken
        return self._png(1620)

    def shrink(self, _content: bytes, width: int, _who: str | None = None) -> bytes:
        return self._png(width)

    def _png(self, width: int) -> bytes:
        file = io.BytesIO()
        Image.new("1", (width, 10)).save(file, "PNG")
        return file.getvalue()


@pytest.fixture
def press() -> Press:
    return Press()


@pytest.fixture
def pictures(notebooks: Notebooks, press: Press) -> Iterator[Pictures]:
    made = Pictures(notebooks, press, ahead_s=0)  # type: ignore[arg-type]
    yield made
    made.close()


def is_drawn(notebooks: Notebooks, number: int) -> bool:
    return notebooks.picture(ANN, pin(number).id) is not None


def test_a_pin_that_is_expected_is_drawn_once_and_then_only_shown(notebooks, pictures, press):
    notebooks.pin(ANN, pin(1))
    pictures.expect(ANN, [pin(1).id])
    wait_until(lambda: is_drawn(notebooks, 1), 10, "it is drawn")
    pictures.expect(ANN, [pin(1).id])
    assert module.pixels.size(pictures.of(ANN, pin(1).id).packed) == (1620, 10)
    assert module.pixels.size(pictures.of(ANN, pin(1).id, is_small=True).packed) == (480, 10)
    assert (press.ahead, press.drawn) == (1, 0)


@pytest.mark.parametrize("error", [RefusedError(422, "broken", "picture-broken"), OSError("no space left")])
def test_what_cannot_be_drawn_ahead_is_left_to_who_looks_at_it(notebooks, pictures, press, error):
    table = Table(columns=["a"], rows=[["x"]])
    notebooks.pin(ANN, pin(1, figure=table))
    for number in (2, 3):
        notebooks.pin(ANN, pin(number))
    press.broken = error
    pictures.expect(ANN, ["gone-pin", pin(1).id, pin(2).id])
    wait_until(lambda: press.ahead == 1, 10, "only what has a picture was tried")
    press.broken = None
    pictures.expect(ANN, [pin(3).id])
    wait_until(lambda: is_drawn(notebooks, 3), 10, "the next is drawn all the same")
    assert not is_drawn(notebooks, 2)
    assert module.pixels.size(pictures.of(ANN, pin(2).id).packed) == (1620, 10)
    with pytest.raises(RefusedError, match="no such picture"):
        pictures.of(ANN, pin(1).id)


def test_a_picture_is_shown_while_nothing_can_be_written(notebooks, pictures, database, monkeypatch):
    notebooks.pin(ANN, pin(1))

    @contextlib.contextmanager
    def full():
        raise DatabaseError("database-full", "no space left")
        yield

    with monkeypatch.context() as patched:
        patched.setattr(database, "write", full)
        for is_small, width in ((False, 1620), (True, 480)):
            assert module.pixels.size(pictures.of(ANN, pin(1).id, is_small).packed) == (width, 10)
    assert not is_drawn(notebooks, 1)
    pictures.of(ANN, pin(1).id)
    assert is_drawn(notebooks, 1)


def test_only_so_many_wait_to_be_drawn(notebooks, pictures, press, monkeypatch):
    monkeypatch.setattr(module, "MOST_AHEAD", 2)
    monkeypatch.setattr(module, "started", lambda _run, _name: None)  # so that they go on waiting
    pictures.expect(ANN, [pin(number).id for number in range(5)])
    pictures.expect(ANN, [pin(9).id])
    assert [one for _, *one in pictures._waiting] == [[ANN, pin(0).id], [ANN, pin(1).id]]


def test_what_was_just_pinned_waits_and_does_not_keep_its_thread_from_ending(notebooks, press):
    patient = Pictures(notebooks, press, ahead_s=0.3)
    notebooks.pin(ANN, pin(1))
    pinned = time.monotonic()
    patient.expect(ANN, [pin(1).id])
    wait_until(lambda: is_drawn(notebooks, 1), 10, "it is drawn")
    assert time.monotonic() - pinned >= 0.3
    patient._ahead_s = 3600
    patient.expect(ANN, [pin(1).id])
    patient.close()
    patient._thread.join(10)
    assert not patient._thread.is_alive()


def test_without_a_thread_nothing_is_drawn_ahead(notebooks, pictures, press, monkeypatch):
    def none_left(_run: object, _name: str) -> None:
        raise OSError("no more threads")

    monkeypatch.setattr(module, "started", none_left)
    notebooks.pin(ANN, pin(1))
    pictures.expect(ANN, [pin(1).id])
    assert pictures.of(ANN, pin(1).id).type == "image/png"
