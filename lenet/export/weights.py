"""The weights of a network as a safetensors file."""

from __future__ import annotations

from torch import nn


def written(model: nn.Module, about: dict[str, str]) -> bytes:
    """The state_dict, float32, by its names. about: kept as the file's metadata."""
    from safetensors.torch import save

    return save({name: values.contiguous() for name, values in model.state_dict().items()}, about)
