"""Runs in Redis: what they are, what happened, their files. Web servers and workers meet here and share no disk.

    playlab:run:ID          a hash: `about` (as in run.json), `turn` (in the queue), `attempt` (whose writing counts),
                            `slot`, `requested`
    playlab:run:ID:records  a stream of the lines of metrics.jsonl; an entry's id is the line's number, from 1
    playlab:run:ID:files    a hash: a file's name and what is in it
    playlab:run:ID:digests  a hash: a file's name and the SHA-256 of what is in it
    playlab:news            a stream of {run, what, server}, for the other web servers
    playlab:devices         a hash: HOST/DEVICE and its description

`about` and the first record name their format (`lenet.records.FORMAT`). News and devices do not: they are told anew,
and a server leaves out what it does not understand of them.

Every attempt at training a run writes with a token of its own, and only the last one's counts: a worker that was
believed dead cannot write between the lines of the one that took its place. No queue here, no torch.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from redis import Redis, RedisError, ResponseError
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from core.files import write_whole
from core.spelling import spelled
from lenet.devices import Device
from lenet.lines import JsonObject
from lenet.queue.backend import News
from lenet.records import Batches, Data, read_object, read_record
from lenet.training.folder import RUN_ID, RunFolder, line_of

log = logging.getLogger("lenet.queue.store")

NEWS, DEVICES = "playlab:news", "playlab:devices"
MOST_NEWS = 10_000
KEEP_S = 3600  # after its end a run stays in Redis for a web server that is away; then the web servers' folders have it
DEVICE_S = 30  # without a word, a device is gone
TIMEOUT_S = 5  # of a command
URLS = "redis://HOST:PORT/NUMBER, rediss://HOST:PORT/NUMBER or unix:///PATH, with options that Redis knows"
MOST_FILE_BYTES = 2**29  # Redis takes no longer value
NOT_SENT = ("lock", "pid", "request", "run.json", "metrics.jsonl", "log.txt")  # of a run's folder


class FencedError(RuntimeError):
    """Another attempt at this run has begun, or the run is gone: what this one writes no longer counts."""


def connect(url: str, timeout_s: float = TIMEOUT_S) -> Redis:
    """A client of the Redis at `url`. Raises ValueError for a URL that is none; connects only when used.

    A command is tried once more where its connection is found closed, and not where it is not answered in time.
    """
    options: dict[str, Any] = {"socket_timeout": timeout_s, "socket_connect_timeout": timeout_s}
    options["retry"] = Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))
    if not url.startswith("unix:"):
        options["socket_keepalive"] = True
    try:
        client = Redis.from_url(url, **options)
        client.connection_pool.make_connection()  # only this reads all that the URL says
    except (ValueError, TypeError, RedisError):
        raise ValueError(f"not the URL of a Redis: {_without_password(url)} (want {URLS})") from None
    if url.startswith("unix:") and not client.connection_pool.connection_kwargs.get("path"):
        raise ValueError("not the URL of a Redis: unix:// needs the path of its socket, unix:///run/redis.sock")
    return client


def _without_password(url: str) -> str:
    return spelled(re.sub("//.*@", "//...@", re.sub("(password=)[^&]*", r"\1...", url)), 100)


def reach(url: str) -> Redis:
    """A client whose Redis has answered. Raises ValueError and ConnectionError."""
    client = connect(url)
    try:
        client.ping()
    except RedisError as error:
        raise ConnectionError(f"Redis does not answer: {error}") from None
    return client


class RunStore:
    """Every method raises redis.RedisError where Redis does not answer."""

    def __init__(self, client: Any):  # a Redis; its annotations know too many kinds of answers
        self.client = client

    # --- a run --------------------------------------------------------------------------------------------------------

    def put(self, folder: RunFolder, about: JsonObject) -> None:
        """Makes Redis hold the run, new or to go on, with all that is in `folder`; who wrote it before is fenced."""
        key = run_key(folder.id)
        with self.client.pipeline() as pipe:
            pipe.hset(key, mapping={"about": json.dumps(about), "turn": about.get("turn", 0)})
            pipe.hdel(key, "attempt", "requested", "slot")
            for name in _keys(folder.id):
                pipe.persist(name)
            pipe.execute()
        lines = folder.lines()
        if self.count(folder.id) != len(lines):  # what is in the folder counts: it may have been mended
            with self.client.pipeline() as pipe:
                pipe.delete(f"{key}:records")
                _write(pipe, key, 0, lines, files_of(folder))
                pipe.execute()

    def holds(self, run_id: str) -> bool:
        return bool(self.client.exists(run_key(run_id)))

    def about(self, run_id: str) -> JsonObject | None:
        """What `put` was told; None for a run that is not here. Raises ValueError."""
        text = self.client.hget(run_key(run_id), "about")
        return read_object(text) if text else None

    def delete(self, run_id: str) -> None:
        """Forgets the run; who still writes it is fenced."""
        self.client.delete(*_keys(run_id))

    def expire(self, run_id: str) -> None:
        """Lets Redis forget the run, in a while."""
        with self.client.pipeline() as pipe:
            for name in _keys(run_id):
                pipe.expire(name, KEEP_S)
            pipe.execute()

    def ask(self, run_id: str, what: str) -> None:
        """Asks its trainer to `pause` or `stop`."""
        self.client.hset(run_key(run_id), "requested", what)

    def requested(self, run_id: str) -> str | None:
        what = self.client.hget(run_key(run_id), "requested")
        return what.decode() if what else None

    # --- what its trainer writes --------------------------------------------------------------------------------------

    def begin(self, run_id: str, slot: str) -> str:
        """The token of a new attempt, on the device `slot`. Raises FencedError for a run that is not here."""
        token, key = secrets.token_hex(8), run_key(run_id)
        if not self.holds(run_id):
            raise FencedError(f"run {run_id} is gone")
        self.client.hset(key, mapping={"attempt": token, "slot": slot})
        return token

    def publish(self, run_id: str, token: str, first: int, lines: list[bytes], files: dict[str, bytes]) -> None:
        """Adds `lines` of metrics.jsonl, the first being line `first` from 0, and `files`: all at once or nothing.

        Raises FencedError.
        """
        key = run_key(run_id)

        def write(pipe: Any) -> None:
            if pipe.hget(key, "attempt") != token.encode():
                raise FencedError(f"another attempt at run {run_id} has begun")
            pipe.multi()
            _write(pipe, key, first, lines, files)

        self.client.transaction(write, key)

    def end(self, run_id: str, line: int, record: Mapping[str, object]) -> None:
        """Writes the last record in the trainer's stead, as line `line` from 0, unless someone has; fences the trainer.

        Two web servers that see the same worker die write the same line, and the first one's stays.
        """
        key = run_key(run_id)
        self.client.hdel(key, "attempt")
        try:
            _write(self.client, key, line, [line_of(record)], {})
        except ResponseError:  # there is such a line
            return

    # --- what others read ---------------------------------------------------------------------------------------------

    def count(self, run_id: str) -> int:
        """How many lines there are."""
        last = self.client.xrevrange(f"{run_key(run_id)}:records", count=1)
        return int(last[0][0].split(b"-")[0]) if last else 0

    def new_lines(self, have: dict[str, int]) -> dict[str, list[bytes]]:
        """The lines beyond the first `have[run]` of each of these runs, where there are any."""
        if not have:
            return {}
        streams = {f"{run_key(run_id)}:records": f"{count}-0" for run_id, count in have.items()}
        found = self.client.xread(streams)
        runs = {name.decode().split(":")[2]: entries for name, entries in found}
        return {run_id: [entry.get(b"line", b"") for _, entry in entries] for run_id, entries in runs.items()}

    def pull(self, folder: RunFolder, lines: list[bytes]) -> None:
        """Adds `lines` to the folder's metrics.jsonl, after the files that they tell of. Raises ValueError, OSError."""
        if any(b"\n" in line for line in lines):
            raise ValueError("a record of more than a line")
        is_passing = all(isinstance(read_record(line), (Data, Batches)) for line in lines)
        if not is_passing:
            self._pull_files(folder)
        folder.make()
        folder.append_lines(lines, lasting=not is_passing)

    def _pull_files(self, folder: RunFolder) -> None:
        key = run_key(folder.id)
        folder.make()
        for name, digest in self.client.hgetall(f"{key}:digests").items():
            path = folder.path / Path(name.decode()).name  # whoever may write into Redis still does not choose folders
            if path.name in NOT_SENT or (path.is_file() and _digest(path.read_bytes()) == digest):
                continue
            content = self.client.hget(f"{key}:files", name)
            if content is not None:
                write_whole(path, content)

    # --- news and devices ---------------------------------------------------------------------------------------------

    def announce(self, run_id: str, what: str, server: str) -> None:
        """Tells the other web servers that a run `changed` or was `deleted`."""
        self.client.xadd(NEWS, {"run": run_id, "what": what, "server": server}, maxlen=MOST_NEWS, approximate=True)

    def news(self, since: bytes, server: str) -> tuple[bytes, list[News]]:
        """What others than `server` announced after the entry `since`, the last of each run, and the next `since`."""
        entries = self.client.xrange(NEWS, min=b"(" + since)
        last = {
            entry.get(b"run", b"").decode(errors="replace"): entry.get(b"what")
            for _, entry in entries
            if entry.get(b"server") != server.encode()
        }
        news = []
        for run_id, what in last.items():
            if not RUN_ID.fullmatch(run_id):
                log.warning("news of what is no run: %r", run_id[:60])
            elif what == b"deleted":
                news.append(News(run_id, None))
            else:
                try:
                    about = self.about(run_id)
                except (ValueError, ResponseError) as error:  # it is told like any other, and set aside by who reads it
                    about = {"error": str(error)}
                if about is not None:
                    news.append(News(run_id, about))
        return (entries[-1][0] if entries else since), news

    def report_devices(self, host: str, devices: list[Device]) -> None:
        """Says that the machine `host` trains runs on `devices`; to be said again within DEVICE_S."""
        seen = self.client.time()[0]
        values = {f"{host}/{d['id']}": json.dumps(d | {"id": f"{host}/{d['id']}", "seen": seen}) for d in devices}
        self.client.hset(DEVICES, mapping=values)

    def withdraw_devices(self, host: str, ids: list[str]) -> None:
        """Says that they train no more."""
        self.client.hdel(DEVICES, *(f"{host}/{name}" for name in ids))

    def devices(self) -> list[Device]:
        """The devices that were reported of late: GPUs first, then by name."""
        now: int = self.client.time()[0]
        found: list[Device] = []
        for name, text in sorted(self.client.hgetall(DEVICES).items()):
            try:
                device = read_object(text)
                age = now - int(device.pop("seen"))
                device["id"] = str(device["id"])
            except (ValueError, KeyError, TypeError):
                self.client.hdel(DEVICES, name)
                continue
            if age <= DEVICE_S:
                found.append(cast(Device, device))
            elif age > KEEP_S:
                self.client.hdel(DEVICES, name)
        return sorted(found, key=lambda device: "/cuda" not in device["id"])


def paths_to_send(folder: RunFolder) -> list[Path]:
    """The files that whoever goes on with the run needs, or looks at."""
    found = sorted(folder.path.iterdir()) if folder.path.is_dir() else []
    return [path for path in found if path.is_file() and path.name[0] != "." and path.name not in NOT_SENT]


def files_of(folder: RunFolder) -> dict[str, bytes]:
    """What is in them, by their names. Raises OSError, for a file that Redis takes no more too."""
    found = paths_to_send(folder)
    for path in found:
        if path.stat().st_size > MOST_FILE_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return {path.name: path.read_bytes() for path in found}


def _write(client: Any, key: str, first: int, lines: list[bytes], files: dict[str, bytes]) -> None:
    """client: a Redis or a Pipeline."""
    if files:
        client.hset(f"{key}:files", mapping=files)
        client.hset(f"{key}:digests", mapping={name: _digest(content) for name, content in files.items()})
    for number, line in enumerate(lines, first + 1):
        client.xadd(f"{key}:records", {"line": line}, id=f"{number}-0")


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def run_key(run_id: str) -> str:
    """The name of the run's hash."""
    return f"playlab:run:{run_id}"


def _keys(run_id: str) -> list[str]:
    """The names of all that Redis holds of the run."""
    return [run_key(run_id), *(f"{run_key(run_id)}:{part}" for part in ("records", "files", "digests"))]
