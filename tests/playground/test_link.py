import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import link, values
from playground.config import FIELDS, OWN, Config, ConfigError
from support import golden
from support.strategies import configs


@given(configs())
def test_a_link_brings_the_config_back(config):
    assert link.parse(link.write(config)) == config


@given(configs())
def test_a_whole_url_is_read_like_its_part_after_the_hash(config):
    assert link.parse("http://playground.tensorflow.org/#" + link.write(config)) == config


def test_a_full_link_of_the_original_is_written_back_unchanged():
    full = golden.RUNS[0]["hash"]
    assert full.count("&") == 24
    assert link.write(link.parse(full)) == full


@pytest.mark.parametrize("run", golden.RUNS, ids=golden.name)
def test_the_originals_links_are_read(run):
    config = link.parse(run["hash"])
    assert list(config.features) == run["features"]
    assert set(run["hash"].split("&")) <= set(link.write(config).split("&"))


def test_an_empty_link_is_the_default_with_a_seed_of_its_own():
    one, two = link.parse(""), link.parse("")
    assert one == Config(seed=one.seed)
    assert one.seed != two.seed or link.parse("").seed != one.seed


@pytest.mark.parametrize(
    ("part", "attribute", "value"),
    [
        ("networkShape=", "network_shape", ()),
        ("networkShape=8,%207".replace("%20", ""), "network_shape", (8, 7)),
        ("discretize=0", "discretize", True),  # true unless it is exactly `false`
        ("discretize=False", "discretize", True),
        ("discretize=false", "discretize", False),
        ("discretize=", "discretize", False),  # empty: as if missing
        ("batchSize=", "batch_size", 10),
        ("noise=80", "noise", 80),
        ("noise=81", "noise", 50),  # as the original does
        ("noise=-1", "noise", 0),
        ("learningRate=3e-1", "learning_rate", 0.3),
        ("regularization=none", "regularization", "none"),
        ("x_hide=true", "hide", ("x",)),
        ("x_hide=false", "hide", ()),
        ("x_hide=1", "hide", ()),  # only exactly `true` hides
        ("nothing_hide=true", "hide", ()),
        ("numNodes3_hide=true&playButton_hide=true", "hide", ("playButton", "numNodes3")),
        ("noise=5&noise=10", "noise", 10),
        ("noise=5=6", "noise", 5),
        ("foo=bar", "noise", 0),
        ("hide=x", "hide", ()),
    ],
)
def test_keys_are_read_as_the_original_reads_them(part, attribute, value):
    assert getattr(link.parse(part + "&seed=0.1"), attribute) == value


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("batchSize=9999", "batchSize", "9999"),
        ("batchSize=ten", "batchSize", "ten"),
        ("learningRate=NaN", "learningRate", "NaN"),
        ("networkShape=17", "networkShape", "17"),
        ("networkShape=4,,2", "networkShape", "4,,2"),
        ("networkShape=1,1,1,1,1,1,1,1,1,1,1", "networkShape", "1,1,1,1,1,1,1,1,1,1,1"),
        ("networkShape=2.5", "networkShape", "2.5"),
        ("activation=swish", "activation", "swish"),
    ],
)
def test_a_bad_link_names_key_and_value(part, key, value):
    with pytest.raises(ConfigError, match="invalid") as caught:
        link.parse(part)
    assert caught.value.field == key
    assert f'invalid {key}: "{value}" (want ' in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("part", "attribute", "taken"),
    [
        ("batchSize=9999", "batch_size", 4500),
        ("batchSize=0", "batch_size", 1),
        ("batchSize=2.5", "batch_size", 3),
        ("batchSize=" + "9" * 200, "batch_size", 4500),
        ("learningRate=50", "learning_rate", 10),
        ("percTrainData=5", "perc_train_data", 10),
        ("percTrainData=1e999", "perc_train_data", 90),
        ("networkShape=17", "network_shape", (16,)),
        ("networkShape=0,32,-3", "network_shape", (1, 16, 1)),
        ("networkShape=2.5", "network_shape", (3,)),  # the original counts up to 2.5
        ("networkShape=1,2,3,4,5,6,7,8,9,10,11,12", "network_shape", (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
        ("noise=90", "noise", 50),
        ("noise=-5", "noise", 0),
        # what has no nearest
        ("batchSize=ten", "batch_size", 10),
        ("networkShape=4,,2", "network_shape", (4, 2)),
        ("activation=swish", "activation", "tanh"),
        ("dataset=stars", "dataset", "circle"),
    ],
)
def test_beyond_a_limit_the_nearest_value_is_taken_and_a_warning_says_so(part, attribute, taken):
    config, warnings = link.parse_leniently("showTestData=true&" + part + "&seed=0.5")
    assert getattr(config, attribute) == taken
    assert config.show_test_data
    (warning,) = [warning.to_json() for warning in warnings]
    key, text = part.split("=")
    assert warning["field"] == key
    assert warning["values"]["value"][:50] == text[:50]
    assert warning["values"]["taken"] == values.written(taken)
    assert warning["code"] == FIELDS[key].kind.code
    assert warning["error"].startswith(f"invalid {key}: ")


@pytest.mark.parametrize(
    ("part", "taken"),
    [
        ("discretize=False", "true"),
        ("x=FALSE", "true"),
        ("x=0", "true"),
        ("x_hide=True", "false"),
        ("x_hide=1", "false"),
        ("discretize=TRUE", None),
        ("discretize=false", None),
        ("x_hide=False", None),
        ("cosX=False", None),  # without an effect
        ("discretize=", None),
    ],
)
def test_a_flag_that_the_original_reads_as_another_word_is_named(part, taken):
    _, warnings = link.parse_leniently(part + "&seed=0.5")
    key, text = part.split("=")
    named = [(one.error.field, one.error.value, one.error.code, one.taken, one.as_original) for one in warnings]
    assert named == ([(key, text, "flag", taken, True)] if taken else [])


def test_each_warning_is_of_its_own_key():
    config, warnings = link.parse_leniently("batchSize=9999&noise=20&activation=swish&seed=0.5")
    assert config == Config(noise=20, seed="0.5", batch_size=4500)
    assert [warning.error.field for warning in warnings] == ["batchSize", "activation"]


def test_a_bad_seed_is_replaced_by_a_new_one():
    config, (warning,) = link.parse_leniently("seed=" + "x" * 40)
    assert warning.taken == config.seed
    assert 0 <= float(config.seed) < 1


@pytest.mark.parametrize("value", ["x" * 35, "x" * 3000, "a b", "<script>"])
@pytest.mark.parametrize("key", ["tutorial", "collectStats", "cosX", "cosY", "goalTestLoss", "nothing_hide"])
def test_keys_without_an_effect_never_refuse(key, value):
    config, warnings = link.parse_leniently(f"{key}={value}&noise=5&seed=0.5")
    assert (config.noise, warnings) == (5, [])
    assert len(link.write(config)) <= link.MAX_LENGTH  # or the page could not read its own address


@given(st.text(max_size=300))
def test_any_text_opens(text):
    config, _ = link.parse_leniently(text)
    assert link.parse(link.write(config)) == config


def test_a_link_too_long_is_refused_unread():
    with pytest.raises(ConfigError, match="link"):
        link.parse("x=true&" * 10_000)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.00001, "0.00001"), (1e-6, "0.000001"), (1e-7, "1e-7"), (1.5e-7, "1.5e-7"), (2.5e-5, "0.000025"), (3.0, "3")],
)
def test_numbers_are_written_as_javascript_does(value, text):
    assert values.written(value) == text


def test_keys_are_written_in_the_originals_order():
    config = Config().updated({"tutorial": "t", "regularization": "L1", "hide": ["playButton"], "weightsDraw": 2})
    keys = [part.split("=")[0] for part in link.write(config).split("&")]
    own = [key for key in OWN if key != "weightsDraw"]  # which stand last, where they say something
    assert keys == [*(key for key in FIELDS if key != "hide" and key not in own), "playButton_hide"]
