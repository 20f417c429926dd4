import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.config import Config, ConfigError
from playground.recording import edits
from playground.recording.edits import Bias, Data, LearningRate, Weight
from support import strategies


@given(st.data())
def test_what_is_written_is_read_as_the_same_edit(data):
    edit = data.draw(strategies.edits(data.draw(strategies.configs())))
    assert edits.read(edits.written(edit)) == edit


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("rate:0.1", LearningRate(0.1)),
        ("weight:0:1:2:-0.5", Weight(0, 1, 2, -0.5)),
        ("bias:1:0:2", Bias(1, 0, 2.0)),
        ("data:0.12345", Data("0.12345")),
    ],
)
def test_a_person_can_write_one(text, edit):
    assert edits.read(text) == edit
    assert edits.written(edit) == text


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("", "one of rate, weight, bias, data"),
        ("colour:1", "one of rate, weight, bias, data"),
        ("rate", "rate:RATE"),
        ("rate:1:2", "rate:RATE"),
        ("rate:-1", "rate: a number from 0 to 10"),
        ("rate:nan", "rate: a number from 0 to 10"),
        ("rate:", "rate: a number"),
        ("weight:0:0:0", "weight:LAYER:NODE:INPUT:VALUE"),
        ("weight:-1:0:0:1", "layer: a whole number from 0 to 10"),
        ("weight:0:16:0:1", "node: a whole number from 0 to 15"),
        ("weight:0:0:1.5:1", "input: a whole number from 0 to 15"),
        ("weight:0:0:0:1e7", "value: a number from -1000000 to 1000000"),
        ("bias:0:0:Infinity", "value: a number"),
        ("data:0.1&x=1", "seed: "),
        ("data:é", "seed: letters"),
        (f"data:{'1' * 33}", "seed: "),
    ],
)
def test_what_is_none_is_refused_with_what_would_do(text, want):
    with pytest.raises(ValueError, match=want.replace(".", r"\.")):
        edits.read(text)


def test_minus_zero_is_zero_as_a_link_writes_it():
    assert str(edits.read("bias:0:0:-0.0").value) == str(edits.made(Bias, layer=0, node=0, value=-0.0).value) == "0.0"


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (Weight(3, 0, 0, 1), "layer"),
        (Weight(0, 4, 0, 1), "node"),
        (Weight(1, 0, 4, 1), "input"),
        (Bias(2, 1, 1), "node"),
        (Bias(3, 0, 1), "layer"),
    ],
)
def test_a_place_that_the_network_has_not_is_named(edit, field):
    config = Config(network_shape=(4, 2))
    edits.check(Weight(2, 0, 1, 1), config)
    edits.check(Bias(0, 3, 1), config)
    with pytest.raises(ConfigError) as refused:
        edits.check(edit, config)
    assert refused.value.field == field
