from __future__ import annotations

import os
from types import SimpleNamespace

import pynvml
import pytest

from lenet.devices import cuda_visible, devices


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
    assert cuda_visible(device) == visible
