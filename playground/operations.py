"""The Playground's part of the HTTP API, for its OpenAPI description."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

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


class Stored(Struct, forbid_unknown_fields=True):
    """Where a point set is, and what is in it."""

    address: Annotated[str, Meta(pattern="^sha256-[A-Za-z0-9_-]{32}(?!\\n)$")]
    points: Annotated[int, Meta(ge=0)]
    classes: Annotated[int, Meta(ge=0)]  # 0: of a regression


DATA = "/api/playground/data"
PACKED = "application/octet-stream"
PARAMETERS: dict[str, Any] = {"address": str}

OPERATIONS = (
    Operation(
        "GET", "/api/playground/schema", "pages",
        'every setting of the Playground: `[{"key", "default", "change", "inert", "kind", ...}, ...]`; '
        "[playground.md](playground.md#settings)",
        list[Setting],
    ),
    Operation(
        "POST", DATA, "points", '201 and `{"address", "points", "classes"}`: they are kept', Stored, 201, PACKED,
        errors=(403, 429, 503, 507),
    ),
    Operation(
        "GET", f"{DATA}/{{address}}", "points",
        "the bytes, which never change: an address is their hash; or `iris`, `penguins`, `cars`, which come with the "
        "program",
        PACKED, errors=(404, 429, 503),
    ),
)  # fmt: skip
