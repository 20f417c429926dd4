"""What the LeNet tests share: the real MNIST, small quick settings, and runs trained by the real trainer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lenet.config import TrainConfig
from lenet.questions.asker import Helper
from lenet.queue.launcher import Launcher
from lenet.queue.this_machine import LocalBackend
from lenet.runs.registry import Runs
from lenet.states import ACTIVE
from lenet.training.folder import RunFolder, new_run_id
from support import forked
from support.lenet_runs import QUICK, SHIFTED
from support.processes import wait_until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def trained(mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run of QUICK, to look at and not to change."""
    from lenet.training.trainer import train

    folder = RunFolder(tmp_path_factory.mktemp("experiments"), new_run_id())
    result = train(TrainConfig().updated(QUICK | SHIFTED), folder, mnist, "fast")
    assert result["status"] == "finished", result
    return folder


@pytest.fixture
def experiments(trained: RunFolder, tmp_path: Path) -> Path:
    """A folder of experiments with a copy of the finished run in it, of which Alice is the owner."""
    copy = RunFolder(tmp_path / "experiments", trained.id)
    shutil.copytree(trained.path, copy.path)
    about = copy.read_json("config.json")
    copy.write_json(
        "run.json",
        {name: about[name] for name in ("created", "preset", "config")} | {"owner": "alice", "queued": False},
    )
    return copy.path.parent


@pytest.fixture(autouse=True)
def _no_niceness(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainers come first to their tests: at the server's low priority they would wait for whatever else is tested."""
    monkeypatch.setattr("lenet.queue.launcher.NICENESS", 0)


@pytest.fixture(scope="module", autouse=True)
def _ready_at_once() -> Iterator[None]:
    """A server starts nursery and helper as they are; here dozens are killed and replaced."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("core.children.spawn", forked.spawn)
        yield


@pytest.fixture
def as_the_server_starts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of how they start."""
    monkeypatch.setattr("core.children.spawn", forked.as_it_is)


@pytest.fixture(scope="session")
def warm() -> Iterator[tuple[Launcher, Helper]]:
    """What a server that has run for a while has ready, with torch loaded; one for all tests."""
    launcher, helper = Launcher(), Helper()
    yield launcher, helper
    launcher.close()
    helper.close()


@pytest.fixture
def launcher(warm: tuple[Launcher, Helper]) -> Iterator[Launcher]:
    """The warm one, which a server that closes does not close: it is the next test's too."""
    launcher, _ = warm
    launcher.close = lambda: None
    yield launcher
    del launcher.close


@pytest.fixture
def runs(mnist: Path, experiments: Path, launcher: Launcher, warm: tuple[Launcher, Helper]) -> Iterator[Runs]:
    """The server's runs: one finished, and a CPU to train more on, one at a time."""
    _, helper = warm
    backend = LocalBackend(mnist, ["cpu"], launcher, trainers_each=1)
    runs = Runs(mnist, experiments, backend, helper=helper)
    helper.close = lambda: None  # the next test's too
    assert runs.board.wait_until_read(20)
    yield runs
    runs.close()
    del helper.close


@pytest.fixture
def status(runs: Runs) -> Callable[[str], str]:
    return lambda run_id: runs.show(run_id)["status"]


@pytest.fixture
def ended(runs: Runs) -> Callable[..., dict[str, Any]]:
    """Waits until a run is no longer active and returns what is then shown of it."""

    def wait(run_id: str, seconds: float = 60) -> dict[str, Any]:
        wait_until(lambda: runs.show(run_id)["status"] not in ACTIVE, seconds, f"the end of {run_id}")
        return runs.show(run_id)

    return wait
