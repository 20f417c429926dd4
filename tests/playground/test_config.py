import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import Number
from playground.config import FEATURE_KEYS, FIELDS, Config, ConfigError, new_seed, schema
from playground.point_set import measured
from playground.values import parse_number
from support.strategies import configs

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@given(configs())
def test_a_config_survives_json(config):
    assert Config().updated(json.loads(json.dumps(config.to_json()))) == config


@given(st.sampled_from(sorted(FIELDS)), json_values)
def test_any_value_is_taken_or_refused_by_name(key, value):
    error = None
    try:
        config = Config().updated({key: value})
    except ConfigError as refusal:
        error = refusal
    if error:
        assert error.field == key
        assert str(error).startswith(f"invalid {key}: ")
        assert len(str(error)) < 500
    else:
        assert Config().updated(config.to_json()) == config
        hash(config)


@given(json_values)
def test_anything_but_an_object_of_known_fields_is_refused(value):
    known = isinstance(value, dict) and all(key in FIELDS for key in value)
    if not known:
        with pytest.raises(ConfigError):
            Config().updated(value)


@pytest.mark.parametrize(
    "changes",
    [
        {"batchSize": True}, {"batchSize": 0}, {"batchSize": 4501}, {"batchSize": 2.5}, {"batchSize": "10"},
        {"learningRate": math.nan}, {"learningRate": math.inf}, {"learningRate": -0.1}, {"noise": 81},
        {"networkShape": [17]}, {"networkShape": [0]}, {"networkShape": [1] * 11}, {"networkShape": [True]},
        {"networkShape": "4,2"}, {"percTrainData": 9}, {"percTrainData": 91}, {"activation": "swish"}, {"x": 1},
        {"seed": ""}, {"seed": "a&b"}, {"seed": "0" * 33}, {"hide": ["nothing"]}, {"hide": "x"}, {"weightsDraw": -1},
        {"dropout": [0.91]}, {"dropout": [True]}, {"dropout": 0.5}, {"dropout": [0] * 11}, {"dropout": [None]},
        {"layerActivations": ["swish"]}, {"layerActivations": [0]}, {"optimizer": "lion"}, {"beta1": 1},
        {"stopEpoch": 0.5}, {"epsilon": 0}, {"momentum": -0.1},
        {"seed": 10**5000}, {"batchSize": 10**400}, {"unknown": 1},
    ],
)  # fmt: skip
def test_bad_values_are_refused(changes):
    with pytest.raises(ConfigError):
        Config().updated(changes)


def test_a_bad_field_changes_none():
    config = Config()
    with pytest.raises(ConfigError):
        config.updated({"noise": 10, "batchSize": 9999})
    assert config == Config()


def test_a_config_cannot_be_changed_in_place():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().noise = 3  # type: ignore[misc]


def test_defaults_pass_their_own_check():
    for field in FIELDS.values():
        assert field.check(field.default) == field.default


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"learningRate": 1}, {"live"}),
        ({"discretize": True, "showTestData": True}, {"view"}),
        ({"hide": ["playButton"]}, {"view"}),
        ({"hide": ["x"]}, {"view", "rebuild"}),
        ({"hide": ["sinX"]}, {"view"}),
        ({"noise": 5}, {"rebuild"}),
        ({"stopLoss": 0.1, "stopEpoch": 5}, {"rule"}),
        ({"noise": 0}, set()),
    ],
)
def test_what_a_change_does(changes, kinds):
    assert Config().changed(Config().updated(changes)) == kinds


def test_features_come_in_the_originals_order_without_the_hidden():
    config = Config().updated(dict.fromkeys(FEATURE_KEYS, True) | {"hide": ["y", "sinX"]})
    assert config.features == ("x", "xSquared", "ySquared", "xTimesY", "sinY")


def test_the_schema_is_json_and_covers_every_field():
    rows = json.loads(json.dumps(schema()))
    assert [row["key"] for row in rows] == list(FIELDS)
    assert {row["change"] for row in rows} == {"rebuild", "live", "rule", "view"}


def test_what_the_form_offers_is_valid():
    for field in FIELDS.values():
        if isinstance(field.kind, Number):
            for value in field.kind.choices or (field.kind.slider or (field.kind.low, field.kind.high))[:2]:
                assert field.check(value) == value


@pytest.mark.parametrize(("text", "value"), [("1e1", 10), (" .5 ", 0.5), ("-3", -3), ("5.", 5), ("1e-3", 0.001)])
def test_numbers_are_read_as_javascript_does(text, value):
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "nan", "Infinity", "1_0", "0x10", "1e9999", "one", "--1"])
def test_what_is_no_number_stays_text(text):
    assert parse_number(text) == text.strip()


def test_a_new_seed_has_five_decimals():
    assert new_seed(lambda: 0.1234567) == "0.12346"


@pytest.mark.parametrize("key", ["seed", "tutorial"])
def test_half_a_character_is_refused(key):
    with pytest.raises(ConfigError):  # no message could hold it
        Config().updated({key: "a\ud800"})


IRIS = measured("iris")
CARS = measured("cars")


def test_own_data_say_how_many_outputs_the_network_has():
    config = Config().updated({"dataset": "own", "ownData": IRIS.text})
    assert (config.sizes, config.classes) == ((2, 4, 2, 3), 3)
    assert config.has_classes
    other = Config().updated({"problem": "regression", "regDataset": "own", "ownData": CARS.text})
    assert other.sizes == (2, 4, 2, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"dataset": "own"}, "points-of-classification"),
        ({"dataset": "own", "ownData": CARS.text}, "points-of-classification"),
        ({"problem": "regression", "regDataset": "own", "ownData": IRIS.text}, "points-of-regression"),
        ({"ownData": IRIS.address}, "no-data"),
        ({"ownData": "nonsense"}, "no-points"),
        ({"ownData": 1}, "points"),
    ],
)
def test_own_data_of_which_there_are_none_are_refused(changes, code):
    with pytest.raises(ConfigError) as refusal:
        Config().updated(changes)
    assert (refusal.value.field, refusal.value.code) == ("ownData", code)


def test_another_problem_than_that_of_the_own_data_takes_its_first_data_set():
    config = Config().updated({"dataset": "own", "ownData": IRIS.text, "regDataset": "reg-wave"})
    assert config.updated({"problem": "regression"}).data_name == "reg-wave"
    both = Config().updated({"problem": "regression", "regDataset": "own", "ownData": CARS.text, "dataset": "spiral"})
    assert both.updated({"problem": "classification"}).data_name == "spiral"
    back = both.updated({"problem": "classification", "dataset": "own", "ownData": IRIS.text})
    assert back.updated({"problem": "regression"}).data_name == "reg-plane"
