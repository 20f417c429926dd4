"""Real worker processes that are stopped, killed, cannot start or talk nonsense; and what the others notice of it."""

import contextlib
import os
import signal
import struct
import threading
import time

import psutil
import pytest

from core import children, pulse, threads
from core.signals import ENDING
from playground.config import Config
from playground.recording.moment import untrained
from playground.serving import sessions as module
from playground.serving.inbox import MOST_PLAIN
from playground.serving.session import SessionError
from playground.serving.sessions import Sessions
from support.processes import wait_until


class Browsers:
    """Collects what connections are sent, and acknowledges frames."""

    def __init__(self):
        self.events = []
        self.raising = set()

    def __call__(self, connection, event, payload, acknowledged=None):
        self.events.append((connection, event, payload))
        if (connection, event) in self.raising:
            raise KeyError(connection)
        if acknowledged:
            acknowledged()

    def of(self, connection, event):
        return [payload for one, name, payload in list(self.events) if (one, name) == (connection, event)]

    def epoch(self, connection):
        frames = self.of(connection, "frame")
        return struct.unpack_from("<I", frames[-1], 8)[0] if frames else -1

    def reasons(self, connection):
        return [status["reason"] for status in self.of(connection, "status")]


@pytest.fixture(scope="module")
def browsers():
    """One for the module; `fresh` forgets what it was sent."""
    return Browsers()


@pytest.fixture(autouse=True)
def fresh(browsers):
    browsers.events, browsers.raising = [], set()


@pytest.fixture
def start(browsers):
    """Starts `Sessions` with one worker, for a test that needs its own, or spoils it."""
    with starting(browsers) as start:
        yield start


@pytest.fixture(scope="module")
def kept(browsers):
    """Starts `Sessions` for the whole module: PyTorch takes a worker seconds to load."""
    with starting(browsers) as start:
        yield start


@pytest.fixture(scope="module")
def kept_pair(kept):
    return kept(count=2)


@pytest.fixture
def pair(kept_pair):
    """Two workers that the tests share, ready, without sessions."""
    yield from lent(kept_pair)


@pytest.fixture(scope="module")
def kept_one(kept):
    return kept()


@pytest.fixture
def one(kept_one):
    """The same with a single worker."""
    yield from lent(kept_one)


def lent(sessions):
    wait_until_ready(sessions)
    for worker in sessions.workers:
        worker.steady()  # or each test that killed it would make the next wait longer for another
    yield sessions
    for session in list(sessions._sessions.values()):
        sessions._forget(session)
    sessions.connections._watched.clear()


def wait_until_ready(sessions):
    def are_ready():  # one that was stopped has to answer first
        return all(worker.health.state == "ready" for worker in sessions.workers)

    wait_until(are_ready, 60, "the workers are ready")


@contextlib.contextmanager
def starting(browsers):
    """Starts `Sessions`, whose beats come when the test says so. Afterwards no process and no thread of it is left."""
    made, before = [], running_threads()

    def start(count=1, ready=True):
        sessions = Sessions(browsers, count)
        sessions._heart.close()
        made.append(sessions)
        if ready:
            wait_until_ready(sessions)
        return sessions

    yield start
    for sessions in made:
        processes = [psutil.Process(worker.pid) for worker in sessions.workers if psutil.pid_exists(worker.pid)]
        began = time.monotonic()
        sessions.close()
        assert time.monotonic() - began < 10
        assert not any(process.is_running() for process in processes)
    assert running_threads() <= before


def running_threads():
    """Those of `Sessions`."""
    names = ("worker-listener", "worker-writer", "session-janitor")
    return {thread for thread in threading.enumerate() if thread.name in names}


def on(sessions, number, connection, link="seed=0.1"):
    """A playing session on this worker."""
    for attempt in range(20):
        name = connection if attempt == 0 else f"{connection} {attempt}"
        sessions.open(name, None, link)
        if sessions.connections.session_of(name).worker.number == number:
            sessions.commands.play(name)
            return name
    return pytest.fail("never on that worker")


@contextlib.contextmanager
def stopped(pid):
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def beats(sessions, count):
    """The loop goes round, and each worker that can answers in between."""
    for _ in range(count):
        sessions.beat()
        for worker in sessions.workers:
            with contextlib.suppress(pytest.fail.Exception):
                wait_until(
                    lambda worker=worker: not worker._pulse.at_rest + worker._pulse.at_work or not worker.ready, 0.3
                )


def test_a_stopped_worker_delays_nobody_else(pair, browsers):
    healthy, held = on(pair, 0, "healthy"), on(pair, 1, "held")
    wait_until(lambda: browsers.epoch(held) > 5 and browsers.epoch(healthy) > 5)
    with stopped(pair.workers[1].pid):
        longest = 0.0
        for number in range(5000):  # far more than its pipe holds
            began = time.monotonic()
            pair.commands.follow(held, untrained(Config(noise=number % 50, seed=f"0.{number}")))
            pair.commands.set_weight(held, 0, 0, 0, number)
            pair.states()
            pair.by_worker()
            longest = max(longest, time.monotonic() - began)
        assert longest < 2  # what waited for its pipe would wait until it goes on
        assert len(pair.workers[1]._outbox) <= MOST_PLAIN + 2
        before = browsers.epoch(healthy)
        wait_until(lambda: browsers.epoch(healthy) > before + 30)
    generation = struct.pack("<I", pair.connections.session_of(held).generation)
    wait_until(lambda: browsers.of(held, "frame")[-1][4:8] == generation, 20)


def test_new_sessions_go_to_workers_that_answer(pair, browsers):
    with stopped(pair.workers[1].pid):
        beats(pair, pulse.SILENT_BEATS + 2)
        assert pair.health()["0"].state == "ready"
        assert pair.health()["1"].state == "silent"
        assert "has not answered" in pair.health()["1"].reason
        for number in range(6):
            pair.open(f"tab {number}", None, None)
            assert pair.connections.session_of(f"tab {number}").worker.number == 0


def test_a_worker_that_does_not_answer_is_replaced_and_its_sessions_go_on(pair, browsers):
    held = on(pair, 1, "held")
    wait_until(lambda: browsers.epoch(held) > 20)
    first = pair.workers[1].pid
    with stopped(first):
        beats(pair, pulse.LOST_BEATS + 2)
        wait_until(lambda: pair.workers[1].pid != first, 10, "another process")
        at_death = browsers.epoch(held)
        wait_until(lambda: browsers.epoch(held) > at_death + 10, 60, "training goes on")
    assert browsers.reasons(held).count("worker_silent") == 1  # told once
    assert "worker_restarted" in browsers.reasons(held)
    assert pair.health()["1"].state == "ready"


def test_a_worker_that_was_stopped_for_a_moment_goes_on(pair, browsers):
    held = on(pair, 1, "held")
    wait_until(lambda: browsers.epoch(held) > 5)
    first = pair.workers[1].pid
    with stopped(first):
        beats(pair, pulse.LOST_BEATS - 1)
    beats(pair, 3)
    assert pair.workers[1].pid == first
    assert pair.health()["1"].state == "ready"
    before = browsers.epoch(held)
    wait_until(lambda: browsers.epoch(held) > before + 10)
    assert browsers.reasons(held)[-1] is None


def test_however_long_nothing_ran_nobody_is_replaced(one, browsers, monkeypatch):
    """A paused container: the clocks have moved on by an hour, the loop of the web process has gone round once."""
    held = on(one, 0, "held")
    first, real = one.workers[0].pid, time.monotonic
    one.beat()
    with stopped(first):
        monkeypatch.setattr(time, "monotonic", lambda: real() + 3600)
        one.beat()
    monkeypatch.undo()
    beats(one, 2)
    assert one.workers[0].pid == first
    before = browsers.epoch(held)
    wait_until(lambda: browsers.epoch(held) > before + 10)


def test_it_ends_while_a_worker_is_stopped_and_its_pipe_full(start, browsers):
    sessions = start()
    held = on(sessions, 0, "held")
    os.kill(sessions.workers[0].pid, signal.SIGSTOP)
    for number in range(3000):
        sessions.commands.follow(held, untrained(Config(noise=number % 50, seed=f"0.{number}")))


def test_what_raises_in_the_receiver_is_counted_and_the_listener_goes_on(one, browsers):
    browsers.raising = {("one", "frame"), ("one", "status"), ("one", "points")}
    before = threads.errors().get("worker-listener", 0)
    one.open("one", None, None)
    one.commands.play("one")
    one.open("two", None, None)
    one.commands.play("two")
    wait_until(lambda: browsers.epoch("two") > 10)
    wait_until(lambda: threads.errors()["worker-listener"] > before + 10)  # so its frames go on coming
    browsers.raising.clear()
    epoch = browsers.epoch("one")
    wait_until(lambda: browsers.epoch("one") > epoch + 10)


def test_what_raises_while_a_worker_is_replaced_harms_one_session_alone(one, browsers):
    one.open("one", None, None)
    one.open("two", None, None)
    one.commands.play("two")
    wait_until(lambda: browsers.epoch("two") > 5)
    browsers.raising = {("one", "status")}
    os.kill(one.workers[0].pid, signal.SIGKILL)
    at_death = browsers.epoch("two")
    wait_until(lambda: browsers.epoch("two") > at_death + 10, 60)


def test_play_is_not_forgotten_when_the_worker_dies_before_it_hears_of_it(one, browsers):
    one.open("tab", None, None)
    wait_until(lambda: browsers.of("tab", "frame"))
    os.kill(one.workers[0].pid, signal.SIGSTOP)
    one.commands.play("tab")
    wait_until(lambda: not len(one.workers[0]._outbox), 5, "it is in the pipe")
    os.kill(one.workers[0].pid, signal.SIGKILL)
    wait_until(lambda: browsers.epoch("tab") > 10, 60)


# --- the end of the server --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("as_the_server_starts_them")
def test_what_ends_the_group_ends_no_worker_however_new(start):
    """It reaches them all; the web process alone decides what becomes of the others."""
    sessions = start(ready=False)
    first = sessions.workers[0].pid
    for _ in ("new", "ready"):
        for sent in ENDING:
            os.kill(first, sent)
        wait_until_ready(sessions)
    sessions.beat()
    wait_until(lambda: sessions.workers[0]._pulse.answered, 10, "an answer after the last of them")
    assert (sessions.workers[0].pid, sessions.workers[0].restarts) == (first, 0)


@pytest.mark.usefixtures("as_the_server_starts_them")
@pytest.mark.parametrize("ready", [True, False], ids=["ready", "starting"])
def test_a_worker_that_dies_while_the_server_ends_has_no_successor(start, caplog, ready):
    caplog.set_level("INFO")
    sessions = start(ready=ready)
    worker = sessions.workers[0]
    sessions.let_go()
    os.kill(worker.pid, signal.SIGKILL)
    wait_until(lambda: not worker._listener.is_alive(), 10, "nobody listens any more")
    assert worker.restarts == 0
    assert not [record for record in caplog.records if record.message.startswith("worker ")]


# --- a session at which workers die -----------------------------------------------------------------------------------


def kill_while_serving(sessions, connection):
    """The worker dies in the middle of a turn of this session, as if its engine had crashed the process."""
    session = sessions.connections.session_of(connection)
    worker, token = session.worker, session.token
    first = worker.pid
    os.kill(first, signal.SIGSTOP)
    worker._mark.set(token)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: worker.pid != first and worker.ready, 60, "another process")


def test_a_session_at_which_two_workers_died_is_not_opened_again(one, browsers):
    one.open("bad", None, None)
    one.open("other", None, None)
    wait_until(lambda: browsers.of("bad", "frame"))
    for _ in range(2):
        kill_while_serving(one, "bad")
    assert browsers.reasons("bad")[-1] == "failed"
    assert browsers.reasons("other")[-1] == "worker_restarted"
    with pytest.raises(SessionError, match="failed"):
        one.commands.play("bad")
    with pytest.raises(SessionError, match="failed"):
        one.commands.step("bad", 1)
    one.commands.reset("bad")
    one.commands.play("bad")
    wait_until(lambda: browsers.epoch("bad") > 10)


def test_progress_in_between_clears_a_session(one, browsers):
    one.open("tab", None, None)
    one.commands.play("tab")
    for _ in range(2):  # as many as would make it fail
        before = browsers.epoch("tab")
        wait_until(lambda before=before: browsers.epoch("tab") > before + 3, 60)
        kill_while_serving(one, "tab")
    assert "failed" not in browsers.reasons("tab")


# A worker whose engine raises, or ends the process, for a network with a single hidden neuron.
BROKEN = """
import os, sys
from playground import engine
real = engine.Engine.train_part
def train_part(self):
    if self.config.network_shape == (1,):
        {action}
    return real(self)
engine.Engine.train_part = train_part
from playground.serving import worker_process
worker_process.main()
"""


def break_workers(monkeypatch, action):
    real = children.subprocess.Popen

    def start(command, **options):
        return real([command[0], "-c", BROKEN.format(action=action), *command[3:]], **options)

    monkeypatch.setattr(children.subprocess, "Popen", start)


@pytest.fixture
def broken(monkeypatch):
    return lambda action: break_workers(monkeypatch, action)


@pytest.fixture(scope="module")
def kept_raising(kept):
    with pytest.MonkeyPatch.context() as monkeypatch:
        break_workers(monkeypatch, "raise ZeroDivisionError('on purpose')")
        return kept()


@pytest.fixture
def raising(kept_raising):
    """Its worker's engine raises for a network with a single hidden neuron."""
    yield from lent(kept_raising)


def test_a_worker_that_is_long_at_work_is_not_silent_and_an_endless_one_is_replaced(
    start, browsers, broken, monkeypatch
):
    """A busy machine leaves a worker so little that a moment's work takes seconds."""
    broken("while True: pass")
    sessions = start()
    worker = sessions.workers[0]
    first = worker.pid
    sessions.open("tab", None, "networkShape=1")
    sessions.commands.play("tab")
    wait_until(lambda: any(status["playing"] for status in browsers.of("tab", "status")))
    for _ in range(pulse.SILENT_BEATS + 2):
        computed = worker.cpu_seconds()
        wait_until(lambda before=computed: worker.cpu_seconds() > before)
        sessions.beat()
    assert worker._pulse.at_work > pulse.SILENT_BEATS
    assert (worker.health.state, worker.pid) == ("ready", first)
    monkeypatch.setattr(pulse, "ENDLESS_BEATS", pulse.SILENT_BEATS)
    sessions.beat()
    wait_until(lambda: worker.pid != first, 20, "another")


@pytest.mark.parametrize("again", ["reset", "configure", "new_weights", "new_data", "learning rate"])
def test_a_session_whose_engine_raises_is_told_and_a_change_gives_it_a_new_one(raising, browsers, caplog, again):
    first = raising.workers[0].pid
    raising.open("bad", None, "networkShape=1")
    raising.open("other", None, None)
    for name in ("bad", "other"):
        raising.commands.play(name)
    wait_until(lambda: browsers.reasons("bad")[-1:] == ["failed"])
    wait_until(lambda: browsers.epoch("other") > 20)
    assert raising.workers[0].pid == first
    logged = [record for record in caplog.records if record.message == "session failed"]
    assert ["on purpose" in record.cause for record in logged] == [True]
    if again == "reset":
        raising.commands.reset("bad")
    elif again == "configure":
        raising.commands.follow("bad", untrained(Config(network_shape=(2,))))
    elif again == "learning rate":
        raising.commands.change("bad", {"learningRate": 0.3})
    else:
        getattr(raising.commands, again)("bad")
    shown = len(browsers.of("bad", "frame"))
    generation = raising.connections.session_of("bad").generation
    wait_until(lambda: len(browsers.of("bad", "frame")) > shown, 10, "its new network is shown")
    assert browsers.of("bad", "frame")[-1][4:8] == struct.pack("<I", generation)
    raising.commands.play("bad")
    if again == "configure":
        wait_until(lambda: browsers.epoch("bad") > 10)
    else:
        wait_until(lambda: browsers.reasons("bad").count("failed") == 2)
        assert len([record for record in caplog.records if record.message == "session failed"]) == 1


def test_a_failed_session_that_is_opened_by_a_reload_says_so(raising, browsers):
    token = raising.open("bad", None, "networkShape=1")["session"]
    raising.commands.play("bad")
    wait_until(lambda: browsers.reasons("bad")[-1:] == ["failed"])
    assert raising.open("reloaded", token, None)["reason"] == "failed"


def test_a_session_that_ends_its_worker_ends_two_and_no_more(start, browsers, broken):
    broken("os._exit(3)")
    sessions = start()
    sessions.open("bad", None, "networkShape=1")
    sessions.open("other", None, None)
    for name in ("bad", "other"):
        sessions.commands.play(name)
    wait_until(lambda: browsers.reasons("bad")[-1:] == ["failed"], 60)
    wait_until(lambda: sessions.workers[0].ready, 60)
    assert sessions.workers[0].restarts == 2
    before = browsers.epoch("other")
    wait_until(lambda: browsers.epoch("other") > before + 20, 20)
    assert sessions.workers[0].restarts == 2


# --- a worker that cannot start ---------------------------------------------------------------------------------------


def test_a_worker_that_cannot_start_says_why_and_is_tried_again_ever_more_slowly(start, browsers, monkeypatch, caplog):
    real, starts = children.subprocess.Popen, []

    def failing(command, **options):
        starts.append(time.monotonic())
        script = "import sys; sys.modules['torch'] = None\nfrom playground.serving.worker_process import main; main()"
        return real([command[0], "-c", script, *command[3:]], **options)

    monkeypatch.setattr(children.subprocess, "Popen", failing)
    sessions = start(ready=False)
    sessions.open("tab", None, None)
    wait_until(lambda: len(starts) >= 4, 30)
    assert starts[3] - starts[2] > 1.5  # at once, after 1 s, after 2 s
    assert sessions.health()["0"].state == "failed"
    assert "ModuleNotFoundError" in sessions.health()["0"].reason
    status = browsers.of("tab", "status")[-1]
    assert (status["ready"], status["reason"]) == (False, "worker_failed")
    assert len([record for record in caplog.records if "worker cannot start" in record.message]) == 1
    assert sessions.open("late", None, None)["reason"] == "worker_failed"
    monkeypatch.undo()
    wait_until(lambda: sessions.health()["0"].state == "ready", 60)
    wait_until(lambda: browsers.of("tab", "frame"))
    assert browsers.of("tab", "status")[-1]["ready"] is True


@pytest.mark.parametrize("script", ["print('hello')", "raise SystemExit(7)", "import os; os.kill(os.getpid(), 11)"])
def test_whatever_ends_a_worker_at_birth_is_named(start, monkeypatch, script):
    real = children.subprocess.Popen
    monkeypatch.setattr(
        children.subprocess, "Popen", lambda command, **options: real([command[0], "-c", script], **options)
    )
    sessions = start(ready=False)
    wait_until(lambda: sessions.health()["0"].state == "failed", 20)
    assert "before it was ready" in sessions.health()["0"].reason


def test_a_worker_that_hangs_while_it_starts_is_replaced(start, monkeypatch):
    real = children.subprocess.Popen
    script = "import time; time.sleep(1000)"
    monkeypatch.setattr(
        children.subprocess, "Popen", lambda command, **options: real([command[0], "-c", script], **options)
    )
    sessions = start(ready=False)
    first = sessions.workers[0].pid
    for _ in range(pulse.IDLE_START_BEATS):
        sessions.beat()
    assert sessions.workers[0].pid == first
    monkeypatch.undo()  # before it is ended: the next is started at once
    sessions.beat()
    wait_until(lambda: sessions.workers[0].pid != first and sessions.workers[0].ready, 60)


def test_ever_more_sessions_are_forgotten_on_a_worker_that_is_stopped(one, browsers):
    """What waits for it stays bounded: a session that ends before the worker heard of it leaves nothing."""
    with stopped(one.workers[0].pid):
        for _ in range(module.MAX_PER_BROWSER + 500):
            one.connections.join("tab", "browser")
            one.open("tab", None, None)
            one.end("tab")
        assert len(one.workers[0]._outbox) < 3000
