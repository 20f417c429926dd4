"""Removes the folders of deleted runs: out of sight at once, from the disk in a thread, however many there are."""

from __future__ import annotations

import shutil
from pathlib import Path

from core.threads import Repeating
from lenet.training.folder import RunFolder

LOOK_S = 0.2
AGAIN_S = 5.0  # after a file that was in use: Windows removes none that is open
GONE = ".deleted-"  # before the id of a run: half a folder is never taken for a run
MARK = "deleted"  # a file in a folder that could not be renamed


class Removal:
    """Owns a thread. What it did not come to, the next server does."""

    def __init__(self, experiments: Path):
        self.experiments = experiments
        self._paths = list(experiments.glob(f"{GONE}*"))  # only appended to here, and only taken from there
        self._wait = 0
        self._thread = Repeating("lenet-removal", self._step, LOOK_S)

    def take(self, folder: RunFolder) -> None:
        """The folder is no longer that of a run. Raises OSError where it can neither be renamed nor written to."""
        path = self.experiments / f"{GONE}{folder.id}"
        try:
            folder.path.replace(path)
        except FileNotFoundError:
            return
        except OSError:  # Windows: one of its files is open
            (folder.path / MARK).touch()
            path = folder.path
        self._paths.append(path)

    def was_taken(self, folder: RunFolder) -> bool:
        """Whether an earlier server has deleted the run and could not remove its folder; then it is removed now."""
        if not (folder.path / MARK).exists():
            return False
        self._paths.append(folder.path)
        return True

    def close(self) -> None:
        self._thread.close()

    def _step(self) -> None:
        self._wait = max(0, self._wait - 1)
        for _ in range(0 if self._wait else len(self._paths)):
            path = self._paths.pop(0)
            _remove(path)
            if path.exists():
                if not path.name.startswith(GONE):
                    (path / MARK).touch()  # it may have been among the files that went
                self._paths.append(path)
                self._wait = round(AGAIN_S / LOOK_S)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
