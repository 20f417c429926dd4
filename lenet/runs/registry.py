"""All runs of the server, and what visitors may do to them: create, pause, stop, resume, rename, delete.

What a run is stands in its folder, who trains it is a `RunBackend`'s business. One thread alone changes runs and talks
to the backend; who asks for a change waits for it, who reads takes what is on the board. The folders are read again
when the server starts, so nothing is lost with it. No Flask, no torch.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from core.files import claim
from core.refused import RefusedError
from core.threads import guarded
from core.visitors import Visitor
from lenet.config import PRESETS, ConfigError, TrainConfig
from lenet.questions.asker import Helper
from lenet.queue.backend import RunBackend
from lenet.queue.this_machine import LocalBackend
from lenet.run import Run, Trial, checked_name
from lenet.runs import reading, rights, sweeps
from lenet.runs.adoption import Adoption
from lenet.runs.board import Board
from lenet.runs.following import BY_TEACHER, Following
from lenet.runs.known import KnownRuns
from lenet.runs.loop import Loop
from lenet.runs.queueing import Queueing
from lenet.runs.refusals import active, check_folder, outdated, stored, unreadable
from lenet.runs.removal import Removal
from lenet.runs.summaries import Detailed, Summary, SweepWithTrials
from lenet.runs.waiting import Waiting
from lenet.states import ENDINGS, RESUMABLE
from lenet.training.folder import RUN_ID, RunFolder, new_run_id


class Runs:
    """Owns the runs, the backend, the prediction helper and two threads; `close` ends them all.

    `board` is what everybody reads. The methods may be called from any thread; those that change something raise
    RefusedError, also where the thread that does it has no time.
    """

    def __init__(
        self,
        data_dir: Path,
        experiments_dir: Path,
        backend: RunBackend | None = None,
        *,
        helper: Helper | None = None,
        most_active: int = rights.MOST_OF_BROWSER,
    ):
        """backend: who trains; by default this machine. most_active: runs or sweeps queued or running, a browser."""
        self.data_dir = Path(data_dir).expanduser().resolve()
        self.experiments_dir = Path(experiments_dir).expanduser().resolve()
        self._claim = claim(self.experiments_dir)
        self._server = Path(self._claim.lock_file).name
        self.backend = backend or LocalBackend(self.data_dir)
        self.helper = helper or Helper()
        self.most_active = most_active
        self.board = Board()

        waiting = Waiting(self.backend)
        self._removal = Removal(self.experiments_dir)
        self._known = KnownRuns(self.board, self._removal)
        self._queueing = Queueing(self._server, self._known, self.board, self.backend, waiting)
        self._following = Following(self._known, self.board, self.backend, waiting)
        self._adoption = Adoption(
            self._server, self.experiments_dir, self._known, self.board, self.backend, self._removal, waiting
        )
        self._loop = Loop(self._adoption, self._following, self._queueing, self.backend)

    def prepare(self) -> None:
        """Loads torch where it will be needed, so that the next run starts and the next drawing is answered at once."""
        self._loop.prepare()
        self.helper.warm_up()

    def close(self) -> None:
        """Ends the threads, the backend and the helper; the runs can go on after a restart."""
        closing = (
            self._loop.close,
            self._removal.close,
            self.backend.close,
            self._following.note_closing,  # the thread has ended
            self.helper.close,
            self._claim.release,
            lambda: Path(self._claim.lock_file).unlink(missing_ok=True),
        )
        for step in closing:
            with guarded("close"):
                step()

    def show(self, run_id: str) -> Detailed:
        """The summary, the command that makes the same run, the layers, the epochs, and the versions it ran with.

        A folder that somebody put there, such as a backup, is read as soon as it is asked for. Raises RefusedError.
        """
        is_known = run_id in self.board or self.board.is_reading
        if not is_known and RUN_ID.fullmatch(run_id) and (self.experiments_dir / run_id).is_dir():
            self._loop.do(lambda: self._adoption.read(run_id))
        shown = self.board.get(run_id)
        return {**self.board.placed(shown.summary), **shown.details()}

    # --- one run ------------------------------------------------------------------------------------------------------

    def create(self, visitor: Visitor, preset: str, changes: object) -> Summary:
        """Queues a new run of `preset` with `changes`. Raises ConfigError too."""
        config = self._config(preset, changes)
        return self._loop.do(lambda: self._create(visitor, preset, [config], None)[0])

    def resume(self, visitor: Visitor, run_id: str) -> Summary:
        """Queues a run that did not finish, to go on from its last saved step."""

        def resume() -> Summary:
            run = self._own(visitor, run_id)
            if run.status not in RESUMABLE:
                want = f"only what is {', '.join(RESUMABLE)} can be resumed"
                message = f"run {run_id} is {run.status}: {want}"
                raise RefusedError(409, message, "not-resumable", status=run.status)
            if run.unknown:
                raise outdated(run_id, run.unknown)
            check_folder(run.folder)
            self._check_device(run.config)
            rights.check_caps(visitor, [run], self._known.active, self.most_active)
            try:
                reading.mended(run)
            except (OSError, ValueError) as error:
                raise unreadable(run_id, reading.why(error)) from None
            self._queueing.submit(run)
            self._queueing.tell_new([run])
            return self.board.summary(run_id)

        return self._loop.do(resume)

    def rename(self, visitor: Visitor, run_id: str, name: object) -> Summary:
        """Gives a run a name; None or an empty one takes it away. Raises ConfigError too."""
        checked = checked_name(name)

        def rename() -> Summary:
            run = self._own(visitor, run_id)
            check_folder(run.folder)
            before, run.name = run.name, checked
            try:
                stored(run.save_name)
            except RefusedError:
                run.name = before
                raise
            except ValueError as error:  # run.json is damaged, and stays as it is
                run.name = before
                raise unreadable(run_id, reading.why(error)) from None
            if run.name != before:
                self.board.tell_named(run)
            return self.board.summary(run_id)

        return self._loop.do(rename)

    def request(self, visitor: Visitor, run_id: str, what: str) -> Summary:
        """Pauses or stops (`what`) a queued or running run."""

        def request() -> Summary:
            self._request(visitor, self._own(visitor, run_id), what)
            return self.board.summary(run_id)

        return self._loop.do(request)

    def delete(self, visitor: Visitor, run_id: str) -> None:
        """Deletes a run and its files; a running one must be stopped first."""

        def delete() -> None:
            run = self._own(visitor, run_id)
            if run.is_active:
                raise active(run, f"run {run_id}")
            self._delete(visitor, run)

        self._loop.do(delete)

    # --- a sweep ------------------------------------------------------------------------------------------------------

    def create_sweep(
        self, visitor: Visitor, preset: str, changes: object, search: str, axes: object, count: int | None, seed: int
    ) -> SweepWithTrials:
        """Queues a run for every trial of `lenet.runs.sweeps.trials`. Raises ConfigError too."""
        configs = sweeps.trials(self._config(preset, changes), search, axes, count, seed)
        sweep = new_run_id()
        checked = sweeps.check_axes(axes, search)
        about = Trial(id=sweep, number=1, size=len(configs), search=search, axes=checked)  # the first
        self._loop.do(lambda: self._create(visitor, preset, configs, about))
        return self.board.sweep(sweep)

    def request_sweep(self, visitor: Visitor, sweep: str, what: str) -> SweepWithTrials:
        """`stop`, `pause` or `resume` of every trial that is not finished."""

        def request() -> None:
            trials = self._known.trials(sweep)
            rights.check_change(visitor, trials[0])
            if what == "resume":
                again = [
                    run for run in trials if run.status in RESUMABLE and not run.unknown and run.folder.path.is_dir()
                ]
                rights.check_caps(visitor, again, self._known.active, self.most_active)
                for run in again:
                    self._queueing.submit(run)
                self._queueing.tell_new(again)
                return
            for run in sorted(trials, key=lambda run: run.status != "queued"):  # first what has not started
                if run.is_active or (what == "stop" and run.status in ("paused", "interrupted")):
                    self._request(visitor, run, what)

        self._loop.do(request)
        return self.board.sweep(sweep)

    def delete_sweep(self, visitor: Visitor, sweep: str) -> None:
        """Deletes all trials of a sweep, none of which may be active."""

        def delete() -> None:
            trials = self._known.trials(sweep)
            for run in trials:
                rights.check_change(visitor, run)
                if run.is_active:
                    raise active(run, f"run {run.id} of sweep {sweep}")
            for run in trials:
                self._delete(visitor, run)

        self._loop.do(delete)

    # --- any thread ---------------------------------------------------------------------------------------------------

    def _config(self, preset: object, changes: object) -> TrainConfig:
        if not isinstance(preset, str) or preset not in PRESETS:
            raise ConfigError("preset", preset, f"one of {', '.join(PRESETS)}", "choice", {"choices": list(PRESETS)})
        config = PRESETS[preset].config.updated(changes)
        self._check_device(config)
        return config

    def _check_device(self, config: TrainConfig) -> None:
        if not self.backend.devices():
            raise RefusedError(503, "no machine that trains runs is there just now", "no-worker")
        if not self.backend.fitting(config):
            raise ConfigError("device", config.device, "auto or cpu: this server has no GPU", "no-gpu")

    # --- in the thread ------------------------------------------------------------------------------------------------

    def _own(self, visitor: Visitor, run_id: str) -> Run:
        """The run, which the visitor may change. Raises RefusedError."""
        run = self._known.get(run_id)
        rights.check_change(visitor, run)
        return run

    def _create(self, visitor: Visitor, preset: str, configs: list[TrainConfig], sweep: Trial | None) -> list[Summary]:
        """All of them or, where one cannot be stored, none."""
        new = []
        for number, config in enumerate(configs, 1):
            folder = RunFolder(self.experiments_dir, new_run_id())
            place: Trial | None = {**sweep, "number": number} if sweep else None
            run = Run(folder, preset, config, visitor.owner, time.time(), place, is_program=visitor.is_program)
            new.append(run)
        rights.check_caps(visitor, new, self._known.active, self.most_active)
        try:
            for run in new:
                self._known.add(run)
                self._queueing.submit(run)
        except RefusedError:
            for run in new:
                if self._known.find(run.id):
                    self._known.drop(run)
                    with contextlib.suppress(OSError):
                        self.backend.forget(run)
                    with contextlib.suppress(OSError):
                        self._removal.take(run.folder)
            raise
        self._queueing.tell_new(new)
        return [self.board.summary(run.id) for run in new]

    def _request(self, visitor: Visitor, run: Run, what: str) -> None:
        run.asked_by_teacher = run.owner != visitor.owner
        reason = BY_TEACHER if run.asked_by_teacher else None
        if what == "stop" and run.status in ("paused", "interrupted"):
            self._following.end(run, "stopped", reason, must_tell=True)
        elif not run.is_active:
            message = f"run {run.id} is {run.status}: there is nothing to {what}"
            raise RefusedError(409, message, "not-active", status=run.status)
        elif self._queueing.request(run, what):
            self._following.withdraw(run, ENDINGS[what], reason)
        else:
            self.board.tell(run)

    def _delete(self, visitor: Visitor, run: Run) -> None:
        stored(self.backend.forget, run)
        self._known.delete(run, "owner" if run.owner == visitor.owner else "teacher")
