"""Does a class leave anything behind? Browsers join and leave one server for a long time; then it must be as it was.

    python -m benchmarks.soak --minutes 30 --clients 50

They do so in rounds; after each, everybody has left. Compared is the server after the last with the server after the
first: memory, threads and open files of the web process and of the workers. Status 1 if something has grown.
"""

from __future__ import annotations

import argparse
import random
import selectors
import sys
import time
import urllib.request
from dataclasses import dataclass

import psutil

from benchmarks.browsers import Browser, Crowd
from benchmarks.server import Server
from core import signals

LINKS = ("", "dataset=spiral&networkShape=8,8,6", "dataset=xor&networkShape=4,2&learningRate=0.1", "problem=regression")
STAY_SECONDS = (5, 60)
QUIET_SECONDS = 12  # for threads that end by time-out, of which Socket.IO's heartbeat takes longest
# Memory up to which it is the C library's unrest, which keeps an arena for each of several threads, and no leak.
GROWTH = 1.1
SLACK = 12 * 2**20


@dataclass(frozen=True)
class State:
    """What a kind of process holds: anonymous memory, threads and open files."""

    bytes: int
    threads: int
    files: int

    def within(self, before: State) -> bool:
        grown = self.bytes > before.bytes * GROWTH + SLACK
        return not grown and self.threads <= before.threads and self.files <= before.files

    def __str__(self) -> str:
        return f"{self.bytes / 1e6:7.1f} MB {self.threads:5d} threads {self.files:5d} files"


def anonymous(process: psutil.Process) -> int:
    """Bytes of memory that are no file's. A library's pages are shared today and a process's own when others end."""
    memory = process.memory_info()
    return memory.rss - memory.shared


def look(server: Server) -> dict[str, State]:
    """The web process, and the workers together."""
    web = psutil.Process(server.pid)
    kinds = {"web": [web], "workers": web.children()}
    return {
        kind: State(
            sum(anonymous(process) for process in processes),
            sum(process.num_threads() for process in processes),
            sum(process.num_fds() for process in processes),
        )
        for kind, processes in kinds.items()
    }


class Class(Crowd):
    """Browsers that come and go. Some leave in order, some vanish and are back with their session."""

    def __init__(self, server: Server, seed: int = 0):
        super().__init__()
        self.server = server
        self.random = random.Random(seed)
        self.joined = 0
        self.frames = 0
        self.left_behind: list[str] = []  # sessions whose browser vanished
        self._sessions: dict[Browser, str] = {}

    def join(self) -> Browser:
        """One more, who loads the page, opens a Playground and lets it train."""
        with urllib.request.urlopen(self.server.url, timeout=20) as response:
            response.read()
        browser = Browser(self.server.port)
        self.browsers.append(browser)
        self._selector.register(browser.socket, selectors.EVENT_READ, browser)
        self.until(lambda: browser.connected, 20, "a connection")
        session = {"session": self.left_behind.pop()} if self.left_behind else {}
        (reply,) = self.ask([browser], "open", link=self.random.choice(LINKS), **session)
        self._sessions[browser] = reply["session"]
        self.ask([browser], "play")
        self.joined += 1
        return browser

    def leave(self, browser: Browser, *, in_order: bool) -> None:
        """Ends its session, or just goes."""
        session = self._sessions.pop(browser)
        if in_order:
            self.ask([browser], "close")
        else:
            self.left_behind.append(session)
        self.frames += len(browser.times)
        self._selector.unregister(browser.socket)
        self.browsers.remove(browser)
        browser.socket.close()

    def come_and_go(self, seconds: float, clients: int, stay: tuple[float, float]) -> None:
        """Keeps `clients` browsers there for a time; each stays for some seconds out of `stay`. In the end none is."""
        end = time.monotonic() + seconds
        leaving: dict[Browser, float] = {}
        while time.monotonic() < end:
            while len(leaving) < clients:
                leaving[self.join()] = time.monotonic() + self.random.uniform(*stay)
            self.run(0.05)
            for browser in [browser for browser, due in leaving.items() if due < time.monotonic()]:
                del leaving[browser]
                self.leave(browser, in_order=self.random.random() < 0.75)
        for browser in leaving:
            self.leave(browser, in_order=True)
        while self.left_behind:
            self.leave(self.join(), in_order=True)


def settle(server: Server, before: dict[str, State] | None = None) -> dict[str, State]:
    """The state after QUIET_SECONDS, or as soon as it is as `before`."""
    deadline = time.monotonic() + QUIET_SECONDS
    state = look(server)
    while time.monotonic() < deadline:
        if before and all(state[kind].within(before[kind]) for kind in state):
            break
        time.sleep(0.5)
        state = look(server)
    return state


def soak(minutes: float, clients: int, rounds: int = 6, stay: tuple[float, float] = STAY_SECONDS) -> bool:
    """Prints what it measures after each round, when everybody has left. Returns whether all is as after the first."""
    first: dict[str, State] | None = None
    with Server() as server:
        server.wait_for_page()
        with Class(server) as visitors:
            early = visitors.join()
            visitors.until(lambda: bool(early.packed), 60, "a frame: the workers are up")
            visitors.leave(early, in_order=True)
            for number in range(rounds):
                # The first is a little larger: the pool of threads never shrinks, and who leaves may still have one
                # when the next joins.
                present = clients if number else clients + clients // 4 + 2
                visitors.come_and_go(60 * minutes / rounds, present, stay)
                state = settle(server, first)
                print(f"after {visitors.joined} visits and {visitors.frames:,} frames:")
                first = first or state
                for kind, after in state.items():
                    print(f"  {kind:8}{after}{'' if after.within(first[kind]) else '  GROWN'}", flush=True)
    return all(state[kind].within(first[kind]) for kind in first)


def main(argv: list[str] | None = None) -> None:
    """Status 1: something has grown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clients", type=int, default=50, help="browsers there at a time")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument(
        "--stay", type=float, nargs=2, default=STAY_SECONDS, metavar="SECONDS", help="shortest, longest"
    )
    arguments = parser.parse_args(argv)
    sys.exit(not soak(arguments.minutes, arguments.clients, arguments.rounds, tuple(arguments.stay)))


if __name__ == "__main__":
    signals.end_in_order()
    main()
