"""The process around a `Worker`: `python -m playground.serving.worker_process`, started by `workers`.

It talks to the web process alone, by `messages`. It ends as soon as
its input does, so that it never outlives the web process. It has nothing to save: what it knew, the web process has
from its frames.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import queue
import sys
import threading
import time
import traceback

from core import imports, memory
from core.arguments import Parser
from core.parent import Parent
from playground.serving.mark import Mark
from playground.serving.messages import COMMANDS, Answer, Close, Command, Ping, Pong, Ready, Unable

_FOREVER = 1e6  # seconds; more than that a lock does not take
_GIVE_BACK_S = 1.0  # after a session was closed: when a class leaves, that is once


def main() -> None:
    """Serves until standard input ends; does not return."""
    parser = Parser(prog="python -m playground.serving.worker_process", description=__doc__)
    parser.add_argument("mark", nargs="?", type=int, help="the file descriptor of its `Mark`, if any")
    options = parser.parse_args()
    parent: Parent[Command, Answer] = Parent(COMMANDS)
    if hasattr(os, "nice"):
        os.nice(5)  # the web process goes first where both want the same core
    incoming: queue.SimpleQueue[Command] = queue.SimpleQueue()  # until the next turn, when each session gets its own

    def read() -> None:
        try:
            while True:
                incoming.put(parent.hear())
        finally:
            with contextlib.suppress(Exception):
                if "playground.compiled" in sys.modules:
                    from playground import compiled  # waits where the main thread is just importing it

                    compiled.close()  # what would be done at an exit that is none
            os._exit(0)

    def send(message: Answer) -> None:
        try:
            parent.say(message)
        except BrokenPipeError:
            os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    try:
        # Only now: this takes seconds, and the web process may end meanwhile.
        with imports.uncollected():
            import torch

            from playground import compiled
            from playground.serving import wire
            from playground.serving.worker import Worker

            torch.set_num_threads(1)
            wire.warm_up()
    except Exception as error:
        send(Unable(error_in_a_line(error), traceback.format_exc()))
        os._exit(1)
    mark = Mark(options.mark) if options.mark is not None else None
    worker = Worker(send, note=mark.set) if mark else Worker(send)
    gc.freeze()  # a collection that looks at all that torch has brought takes a tenth of a second, and nobody is served
    send(Ready(compiled.complaint()))
    idle = 0.0
    give_back_at = math.inf

    def take(message: Command) -> None:
        nonlocal give_back_at
        if isinstance(message, Ping):
            send(Pong())
            return
        worker.receive(message)
        if isinstance(message, Close):
            give_back_at = min(give_back_at, time.monotonic() + _GIVE_BACK_S)

    while True:
        idle = min(idle, max(0.0, give_back_at - time.monotonic()))
        with contextlib.suppress(queue.Empty):
            take(incoming.get(block=idle > 0, timeout=min(idle, _FOREVER)))
            for _ in range(incoming.qsize()):  # not what comes meanwhile: that waits until somebody was served
                take(incoming.get_nowait())
        if time.monotonic() >= give_back_at:
            give_back_at = math.inf
            memory.give_back()
        idle = worker.work()
        if idle and mark:
            mark.set()


def error_in_a_line(error: BaseException) -> str:
    """What it is, without the paths of this machine: it is shown to everybody."""
    text = (error.strerror or "") if isinstance(error, OSError) else next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {text}"[:200] if text and not {"/", "\\"} & {*text} else type(error).__name__


if __name__ == "__main__":
    main()
