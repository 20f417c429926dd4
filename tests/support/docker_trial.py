"""What `make docker-check` tries on the built image: a container's start, its pages in a browser, its end.

    cd tests; python -m support.docker_trial ROOT FOLDER

ROOT has the image's files; FOLDER has its config.json and gets pictures.

A container here is what Docker would make of the image, in namespaces of its own (mounts, processes, network) and with
the image's user, environment, volumes and entry point. Run where there is no network, as root; not collected by pytest.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psutil
from playwright.sync_api import Page, expect, sync_playwright

from support.browser import ARGUMENTS, MISSING, find
from support.processes import wait_until
from support.redis_server import RedisServer

URL = "http://127.0.0.1:5000"
TOKEN = "docker-check"
STOP_SECONDS = 5  # that a container has to end in, as the Dockerfile's readers are promised
WORKER_STOP_SECONDS = 30  # as compose.cluster.yaml allows it
# $1: the image's root, $2 and $3: folders for /data and /experiments, $4: options of the root, and of /data's mount
MOUNTS = """
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount -o "remount,bind,$4" "$1"
mount -t proc proc "$1/proc"
mount --bind /sys "$1/sys"
mount -t tmpfs -o mode=755 tmpfs "$1/dev"
for device in null zero full random urandom; do
    touch "$1/dev/$device"
    mount --bind "/dev/$device" "$1/dev/$device"
done
mkdir "$1/dev/shm"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$1/dev/shm"
mount --bind "$2" "$1/data"
mount -o "remount,bind,$4" "$1/data"
mount --bind "$3" "$1/experiments"
shift 4
exec "$@"
"""


class Container:
    """`docker run --network none --cap-drop ALL --security-opt no-new-privileges --user USER IMAGE ARGUMENTS`.

    read_only: the file system and /data, with nothing writable but /dev/shm and /experiments.
    """

    def __init__(
        self, root: Path, config: dict[str, Any], log: Path, data: Path, experiments: Path, *arguments: str,
        user: str | None = None, read_only: bool = False, environment: dict[str, str] | None = None,
    ):  # fmt: skip
        self.log, self.config = log, config
        self.begun = time.monotonic()
        uid, _, gid = (user or config["User"]).partition(":")
        settings = dict(one.split("=", 1) for one in config["Env"]) | (environment or {})
        self._user = [f"--setgid={gid}", f"--setuid={uid}"]
        self._environment = ["/usr/bin/env", "-i", *(f"{name}={value}" for name, value in settings.items())]
        command = [*config["Entrypoint"], *(arguments or config["Cmd"])]
        enter = ["setpriv", "--clear-groups", "--no-new-privs"]
        enter += ["unshare", f"--root={root}", f"--wd={config['WorkingDir']}", *self._user]
        outside = ["unshare", "--mount", "--pid", "--fork", "--", "sh", "-c", MOUNTS, "sh"]
        mounts = [root, data, experiments, "ro" if read_only else "rw"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*outside, *mounts, *enter, *self._environment, *command],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    @property
    def first(self) -> psutil.Process:
        """The container's process 1."""
        return psutil.Process(self.process.pid).children()[0]

    def healthy(self) -> bool:
        """Whether the image's HEALTHCHECK says so."""
        namespaces = ["nsenter", f"--target={self.first.pid}", "--mount", "--pid", "--root", "--wd", *self._user, "--"]
        kind, *check = self.config["Healthcheck"]["Test"]
        assert kind == "CMD"
        done = subprocess.run([*namespaces, *self._environment, *check], capture_output=True, timeout=30)
        return done.returncode == 0

    def wait_for(self, what: str, condition: Any, seconds: float) -> float:
        """Seconds from the start of the container until `condition()`. It must go on running."""

        def met() -> bool:
            status = self.process.poll()
            assert status is None, f"it ended with status {status}:\n{self.log.read_text()}"
            with contextlib.suppress(OSError, http.client.HTTPException):
                return bool(condition())
            return False

        wait_until(met, seconds, what)
        return time.monotonic() - self.begun

    def stop(self, seconds: float = STOP_SECONDS) -> float:
        """As `docker stop` does. Returns the seconds it took; all its processes must be gone."""
        members = self.first.children(recursive=True)
        begun = time.monotonic()
        self.first.send_signal(signal.SIGTERM)
        status = self.process.wait(seconds)
        took = time.monotonic() - begun
        assert status == 0, f"it ended with status {status}:\n{self.log.read_text()}"
        # With process 1 the kernel ends all others of its namespace.
        wait_until(lambda: not any(member.is_running() for member in members), 2, "the end of its processes")
        return took

    def kill(self) -> None:
        with contextlib.suppress(psutil.Error, IndexError):
            self.first.kill()  # and the kernel all others with it
        self.process.kill()
        self.process.wait(10)


def ask(path: str, body: dict[str, Any] | None = None) -> Any:
    """The server's answer, as JSON where it is."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(URL + path, data, headers), timeout=10) as response:
        text = response.read().decode()
    return json.loads(text) if response.headers.get_content_type() == "application/json" else text


def status_of(host: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", 5000, timeout=10)
    connection.request("GET", "/healthz", headers={"Host": host})
    return connection.getresponse().status


def worker_is_ready() -> bool:
    return 'playlab_worker_ready{worker="0"} 1' in ask("/metrics")


def show_pages(page: Page, pictures: Path) -> None:
    """The smoke test: what a visitor does first."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(URL)
    page.get_by_test_id("play").click()
    epoch = page.get_by_test_id("epoch")
    wait_until(lambda: int(epoch.inner_text().replace(",", "")) > 10, 30, "epoch 10 on the page")
    page.screenshot(path=pictures / "playground.png")
    page.get_by_test_id("tab-lenet").click()
    expect(page.get_by_test_id("start")).to_be_enabled(timeout=30_000)
    page.screenshot(path=pictures / "lenet.png")
    assert not errors, errors


def has_device() -> bool:
    return bool(ask("/api/devices")["devices"])


def run_of(run_id: str) -> dict[str, Any]:
    return next(run for run in ask("/api/lenet/runs")["runs"] if run["run"] == run_id)


def epochs_of(run_id: str) -> int:
    return len(ask(f"/api/lenet/runs/{run_id}")["epochs"])


@contextlib.contextmanager
def started(*arguments: Any, **options: Any) -> Iterator[Container]:
    container = Container(*arguments, **options)
    try:
        yield container
    finally:
        container.kill()


@contextlib.contextmanager
def queue(folder: Path) -> Iterator[dict[str, str]]:
    """A Redis, and what a container must be told of it."""
    redis = RedisServer(folder)
    try:
        yield {"PLAYLAB_REDIS": redis.url}
    finally:
        redis.kill()


def main(root: Path, folder: Path) -> int:
    browser = find()
    if browser is None:
        sys.exit(MISSING)
    config = json.loads((folder / "config.json").read_text())
    volumes = Path(tempfile.mkdtemp(prefix="playlab-docker-"))

    def volume(name: str, mode: int = 0o1777) -> Path:
        (volumes / name).mkdir()
        (volumes / name).chmod(mode)
        return volumes / name

    def say(text: str, seconds: float | None = None) -> None:
        print(f"  {text}" + ("" if seconds is None else f": {seconds:.1f} s"), flush=True)

    server = ("--teacher", TOKEN)  # options alone: the image's entry point knows the command
    try:
        print("As the image says, with empty folders for /data and /experiments:", flush=True)
        assert config["User"].split(":")[0].isdecimal(), "a user by name cannot be checked to be no root"
        data, experiments = volume("data"), volume("experiments")
        with started(root, config, folder / "first.log", data, experiments, *server) as container:
            say("from the start to the page", container.wait_for("the page", lambda: ask("/"), 120))
            say("to a worker with its kernel", container.wait_for("a worker", worker_is_ready, 240))
            assert container.first.uids().real == int(config["User"].split(":")[0])
            assert container.healthy()
            say("healthy, as its own user")
            assert status_of("192.0.2.7:5000") == 200
            assert status_of("evil.example") == 403
            say("answers to any address, and to no foreign name")
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=browser, args=[*ARGUMENTS, "--no-sandbox"])
                show_pages(chromium.new_page(locale="en-US"), folder)
                chromium.close()
            say("in a browser: the Playground trains, the LeNet-5 tab opens")
            run = ask("/api/lenet/runs", {"preset": "fast", "config": {"epochs": 1000}})["run"]
            container.wait_for("an epoch of LeNet-5", lambda: epochs_of(run) >= 1, 300)
            say("LeNet-5 has trained an epoch on the MNIST of the image")
            say("stopped while both train", container.stop())
        print("The same volumes, all else read-only, without /tmp:", flush=True)
        with started(root, config, folder / "second.log", data, experiments, *server, read_only=True) as container:
            say("from the start to a worker with its kernel", container.wait_for("a worker", worker_is_ready, 240))
            kept = epochs_of(run)
            assert run_of(run)["status"] == "paused", run_of(run)
            assert kept >= 1
            ask(f"/api/lenet/runs/{run}/resume", {})
            container.wait_for("another epoch", lambda: epochs_of(run) > kept, 300)
            say(f"the run went on after its epoch {kept}")
            say("stopped", container.stop())
        print("Another user, an empty read-only /data, another processor's kernel:", flush=True)
        with started(
            root, config, folder / "third.log", volume("no-data", 0o755), volume("others"), *server,
            user="4242:4242", read_only=True, environment={"NUMBA_CPU_NAME": "x86-64-v2", "NUMBA_CPU_FEATURES": ""},
        ) as container:  # fmt: skip
            say("from the start to a worker that compiled", container.wait_for("a worker", worker_is_ready, 400))
            run = ask("/api/lenet/runs", {"preset": "fast"})["run"]
            container.wait_for("a run", lambda: run_of(run)["status"] == "finished", 300)
            say("LeNet-5 has trained on the image's own MNIST")
            say("stopped", container.stop())
        print("A server and a worker with a Redis between them, as in compose.cluster.yaml:", flush=True)
        with (
            queue(volumes) as environment,
            started(
                root, config, folder / "web.log", data, volume("web"), *server,
                read_only=True, environment=environment,
            ) as container,
            started(
                root, config, folder / "worker.log", data, volume("unused", 0o755), "worker",
                read_only=True, environment=environment,
            ) as worker,
        ):  # fmt: skip
            say("from the start to the worker's device", worker.wait_for("its device", has_device, 120))
            run = ask("/api/lenet/runs", {"preset": "fast", "config": {"epochs": 1000}})["run"]
            worker.wait_for("an epoch of LeNet-5", lambda: epochs_of(run) >= 1, 300)
            say("the worker trains LeNet-5 for the server")
            say("the worker stopped while it trains", worker.stop(WORKER_STOP_SECONDS))
            container.wait_for("the run's place in the queue", lambda: run_of(run)["status"] == "queued", 10)
            kept = epochs_of(run)
            with started(
                root, config, folder / "next.log", data, volume("unused-too", 0o755), "worker",
                read_only=True, environment=environment,
            ) as worker:  # fmt: skip
                worker.wait_for("another epoch", lambda: epochs_of(run) > kept >= 1, 300)
                say("the next worker went on with its run")
                worker.stop(WORKER_STOP_SECONDS)
            say("the server stopped", container.stop())
        print("A folder for /experiments that is not its user's:", flush=True)
        with started(root, config, folder / "fourth.log", data, volume("roots", 0o755), *server) as container:
            assert container.process.wait(30) == 1
            assert "chown 10001:10001" in (folder / "fourth.log").read_text()
            say("refused, with what to do")
    finally:
        shutil.rmtree(volumes)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path, help="has the image's files")
    parser.add_argument("folder", type=Path, help="has its config.json, and gets pictures")
    options = parser.parse_args()
    sys.exit(main(options.root, options.folder))
