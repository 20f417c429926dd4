from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pynvml
import pytest

from lenet import devices as module
from lenet.config import TrainConfig
from lenet.devices import cores, devices, environment, memory, threads_of, trainers


def test_the_cpu_is_always_there():
    cpu = devices()[-1]
    assert cpu["id"] == "cpu"
    assert cpu["name"]
    assert cpu["cores"] == os.cpu_count()
    assert cpu["load"] >= 0


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """NVIDIA's library as it answers for two GPUs, of which the second is a slice that keeps its load to itself."""

    def load(handle: int) -> SimpleNamespace:
        if handle == 1:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return SimpleNamespace(gpu=37)

    monkeypatch.setattr(pynvml, "nvmlInit", lambda: None)
    monkeypatch.setattr(pynvml, "nvmlShutdown", lambda: None)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetCount", lambda: 2)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetHandleByIndex", lambda index: index)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetName", lambda handle: f"GPU {handle}")
    monkeypatch.setattr(pynvml, "nvmlDeviceGetMemoryInfo", lambda _: SimpleNamespace(used=1, total=8))
    monkeypatch.setattr(pynvml, "nvmlDeviceGetUtilizationRates", load)


def test_gpus_come_first_with_name_memory_and_load(two_gpus: None):
    first, second, cpu = devices()
    assert first == {"id": "cuda:0", "name": "GPU 0", "memory_used": 1, "memory_total": 8, "utilisation": 37}
    assert second["id"] == "cuda:1"
    assert second["utilisation"] is None
    assert cpu["id"] == "cpu"


def test_a_library_that_fails_leaves_the_cpu(two_gpus: None, monkeypatch: pytest.MonkeyPatch):
    def lost(_: int) -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_GPU_IS_LOST)

    monkeypatch.setattr(pynvml, "nvmlDeviceGetMemoryInfo", lost)
    assert [device["id"] for device in devices()] == ["cpu"]


@pytest.mark.parametrize(("device", "visible"), [("cuda:0", "0"), ("cuda:3", "3"), ("cpu", "")])
def test_a_process_sees_its_own_gpu_and_no_other(device: str, visible: str):
    assert environment(device)["CUDA_VISIBLE_DEVICES"] == visible


def test_a_gpu_has_the_number_that_it_is_shown_with():
    assert environment("cuda:1")["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"  # NVML's, where CUDA's own is the fastest first


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """One of 16 cores and 8 GB, and the folder that says what a container may have of it."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)))
    monkeypatch.setattr(os, "sysconf", lambda name: {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 8 * 10**9 // 4096}[name])
    monkeypatch.setattr(module, "CGROUP", tmp_path)
    return tmp_path


CPU = {"id": "cpu", "cores": 16}


@pytest.mark.parametrize(
    ("cpu_max", "memory_max", "expected"),
    [
        (None, None, 8),  # by memory
        ("max 100000", "max", 8),
        ("250000 100000", None, 3),  # by cores: two and a half
        ("50000 100000", None, 1),
        (None, "3500000000", 3),
        (None, "100", 1),
        ("nonsense", "nonsense", 8),
    ],
)
def test_a_cpu_carries_a_run_for_each_core_and_gigabyte_of_what_the_container_has(
    machine: Path, cpu_max: str | None, memory_max: str | None, expected: int
):
    for name, text in (("cpu.max", cpu_max), ("memory.max", memory_max)):
        if text is not None:
            (machine / name).write_text(text)
    assert trainers(CPU) == expected


def test_a_gpu_carries_a_run_for_each_two_gibibytes_and_eight_at_most(machine: Path):
    sizes = {1: 1, 2**30: 1, 5 * 2**30: 2, 16 * 2**30: 8, 80 * 2**30: 8}
    assert {size: trainers({"id": "cuda:0", "memory_total": size}) for size in sizes} == sizes


def test_of_this_machine_it_is_no_more_than_there_is():
    assert 1 <= cores() <= (os.cpu_count() or 1)
    assert 10**8 < memory() <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_the_same_settings_share_a_batch_alike_on_every_machine(monkeypatch: pytest.MonkeyPatch):
    found = set()
    for count in (1, 2, 64):
        monkeypatch.setattr(os, "cpu_count", lambda count=count: count)
        found.add(threads_of(TrainConfig()))
    assert found == {1}
    assert threads_of(TrainConfig(threads=0)) == 4  # whoever asks for all cores gets them, and other last digits
