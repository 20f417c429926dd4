"""The machine's devices as the page shows them: the GPUs by NVIDIA's management library, else the CPU. No torch."""

from __future__ import annotations

import contextlib
import os
import platform
from pathlib import Path
from typing import Any

import pynvml


def devices() -> list[dict[str, Any]]:
    """The devices runs can have, GPUs first; the CPU is always there.

    Each: `id` ("cuda:0", "cpu"), `name`, and for a GPU `memory_used` and `memory_total` in bytes and `utilisation` in
    percent, for the CPU `cores` and `load`, the mean number of busy threads of the last minute.
    """
    return [*_gpus(), {"id": "cpu", "name": _cpu_name(), "cores": os.cpu_count(), "load": _load()}]


def cuda_visible(device: str) -> str:
    """What CUDA_VISIBLE_DEVICES must be for a process to see this device, by its id, and no other GPU."""
    kind, _, index = device.partition(":")
    return index if kind == "cuda" else ""


def _gpus() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:  # no driver, no GPU
        return found
    try:
        for index in range(pynvml.nvmlDeviceGetCount()):
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
            memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
            gpu = {"id": f"cuda:{index}", "name": pynvml.nvmlDeviceGetName(handle)}
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
