"""Sessions on a real worker process, without Flask or Socket.IO: a connection is a name, events go to a list."""

import struct
import threading

import psutil
import pytest

from playground.serving import wire
from playground.serving.sessions import Sessions
from support import forked
from support.processes import wait_until
from support.worker_bench import Bench, StillClock


class Browsers:
    """Collects what connections are sent. Acknowledges frames unless told not to, of all or of those that are deaf."""

    def __init__(self):
        self.events = []
        self.acknowledge = True
        self.deaf = []
        self.unacknowledged = []
        self.lock = threading.Lock()

    def __call__(self, connection, event, payload, acknowledged=None):
        with self.lock:
            self.events.append((connection, event, payload))
        if acknowledged and connection in self.deaf:
            self.unacknowledged.append(acknowledged)
        elif acknowledged and self.acknowledge:
            acknowledged()

    def of(self, connection, event):
        with self.lock:
            return [payload for one, name, payload in self.events if (one, name) == (connection, event)]

    def epoch(self, connection):
        frames = self.of(connection, "frame")
        return struct.unpack_from("<I", frames[-1], 8)[0] if frames else -1

    def weights(self, connection, size):
        return struct.unpack_from(f"<{size}d", self.of(connection, "frame")[-1], 64)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture(scope="module", autouse=True)
def _ready_at_once():
    """`python app.py` starts its workers as they are; here dozens are killed and replaced."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("core.children.spawn", forked.spawn)
        yield


@pytest.fixture
def as_the_server_starts_them(monkeypatch):
    """For tests of how workers start."""
    monkeypatch.setattr("core.children.spawn", forked.as_it_is)


@pytest.fixture(scope="module")
def everything():
    """One `Sessions` with one worker for the module; when it is closed, no process or thread of it is left."""
    browsers, clock = Browsers(), Clock()
    made = Sessions(browsers, workers=1, clock=clock)
    wait_until(lambda: made.workers[0].ready, 60, "the worker is ready")
    process = psutil.Process(made.workers[0].pid)
    yield made, browsers, clock
    made.close()
    assert not process.is_running()
    assert not any(thread.name in ("worker-listener", "session-janitor") for thread in threading.enumerate())


@pytest.fixture
def sessions(everything):
    made, browsers, _ = everything
    yield made
    for session in list(made._sessions.values()):
        made._forget(session)
    made.connections._watched.clear()
    browsers.events.clear()
    made.workers[0].steady()  # or each test that killed it would make the next wait longer for another


@pytest.fixture
def browsers(everything):
    return everything[1]


@pytest.fixture
def clock(everything):
    return everything[2]


# --- a worker without a process ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def compiled():
    wire.warm_up()


@pytest.fixture
def sent(compiled):
    """What the worker has sent."""
    return []


@pytest.fixture
def still():
    """A clock that the test moves."""
    return StillClock()


@pytest.fixture
def bench(sent, still):
    return Bench(sent.append, clock=still)
