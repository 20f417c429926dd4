"""A process with torch loaded that forks a trainer for each run: `python -m lenet nursery`, kept by the launcher.

Loading torch takes longer than a first epoch on a GPU. Here it is loaded once, and a trainer shares its memory until it
writes there. That is safe as long as this process has one thread and has not asked for a GPU. A trainer is nobody's
prisoner: it has its own session, log and signals, keeps none of the pipes, and outlives nursery and server.
"""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import select
import signal
import socket
import threading
from pathlib import Path

from core import imports
from core.cleaned import plain
from core.files import open_file
from core.parent import Parent
from lenet.queue.orders import ORDERS, Ended, Kill, Order, Ping, Pong, Ready, Refused, Report, Started, Train
from lenet.reasons import because
from lenet.training import last_words


def load() -> None:
    """Loads what a trainer needs, in a process that forks them; it starts no thread, and asks for no GPU."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's would start threads, and no trainer uses it
    with imports.uncollected():
        import torch
        from tqdm import tqdm

        from lenet.config import TrainConfig
        from lenet.training.trainer import OPTIMIZERS

        tqdm.set_lock(threading.RLock())  # its own is a semaphore of the system, which a killed trainer leaves behind
        for new in OPTIMIZERS.values():  # the first one loads half of torch
            new([{"params": [torch.zeros(1, requires_grad=True)]}], TrainConfig())
    gc.collect()
    gc.freeze()  # or the first collection in a trainer would write to, and so copy, all pages


def serve() -> list[str] | None:
    """Forks trainers until its parent is gone. Returns None then, and in a trainer the arguments of its command."""
    parent: Parent[Order, Report] = Parent(ORDERS, buffering=0)
    load()
    wake, woken = socket.socketpair()
    for end in (wake, woken):
        end.setblocking(False)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # the byte in the socket tells
    trainers: dict[int, tuple[int, mmap.mmap]] = {}  # the number and the place for last words, by process

    with contextlib.suppress(EOFError, BrokenPipeError), wake, woken:
        parent.say(Ready())
        while True:
            ready, _, _ = select.select([parent.fileno(), wake.fileno()], [], [])
            if wake.fileno() in ready:
                wake.recv(4096)
                for report in _collect(trainers):
                    parent.say(report)
            if parent.fileno() not in ready:
                continue
            match parent.hear():
                case Train() as order:
                    memory = last_words.place()
                    try:
                        pid = os.fork()
                    except OSError as error:
                        parent.say(Refused(order.number, plain(error)))
                        continue
                    if pid == 0:
                        last_words.write_to(memory)
                        _become_trainer(order, parent)
                        return order.arguments
                    trainers[pid] = order.number, memory
                case Kill(number):
                    for pid in [pid for pid, (one, _) in trainers.items() if one == number]:
                        os.kill(pid, signal.SIGKILL)
                case Ping():
                    parent.say(Pong())
    return None


def _collect(trainers: dict[int, tuple[int, mmap.mmap]]) -> list[Ended]:
    """Those that have ended, which are taken out."""
    ended = []
    for pid in list(trainers):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            number, memory = trainers.pop(pid)
            with memory:
                ended.append(Ended(number, os.waitstatus_to_exitcode(status), last_words.read(memory)))
    return ended


def _become_trainer(order: Train, parent: Parent[Order, Report]) -> None:
    """What a new process would be, in the one just forked. Raises OSError where there can be no log."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, handler in parent.handled.items():
        signal.signal(number, handler)
    os.setsid()
    with contextlib.suppress(OSError):
        parent.say(Started(order.number, os.getpid()))
    parent.leave()
    os.environ.update(order.environment)
    try:
        with open_file(Path(order.log), "ab") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
    except OSError as error:
        last_words.say({"kind": "end", "status": "failed", **because("disk", error=plain(error)).to_json()})
        raise
    yield_to_others(order.niceness)


def yield_to_others(niceness: int) -> None:
    """Lowers this process's priority, and its session's: Linux may share a CPU among sessions first (autogroup)."""
    os.nice(niceness)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(niceness), encoding="ascii")
