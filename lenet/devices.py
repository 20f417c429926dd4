"""The machine's devices as the page shows them: the GPUs by NVIDIA's management library, else the CPU. No torch."""

from __future__ import annotations

import contextlib
import os
import platform
from pathlib import Path
from typing import NotRequired, TypedDict

import pynvml

from lenet.config import TrainConfig

MOST_TRAINERS = 64  # on one device, that may be asked for
MOST_THREADS = 4  # a batch is too small to share among more
TRAINER_BYTES = 10**9  # of memory that a trainer takes, most of it the data set and PyTorch
GPU_TRAINER_BYTES = 2 * 2**30  # of a GPU's: one takes 1 GiB, CUDA's own and the data set; and room for large batches
MOST_ON_A_GPU = 8  # it serves processes in turn; docs/performance.md, "On a GPU", has what eight at once gained
CGROUP = Path("/sys/fs/cgroup")


class Device(TypedDict):
    """A GPU or a CPU, which have some of the fields each. It is passed on as JSON, to the page and through Redis."""

    id: str  # "cuda:0", "cpu"; in Redis after its machine's name and a slash
    name: str
    memory_used: NotRequired[int]  # bytes, of a GPU
    memory_total: NotRequired[int]
    utilisation: NotRequired[int | None]  # percent, of a GPU
    cores: NotRequired[int | None]  # of a CPU
    load: NotRequired[float | None]  # mean number of busy threads of the last minute, of a CPU
    trainers: NotRequired[int]  # how many runs it trains at once, from whoever has it train


def devices() -> list[Device]:
    """The devices runs can have, GPUs first; the CPU is always there."""
    return [*_gpus(), {"id": "cpu", "name": _cpu_name(), "cores": os.cpu_count(), "load": _load()}]


def threads_of(config: TrainConfig) -> int:
    """Among how many threads a batch is shared on a CPU. It decides the order of sums, and so the last bits."""
    return config.threads or min(os.cpu_count() or 1, MOST_THREADS)


def trainers(device: Device) -> int:
    """How many runs of one thread a device trains at once, one at least: as many as cores and memory carry."""
    if "memory_total" in device:
        return max(1, min(cores(), device["memory_total"] // GPU_TRAINER_BYTES, MOST_ON_A_GPU))
    return max(1, min(cores(), memory() // TRAINER_BYTES))


def cores() -> int:
    """Of the CPU, those that this process may use; a container may have a part of one more."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with contextlib.suppress(OSError, ValueError):
        quota, period = (CGROUP / "cpu.max").read_text(encoding="ascii").split()
        count = min(count, -(-int(quota) // int(period)))
    return count


def memory() -> int:
    """Bytes of the machine's memory, or of the container's share."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows
        return 10**12
    with contextlib.suppress(OSError, ValueError):
        total = min(total, int((CGROUP / "memory.max").read_text(encoding="ascii")))
    return total


def environment(device: str) -> dict[str, str]:
    """The variables by which a process sees this device, by its id, and no other GPU.

    CUDA counts the fastest first if it is not told to count as NVIDIA's management library does.
    """
    kind, _, index = device.partition(":")
    return {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": index if kind == "cuda" else ""}


def _gpus() -> list[Device]:
    found: list[Device] = []
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:  # no driver, no GPU
        return found
    try:
        for index in range(pynvml.nvmlDeviceGetCount()):
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
            memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
            gpu = Device(id=f"cuda:{index}", name=pynvml.nvmlDeviceGetName(handle))
            gpu |= {"memory_used": memory.used, "memory_total": memory.total, "utilisation": None}
            with contextlib.suppress(pynvml.NVMLError):  # a slice of a GPU (MIG) does not tell
                gpu["utilisation"] = pynvml.nvmlDeviceGetUtilizationRates(handle).gpu
            found.append(gpu)
    except pynvml.NVMLError:
        pass
    finally:
        pynvml.nvmlShutdown()
    return found


def _cpu_name() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _load() -> float | None:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
