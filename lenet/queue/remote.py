"""Trains runs on other machines: the queue is RQ's, in Redis; workers (`lenet.queue.worker`) take runs from it.

Each step brings what they write into the runs' folders here, so to `lenet.runs.registry` a run trained elsewhere looks
like one trained here. Several web servers may share the Redis: each has all runs in its own folder. No torch.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis import RedisError, ResponseError
from rq import Queue, Retry
from rq.command import send_stop_job_command
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job, JobStatus
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer

from core.children import OWN_GROUP, spawn
from core.threads import note
from lenet.clock import elapsing
from lenet.config import TrainConfig
from lenet.devices import Device
from lenet.queue.backend import News, State
from lenet.queue.store import KEEP_S, RunStore, connect, run_key
from lenet.reasons import because
from lenet.run import Run
from lenet.states import ENDINGS

log = logging.getLogger("lenet.queue.remote")

TIMEOUT_S = 2.0  # of a command; who asks for something waits for it
RETRY_S = 0.5  # while Redis does not answer
CLEAN_S = 5.0  # how often to look for runs whose worker has died
LEASE_S = 15  # a worker that has not been heard of for so long is dead
OBEY_S = 20.0  # how long a trainer may take to obey a request before its worker kills it
MOST_LOSSES = 20  # of workers, before a run counts as failed
TRAIN = "lenet.queue.worker.train_run"
KINDS = ("cuda", "cpu")
WAITING = (JobStatus.QUEUED, JobStatus.SCHEDULED, JobStatus.DEFERRED)


def queue_names(kind: str) -> list[str]:
    """The queues that a device of `kind` ("cuda", "cpu") serves, the first first: a sweep's trials wait."""
    return [f"playlab-{kind}", f"playlab-{kind}-sweep"]


WAITS = State("waiting")
LOST = State("over", reason=because("lost"))
BROKEN = State("over", status="failed", reason=because("queue-records"))


# Puts the run ARGV[1] into the queue before the first that has a later turn than ARGV[2]: at once, or a worker that
# takes one in between would spoil the place.
_PUT_IN_TURN = """
for _, other in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
    if tonumber(redis.call('HGET', 'playlab:run:' .. other, 'turn') or 0) > tonumber(ARGV[2]) then
        return redis.call('LINSERT', KEYS[1], 'BEFORE', other, ARGV[1])
    end
end
return redis.call('RPUSH', KEYS[1], ARGV[1])
"""


class FairQueue(Queue):
    """RQ's queue, in which runs stand by their turns (`lenet.queue.turns`) and not as they came."""

    def push_job_id(self, job_id: str, pipeline: Any = None, at_front: bool = False) -> None:
        """`at_front` is for runs that had begun already."""
        if at_front:
            super().push_job_id(job_id, pipeline, at_front)
        else:
            turn = int(self.connection.hget(run_key(job_id), "turn") or 0)
            (self.connection if pipeline is None else pipeline).eval(_PUT_IN_TURN, 1, self.key, job_id, turn)


@dataclass
class Followed:
    """A run that is in the queue or on a worker, as far as is known here."""

    run: Run
    lines: int  # of metrics.jsonl that are here
    state: State = WAITS
    deadline: float | None = None  # monotonic; for obeying a request
    was_nowhere: bool = False  # neither in a queue nor started, when last looked at


class RedisBackend:
    """A `RunBackend` of whichever machines serve the queues. Owns a process while it fetches data.

    It is used by one thread. Every method that must reach Redis and cannot raises ConnectionError, at once where the
    last step could not either.
    """

    trains_alike_once = False

    def __init__(self, url: str, data_dir: Path | None = None):
        """data_dir: where the pages look for the images of the runs' data sets, which are fetched into it."""
        self.data_dir = data_dir and data_dir.expanduser()
        self._fetches: dict[str, subprocess.Popen[bytes]] = {}
        self.client = connect(url, TIMEOUT_S)
        self.store = RunStore(self.client)
        self._queues = {
            name: FairQueue(name, connection=self.client, serializer=JSONSerializer)
            for kind in KINDS
            for name in queue_names(kind)
        }
        self._server = secrets.token_hex(8)
        self._followed: dict[str, Followed] = {}
        self._half_done: set[str] = set()  # runs that could not be queued, of which Redis may hold something
        self._waiting: list[str] = []
        self._news: deque[News] = deque()
        self._read_news = b"0-0"
        self._in_touch_since: float | None = time.monotonic()
        self._retry_at = 0.0
        self._cleaned_at = time.monotonic()
        try:
            self._devices = self.store.devices()
            self._adoptable = self._in_queues()
        except RedisError as error:
            raise ConnectionError(f"Redis does not answer: {error}") from None

    # --- RunBackend ---------------------------------------------------------------------------------------------------

    def devices(self) -> list[Device]:
        return self._devices

    def fitting(self, config: TrainConfig) -> list[str]:
        ids = [device["id"] for device in self._devices]
        gpus = [name for name in ids if "/cuda" in name]
        if config.device == "cuda" or (config.device == "auto" and gpus):
            return gpus
        return [name for name in ids if name not in gpus]

    def places(self, config: TrainConfig) -> int:
        fitting = self.fitting(config)
        return sum(int(device.get("trainers", 1)) for device in self._devices if device["id"] in fitting)

    def submit(self, run: Run) -> None:
        fitting = self.fitting(run.config)
        if not fitting:
            raise ConnectionError("no machine that could train it is there")
        kind = "cuda" if "/cuda" in fitting[0] else "cpu"
        self._check_touch()
        run.save(queued=True)
        self._half_done.add(run.id)
        with self._reaching():
            self._forget_job(run.id)
            self.store.put(run.folder, run.stored())
            self._queues[queue_names(kind)[run.sweep is not None]].enqueue_call(
                TRAIN, (run.id,), job_id=run.id, timeout=-1, result_ttl=KEEP_S, failure_ttl=KEEP_S,
                retry=Retry(MOST_LOSSES, enqueue_at_front=True), description=f"run {run.id}",
            )  # fmt: skip
            self.store.announce(run.id, "changed", self._server)
        self._half_done.discard(run.id)
        self._followed[run.id] = Followed(run, len(run.folder.lines()))
        self._fetch(run.config.dataset)

    def adopt(self, run: Run, was_queued: bool) -> None:
        followed = self._followed.get(run.id)
        is_followed = followed is not None and followed.state.phase != "over"
        if (was_queued or run.id in self._adoptable) and not is_followed:
            self._followed[run.id] = Followed(run, len(run.folder.lines()))
        self._fetch(run.config.dataset)

    def waiting(self) -> list[str]:
        return self._waiting

    def request(self, run: Run, what: str) -> bool:
        with self._reaching():
            self.store.ask(run.id, what)
            if any(queue.remove(run.id) for queue in self._queues.values()):
                self._forget_job(run.id)
                self._followed.pop(run.id, None)
                return True
            if run.id in self._followed:
                self._followed[run.id].deadline = time.monotonic() + OBEY_S
            return False

    def note_end(self, run: Run, record: Mapping[str, object]) -> None:
        with self._reaching():
            if not self.store.holds(run.id):  # the other web servers are to hear of it all the same
                self.store.put(run.folder, run.stored())
            lines = len(run.folder.lines())
            self.store.end(run.id, lines, record)
            try:
                self.store.pull(run.folder, self.store.new_lines({run.id: lines}).get(run.id, []))
            except ValueError:  # there is something else in its place
                run.folder.append(record)
            self.store.expire(run.id)
            self.store.announce(run.id, "changed", self._server)

    def forget(self, run: Run) -> None:
        with self._reaching():
            self.store.announce(run.id, "deleted", self._server)
            self.store.delete(run.id)
            self._forget_job(run.id)
            self._followed.pop(run.id, None)

    def news(self) -> list[News]:
        return [self._news.popleft() for _ in range(len(self._news))]

    def state(self, run: Run) -> State:
        followed = self._followed.get(run.id)
        if followed is None:
            return LOST
        if followed.state.phase == "over":
            del self._followed[run.id]
        return followed.state

    def step(self) -> None:
        """Brings what is new; the workers take runs themselves."""
        # What could not be fetched is forgotten, to be tried again.
        self._fetches = {name: process for name, process in self._fetches.items() if not process.poll()}
        if self._in_touch_since is None and time.monotonic() < self._retry_at:
            return
        begun = elapsing()
        try:
            self._mirror()
        except RedisError as error:
            self._lose_touch(error)
            return
        self._in_touch_since = self._in_touch_since or time.monotonic()
        with contextlib.suppress(ConnectionError), self._reaching():
            # A step that took long was paused in the middle: the workers may have been too.
            if time.monotonic() - self._cleaned_at > CLEAN_S and elapsing() - begun < CLEAN_S:
                self._clean()
            for run_id in list(self._half_done):
                self._forget_job(run_id)
                self.store.delete(run_id)
                self._half_done.discard(run_id)

    def note_pause(self, seconds: float) -> None:
        for one in self._followed.values():
            if one.deadline is not None:
                one.deadline += seconds
        if self._in_touch_since is not None:  # the workers may have been stopped too: they first renew their leases
            self._in_touch_since = time.monotonic()

    def prepare(self) -> None:
        """The workers have torch loaded."""

    def close(self) -> None:
        """Ends what is being fetched; the runs go on."""
        for process in self._fetches.values():
            process.kill()
            process.wait()
        self.client.close()

    def _fetch(self, dataset: str) -> None:
        """A trainer elsewhere fetches a data set for itself alone. What is there already stays as it is."""
        if self.data_dir is not None and dataset not in self._fetches:
            command = [sys.executable, "-m", "lenet", "data", dataset, "--data", str(self.data_dir)]
            self._fetches[dataset] = spawn(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **OWN_GROUP)

    # --- a step ------------------------------------------------------------------------------------------------------

    def _mirror(self) -> None:
        self._devices = self.store.devices()
        self._waiting = [run_id for queue in self._queues.values() for run_id in queue.get_job_ids()]
        self._read_news, news = self.store.news(self._read_news, self._server)
        self._news.extend(news)
        followed = [one for one in self._followed.values() if one.state.phase != "over"]
        # The states first: what a dying trainer wrote is then among the lines.
        states = self._states([one.run.id for one in followed])
        try:
            new = self.store.new_lines({one.run.id: one.lines for one in followed})
        except ResponseError:  # of one of them it holds something else: each for itself then
            new = None
        for one, state in zip(followed, states, strict=True):
            try:
                lines = (self.store.new_lines({one.run.id: one.lines}) if new is None else new).get(one.run.id)
                if lines:
                    self.store.pull(one.run.folder, lines)
                    one.lines += len(lines)
                one.state = state
                if state.phase == "over":
                    self.store.expire(one.run.id)
            except (ValueError, ResponseError) as error:
                log.warning("run %s: what Redis holds of it cannot be read: %s", one.run.id, error)
                one.state = BROKEN
            except OSError as error:  # the disk is full: the lines come with a later step
                note("lenet-remote", error)
            if one.deadline is not None and time.monotonic() > one.deadline:
                one.deadline = None
                self._kill(one.run.id)

    def _states(self, run_ids: list[str]) -> list[State]:
        with self.client.pipeline(transaction=False) as pipe:
            for run_id in run_ids:
                pipe.hmget(Job.key_for(run_id), "status", "retries_left")
                pipe.hmget(run_key(run_id), "slot", "requested")
            answers = pipe.execute(raise_on_error=False)
        return [_read_state(*answers[at : at + 2]) for at in range(0, len(answers), 2)]

    def _check_touch(self) -> None:
        if self._in_touch_since is None:
            raise ConnectionError("Redis does not answer")

    def _lose_touch(self, error: RedisError) -> None:
        if self._in_touch_since is not None:
            log.warning("Redis does not answer: %s", error)
        self._in_touch_since = None
        self._retry_at = time.monotonic() + RETRY_S

    @contextlib.contextmanager
    def _reaching(self) -> Iterator[None]:
        """What fails is, to the caller, a connection; where there is none at the moment, it is not tried."""
        self._check_touch()
        try:
            yield
        except ResponseError as error:
            raise ConnectionError(f"Redis refuses: {error}") from None
        except RedisError as error:
            self._lose_touch(error)
            raise ConnectionError("Redis does not answer") from None

    def _kill(self, run_id: str) -> None:
        log.warning("run %s does not obey: to be killed", run_id)
        with contextlib.suppress(NoSuchJobError, InvalidJobOperation):  # it has ended by now
            send_stop_job_command(self.client, run_id, JSONSerializer)

    def _clean(self) -> None:
        """Gives the runs of dead workers back to the queue; any web server may."""
        self._cleaned_at = now = time.monotonic()
        if self._in_touch_since is None or now - self._in_touch_since < LEASE_S:
            return  # after an absence of Redis, the workers too must first find it again
        queued = set(self._waiting)
        for name, queue in self._queues.items():
            StartedJobRegistry(name, self.client, serializer=JSONSerializer).cleanup()
            queued |= set(queue.get_job_ids())
        for one in list(self._followed.values()):
            # Between the queue and its start a worker has it in its hands alone: for a moment, if it lives.
            is_nowhere = one.state.phase == "waiting" and one.run.id not in queued
            if is_nowhere and one.was_nowhere:
                self._requeue(one.run.id)
            one.was_nowhere = is_nowhere

    def _requeue(self, run_id: str) -> None:
        with contextlib.suppress(NoSuchJobError):
            job = Job.fetch(run_id, self.client, JSONSerializer)
            is_first = self.client.set(f"{run_key(run_id)}:requeued", self._server, nx=True, ex=LEASE_S)
            if job.get_status() == JobStatus.QUEUED and is_first:
                log.warning("run %s was lost on its way to a worker: queued again", run_id)
                self._queues[job.origin].push_job_id(run_id, at_front=True)

    def _in_queues(self) -> set[str]:
        """Ids of the runs that wait or are being trained."""
        started = [StartedJobRegistry(name, self.client).get_job_ids(cleanup=False) for name in self._queues]
        return {run_id for queue in self._queues.values() for run_id in queue.get_job_ids()}.union(*started)

    def _forget_job(self, run_id: str) -> None:
        with contextlib.suppress(NoSuchJobError):
            job = Job.fetch(run_id, self.client, JSONSerializer)
            try:
                job.delete()
            except ValueError:  # RQ looks for the attempt of a worker that was lost, which Redis has forgotten
                self.client.delete(job.execution_registry.key)
                job.delete()


def _read_state(job: Any, run: Any) -> State:
    """From Redis' answers about the job and the run."""
    try:
        texts = [value and value.decode() for value in [*job, *run]]
        return _state(*texts)
    except (TypeError, ValueError, KeyError):  # another type of key, bytes that are no text, a number that is none
        return BROKEN


def _state(status: str | None, retries_left: str | None, slot: str | None, requested: str | None) -> State:
    """From what RQ and the workers noted."""
    if status in WAITING:
        was_lost = retries_left is not None and int(retries_left) < MOST_LOSSES
        return State("waiting", reason=because("worker-lost") if was_lost else None)
    if status == JobStatus.STARTED:
        return State("training", slot)
    if requested:
        reason = because("no-answer") if status == JobStatus.STOPPED else None
        return State("over", status=ENDINGS[requested], reason=reason, requested=requested)
    if status == JobStatus.FAILED:
        return State("over", status="failed", reason=because("workers-lost", count=MOST_LOSSES))
    return LOST
