"""What a type wants of a value, in words: `a text of at most 200 characters`. No IO."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal

from msgspec import inspect

from core.spelling import spelled
from notebook.figures import END

Step = str | int  # the name of a field, or a place in a list

_KINDS: dict[type[inspect.Type], str] = {
    inspect.StructType: "an object",
    inspect.DictType: "an object",
    inspect.ListType: "a list",
    inspect.StrType: "a text",
    inspect.IntType: "a whole number",
    inspect.FloatType: "a number",
    inspect.BytesType: "a text in base64",
    inspect.BoolType: "true or false",
    inspect.NoneType: "null",
}
_COUNTED: dict[type[inspect.Type], str] = {
    inspect.DictType: "fields",
    inspect.ListType: "items",
    inspect.StrType: "characters",
    inspect.BytesType: "bytes",
}

_of_type = cache(inspect.type_info)


def wanted(kind: type, steps: Iterable[Step], sent: object, of: Literal["", "keys", "fields"] = "") -> str:
    """At the place that `steps` lead to in `sent`, which is to be a `kind`. of: of all keys of the object that is
    there, or of all its fields."""
    types: tuple[inspect.Type, ...] = (_of_type(kind),)
    for step in steps:
        types = tuple(_members(types, sent))
        inner = tuple(_within(types, step))
        if not inner:
            names = [field.encode_name for one in types if isinstance(one, inspect.StructType) for field in one.fields]
            return f"one of the fields {', '.join(names)}" if names else _listed(types)
        types = inner
        try:
            sent = sent[step]  # type: ignore[index]
        except (LookupError, TypeError):
            sent = None
    if not of:
        return _listed(types)
    objects = [one for one in _members(types, sent) if isinstance(one, inspect.DictType)]
    return f"{of} that are each {_listed(one.key_type if of == 'keys' else one.value_type for one in objects)}"


def _members(types: Iterable[inspect.Type], sent: object) -> Iterator[inspect.Type]:
    """Those of unions each by itself; of objects that say of which kind they are that kind alone, where it is known."""
    flat = [member for one in types for member in (one.types if isinstance(one, inspect.UnionType) else (one,))]
    said = [one for one in flat if isinstance(one, inspect.StructType) and one.tag_field and _says(sent, one)]
    yield from said or flat


def _says(sent: object, kind: inspect.StructType) -> bool:
    return isinstance(sent, dict) and sent.get(kind.tag_field) == kind.tag


def _within(types: Iterable[inspect.Type], step: Step) -> Iterator[inspect.Type]:
    for one in types:
        match one:
            case inspect.StructType():
                if step == one.tag_field:
                    yield inspect.LiteralType((one.tag,))
                yield from (field.type for field in one.fields if field.encode_name == step)
            case inspect.ListType():
                yield one.item_type
            case inspect.DictType():
                yield one.value_type


def _listed(types: Iterable[inspect.Type]) -> str:
    flat = list(_members(types, None))
    choices = [spelled(value) for one in flat if isinstance(one, inspect.LiteralType) for value in one.values]
    words = [f"one of {', '.join(choices)}"] if len(choices) > 1 else choices
    words += [_described(one) for one in flat if not isinstance(one, inspect.LiteralType)]
    *others, last = dict.fromkeys(words)
    return f"{', '.join(others)} or {last}" if others else last


def _described(kind: inspect.Type) -> str:
    word, unit = _KINDS[type(kind)], ""
    least, most = getattr(kind, "ge", None), getattr(kind, "le", None)
    if counted := _COUNTED.get(type(kind)):
        unit = f" {counted}"
        least, most = getattr(kind, "min_length", None), getattr(kind, "max_length", None)
    if least is not None and most is not None:
        word += f" of {least} to {most}{unit}" if unit else f" from {least} to {most}"
    elif most is not None:
        word += f" of at most {most}{unit}"
    elif least is not None:
        word += f" of at least {least}{unit}"
    pattern = getattr(kind, "pattern", None)
    return f"{word} that matches {pattern.replace(END, '$')}" if pattern else word
