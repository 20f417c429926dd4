"""A frozen dataclass that is its own table: what its rows say, and what may be put into it."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import settings
from core.refused import InvalidError
from core.settings import Choice, Flag, Number, Settings, setting, table


class OvenError(InvalidError):
    whole, any_code = "oven", "invalid"


@dataclass(frozen=True, kw_only=True)
class Field(settings.Field):
    unit: str = ""
    error = OvenError

    @staticmethod
    def key_of(attribute):
        return attribute.upper()

    def schema(self):
        return super().schema() | {"unit": self.unit}


@dataclass(frozen=True, kw_only=True)
class Oven(Settings):
    mode: str = setting("heat", Choice(("heat", "grill")))
    degrees: float = setting(180, Number(50, 250, slider=(100, 250, 5)), unit="C", needs={"MODE": ("heat",)})
    shelf: int = setting(2, Number(1, 4, whole=True))
    light: bool = setting(True, Flag())


FIELDS = table(Oven, Field)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3),
)


def test_the_rows_come_in_the_order_of_the_attributes_with_what_they_say():
    assert list(FIELDS) == ["MODE", "DEGREES", "SHELF", "LIGHT"]
    assert json.loads(json.dumps([one.schema() for one in FIELDS.values()])) == [
        {"key": "MODE", "default": "heat", "kind": "choice", "choices": ["heat", "grill"], "unit": ""},
        {"key": "DEGREES", "default": 180, "kind": "number", "min": 50, "max": 250, "whole": False, "unit": "C",
         "slider": {"min": 100, "max": 250, "step": 5}, "needs": {"MODE": ["heat"]}},
        {"key": "SHELF", "default": 2, "kind": "number", "min": 1, "max": 4, "whole": True, "unit": ""},
        {"key": "LIGHT", "default": True, "kind": "flag", "unit": ""},
    ]  # fmt: skip


@given(st.sampled_from(list(FIELDS)), JSON)
def test_a_value_is_taken_as_it_is_or_refused_by_name(key, value):
    changed = refused = None
    try:
        changed = Oven().updated({key: value})
    except OvenError as error:
        refused = error
    if refused:
        assert refused.field == key
        assert {"value", *FIELDS[key].kind.limits} == set(refused.values)
    else:
        assert changed.to_json() == Oven().to_json() | {key: value}
        assert Oven().updated(changed.to_json()) == changed


@given(st.integers() | st.floats())
def test_a_number_may_be_what_its_limits_say(value):
    for name in ("DEGREES", "SHELF"):
        kind = FIELDS[name].kind
        allowed = kind.low <= value <= kind.high and not (kind.whole and value % 1)
        try:
            assert (kind.check(value) == value) is allowed
        except ValueError:
            assert not allowed


@pytest.mark.parametrize(("changes", "field"), [([], "config"), ({"degrees": 200}, "degrees")])
def test_what_is_no_setting_is_refused(changes, field):
    with pytest.raises(OvenError) as refused:
        Oven().updated(changes)
    assert refused.value.field == field
