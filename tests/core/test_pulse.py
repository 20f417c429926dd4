"""When a child process counts as lost: by beats, its answers and what it has computed."""

from __future__ import annotations

from core import pulse
from core.pulse import Pulse


def beats(one: Pulse, count: int, *, is_ready: bool, computed: float | None = 1.0, each: float = 0.0) -> None:
    """each: what it computes in a beat."""
    for number in range(count):
        one.beat(None if computed is None else computed + each * number, is_ready)


def beats_until_lost(*, is_ready: bool, computed: float | None = 1.0, each: float = 0.0) -> int:
    one = Pulse()
    one.beat(1.0, is_ready)  # what it had computed before is no work of now
    one.hear()
    for number in range(1, 1000):
        one.beat(None if computed is None else computed + each * number, is_ready)
        if one.is_lost(is_ready):
            return number
    raise AssertionError("never")


def test_one_at_rest_is_lost_after_ten_beats_and_silent_after_three():
    assert beats_until_lost(is_ready=True) == pulse.LOST_BEATS == 10
    assert beats_until_lost(is_ready=True, computed=None) == pulse.LOST_BEATS
    one = Pulse()
    one.hear()
    one.beat(1.0, True)
    beats(one, pulse.SILENT_BEATS - 1, is_ready=True)
    assert not one.is_silent
    beats(one, 1, is_ready=True)
    assert one.is_silent
    one.hear()
    assert not one.is_silent


def test_one_that_computes_has_longer():
    assert beats_until_lost(is_ready=True, each=0.01) == pulse.ENDLESS_BEATS


def test_a_start_may_take_long_as_long_as_it_computes_or_nobody_knows_whether_it_does():
    assert beats_until_lost(is_ready=False, each=0.01) == pulse.START_BEATS
    assert beats_until_lost(is_ready=False, computed=None) == pulse.START_BEATS
    assert beats_until_lost(is_ready=False) == pulse.IDLE_START_BEATS
    one = Pulse()  # now and then a disk is slow
    for number in range(8):
        beats(one, pulse.IDLE_START_BEATS, is_ready=False, computed=1.0 + number)
        assert not one.is_lost(is_ready=False)


def test_it_is_steady_once_it_has_answered_for_ten_beats_and_its_successor_is_not():
    one = Pulse()
    for _ in range(pulse.STEADY_BEATS):
        assert not one.is_steady
        one.hear()
        one.hear()  # more than one answer in a beat
        one.beat(1.0, True)
    assert one.is_steady
    one.begin()
    assert not one.is_steady
    for _ in range(pulse.STEADY_BEATS):  # what it says while it starts is no work
        one.hear()
        one.beat(1.0, False)
    assert not one.is_steady
