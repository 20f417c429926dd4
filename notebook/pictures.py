"""Pictures of pins: each drawn once and kept, some seconds after it was pinned, so that an export finds it drawn.

What is drawn ahead has time: it is drawn while the press has nothing else to do, and nobody waits for it.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Iterable
from itertools import islice

from core.refused import RefusedError
from core.threads import guarded, started
from notebook.export import pixels
from notebook.figures import Figure, Table
from notebook.press import Press
from notebook.store import Notebooks, missing
from notebook.uploads import Image

SMALL = 480  # pixels, the width of a picture for the page
AHEAD_S = 10.0  # from the pin on: where a whole class pins at once, the server has other work first
MOST_AHEAD = 1000  # pins that wait to be drawn; one beyond them is drawn when somebody looks at it


class Pictures:
    """Any thread may use it. `close` ends the thread that draws ahead. ahead_s: how long it waits with that."""

    def __init__(self, notebooks: Notebooks, press: Press, ahead_s: float = AHEAD_S):
        self._notebooks, self._press, self._ahead_s = notebooks, press, ahead_s
        self._waiting: deque[tuple[float, str, str]] = deque()  # when its turn is, the browser and the pin
        self._changed = threading.Condition()  # something waits, or nothing will
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def of(self, browser: str, pin: str, is_small: bool = False) -> Image:
        """The picture of a pin, drawn where it was not. is_small: `SMALL` pixels wide. Raises RefusedError: `no-pin`,
        `no-picture` where the pin is a table, and what the press says."""
        image = self._notebooks.picture(browser, pin, is_small)
        if image is not None:
            return image
        large = self._notebooks.picture(browser, pin) if is_small else None
        if large is None:
            large = self._keep(browser, pin, self._press.draw(self._figure(browser, pin), browser))
        if not is_small:
            return large
        image = Image("image/png", self._press.shrink(large.packed, SMALL, browser))
        self._notebooks.keep_picture(browser, pin, image, small=True)
        return image

    def expect(self, browser: str, pins: Iterable[str]) -> None:
        """Somebody will look at these pins: they are drawn when there is time."""
        turn = time.monotonic() + self._ahead_s
        with self._changed:
            self._waiting.extend((turn, browser, pin) for pin in islice(pins, MOST_AHEAD - len(self._waiting)))
            with contextlib.suppress(OSError):  # without a thread they are drawn when somebody looks at them
                self._thread = self._thread or started(self._run, "notebook-pictures")
            self._changed.notify()

    def close(self) -> None:
        """To be called before the press is closed, which ends what is being drawn."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def _figure(self, browser: str, pin: str) -> Figure:
        figure = self._notebooks.figure(browser, pin)
        if isinstance(figure, Table):
            raise missing("no-picture")
        return figure

    def _keep(self, browser: str, pin: str, drawn: bytes) -> Image:
        image = Image("image/png", drawn)
        width, height = pixels.size(drawn) or (0, 0)
        self._notebooks.keep_picture(browser, pin, image, width, height)
        return image

    # --- the thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while (next_one := self._next()) is not None:
            browser, pin = next_one
            # One that cannot be drawn, or is gone, is told of to who looks at it.
            with guarded("notebook-pictures"), contextlib.suppress(RefusedError):
                if self._notebooks.picture(browser, pin) is None:
                    self._keep(browser, pin, self._press.draw_ahead(self._figure(browser, pin)))

    def _next(self) -> tuple[str, str] | None:
        """None: there will be no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            while not self._is_closed:
                turn, browser, pin = self._waiting[0]
                if turn <= time.monotonic():
                    self._waiting.popleft()
                    return browser, pin
                self._changed.wait(turn - time.monotonic())
            return None
