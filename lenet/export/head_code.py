"""The head of a run's script: whose run it is, what holds of its numbers, and its imports."""

from __future__ import annotations

import textwrap

from lenet.export import network_code
from lenet.export.origin import Origin

WIDTH = 100

_TITLES = {"mnist": "MNIST", "fashion": "Fashion-MNIST"}
_NAMES = {"lenet5": "LeNet-5", "lecun1998": "LeCun's network of 1998"}
_DATA = """DATA is the folder in which torchvision keeps the data set, "data" by default: the files that are there are
read, else they are downloaded."""
_SAME = "The order of the images and all other random numbers are the run's."
_GROWS = """the difference grows with every step, until an accuracy differs by some hundredths of a percent at the end
of a falling learning rate, and by a percent or so in the midst of a high one."""
_ON_CPU = f"""On a processor of the same kind with the same PyTorch all numbers are the run's to the last bit. Elsewhere
sums are added in another order; {_GROWS}"""
_ON_GPU = f"The sums of a GPU depend on its kind and on PyTorch's version; {_GROWS}"
_CUBLAS = """
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # so that a GPU adds in the same order every time
"""


def head(origin: Origin) -> str:
    config, is_on_gpu = origin.config, not origin.is_on_cpu
    cls = network_code.name_of(config)
    imports = {"json": True, "math": network_code.needs_math(config), "os": is_on_gpu, "sys": True}
    listed = "\n".join(f"import {name}" for name, is_needed in imports.items() if is_needed)
    said = "\n\n".join(
        [_title(origin), _weights(origin), f"    python {origin.stem}.py [DATA]", _filled(_DATA), _notes(origin)]
    )
    return f'''"""{said}

The saved weights are put into a network by

    model = {cls}()
    model.load_state_dict(torch.load("{origin.checkpoint}", weights_only=True))
"""

{listed}
{_CUBLAS if is_on_gpu else ""}
import torch
from torch import nn
from torch.nn import functional
from torchvision import datasets'''


def _title(origin: Origin) -> str:
    run = f" in run {origin.run}" if origin.run else ""
    config = origin.config
    return _filled(f"{_NAMES[config.model]} on {_TITLES[config.dataset]}, as Playlab trained it{run}.")


def _weights(origin: Origin) -> str:
    after = ""
    if origin.accuracy is not None:
        after = f" after epoch {origin.epoch}, with {100 * origin.accuracy:.2f} % of the test images right"
    return _filled(f"{origin.checkpoint} has its weights{after}. This file trains them again:")


def _notes(origin: Origin) -> str:
    """On what the run was trained, and what holds of the numbers."""
    machine = " on ".join(filter(None, [origin.torch and f"PyTorch {origin.torch}", origin.device]))
    notes = f"The run had {machine}. " if machine else ""
    notes = _filled(notes + f"{_SAME} {_ON_CPU if origin.is_on_cpu else _ON_GPU}")
    if origin.began_anew is None:
        return notes
    lost = f"After epoch {origin.began_anew} the run had lost what its optimizer remembered, and this file has not"
    return f"{notes}\n\n{_filled(lost + ': from there on the two differ.')}"


def _filled(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_on_hyphens=False)
