"""A Config and the original's link: the part after # of its address.

Reads what the original reads and writes what it writes, key for key and in its order; `hide` becomes `NAME_hide=true`.
No IO.
"""

from __future__ import annotations

import random

from playground.config import FIELDS, HIDABLE, Config, ConfigError, new_seed

_HIDE = "_hide"
# Written only when they say something: the original does not know them, or leaves them out at this value.
_OMITTED = {"regularization": "none", "tutorial": None, "weightsDraw": 0}
_EMPTY_IS_A_VALUE = {"networkShape"}
MAX_LENGTH = 4000


def parse(link: str) -> Config:
    """The Config of `link`: a whole URL, or its part after #. A missing seed is drawn, any other missing key has its
    default; unknown keys are ignored, as in the original. Raises ConfigError."""
    config, errors = parse_leniently(link)
    if errors:
        raise errors[0]
    return config


def parse_leniently(link: str) -> tuple[Config, list[ConfigError]]:
    """As `parse`, but a bad value leaves its key at the default and is listed."""
    errors: list[ConfigError] = []
    values = {}
    if not isinstance(link, str) or len(link) > MAX_LENGTH:
        return Config(seed=new_seed(random.random)), [ConfigError("link", link, f"up to {MAX_LENGTH} characters")]
    for key, text in _pairs(link).items():
        field = FIELDS.get(key)
        if field is None or key == "hide" or (not text.strip() and key not in _EMPTY_IS_A_VALUE):
            continue
        try:
            values[field.attribute] = field.check(field.kind.parse(text))
        except ConfigError:
            errors.append(ConfigError(key, text, _want(key, text)))
    pairs = _pairs(link)
    values["hide"] = tuple(name for name in HIDABLE if pairs.get(name + _HIDE) == "true")
    values.setdefault("seed", new_seed(random.random))
    return Config(**values), errors


def _pairs(link: str) -> dict[str, str]:
    """Key to text; of a repeated key the last."""
    fragment = link.split("#", 1)[1] if "#" in link else link
    pairs = {}
    for part in fragment.split("&"):
        key, _, rest = part.partition("=")
        pairs[key] = rest.split("=")[0]
    return pairs


def _want(key: str, text: str) -> str:
    try:
        FIELDS[key].kind.check(FIELDS[key].kind.parse(text))
    except (ValueError, OverflowError) as error:
        return str(error)
    raise AssertionError(f"{key}={text} is valid")


def write(config: Config) -> str:
    """The link of `config`."""
    parts = []
    for key, value in config.to_json().items():
        if key == "hide" or (key in _OMITTED and value == _OMITTED[key]):
            continue
        parts.append(f"{key}={_text(value)}")
    parts += [f"{name}{_HIDE}=true" for name in config.hide]
    return "&".join(parts)


def _text(value: object) -> str:
    """As JavaScript turns the value into a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, float):
        return _javascript_number(value)
    return str(value)


def _javascript_number(value: float) -> str:
    """ECMAScript's Number::toString for the range a Config allows: shortest digits, exponent below 1e-6."""
    if value.is_integer():
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    digits, exponent = text.split("e")
    if int(exponent) >= -6:  # Python goes over to exponents earlier than JavaScript
        return f"{value:.{len(digits.replace('.', '').lstrip('-')) - 1 - int(exponent)}f}"
    return f"{digits}e{int(exponent)}"
