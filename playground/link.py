"""A Config and the original's link: the part after # of its address.

Reads what the original reads and writes what it writes, key for key and in its order; `hide` becomes `NAME_hide=true`.
No IO.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from core.refused import RefusedError
from core.settings import Flag
from playground import address, point_set
from playground.config import FIELDS, HIDABLE, OWN, OWN_DATA, Config, ConfigError, Field, new_seed
from playground.point_set import PointSet
from playground.values import nearest, written
from playground.values import parse as parse_value

_HIDE = "_hide"
# Written only when they say something: the original does not know them, or leaves them out at this value.
_OMITTED = {"regularization": "none", "tutorial": None} | {key: FIELDS[key].default for key in OWN}
_OWN_DATA = "ownData"  # all of a small point set, or the address of a larger one
_KEPT = "points that this server has"
_EMPTY_IS_A_VALUE = {"networkShape"}
MAX_LENGTH = 4000
MOST_LENGTH = 60_000  # as many edits as a recording may have, in one packet
MOST_GIVEN = MOST_LENGTH - MAX_LENGTH  # of one that is written: a page's address before it and what it adds have room
# What may be longer than all else. `address` reads each by itself; a whole link of that length takes it a third of a
# second. The last two are the page's: static/js/playground/besides.js.
_LONG_KEYS = {key.lower(): key for key in ("edits", "ownData", "against", "kept")}
_BROKEN = r"(?:\s|%0[AD])*+"  # a line within a name
LONG = re.compile(
    rf"(?i)(?:^|(?<=[&#])|(?<=&amp;)){_BROKEN}({'|'.join(_BROKEN.join(key) for key in _LONG_KEYS)}){_BROKEN}="
    r"([^&#=]*+)(?=[&#]|$)",
    re.ASCII,
)


@dataclass(frozen=True)
class Warning:  # noqa: A001 - what a link's reader is told; no module here raises Python's own
    """A value of a link that is not taken as it stands. taken: what is, as the link would write it.

    as_original: the original takes the same instead, so that the run is the same.
    """

    error: ConfigError
    taken: str
    as_original: bool = False

    def to_json(self) -> dict[str, Any]:
        said = self.error.to_json()
        return {
            **said,
            "values": said["values"] | {"taken": self.taken},
            "error": f"{self.error}: {self.taken or 'none'} is taken",
        }


Find = Callable[[str], PointSet | None]  # the point set of an address


def nowhere(_address: str) -> None:
    """Where point sets of an address are looked for if there is no database."""


def parse(link: str, find: Find = nowhere) -> Config:
    """The Config of `link`: a whole URL, or its part after #. A missing seed is drawn, any other missing key has its
    default; unknown keys are ignored, as in the original. find: its own data, where it has only their address. Raises
    ConfigError where the run would be another one."""
    config, warnings = parse_leniently(link, find)
    for warning in warnings:
        if not warning.as_original:
            raise warning.error
    return config


def parse_leniently(link: str, find: Find = nowhere) -> tuple[Config, list[Warning]]:
    """As `parse`, but what cannot be taken as it stands is replaced and listed: a number beyond its limits by the
    nearest that is allowed, anything else by its default."""
    seed = new_seed(random.random)
    whole, (link, long) = link, shortened(link)
    if not is_readable(link):
        most = most_length(whole)
        error = ConfigError("link", whole, f"up to {most} characters", "length", {"most": most})
        return Config(seed=seed), [Warning(error, "")]
    warnings: list[Warning] = []
    lost = None  # why there are no own data
    values: dict[str, Any] = {"seed": seed}
    pairs = address.pairs(link) | long
    for key, text in pairs.items():
        field = FIELDS.get(key)
        if field is None or key == "hide" or (not text.strip() and key not in _EMPTY_IS_A_VALUE):
            continue
        try:
            value = found(text, find) if key == _OWN_DATA else parse_value(field.kind, text)
            taken = values[field.attribute] = field.check(value)
            if isinstance(field.kind, Flag) and not field.inert:
                warnings += _of_flag(key, text, taken)
            elif key == "seed" and (number := address.number_in_seed(text)):
                doubtful = ConfigError(key, text, f"perhaps {number}", "broken-seed", {"number": number})
                warnings.append(Warning(doubtful, text, as_original=True))
        except ConfigError as error:
            if key == _OWN_DATA:
                lost = ConfigError(key, text, error.want, error.code, error.limits)
            if field.inert or key == _OWN_DATA:
                continue
            replaced = values[field.attribute] = _instead(field, text, values.get(field.attribute, field.default))
            as_original = key == "noise" and isinstance(parse_value(field.kind, text), (int, float))
            shown = ConfigError(key, text, error.want, error.code, error.limits)
            warnings.append(Warning(shown, written(replaced), as_original))
    if remnants := address.remnants(link):
        cut = ConfigError("link", ", ".join(remnants), "whole names of settings with & before them", "remnants")
        warnings.append(Warning(cut, ""))
    elif address.says_nothing(link, pairs):
        none = ConfigError("link", link, "settings as KEY=VALUE with & between them", "no-settings")
        warnings.append(Warning(none, ""))
    hiding = {name: pairs[name + _HIDE] for name in HIDABLE if name + _HIDE in pairs}
    values["hide"] = tuple(name for name, text in hiding.items() if text == "true")
    for name, text in hiding.items():
        warnings += _of_flag(name + _HIDE, text, text == "true")
    config = Config(**values)
    if config.amiss:
        wrong = lost or ConfigError(config.amiss, OWN_DATA, *config.wanted)
        config = config.without_own_data()
        warnings.append(Warning(wrong, config.data_name))
    return config.counting_classes(), warnings


def found(text: str, find: Find) -> PointSet | str:
    """The own data of an address. Text that is none comes back. Raises ConfigError where nobody has them."""
    if not point_set.is_address(text):
        return text
    try:
        points = find(text)
    except RefusedError as error:  # the database cannot be read
        raise ConfigError(_OWN_DATA, text, f"{_KEPT}: {error}", error.code, error.values) from None
    if points is None:
        raise ConfigError(_OWN_DATA, text, _KEPT, "no-data")
    return points


def shortened(link: str) -> tuple[str, dict[str, str]]:
    """A link that is long without its values that may be, and these by their keys."""
    if not isinstance(link, str) or not MAX_LENGTH < len(link) <= MOST_LENGTH:
        return link, {}
    link = address.unwrapped(link)
    found = ((_LONG_KEYS["".join(unquote(key).split()).lower()], text) for key, text in LONG.findall(link))
    return LONG.sub("", link), {key: address.long_value(key, text) for key, text in found}


def most_length(link: object) -> int:
    """How many characters a link may have: more where it has values that may be long."""
    is_long = isinstance(link, str) and LONG.search(link[: 2 * MOST_LENGTH])
    return MOST_LENGTH if is_long else MAX_LENGTH


def is_readable(link: object) -> bool:
    """Whether it is a text of no more than `MAX_LENGTH` characters."""
    return isinstance(link, str) and len(link) <= MAX_LENGTH


def _of_flag(key: str, text: str, taken: bool) -> list[Warning]:
    """What is said where the original reads a flag as another word than the one that stands there."""
    if not text or text.lower() == written(taken):
        return []
    return [Warning(ConfigError(key, text, "true or false", Flag.code), written(taken), as_original=True)]


def _instead(field: Field, text: str, default: Any) -> Any:
    """The value to take instead of one that is not allowed."""
    value = parse_value(field.kind, text)
    if field.key == "noise" and isinstance(value, (int, float)) and value > 80:
        return 50  # as the original does, and not its nearest, 80
    try:
        return field.check(nearest(field.kind, value))
    except (ValueError, OverflowError):
        return default


def write(config: Config) -> str:
    """The link of `config`."""
    parts = []
    for key, field in FIELDS.items():
        value = getattr(config, field.attribute)
        if key == "hide" or (key in _OMITTED and value == _OMITTED[key]):
            continue
        if key == _OWN_DATA and config.data_name != OWN_DATA:  # kept, to be gone back to
            continue
        parts.append(f"{key}={written(value)}")
    parts += [f"{name}{_HIDE}=true" for name in config.hide]
    return "&".join(parts)
