"""A PostgreSQL of the tests' own, by Debian's package, which a test may end and start again."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import psycopg

from support.processes import free_port, leave_out, wait_until

PASSWORD = "a-secret-word"


def tools() -> Path:
    """The folder of its programs; the test is left out where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else leave_out("no PostgreSQL: apt install postgresql")


class PostgresqlServer:
    """Keeps what it is told on the disk: what was committed is there after a crash. root may not run one."""

    def __init__(self) -> None:
        self.tools, self.port = tools(), free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="playlab-postgresql-"))
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "password").chmod(0o644)
        self._numbers = count()
        options = ["--auth=scram-sha-256", f"--pwfile={self.folder}/password", "--username=playlab", "--no-sync"]
        self._run("initdb", "--pgdata", str(self.folder / "data"), "--encoding=UTF8", "--locale=C", *options)
        self.start()

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.tools / name, *arguments], cwd=self.folder, capture_output=True, text=True, **self._as
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        options = [
            "-p",
            str(self.port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "fsync=off",
        ]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.tools / "postgres", "-D", self.folder / "data", *options], cwd=self.folder,
                stdout=log, stderr=log, **self._as,
            )  # fmt: skip
        wait_until(self._answers, 20, "PostgreSQL")

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), self.connect():
            return True
        return False

    def connect(self, name: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.url(name).replace("+psycopg", ""), autocommit=True)

    def url(self, name: str) -> str:
        return f"postgresql://playlab:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def new_database(self) -> str:
        """The address of an empty one."""
        name = f"test_{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def end(self, by: int = signal.SIGQUIT) -> None:
        """By default at once, as if it had crashed."""
        self.process.send_signal(by)
        self.process.wait(20)

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """All of it: what is sent to it is acknowledged by the kernel, and nothing comes back."""
        leader = psutil.Process(self.process.pid)
        found = [leader, *leader.children(recursive=True)]
        for process in found:
            process.suspend()
        try:
            yield
        finally:
            for process in found:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()

    def close(self) -> None:
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)
