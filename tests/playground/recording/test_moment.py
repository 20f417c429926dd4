import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import link
from playground.config import Config, ConfigError
from playground.point_set import packed
from playground.recording import moment
from playground.recording.edits import Bias, Data, LearningRate, Weight
from playground.recording.moment import Moment
from playground.recording.recording import MOST_EDITS, Recording
from support import strategies

HEAD = "#seed=0.1&networkShape=3"


@given(strategies.recordings(), st.integers(0, 200_000))
def test_a_moments_link_is_read_as_that_moment(recording, epoch):
    there = Moment(recording.until(epoch), epoch)
    assert moment.parse(moment.write(there)) == there


@given(strategies.recordings(), st.integers(0, 200_000))
def test_a_link_carries_no_more_than_led_to_its_epoch(recording, epoch):
    there = Moment(recording, epoch)
    assert moment.write(there) == moment.write(Moment(recording.until(epoch), epoch))


@given(strategies.configs())
def test_the_link_of_a_run_that_has_not_begun_is_the_originals(config):
    text = moment.write(Moment(Recording(config)))
    assert text == link.write(config)
    assert moment.parse(text) == Moment(Recording(link.parse(text)))


def test_one_can_be_written_by_hand():
    there = moment.parse(f"{HEAD}&epoch=300&edits=100:rate:0.1,200:weight:0:1:0:-0.5,200:bias:1:0:2,250:data:0.7")
    assert there.epoch == 300
    assert there.recording.edits == (
        (100, LearningRate(0.1)), (200, Weight(0, 1, 0, -0.5)), (200, Bias(1, 0, 2)), (250, Data("0.7")),
    )  # fmt: skip
    assert (there.config.learning_rate, there.config.seed) == (0.1, "0.7")


@pytest.mark.parametrize(
    "around",
    [
        "see {}.", "({})", "[a run]({})", '<a href="{}">', "{}, as I said", "{}\n\nand another", "“{}”",
        "http://localhost:5000/{}",
    ],
)  # fmt: skip
def test_prose_around_one_does_no_harm(around):
    text = f"{HEAD}&epoch=300&edits=100:rate:0.1,200:bias:1:0:-2.5"
    assert moment.parse(around.format(text)) == moment.parse(text)
    assert len(moment.parse(text).recording.edits) == 2
    epoch_alone = f"{HEAD}&epoch=300"
    assert moment.parse(around.format(epoch_alone)).epoch == 300


@pytest.mark.parametrize("change", [
    lambda text: text.replace("&", "&amp;"),
    lambda text: text.replace(":", "%3A").replace(",", "%2C"),
    lambda text: text.replace(":", r"\:"),
    lambda text: text.replace("-2.5", "−2.5"),
    lambda text: text.replace("edits=", "edits= "),
])  # fmt: skip
def test_what_passing_it_on_does_to_one_is_undone(change):
    text = f"{HEAD}&edits=100:rate:0.1,200:bias:1:0:-2.5&epoch=300"
    assert change(text) != text
    assert moment.parse(change(text)) == moment.parse(text)


@pytest.mark.parametrize(
    ("keys", "field", "taken"),
    [
        ("epoch=-1", "epoch", "0"),
        ("epoch=1.5", "epoch", "2"),
        ("epoch=200001", "epoch", "200000"),
        ("epoch=1e300", "epoch", "200000"),
        ("epoch=soon", "epoch", "0"),
        ("epoch=9&edits=5", "edits", ""),
        ("epoch=9&edits=x:rate:1", "edits", ""),
        ("epoch=9&edits=-1:rate:1", "edits", ""),
        ("epoch=9&edits=10:rate:1", "edits", ""),
        ("epoch=9&edits=5:rate:1,4:rate:1", "edits", ""),
        ("epoch=9&edits=5:rate:1,,6:rate:1", "edits", ""),
        ("epoch=9&edits=5:rate:11", "edits", ""),
        ("epoch=9&edits=5:weight:1:0:3:1", "edits", ""),
        ("epoch=9&edits=5:weight:5:0:0:1", "edits", ""),
        ("edits=1:rate:1", "edits", ""),
    ],
)
def test_what_cannot_be_is_named_and_the_rest_is_taken(keys, field, taken):
    there, warnings = moment.parse_leniently(f"{HEAD}&{keys}")
    assert [(warning.error.field, warning.taken) for warning in warnings] == [(field, taken)]
    assert there.recording.config == link.parse(HEAD)
    if field == "edits":
        assert there.recording.edits == ()
    with pytest.raises(ConfigError, match=field):
        moment.parse(f"{HEAD}&{keys}")


def test_the_longest_recording_fits_into_a_link_and_one_edit_more_is_refused():
    recording = Recording(Config(seed="0.1"))
    for number in range(MOST_EDITS):
        recording = recording.with_edit(190_000 + number, Weight(2, 0, 1, -0.1234567890123456 - number))
    there = Moment(recording, 200_000)
    text = moment.write(there)
    assert moment.parse(text) == there
    with pytest.raises(ConfigError, match="at most 1000") as refused:
        moment.parse(text.replace("edits=", "edits=1:rate:1,"))
    assert refused.value.code == "edits-of-link"  # not what a page is told whose recording is full


@pytest.mark.parametrize("count", [1, 500, MOST_EDITS])
def test_a_comma_after_the_last_edit_ends_it(count):
    given = ",".join(f"{number}:weight:0:1:0:{number + 0.25}" for number in range(count))
    text = f"{HEAD}&epoch=1000&edits={given}"
    assert moment.parse(f"{text},") == moment.parse(text)
    assert len(moment.parse(text).recording.edits) == count


def test_of_edits_that_cannot_be_the_reader_is_told_that_none_is_taken():
    _, (warning,) = moment.parse_leniently(f"{HEAD}&epoch=3&edits=1:foo")
    assert warning.to_json()["error"].endswith(": none is taken")


@pytest.mark.parametrize("part", ["edits=1:rate:1,&", "#edits=", "&edits=%25", "1:rate:1,", "a/", "%2C"])
def test_no_text_takes_long_to_read(part):
    text = (part * link.MOST_LENGTH)[: link.MOST_LENGTH - 14]
    begun = time.process_time()
    for whole in (text, f"#epoch=9&edits={text}", f"{text}&epoch=9"):
        moment.parse_leniently(whole[: link.MOST_LENGTH])
    assert time.process_time() - begun < 0.5


def test_a_link_of_100_kb_is_refused_at_once():
    begun = time.perf_counter()
    with pytest.raises(ConfigError, match="want up to 60000 characters"):
        moment.parse(f"{HEAD}&epoch=9&edits=" + "1:rate:1," * 11_000)
    with pytest.raises(ConfigError, match="want up to 4000 characters"):
        moment.parse(HEAD + "&noise=1" * 11_000)
    assert time.perf_counter() - begun < 0.1


def test_a_links_edits_add_and_drop_no_more_points_than_those_of_a_run():
    own = packed([[i / 4 for i in range(20)], [0] * 20, [i % 2 for i in range(20)]], 2)
    head = f"dataset=own&seed=0.1&ownData={own.text}&epoch=20&edits="
    strokes = [
        f"{n + 1}:add:0:" + ":".join(f"{x / 100}:{n / 4 - 5}" for x in range(200)) for n in range(10)
    ]  # fmt: skip
    there = moment.parse(head + ",".join(strokes))
    there.recording.check_room()  # of other edits
    with pytest.raises(ConfigError) as refused:
        there.recording.check_room(1)
    assert refused.value.code == "too-many-points"
    with pytest.raises(ConfigError, match="at most 2000 points") as refused:
        moment.parse(head + ",".join([*strokes, "11:drop:0:0"]))
    assert refused.value.code == "points-of-link"


def test_points_are_dropped_of_those_that_were_added_before_and_one_too_many_is_named():
    own = packed([[i / 4 for i in range(10)], [0] * 10, [i % 2 for i in range(10)]], 2)
    text = f"dataset=own&seed=0.1&ownData={own.text}&epoch=9&edits=1:add:0:1:1:2:2,3:drop:0:0:0.25:0"
    there = moment.parse(text)
    assert there.config.own_data.count == 10
    assert moment.parse(moment.write(there)) == there
    with pytest.raises(ConfigError, match="4:drop:1:1"):
        moment.parse(text + ",4:drop:1:1")
