"""Takes up runs that somebody else made: an earlier server, the command line, a backup, another web server.

What cannot be read is set aside, shown as unreadable, and changed by nobody. A folder that the system did not let us
read is tried again now and then, the folder of all experiments too. Only the thread of `Runs` comes here.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from core.retrying import Retrying
from core.threads import guarded
from lenet.clock import elapsing
from lenet.queue.backend import News, RunBackend
from lenet.reasons import because
from lenet.run import Run
from lenet.runs import reading
from lenet.runs.board import Board
from lenet.runs.known import KnownRuns
from lenet.runs.removal import Removal
from lenet.runs.waiting import Waiting
from lenet.training.folder import RunFolder

log = logging.getLogger(__name__)

ALL = "experiments"  # what the folder of all runs is called where it cannot be used
LOOK_S = 2.0  # so often it is looked whether it still can


class Adoption:
    """State: the names of the folders that are still to be read."""

    def __init__(
        self, server: str, experiments_dir: Path, known: KnownRuns, board: Board, backend: RunBackend,
        removal: Removal, waiting: Waiting,
    ):  # fmt: skip
        """server: the mark of this process, which the runs it takes up bear from then on."""
        self._server = server
        self._experiments_dir = experiments_dir
        self._known = known
        self._board = board
        self._backend = backend
        self._removal = removal
        self._waiting = waiting
        self._unread: list[str] | None = None  # the newest last; None: not looked yet
        self._unread_ended: list[str] = []  # of runs that wait for nothing: they are read after the others
        self._refused: dict[str, Retrying] = {}  # of those that the system did not let us read: when to try again
        self._unusable: Retrying | None = None  # the same of the folder of all experiments
        self._looked_at = elapsing()  # when that was looked at

    @property
    def has_whole_queue(self) -> bool:
        """Whether every run that waits or is trained has been read: one that is not may be before the others."""
        return self._unread is not None and not self._unread

    def read_next(self) -> bool:
        """Reads another folder, first those of runs that wait or are trained; False when all are read."""
        if self._unread is None:
            self._list()
        elif self._unread:
            self._read(self._unread.pop(), is_first_look=True)
        elif self._unread_ended:
            self._read(self._unread_ended.pop(0), is_first_look=False)
        else:
            self._board.note_all_read()
            return False
        return True

    def look_again(self) -> bool:
        """Tries again what the system did not let us read, where its time has come; whether `read_next` has work."""
        for name in [name for name, retrying in self._refused.items() if retrying.is_due]:
            with guarded("lenet-runs"):
                self.read(name)
        if self._unusable is not None and self._unusable.is_due:
            self._list()
            return bool(self._unread)
        if self._unusable is None and elapsing() - self._looked_at > LOOK_S:
            self._looked_at = elapsing()
            try:
                reading.check_usable(self._experiments_dir)
            except OSError as error:
                self._note_unusable(error)
        return False

    def read(self, name: str) -> None:
        """Reads a folder that somebody put there since, and tells of its run."""
        self._read(name, is_first_look=False)
        run = self._known.find(name)
        if run is not None:
            self._board.tell(run)

    def hear(self, news: News) -> None:
        """Another web server made, changed or deleted a run. Raises RefusedError and ConnectionError."""
        run = self._known.find(news.run)
        if news.about is None:
            if run is not None:
                self._known.delete(run)
            return
        if run is None:
            try:
                run = Run.of(RunFolder(self._experiments_dir, news.run), news.about)
            except ValueError as error:
                self._set_aside(news.run, reading.why(error))
                return
            self._known.add(run)
            self._mark(run, queued=True)
        # Whether it waits, trains or is over, following it will tell.
        self._backend.adopt(run, was_queued=True)
        run.requested = None
        self._known.correct(run, "queued")
        self._board.tell(run)

    def _list(self) -> None:
        """Finds all folders that are to be read; none, and again later, where the system does not let us look."""
        self._unread = []
        try:
            self._unread = reading.names(self._experiments_dir)[::-1]
            reading.check_usable(self._experiments_dir)
        except OSError as error:
            self._note_unusable(error)
        else:
            if self._unusable is not None:
                log.info("%s can be used again", self._experiments_dir)
            self._unusable = None
            self._board.drop_unreadable(ALL)

    def _note_unusable(self, error: OSError) -> None:
        self._unusable = self._unusable or Retrying()
        self._unusable.note_failure()
        self._set_aside(ALL, reading.why(error))

    def _read(self, name: str, is_first_look: bool) -> None:
        if self._known.find(name):  # made since
            self._refused.pop(name, None)
            return
        try:
            self._look_into(RunFolder(self._experiments_dir, name), is_first_look)
        except OSError as error:
            retrying = self._refused.setdefault(name, Retrying())
            retrying.note_failure()
            self._set_aside(name, reading.why(error))
            return
        except ValueError as error:
            self._set_aside(name, reading.why(error))
        except Exception as error:  # whatever else it holds, the others are read
            log.exception("reading %s", name)
            self._set_aside(name, type(error).__name__)
        else:
            if name in self._refused:
                self._board.drop_unreadable(name)
        self._refused.pop(name, None)

    def _look_into(self, folder: RunFolder, is_first_look: bool) -> None:
        """Takes up the run in a folder if it is this server's to take. Raises OSError and ValueError."""
        if self._removal.was_taken(folder):
            return
        about = reading.stored(folder)
        if reading.is_anothers(folder, about):
            return
        was_queued, lives = about.get("queued") is True, folder.is_alive()
        if is_first_look and not was_queued and not lives:
            self._unread_ended.append(folder.id)
            return
        self._take_up(reading.read(folder, about), was_queued)

    def _take_up(self, run: Run, was_queued: bool) -> None:
        if was_queued and run.unknown:  # what it would be trained with instead is not what was asked for
            was_queued = False
            run.take_for("interrupted", because("other-version", names=", ".join(run.unknown)))
        self._backend.adopt(run, was_queued)
        state = self._backend.state(run)
        self._known.add(run)
        self._waiting.note_speed(run)
        if state.phase == "over":
            run.slot = None
            self._known.correct(run, run.status, run.reason)
            return
        run.slot = state.slot
        self._known.correct(run, "queued" if state.phase == "waiting" else "running")
        self._mark(run, queued=was_queued)

    def _mark(self, run: Run, *, queued: bool) -> None:
        """Writes into run.json that this server has the run."""
        run.server = self._server
        with contextlib.suppress(OSError):  # a full disk: it is then in memory alone
            run.save(queued=queued)

    def _set_aside(self, name: str, reason: str) -> None:
        name = name[:64]
        if self._board.unreadable_for(name) == reason:  # told already
            return
        path = self._experiments_dir if name == ALL else self._experiments_dir / name
        log.warning("%s cannot be read and is set aside: %s", path, reason)
        self._board.put_unreadable(name, reason)
