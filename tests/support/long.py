"""What `make test` leaves to `make test-long`: more of the same, of which a short form stays in `make test`.

    @pytest.mark.long("test_the_short_form")
    def test_at_greater_length(): ...

    @parametrize("size", SIZES, short=2)
    @settings(max_examples=examples(5, of=60))

`pytest.mark.long` names the test that stays and says the same; `parametrize` leaves some of its values, `examples` some
of Hypothesis' examples.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import hypothesis
import pytest

from support.processes import ROOT

PROFILE = "long"  # of Hypothesis, by which `make test-long` runs


def parametrize(
    names: str, values: Iterable[Any], short: int | Collection[int], **options: Any
) -> pytest.MarkDecorator:
    """As `pytest.mark.parametrize`. short: how many of the values stay in `make test`, the first ones; or which."""
    kept = range(short) if isinstance(short, int) else short
    sets = [_set(names, value) for value in values]
    marked = [one if at in kept else one._replace(marks=[*one.marks, pytest.mark.long]) for at, one in enumerate(sets)]
    assert any(at in kept for at in range(len(sets))), "no short form"
    return pytest.mark.parametrize(names, marked, **options)


def _set(names: str, value: Any) -> Any:
    if hasattr(value, "marks"):  # a pytest.param
        return value
    return pytest.param(*value) if "," in names else pytest.param(value)


def examples(few: int, of: int) -> int:
    """How many examples Hypothesis draws: few in `make test`, all in `make test-long`."""
    return of if hypothesis.settings.get_current_profile_name() == PROFILE else few


def without_short_form(item: pytest.Item) -> str | None:
    """What is wrong with the mark of a long test, in a sentence; None: nothing. Parameters have theirs beside them."""
    for mark in item.iter_markers("long"):
        names = mark.args or ()
        if not names and mark in getattr(getattr(item, "callspec", None), "marks", ()):
            continue
        if not names or not all(_stays(item, name) for name in names):
            return f"{item.nodeid} is long, and has no short form: {', '.join(names) or 'none is named'}"
    return None


def _stays(item: pytest.Item, name: str) -> bool:
    """name: of a test beside it, or of one in another module, as pytest writes it."""
    path, _, name = name.rpartition("::")
    if path:
        return (ROOT / path).is_file() and f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")
    test = getattr(item.parent.obj, name, None) or getattr(item.module, name, None)
    return test is not None and not any(mark.name == "long" for mark in getattr(test, "pytestmark", ()))
