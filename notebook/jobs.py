"""Exports in progress and those that are done, by id: whose they are, how far they are, and the file for a while.

One is made at a time. The next is that of the browser whose last one was begun longest ago, then the one that was asked
for first.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from core.refused import RefusedError
from core.threads import note, started
from notebook.messages import Export
from notebook.press import Press, Told

log = logging.getLogger(__name__)

MOST, MOST_OF_ONE = 60, 2  # that are not done yet, of all and of one browser
KEPT_S = 600.0  # how long a file is kept
KEPT_BYTES = 256 * 2**20  # of all files; the oldest go first


# Or what makes it, for what takes long or raises RefusedError; it says how many of how many parts are done.
Making = Export | Callable[[Told], Export]


@dataclass
class Job:
    """name: of the file. of: 0 until it begins. error: why there will be no file. ended: when, by the clock.
    begun: its number in the order in which they began; 0: it waits."""

    id: str
    owner: str
    name: str
    export: Making | None
    done: int = 0
    of: int = 0
    content: bytes | None = field(default=None, repr=False)
    error: RefusedError | None = None
    ended: float | None = None
    begun: int = 0


@dataclass(frozen=True)
class State:
    """What a page is told of a job."""

    done: int
    of: int
    ready: bool
    error: str | None  # the code of a refusal


class Jobs:
    """Every method may be called from many threads. `close` ends the thread that waits for the files."""

    def __init__(self, press: Press, clock: Callable[[], float] = time.monotonic):
        self._press, self._clock = press, clock
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)  # something waits, or nothing will
        self._jobs: dict[str, Job] = {}  # in the order in which they were asked for
        self._begun = 0
        self._thread: threading.Thread | None = None
        self._closed = False

    def start(self, export: Making, owner: str, name: str = "") -> str:
        """The id of the job. Raises RefusedError: `too-many-exports`; `press-busy` where there is no thread for it."""
        with self._lock:
            self._forget()
            open_jobs = [job for job in self._jobs.values() if job.ended is None]
            of_one = sum(job.owner == owner for job in open_jobs)
            if self._closed or len(open_jobs) >= MOST or of_one >= MOST_OF_ONE:
                raise RefusedError(429, "too many exports at once", "too-many-exports", most=MOST_OF_ONE)
            try:
                self._thread = self._thread or started(self._run, "notebook-exports")
            except OSError as error:
                raise RefusedError(503, f"the server is busy: {error.strerror}", "press-busy") from None
            job = Job(secrets.token_urlsafe(12), owner, name, export)
            self._jobs[job.id] = job
            self._changed.notify()
        return job.id

    def progress(self, job_id: str, owner: str) -> State:
        """Raises RefusedError: `no-export`."""
        with self._lock:
            job = self._find(job_id, owner)
            return State(job.done, job.of, job.content is not None, job.error.code if job.error else None)

    def file(self, job_id: str, owner: str) -> bytes:
        """Raises RefusedError: `no-export`, `export-not-ready`, or why it failed."""
        with self._lock:
            job = self._find(job_id, owner)
            if job.content is not None:
                return job.content
            if job.error is not None:
                raise job.error.again()
            raise RefusedError(409, "the export has no file yet", "export-not-ready")

    def name(self, job_id: str, owner: str) -> str:
        """Of the file. Raises RefusedError: `no-export`."""
        with self._lock:
            return self._find(job_id, owner).name

    def close(self) -> None:
        """What is not done yet fails. To be called before the press is closed, which ends what is being made."""
        with self._lock:
            self._closed = True
            self._changed.notify()

    def join(self) -> None:
        """Waits for the thread. The press is closed by then."""
        if self._thread is not None:
            self._thread.join()

    def _find(self, job_id: str, owner: str) -> Job:
        self._forget()
        job = self._jobs.get(job_id)
        if job is None or job.owner != owner:
            raise RefusedError(404, "there is no such export, or it is too old", "no-export")
        return job

    def _forget(self) -> None:
        """What has been done for long, and the oldest of what is too much."""
        now = self._clock()
        ended = [job for job in self._jobs.values() if job.ended is not None]
        size = sum(len(job.content or b"") for job in ended)
        for job in sorted(ended, key=lambda job: job.ended or 0):
            newer = sum(other.owner == job.owner for other in ended if (other.ended or 0) > (job.ended or 0))
            if now - (job.ended or 0) > KEPT_S or size > KEPT_BYTES or newer >= MOST_OF_ONE:
                size -= len(job.content or b"")
                del self._jobs[job.id]

    # --- the thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while (job := self._next()) is not None:
            self._make(job)

    def _next(self) -> Job | None:
        """None: there will be no more."""
        with self._lock:
            while not (waiting := [job for job in self._jobs.values() if not job.begun]):
                if self._closed:
                    return None
                self._changed.wait()
            last = {job.owner: job.begun for job in sorted(self._jobs.values(), key=lambda job: job.begun)}
            job = min(waiting, key=lambda job: last[job.owner])
            self._begun += 1
            job.begun = self._begun
            return job

    def _make(self, job: Job) -> None:
        content, error = None, None
        export, job.export = job.export, None  # the report is in the message then, and nowhere else
        try:
            if self._closed or export is None:
                raise RefusedError(503, "the server is closing", "press-busy")
            made = export(lambda done, of: self._tell(job, done, of)) if callable(export) else export
            before = job.done
            content = self._press.export(made, lambda done, of: self._tell(job, before + done, before + of))
        except RefusedError as refused:
            error = refused
            log.warning("an export failed: %s", refused, extra={"code": refused.code})
        except Exception as mistake:
            error = RefusedError(502, "the server has made a mistake; its log says which", "export-failed")
            note("notebook-exports", mistake)
        with self._lock:
            job.content, job.error, job.ended = content, error, self._clock()
            self._forget()

    def _tell(self, job: Job, done: int, of: int) -> None:
        with self._lock:
            job.done, job.of = done, of
