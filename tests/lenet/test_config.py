from __future__ import annotations

import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet.config import FIELDS, PRESETS, Choice, ConfigError, Flag, Number, TrainConfig, schema

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)


def test_every_attribute_is_a_field_with_help_and_a_default_of_its_own_kind():
    assert list(FIELDS) == [row.name for row in dataclasses.fields(TrainConfig)]
    for field in FIELDS.values():
        assert field.check(field.default) == field.default
        assert field.help


def test_the_presets_are_the_recipes_of_the_exercise():
    assert list(PRESETS) == ["exercise-text", "exercise-code", "lecun-1998", "fast", "best"]
    code = PRESETS["exercise-code"].config
    assert (code.activation, code.output_relu, code.optimizer, code.learning_rate) == ("relu", True, "sgd", 0.1)
    assert (code.batch_size, code.shuffle, code.epochs, code.stop_change) == (256, False, 100, 1e-4)
    assert PRESETS["exercise-text"].config.activation == "sigmoid"
    assert PRESETS["lecun-1998"].config.model == "lecun1998"
    assert PRESETS["best"].config.epochs <= 20


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_passes_its_own_validation(name: str):
    config = PRESETS[name].config
    assert TrainConfig().updated(config.to_json()) == config


@given(JSON)
def test_updated_takes_any_json_or_says_what_is_wrong(changes: object):
    known = isinstance(changes, dict) and set(changes) <= set(FIELDS)
    try:
        config = TrainConfig().updated(changes)
    except ConfigError as error:
        message = str(error)
    else:
        assert known
        assert all(getattr(config, name) == value for name, value in changes.items())
        return
    assert message.startswith("invalid ")
    assert len(message) < 400


@given(st.sampled_from(list(FIELDS)), JSON)
def test_a_field_takes_a_value_of_its_kind_and_nothing_else(name: str, value: object):
    kind = FIELDS[name].kind
    match kind:
        case Choice(values):
            fits = isinstance(value, str) and value in values
        case Flag():
            fits = isinstance(value, bool)
        case Number(low, high, whole):
            fits = type(value) in (int, float) and low <= value <= high and (not whole or math.floor(value) == value)
    try:
        checked = FIELDS[name].check(value)
    except ConfigError as error:
        message = str(error)
    else:
        assert fits
        assert checked == value
        return
    assert not fits
    assert message.startswith(f"invalid {name}: ")


@pytest.mark.parametrize(
    ("changes", "code", "values"),
    [
        ({"epochs": 0}, "whole", {"value": "0", "low": 1, "high": 1000}),
        ({"learning_rate": "x"}, "number", {"value": "x", "low": 0, "high": 10}),
        ({"model": "x"}, "choice", {"value": "x", "choices": ["lenet5", "lecun1998"]}),
        ({"shuffle": 1}, "flag", {"value": "1"}),
        ({"train_images": 10, "holdout": 10}, "holdout", {"value": "10", "most": 10}),
        ({"train_images": 10, "holdout": 2, "batch_size": 9}, "batch", {"value": "9", "most": 8}),
        ({"colour": [1]}, "invalid", {"value": "[1]"}),
    ],
)
def test_what_is_wrong_is_told_as_a_code_with_values(changes: dict, code: str, values: dict):
    with pytest.raises(ConfigError) as caught:
        TrainConfig().updated(changes)
    assert (caught.value.code, caught.value.values, caught.value.field) == (code, values, list(changes)[-1])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("epochs", True),
        ("epochs", 0),
        ("epochs", 1.5),
        ("learning_rate", math.nan),
        ("learning_rate", math.inf),
        ("learning_rate", "0.1"),
        ("shuffle", 1),
        ("model", "resnet"),
        pytest.param("seed", 10**5000, id="a huge seed"),
    ],
)
def test_a_wrong_value_is_named_with_its_field(field: str, value: object):
    with pytest.raises(ConfigError, match=f"invalid {field}: ") as caught:
        TrainConfig().updated({field: value})
    assert caught.value.field == field
    assert caught.value.value is value


def test_fields_that_do_not_fit_each_other_are_refused():
    with pytest.raises(ConfigError, match="invalid holdout: 1000"):
        TrainConfig().updated({"train_images": 1000, "holdout": 1000})
    with pytest.raises(ConfigError, match="invalid batch_size: 256"):
        TrainConfig().updated({"train_images": 100})


def test_an_unknown_field_is_refused():
    with pytest.raises(ConfigError, match=r"invalid learningRate: 0\.1 "):
        TrainConfig().updated({"learningRate": 0.1})


def test_the_schema_is_json_with_every_field_and_preset():
    shown = json.loads(json.dumps(schema(), allow_nan=False))
    assert [field["name"] for field in shown["fields"]] == list(FIELDS)
    assert {name: TrainConfig().updated(preset["config"]) for name, preset in shown["presets"].items()} == {
        name: preset.config for name, preset in PRESETS.items()
    }
