"""Trains runs on this machine: a queue in memory, some trainers on each device, each a process of its own.

Runs with the same settings share a trainer (`lenet.queue.sharing`). What it must know after a restart stands in the
runs' folders. No torch.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.cleaned import plain, without_paths
from core.files import open_file
from core.retrying import Retrying
from lenet.config import TrainConfig
from lenet.devices import Device, devices, environment, threads_of, trainers
from lenet.queue.backend import News, State
from lenet.queue.launcher import Launcher, Trainer
from lenet.queue.sharing import are_alike, bring
from lenet.queue.turns import in_order
from lenet.reasons import because, end_record, told_by
from lenet.records import End, Start, read_record
from lenet.run import Run
from lenet.states import ENDINGS
from lenet.training.progress import fold

log = logging.getLogger("lenet.queue.this_machine")

OBEY_S = 10  # how long a trainer may take to obey a request before it is killed
CLOSE_S = 3  # and when the server closes
KILLED_S = 3.0  # how long it may take to end where it is killed
CLOSE_KILLED_S = 1.0  # and when the server closes
RECENT_S = 60  # for so long what has finished is shown to others who ask for the same
MOST_LOG_BYTES = 65_536  # of the end of a trainer's log
GONE = {errno.ENOTDIR, errno.EINVAL, errno.ELOOP}  # what is said of a lock that nobody holds: there is no such file


@dataclass
class Training:
    """A run that has a device."""

    run: Run
    slot: str
    process: Trainer | None  # None: an earlier server started it
    deadline: float | None = None  # monotonic; for obeying a request
    killed_at: float | None = None  # monotonic
    others: list[Run] = field(default_factory=list)  # with the same settings, that show what this trainer does
    went_on_at: int = 0  # bytes of its records when it started: more than none where it goes on
    is_stored_as_queued: bool = False  # in its run.json

    @property
    def lives(self) -> bool:
        """By what is heard of it; by its lock where nobody hears of it, as of an earlier server's."""
        if self.process is not None and self.process.lost_at is None:
            return not self.process.is_over
        try:
            return self.run.folder.is_alive() or (self.process is not None and self.process.may_begin)
        except OSError as error:  # its folder was taken away, or the system does not let us look just now
            return error.errno not in GONE

    @property
    def has_begun(self) -> bool:
        """There is or was a trainer."""
        return self.process is None or self.process.pid is not None

    def is_whole(self) -> bool | None:
        """Whether it found all that it had; None: it has not looked yet. Raises OSError and ValueError."""
        if not self.went_on_at:
            return True
        for line, _ in self.run.folder.lines_from(self.went_on_at):
            if isinstance(record := read_record(line), Start):
                return record.note is None
        return None

    def kill(self) -> None:
        """Ends it, at some time: by who forked it, and where that ends nothing, by itself."""
        now = time.monotonic()
        if self.killed_at is None and self.process is not None:
            self.process.kill()
        elif self.killed_at is None or now - self.killed_at > KILLED_S:
            self.kill_itself()
        else:
            return
        self.killed_at = now

    def kill_itself(self) -> None:
        """Ends it whatever has become of who forked it, before it has its lock and after."""
        if self.process is not None:
            self.process.kill_by_number()
        self.run.folder.kill()


class LocalBackend:
    """A `RunBackend` of this machine. Owns the trainers and what starts them."""

    trains_alike_once = True

    def __init__(
        self,
        data_dir: Path,
        slots: list[str] | None = None,
        launcher: Launcher | None = None,
        trainers_each: int | None = None,
    ):
        """slots: the devices to use; by default every GPU, and the CPU for runs that ask for it or where there is none.

        trainers_each: how many runs each trains at once; by default as many as it carries.
        """
        self.data_dir = Path(data_dir).expanduser().resolve()
        found = {device["id"]: device for device in devices()}
        self.slots = slots or [name for name in found if name != "cpu"] or ["cpu"]
        room = {name: trainers(device) for name, device in found.items()}
        self._room = {name: trainers_each or room.get(name, 1) for name in [*self.slots, "cpu"]}
        self._launcher = launcher or Launcher()
        self._queue: list[Run] = []
        self._training: dict[str, Training] = {}
        self._shown: dict[str, Training] = {}  # of runs that show what the trainer of another does
        self._finished: list[tuple[float, Run]] = []  # of late, and when
        self._over: dict[str, State] = {}  # of runs that no trainer has any more
        self._refused: dict[str, Retrying] = {}  # of runs that nothing new can be brought to: when to try again

    def devices(self) -> list[Device]:
        return [device | {"trainers": self._room.get(device["id"], 0)} for device in devices()]

    def fitting(self, config: TrainConfig) -> list[str]:
        if config.device == "cpu":
            return ["cpu"]
        gpus = [slot for slot in self.slots if slot != "cpu"]
        return gpus if gpus or config.device == "cuda" else ["cpu"]

    def places(self, config: TrainConfig) -> int:
        return sum(self._room[slot] // self._need(config, slot) for slot in self.fitting(config))

    def _need(self, config: TrainConfig, slot: str) -> int:
        """How much of a device's room a run takes: on a CPU a place for each thread, or all of it."""
        return min(threads_of(config), self._room[slot]) if slot == "cpu" else 1

    def submit(self, run: Run) -> None:
        run.save(queued=True)
        self._queue.append(run)

    def adopt(self, run: Run, was_queued: bool) -> None:
        if run.folder.is_alive():
            slot = run.slot or self.slots[0]
            self._training[run.id] = Training(run, slot, None, is_stored_as_queued=was_queued)  # it had just begun
        elif was_queued:
            self._queue.append(run)

    def waiting(self) -> list[str]:
        return [run.id for run in in_order(self._queue)]

    def request(self, run: Run, what: str) -> bool:
        if run in self._queue or run.id in self._shown:
            if run in self._queue:
                self._queue.remove(run)
            else:  # with what there is by now, to go on by itself
                self._part(run, with_end=False)
            with contextlib.suppress(OSError):
                run.save(queued=False)
            return True
        training = self._training.get(run.id)
        if training and training.process and not training.others and training.process.withdraw():
            del self._training[run.id]
            self._store_as_begun(training)
            return True
        run.folder.request(what)
        if training is not None:
            training.deadline = time.monotonic() + OBEY_S
        return False

    def note_end(self, run: Run, record: Mapping[str, object]) -> None:
        run.folder.mend()
        run.folder.append(record)

    def forget(self, run: Run) -> None:
        """Its folder is all there is."""

    def news(self) -> list[News]:
        return []  # one server, one machine

    def state(self, run: Run) -> State:
        training = self._training.get(run.id) or self._shown.get(run.id)
        if training is None:
            waits = run in self._queue
            return State("waiting") if waits else self._over.pop(run.id, State("over"))
        if not training.lives:
            self._settle(training)
            return self.state(run)
        if run is not training.run:
            try:
                self._bring(training, run)
            except ValueError as error:
                self._lose(run, error)
                return self.state(run)
        elif training.deadline is not None and time.monotonic() > training.deadline:
            if training.killed_at is None:
                log.warning("run %s did not %s in %s s: killed", run.id, run.requested, OBEY_S)
            training.kill()
        return State("training", training.slot)

    def step(self) -> None:
        """Gives free devices to the queue, in its order among those a device fits."""
        for training in self._training.values():
            if training.has_begun:
                self._store_as_begun(training)
        self._finished = [(at, run) for at, run in self._finished if time.monotonic() - at < RECENT_S]
        full = set[str]()
        for run in in_order(self._queue):
            if self._share(run):
                continue
            fitting = [slot for slot in self.fitting(run.config) if slot not in full]
            slot = max(fitting, key=self._free, default=None)
            if slot is not None and self._free(slot) >= self._need(run.config, slot):
                self._queue.remove(run)
                self._start(run, slot)
            else:  # or those that need less would always go before it
                full.update(fitting)

    def _free(self, slot: str) -> int:
        taken = [training.run.config for training in self._training.values() if training.slot == slot]
        return self._room[slot] - sum(self._need(config, slot) for config in taken)

    # --- one trainer for many -----------------------------------------------------------------------------------------

    def _share(self, run: Run) -> bool:
        """Whether a run that waits need not be trained now: for another it is being trained, or was just now."""
        try:
            for training in self._training.values():
                if training.deadline is None and training.lives and are_alike(run, training.run):
                    if (is_whole := training.is_whole()) is None:
                        return True  # it waits: of one that has to begin anew nobody else shall hear
                    if not is_whole:
                        continue
                    # On the disk it still waits: the next server will find a trainer for it.
                    self._queue.remove(run)
                    training.others.append(run)
                    self._shown[run.id] = training
                    run.shared = True
                    return True
            for _, done in self._finished:  # who has seen it finish wants to see it again
                if done.owner != run.owner and done.folder.metrics.exists() and are_alike(run, done):
                    bring(done.folder, run.folder, is_last=True, with_end=True)
                    self._queue.remove(run)
                    run.shared = True
                    run.save(queued=False)
                    return True
        except (OSError, ValueError) as error:
            log.warning("run %s is trained by itself: %s", run.id, error)
        return False

    def _bring(self, training: Training, run: Run) -> None:
        """What is new; where the system refuses it just now, with what is brought later. Raises ValueError."""
        retrying = self._refused.get(run.id)
        if retrying is not None and not retrying.is_due:
            return
        try:
            bring(training.run.folder, run.folder, is_last=False)
        except OSError as error:
            if retrying is None:
                retrying = self._refused[run.id] = Retrying()
                log.warning("run %s: nothing new can be brought just now: %s", run.id, _why(error))
            retrying.note_failure()
        else:
            self._refused.pop(run.id, None)

    def _part(self, run: Run, *, with_end: bool) -> None:
        """The run no longer shows what another's trainer does; it keeps what there is. with_end: and ends like it."""
        training = self._shown.pop(run.id)
        training.others.remove(run)
        self._refused.pop(run.id, None)
        run.shared = with_end
        try:
            bring(training.run.folder, run.folder, is_last=True, with_end=with_end)
            if with_end:
                with contextlib.suppress(OSError):
                    run.save(queued=False)
        except OSError as error:
            log.warning("run %s keeps what was brought of it: %s", run.id, _why(error))
            if with_end:  # it is trained by itself
                run.shared = False
                self._queue.append(run)
        except ValueError as error:
            self._lose(run, error)

    def _lose(self, run: Run, error: ValueError) -> None:
        """What the trainer does cannot be brought."""
        if run.id in self._shown:
            self._shown.pop(run.id).others.remove(run)
        self._over[run.id] = State("over", status="failed", reason=because("disk", error=_why(error)))
        with contextlib.suppress(OSError):
            run.save(queued=False)

    def _settle(self, training: Training) -> None:
        """A trainer is gone: its run is over, and so are those that showed it, unless its owner alone wanted that."""
        run = training.run
        del self._training[run.id]
        self._store_as_begun(training)
        end = self._over[run.id] = self._end(training)
        is_finished = _last_status(run) == "finished"
        if is_finished:
            self._finished.append((time.monotonic(), run))
        others = in_order(training.others)
        goes_on = training.deadline is not None and not is_finished
        for other in others:
            self._part(other, with_end=not goes_on)
            if not goes_on and other not in self._queue:
                self._over.setdefault(other.id, end)
        next_one: Training | None = None
        for other in others if goes_on else []:
            if other.id in self._over:
                continue
            if next_one is None:
                self._start(other, training.slot)
                next_one = self._training.get(other.id)
            else:
                next_one.others.append(other)
                self._shown[other.id] = next_one
                other.shared = True

    def _end(self, training: Training) -> State:
        run = training.run
        process = training.process
        if process and (said := _said(process.said)):
            return said
        if training.deadline is not None:
            status = ENDINGS[run.requested or "stop"]
            return State("over", status=status, reason=because("no-answer"))
        if process and process.refused:
            return State("over", status="failed", reason=because("cannot-start", error=process.refused))
        code = process.status if process else None
        if (code is None or code > 0) and (fault := _fault_of_disk(run)):
            return State("over", status="failed", reason=because("disk", error=fault))
        if code is not None and code > 0:
            last = _last_line(run.folder.path / "log.txt") or f"exit status {code}"
            return State("over", status="failed", reason=because("exit", error=last))
        return State("over", reason=because("killed"))

    # --- its processes ------------------------------------------------------------------------------------------------

    def note_pause(self, seconds: float) -> None:
        for training in self._training.values():
            if training.deadline is not None:
                training.deadline += seconds

    def prepare(self) -> None:
        """Loads torch where it will be needed, so that the next run starts at once."""
        self._launcher.prepare()

    def close(self) -> None:
        """Pauses the trainers, each at its next step; who does not obey is killed. Runs without one stay queued."""
        running = [one for one in self._training.values() if one.process is None or not one.process.withdraw()]
        for training in running:
            with contextlib.suppress(OSError):
                training.run.folder.request("pause")
        self._wait_for_the_end(running, CLOSE_S)
        for training in running:
            if training.lives:
                training.kill()
        self._wait_for_the_end(running, CLOSE_KILLED_S)
        for training in running:
            if training.lives:
                with contextlib.suppress(OSError):
                    training.kill_itself()
        self._launcher.close()
        for training in self._training.values():
            if training.has_begun:
                self._store_as_begun(training)
            if training.run.requested or (training.has_begun and not training.lives):
                self._note_closed(training)

    def _wait_for_the_end(self, running: list[Training], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and any(training.lives for training in running):
            time.sleep(0.02)

    def _start(self, run: Run, slot: str) -> None:
        folders = ["--experiments", str(run.folder.path.parent), "--data", str(self.data_dir)]
        run.slot, run.shared = slot, False
        try:
            run.folder.clear_request()
            run.save(queued=True)  # until it has begun: where no trainer comes, the next server finds it in the queue
            went_on_at = run.folder.metrics_size
            # Its own --device stays as it was asked for; what it sees decides what `auto` finds.
            process = self._launcher.start(run.arguments() + folders, run.folder.path / "log.txt", environment(slot))
        except OSError as error:
            self._over[run.id] = State("over", status="failed", reason=because("cannot-start", error=plain(error)))
            return
        self._training[run.id] = Training(run, slot, process, went_on_at=went_on_at, is_stored_as_queued=True)
        log.info("run %s starts on %s", run.id, slot)

    def _store_as_begun(self, training: Training) -> None:
        """The next server is to find a trainer of the run, or what that left, and not to queue it.

        Where the disk does not take it, or this process is killed before, and the trainer ends before there is another
        server, that trains the run once more, from its end on.
        """
        if training.is_stored_as_queued:
            training.is_stored_as_queued = False
            with contextlib.suppress(OSError):
                _save_begun(training.run)

    def _note_closed(self, training: Training) -> None:
        """Its trainer, if it had one, was killed as it took too long to pause or stop: it can be resumed."""
        run = training.run
        with contextlib.suppress(OSError, ValueError):
            _save_begun(run)
            new = fold(line for line, _ in run.folder.lines_from(training.went_on_at))
            if new.end is None:
                self.note_end(run, end_record(run.id, ENDINGS[run.requested or "pause"], step=new.goes_back_to))


def _said(line: bytes) -> State | None:
    """What a trainer said of the end of its run whose folder did not take it."""
    try:
        end = read_record(line)
    except ValueError:
        return None
    return State("over", status=end.status, reason=told_by(end)) if isinstance(end, End) else None


def _fault_of_disk(run: Run) -> str | None:
    """Why its folder takes nothing just now: then a trainer could not say how the run ended."""
    try:
        _save_begun(run)
    except OSError as error:
        return plain(error)
    return None


def _save_begun(run: Run) -> None:
    """Raises OSError. A folder that was taken away stays away."""
    if run.folder.path.is_dir():
        run.save(queued=False)


def _why(error: OSError | ValueError) -> str:
    return plain(error) if isinstance(error, OSError) else without_paths(str(error))


def _last_status(run: Run) -> str | None:
    """How the trainer says that the run ended."""
    try:
        lines = run.folder.lines()
        last = read_record(lines[-1]) if lines else None
    except (OSError, ValueError):
        return None
    return last.status if isinstance(last, End) else None


def _last_line(path: Path) -> str | None:
    try:
        with open_file(path) as file:
            file.seek(max(0, path.stat().st_size - MOST_LOG_BYTES))
            lines = file.read(MOST_LOG_BYTES).decode(errors="replace").strip().splitlines()
    except OSError:
        return None
    return without_paths(lines[-1])[:300] if lines else None
