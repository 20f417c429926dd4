"""Between a trainer's folder and Redis: sends what is written there, brings what is asked. No torch."""

from __future__ import annotations

import logging
import os
import threading
import time

from redis import RedisError

from core.threads import note
from lenet.queue.store import FencedError, RunStore, paths_to_send
from lenet.training.folder import RunFolder

log = logging.getLogger("lenet.queue.relay")

POLL_S = 0.2
RETRY_S = 0.5  # while Redis does not answer
MOST_FAILURES = 20  # for other reasons, one after the other, before the end of the run is given up


class Relay:
    """Owns a thread. While Redis is away the folder keeps what happens, and training goes on.

    A trainer whose writing no longer counts, or whose worker has died, ends at once, and with it this process.
    """

    def __init__(self, store: RunStore, folder: RunFolder, token: str):
        self.store, self.folder, self.token = store, folder, token
        self._sent: int | None = None  # lines in Redis; None: to be asked
        self._parent = os.getppid()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="relay", daemon=True)
        # Of the files in Redis, which are those that were fetched: time of change in ns, size in bytes.
        self._stamps: dict[str, tuple[int, int]] = {}
        self._stamps = {name: stamp for name, stamp, _ in self._changed()}

    def __enter__(self) -> Relay:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Returns when all is in Redis, however long Redis is away."""
        self._closing.set()
        self._thread.join()

    def _work(self) -> None:
        away, failures = False, 0
        while True:
            is_last = self._closing.is_set()  # asked first: what was written before is sent after
            try:
                if os.getppid() != self._parent:
                    raise FencedError("its worker has died")
                self.step()
                if is_last:
                    return
                away, failures = False, 0
                self._closing.wait(POLL_S)
            except FencedError as error:
                log.warning("run %s ends here: %s", self.folder.id, error)
                os._exit(0)  # not as a failure: the run goes on elsewhere
            except RedisError as error:
                if not away:
                    log.warning("run %s: Redis does not answer, training goes on: %s", self.folder.id, error)
                away, self._sent = True, None
                time.sleep(RETRY_S)
            except Exception as error:  # a file that cannot be read now: the next step may
                note("relay", error)
                failures += 1
                if is_last and failures >= MOST_FAILURES:
                    log.error("run %s: what came last could not be sent", self.folder.id)
                    return
                time.sleep(RETRY_S)

    def step(self) -> None:
        """Sends what is new. Raises FencedError and RedisError."""
        # Read in this order and sent at once: where to go on from is never ahead of what has been told, and no line
        # tells of a file that is not there.
        changed = list(self._changed(self.folder.resume_state.name))
        lines = self.folder.lines()
        changed += [entry for entry in self._changed() if entry[0] != self.folder.resume_state.name]
        if self._sent is None:
            self._sent = self.store.count(self.folder.id)
        if changed or lines[self._sent :]:
            files = {name: content for name, _, content in changed}
            self.store.publish(self.folder.id, self.token, self._sent, lines[self._sent :], files)
            self._sent = max(self._sent, len(lines))
            self._stamps.update({name: stamp for name, stamp, _ in changed})
        requested = self.store.requested(self.folder.id)
        if requested and not self.folder.requested():
            self.folder.request(requested)

    def _changed(self, only: str | None = None) -> list[tuple[str, tuple[int, int], bytes]]:
        """Name, stamp and content of the files that were written since they were last sent."""
        found = []
        for path in paths_to_send(self.folder):
            about = path.stat()
            stamp = about.st_mtime_ns, about.st_size
            if only in (None, path.name) and self._stamps.get(path.name) != stamp:
                found.append((path.name, stamp, path.read_bytes()))
        return found
