"""Whether a child process answers, counted in beats of this process' own loop. No process, no clock.

A beat is about a second. When this process is paused too, or the machine sleeps, none passes: nobody is taken for dead.
"""

from __future__ import annotations

SILENT_BEATS = 3  # without an answer and at rest: whoever has a choice asks another
LOST_BEATS = 10  # without an answer and at rest: it is replaced
ENDLESS_BEATS = 60  # without an answer, while it computes: on a machine that is busy a second's work may take so long
START_BEATS = 300  # for the start, in which it may have to compile
IDLE_START_BEATS = 30  # of the start, one after another, in which it computed nothing: not even a slow disk is as slow
STEADY_BEATS = 10  # answered: what went wrong before is over


class Pulse:
    """State: the beats since it was last heard, and what it had computed at the last of them.

    at_rest, at_work: beats without an answer in which it computed nothing, or something; while it starts at_rest counts
    those since it last computed. answered: beats in which it was heard.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A new process starts."""
        self.at_rest = self.at_work = self.answered = 0
        self._computed = 0.0
        self._was_heard = False

    def hear(self) -> None:
        """It has said something."""
        self.at_rest = self.at_work = 0
        self._was_heard = True

    def beat(self, computed: float | None, is_ready: bool) -> None:
        """A second has passed. computed: CPU seconds of the process so far; None where the system does not tell."""
        if self._was_heard and is_ready:
            self.answered += 1
        self._was_heard = False
        before, self._computed = self._computed, computed or 0.0
        if self._computed > before or (computed is None and not is_ready):
            self.at_work += 1
            if not is_ready:
                self.at_rest = 0
        else:
            self.at_rest += 1

    def is_lost(self, is_ready: bool) -> bool:
        """It is to be ended and replaced."""
        if not is_ready:
            return self.at_rest >= IDLE_START_BEATS or self.at_rest + self.at_work >= START_BEATS
        return self.at_rest >= LOST_BEATS or self.at_work >= ENDLESS_BEATS

    @property
    def is_silent(self) -> bool:
        return self.at_rest >= SILENT_BEATS

    @property
    def is_steady(self) -> bool:
        return self.answered >= STEADY_BEATS
