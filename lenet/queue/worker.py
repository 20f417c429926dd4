"""Trains runs from the queue in Redis: `python -m lenet worker`, on every machine with GPUs.

A supervisor keeps some processes on each device; each is an RQ worker, which has torch loaded and forks for every run.
The forked process is the trainer, with a thread that relays what it writes (`lenet.queue.relay`).
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from filelock import Timeout
from redis import RedisError
from rq import Retry, Worker, get_current_job
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import HorseMonitorTimeoutException

from core import signals
from core.cleaned import plain
from lenet.devices import devices, environment, trainers
from lenet.queue import nursery
from lenet.queue.relay import Relay
from lenet.queue.remote import LEASE_S, queue_names
from lenet.queue.store import FencedError, RunStore, connect, reach
from lenet.reasons import Reason, because, end_record
from lenet.records import read_object
from lenet.run import Run
from lenet.training import last_words
from lenet.training.begun import settings_of
from lenet.training.folder import RunFolder

log = logging.getLogger("lenet.queue.worker")

REPORT_S = 5.0  # how often the machine tells of its devices
LOOK_S = 1.0  # how often to look whether a worker has died
LEAVE_S = 20.0  # how long the trainers may take to pause and to send what they have
WORKER_TTL_S = 30
LOOK_HORSE_S = 0.05  # how often to look whether the trainer has ended
HEARTBEAT_S = 3  # between two heartbeats of a worker that trains
ALWAYS = 10**6  # retries


@dataclass(frozen=True)
class Place:
    """Where this process trains."""

    slot: str  # HOST/DEVICE
    data_dir: Path
    scratch: Path


_place: Place | None = None  # set once, before the first run


def supervise(url: str, data_dir: Path, names: list[str] | None, host: str, trainers_each: int | None = None) -> None:
    """Serves the queue until a signal asks for the end; then runs pause, for others to go on.

    names: ids of `lenet.devices`, by default all. trainers_each: how many runs each of them trains at once, by default
    as many as it carries. Raises ValueError for a device that is not there, and ConnectionError where Redis does not
    answer at the start.
    """
    found = {device["id"]: device for device in devices()}
    chosen = names or sorted(found)
    if missing := set(chosen) - set(found):
        raise ValueError(f"no device {', '.join(sorted(missing))} here; there are: {', '.join(sorted(found))}")
    room = {name: trainers_each or (1 if is_aside(name, chosen) else trainers(found[name])) for name in chosen}
    store = RunStore(reach(url))
    _show_log()

    leaving = threading.Event()
    for number in signals.heeded():
        signal.signal(number, lambda *_: leaving.set())
    log.info("serving %s with %s as %s", url.rsplit("@", 1)[-1], ", ".join(chosen), host)
    told, is_there = -REPORT_S, True
    processes: dict[tuple[str, int], BaseProcess] = {}
    with tempfile.TemporaryDirectory(prefix="playlab-") as scratch:
        places = {
            (name, number): Place(
                f"{host}/{name}", Path(data_dir).resolve(), Path(scratch) / f"{name.replace(':', '-')}-{number}"
            )
            for name in chosen
            for number in range(room[name])
        }
        while not leaving.is_set():
            if time.monotonic() - told > REPORT_S:
                told = time.monotonic()
                try:
                    there = [device for device in devices() if device["id"] in chosen]
                    store.report_devices(host, [one | {"trainers": room[one["id"]]} for one in there])
                    is_there = True
                except RedisError as error:
                    log.warning("Redis does not answer: %s", error)
                    is_there = False
            for key, place in places.items():
                is_dead = key not in processes or not processes[key].is_alive()
                if is_dead and is_there:  # without Redis it would load torch only to end
                    try:
                        processes[key] = _start(url, key[0], place)
                    except OSError as error:  # no memory, no more processes: there may be again
                        log.warning("no worker for %s: %s", key[0], error)
            leaving.wait(LOOK_S)
        with contextlib.suppress(RedisError):  # then the servers leave them out after DEVICE_S
            store.withdraw_devices(host, chosen)
        _end(list(processes.values()))


def is_aside(name: str, chosen: list[str]) -> bool:
    """Whether it is a CPU beside GPUs: only for the few runs that ask for it, and its processes take memory waiting."""
    return name == "cpu" and len(chosen) > 1


def _start(url: str, device: str, place: Place) -> BaseProcess:
    # Spawned, not forked: the child sees one GPU or none, and must know so before CUDA does.
    os.environ.update(environment(device))
    kind = device.partition(":")[0]
    process = multiprocessing.get_context("spawn").Process(target=work, args=(url, kind, place), name=place.slot)
    process.start()
    return process


def _end(processes: list[BaseProcess]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + LEAVE_S
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
        if process.is_alive():
            process.kill()  # its trainer ends with it
            process.join()


def work(url: str, kind: str, place: Place) -> None:
    """One worker, for devices of `kind` ("cuda" or "cpu"), until SIGTERM or until the supervisor is gone."""
    global _place
    _leave_to_the_supervisor()
    nursery.load()
    _place = place
    _show_log()
    _end_with(os.getppid())
    worker = LenetWorker(
        queue_names(kind),
        name=f"{place.slot.replace('/', '-')}-{os.getpid()}",
        connection=connect(url),
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_S,
        job_monitoring_interval=HEARTBEAT_S,
        maintenance_interval=5,
    )
    worker.work(logging_level="WARNING")


def _leave_to_the_supervisor() -> None:
    """What a terminal sends reaches the whole group, and the supervisor says by SIGTERM what it means."""
    signals.ignore(number for number in signals.ENDING if number != signal.SIGTERM)


def _show_log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


def _end_with(parent: int) -> None:
    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


class LenetWorker(Worker):
    """An RQ worker whose runs may take days, whose death is noticed in seconds, and which outlives Redis's absence."""

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:  # noqa: ARG002
        return LEASE_S

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        try:
            super().maintain_heartbeats(job, execution)
        except RedisError as error:  # the trainer goes on: so must who waits for it
            log.warning("no heartbeat: %s", error)

    def wait_for_horse(self) -> tuple[int | None, int | None, Any]:
        """Looks again and again, with RQ's alarm or without it: after a pause of its processes that does not come."""
        deadline = time.monotonic() + HEARTBEAT_S
        while True:
            try:
                pid, status, usage = os.wait4(self.horse_pid, os.WNOHANG)
            except ChildProcessError:
                return None, None, None
            if pid:
                return pid, status, usage
            if time.monotonic() > deadline:
                raise HorseMonitorTimeoutException
            time.sleep(LOOK_HORSE_S)

    def handle_warm_shutdown_request(self) -> None:
        """The trainer pauses, and another worker goes on."""
        super().handle_warm_shutdown_request()
        if self.horse_pid:
            os.kill(self.horse_pid, signal.SIGTERM)

    def _install_signal_handlers(self) -> None:
        super()._install_signal_handlers()
        _leave_to_the_supervisor()


def train_run(run_id: str) -> Retry | None:
    """The job: trains the run from where it stands to its end, or to a request, in this process.

    Returns a Retry where it was this worker that had to go.
    """
    job = get_current_job()
    if job is None or _place is None:
        raise RuntimeError("only a worker trains runs so")
    store = RunStore(job.connection)
    shutil.rmtree(_place.scratch, ignore_errors=True)  # what a killed trainer left
    folder = RunFolder(_place.scratch, run_id)
    try:
        token = store.begin(run_id, _place.slot)
    except FencedError as error:
        log.warning("%s", error)
        return None
    try:
        run = Run.of(folder, store.about(run_id) or {})
        store.pull(folder, store.new_lines({run_id: 0}).get(run_id, []))
        run.save(queued=False)
    except ValueError as error:
        log.warning("run %s: what Redis holds of it cannot be read: %s", run_id, error)
        store.end(run_id, store.count(run_id), end_record(run_id, "failed", because("queue-records")))
        return None
    except OSError as error:
        log.warning("run %s: %s", run_id, error)
        store.end(run_id, store.count(run_id), end_record(run_id, "failed", because("disk", error=plain(error))))
        return None
    if folder.status()[0] == "finished":  # by a worker that died before it could say so
        return None

    memory = last_words.place()
    last_words.write_to(memory)
    with Relay(store, folder, token):
        if run.unknown:
            _fail(folder, because("other-version", names=", ".join(run.unknown)))
        else:
            _train(run, _place.data_dir)
    if unsaid := last_words.read(memory):  # the relay has sent what the folder took
        store.end(run_id, store.count(run_id), read_object(unsaid))
        return None
    is_leaving = folder.status()[0] == "paused" and store.requested(run_id) is None
    shutil.rmtree(_place.scratch, ignore_errors=True)
    return Retry(ALWAYS, enqueue_at_front=True) if is_leaving else None


def _train(run: Run, data_dir: Path) -> None:
    from lenet.training.trainer import train

    try:
        config, preset = settings_of(run.folder) or (run.config, run.preset)
        train(config, run.folder, data_dir, preset)
    except (OSError, ValueError) as error:
        log.error("run %s could not start: %s", run.id, error)
        if isinstance(error, OSError) and not isinstance(error, Timeout):
            _fail(run.folder, because("disk", error=plain(error)))
        elif run.folder.status()[0] != "failed":
            _fail(run.folder, because("machine-log"))


def _fail(folder: RunFolder, reason: Reason) -> None:
    record = end_record(folder.id, "failed", reason)
    try:
        folder.append(record)
    except OSError:
        last_words.say(record)
