"""A worker without a process: a clock that the test moves, and a list of what was sent."""

import struct

from playground.config import Config
from playground.recording.recording import Recording
from playground.serving import messages
from playground.serving.inbox import CREDITS
from playground.serving.worker import Worker


class StillClock:
    """Time stands still until the test or an engine's training moves it."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Bench(Worker):
    """A worker that carries out a message as soon as it comes, unless it is only to `receive` it."""

    def handle(self, message):
        self.receive(message)
        one = self.seats.get(message.session)
        while one and one.inbox:
            one.carry_out(one.inbox.pop())


def seat(bench, name="a", config=None, *, watched=True, epochs_per_second=60, cost=0.0, frame_interval=1 / 30):
    """Opens a session. cost: seconds that one of its epochs takes, by the clock, or a part of one that is divided."""
    bench.handle(
        messages.Open(name, Recording(config or Config()), 0, 1, None, False, epochs_per_second, frame_interval, None)
    )
    if watched:
        bench.handle(messages.Watch(name, CREDITS))
    engine = bench.seats[name].engine
    train_part = engine.train_part

    def timed():
        bench.clock.now += cost
        return train_part()

    engine.train_part = timed
    return bench.seats[name]


def run(bench, seconds):
    """Lets the worker work until the clock stands `seconds` later."""
    end = bench.clock.now + seconds
    while bench.clock.now < end:
        idle = bench.work()  # which moves the clock
        bench.clock.now = min(end, bench.clock.now + idle)


def frames(sent, name="a"):
    return [message for message in sent if isinstance(message, messages.Frame) and message.session == name]


def epoch_of(message):
    return struct.unpack_from("<I", message.packed, 8)[0]


def acknowledged(bench, sent, seconds, name="a"):
    """Runs, and gives a credit back for every frame, as a page does."""
    end = bench.clock.now + seconds
    while bench.clock.now < end:
        told = len(frames(sent, name))
        run(bench, 0.004)
        for _ in frames(sent, name)[told:]:
            bench.receive(messages.Credit(name))


def failing(*_):
    raise ZeroDivisionError("an engine that raises")
