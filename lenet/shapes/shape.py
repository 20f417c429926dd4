"""What the types of the API are made of: numbers in their ranges, and structs that have these fields and no others."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Whole = Annotated[int, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Class = Annotated[int, Meta(ge=0, le=9)]
Maps = list[list[list[float]]]  # of a layer: maps, rows, columns
Values = list[float]
Base64 = Annotated[str, Meta(extra_json_schema={"contentEncoding": "base64"})]


class Shape(Struct, forbid_unknown_fields=True):
    """Has these fields and no others; one without a value is left out only where it says `UNSET`."""
