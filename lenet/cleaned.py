"""The records of a run, without the paths of this machine, as anyone may see them. No IO."""

from __future__ import annotations

import re
from typing import Any, overload

from core.cleaned import clean_text, clean_values
from lenet.lines import EpochLine, JsonObject


@overload
def clean_record(record: EpochLine) -> EpochLine: ...
@overload
def clean_record(record: JsonObject) -> JsonObject: ...
def clean_record(record: Any) -> Any:
    """A record of metrics.jsonl."""
    texts = {name: record[name] for name in ("reason", "checkpoint", "source") if isinstance(record.get(name), str)}
    if isinstance(texts.get("checkpoint"), str):
        texts["checkpoint"] = re.split(r"[\\/]", texts["checkpoint"])[-1]
    cleaned: JsonObject = {name: clean_text(text) for name, text in texts.items()}
    if isinstance(why := record.get("why"), dict) and isinstance(why.get("values"), dict):
        cleaned["why"] = why | {"values": clean_values(why["values"])}
    return record | cleaned if cleaned else record
