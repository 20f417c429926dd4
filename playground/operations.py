"""The Playground's part of the HTTP API, for its OpenAPI description."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from core.openapi import Operation


class Slider(Struct, forbid_unknown_fields=True):
    """What the form offers of a number that it does not list."""

    min: float
    max: float
    step: float


class Setting(Struct, forbid_unknown_fields=True):
    """A setting of the Playground; by its kind it has some of the fields after `needs`."""

    key: str
    default: Any
    change: Literal["rebuild", "live", "rule", "view"]
    inert: bool
    kind: Literal["choice", "number", "flag", "layers", "perLayer", "text", "names", "points"]
    needs: dict[str, list[str | bool]] | UnsetType = UNSET  # values of others, by key, without which it has no effect
    choices: list[str | float] | UnsetType = UNSET
    more: list[str] | UnsetType = UNSET  # those of the choices that a form shows apart
    of: dict[str, Any] | UnsetType = UNSET  # the kind of each layer's value
    otherwise: Any = UNSET  # the value of a layer for which none is given
    min: float | UnsetType = UNSET
    max: float | UnsetType = UNSET
    whole: bool | UnsetType = UNSET
    slider: Slider | UnsetType = UNSET
    maxLayers: int | UnsetType = UNSET  # noqa: N815 - as it is sent
    maxNeurons: int | UnsetType = UNSET  # noqa: N815
    most: int | UnsetType = UNSET


OPERATIONS = (
    Operation(
        "GET", "/api/playground/schema", "pages",
        'every setting of the Playground: `[{"key", "default", "change", "inert", "kind", ...}, ...]`; '
        "[playground.md](playground.md#settings)",
        list[Setting],
    ),
)  # fmt: skip
