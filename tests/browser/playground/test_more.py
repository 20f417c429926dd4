"""The settings that the original has not: folded away, and each acts as its link says."""

import pytest
from playwright.sync_api import expect

from browser.playground.test_settings import expect_the_run_of_the_link
from playground.config import ACTIVATIONS
from playground.engine import Engine
from playground.link import parse
from support.long import parametrize


@pytest.fixture
def more(playground):
    playground.click("more")
    yield playground
    if playground.get("more-settings").is_visible():
        playground.click("more")


def test_a_first_visit_shows_none_of_them(playground):
    expect(playground.get("more-settings")).to_be_hidden()
    expect(playground.get("more")).to_have_attribute("aria-expanded", "false")
    expect(playground.get("setting-optimizer")).to_be_hidden()


def test_they_unfold_by_keyboard_and_escape_folds_them(playground):
    playground.get("more").focus()
    playground.page.keyboard.press("Enter")
    expect(playground.get("setting-optimizer")).to_be_visible()
    playground.get("setting-optimizer").focus()
    playground.page.keyboard.press("Escape")
    expect(playground.get("more-settings")).to_be_hidden()
    expect(playground.get("more")).to_be_focused()


@parametrize(
    "key, value",
    [("optimizer", "adam"), ("schedule", "cosine"), ("loss", "crossEntropy"), ("initialWeights", "he")],
    short=1,
)
def test_a_choice_trains_as_its_link_says(more, key, value):
    more.choose(key, value)
    more.expect_link(**{key: value})
    expect(more.get("more")).to_contain_text("1")
    expect_the_run_of_the_link(more)


def test_what_has_no_effect_is_not_shown(more):
    expect(more.get("setting-beta1")).to_be_hidden()
    more.choose("optimizer", "adam")
    expect(more.get("setting-beta1")).to_be_visible()
    expect(more.get("setting-momentum")).to_be_hidden()


def test_the_lists_of_the_layers_stand_below_what_they_are(more):
    heads = more.page.locator(".per-layer-heads .field-label")
    expect(heads).to_have_text(["Activation", "Dropout"])
    for head, name in zip(heads.all(), ("activation", "dropout"), strict=True):
        above, below = head.bounding_box(), more.get(f"layer-{name}-1").bounding_box()
        assert above["x"] == pytest.approx(below["x"], abs=1)
        assert above["y"] + above["height"] <= more.get(f"layer-{name}-0").bounding_box()["y"]


def test_every_layer_has_an_activation_and_a_dropout_of_its_own(more):
    more.get("layer-activation-1").select_option("gelu")
    more.expect_link(layerActivations=",gelu")
    more.get("layer-dropout-0").select_option("0.2")
    more.expect_link(dropout="0.2")
    expect_the_run_of_the_link(more)


def test_a_value_that_is_refused_is_said_at_its_field(more):
    more.choose("optimizer", "momentum")
    more.get("setting-momentum").fill("5")
    more.get("setting-momentum").press("Enter")
    expect(more.page.get_by_test_id("notices").or_(more.page.locator("#notices"))).to_contain_text("5")


def test_no_name_is_cut_off(more):
    more.visit("seed=0.31415&optimizer=adamw&schedule=step&regularization=both")
    cut = """() => [...document.querySelectorAll("#more-settings :is(label, legend)")]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(({ textContent }) => textContent)"""
    assert more.page.evaluate(cut) == []
    more.click("lang-switch")
    assert more.page.evaluate(cut) == []


def test_a_full_batch_is_a_button_and_the_batch_size_says_what_it_is(more):
    note = more.get("batch-note")
    expect(note).to_be_hidden()
    more.get("setting-fullBatch").check()
    more.expect_link(fullBatch="true")
    expect(note).to_contain_text("all 250 training points")
    expect(more.get("setting-batchSize")).to_be_disabled()
    more.click("full-batch")
    more.wait(lambda: "fullBatch" not in more.link, "batches again")
    expect(note).to_be_hidden()
    expect(more.get("setting-batchSize")).to_be_enabled()


def test_a_batch_that_is_never_full_is_said_in_both_languages_with_a_way_out(visit):
    playground = visit("seed=0.31415&batchSize=400")
    note = playground.get("batch-note")
    expect(note).to_contain_text("only 250 training points")
    before = playground.frame.parameters
    playground.step(1)
    playground.expect_epoch(1)
    assert playground.frame.parameters == before  # as it says
    playground.click("lang-switch")
    expect(note).to_contain_text("只有 250 个训练点")
    playground.click("full-batch")
    playground.expect_link(fullBatch="true", batchSize="400")
    expect(note).to_contain_text("全部 250 个训练点")
    playground.step(1)
    playground.expect_epoch(1)
    assert playground.frame.parameters != before


def test_a_batch_that_fills_by_more_training_data_is_like_any_other(visit):
    playground = visit("seed=0.31415&batchSize=400&percTrainData=90")
    expect(playground.get("setting-batchSize")).to_be_visible()
    expect(playground.get("batch-note")).to_be_hidden()


@pytest.mark.parametrize(
    ("link", "epoch", "said"),
    [
        ("stopEpoch=30", 30, "Paused: the epoch at which it was to stop is reached."),
        ("stopLoss=0.2", None, "Paused: the test loss is below the one that was set."),
        ("stopPatience=5&learningRate=0", 5, "Paused: the test loss has not improved for 5 epochs."),
    ],
    ids=["epoch", "loss", "patience"],
)
def test_training_pauses_by_a_rule_that_the_page_names_and_goes_on(playground, link, epoch, said):
    playground.visit(f"seed=0.31415&{link}")
    playground.click("play")  # it may pause before anybody looks
    epoch = first_below(0.2) if epoch is None else epoch
    playground.expect_epoch(epoch)
    playground.expect_state("paused")
    expect(playground.page.locator("#notices")).to_contain_text(said)
    playground.click("play")
    playground.wait(lambda: playground.epoch > epoch, "more epochs")


def first_below(level):
    """After which epoch the test loss of the page's run is below it."""
    engine = Engine(parse("seed=0.31415"))
    while not engine.scores().test_loss < level:
        engine.train()
    return engine.epoch


def test_a_network_of_ten_layers_of_sixteen_is_drawn_and_trains(playground):
    playground.visit(f"seed=0.31415&networkShape={','.join(['16'] * 10)}")
    expect(playground.get("node-9-15")).to_be_attached()
    playground.step(1)
    playground.expect_epoch(1)


def choices(playground, key):
    return playground.get(f"setting-{key}").locator("option").evaluate_all("all => all.map(({ value }) => value)")


def test_a_link_takes_them_away_with_the_choices_that_the_original_has_not(playground):
    playground.visit("seed=0.31415&moreSettings_hide=true")
    expect(playground.get("more")).to_be_hidden()
    assert choices(playground, "activation") == [*ACTIVATIONS.few]
    assert choices(playground, "regularization") == ["none", "L1", "L2"]
    expect(playground.page.locator("#settings optgroup")).to_have_count(0)
    playground.visit("seed=0.31415")
    assert choices(playground, "activation") == [*ACTIVATIONS.values]
    assert choices(playground, "regularization") == ["none", "L1", "L2", "both"]


def test_of_what_a_link_takes_away_the_one_that_is_in_use_stays_until_another_is_chosen(playground):
    playground.visit("seed=0.31415&activation=elu&moreSettings_hide=true")
    assert choices(playground, "activation") == [*ACTIVATIONS.few, "elu"]
    expect(playground.get("setting-activation")).to_have_value("elu")
    playground.click("lang-switch")
    expect(playground.page.locator("#setting-activation optgroup")).to_have_attribute("label", "更多")  # it is seen
    playground.choose("activation", "relu")
    playground.expect_link(activation="relu")
    playground.wait(lambda: choices(playground, "activation") == [*ACTIVATIONS.few], "no choice more")


@parametrize("name", ["adam", "dropout", "stopPatience"], short=1)
def test_the_article_opens_a_run_with_a_setting_and_one_without(visit, name):
    playground = visit()
    for at in (0, 1):
        link = playground.get(f"trial-{name}-{at}")
        expect(link).to_be_hidden()
        link.locator("xpath=ancestor::details/summary").click()
        link.click()
        address = link.get_attribute("href").removeprefix("#")
        playground.expect_link(**dict(part.split("=") for part in address.split("&")))
        link.locator("xpath=ancestor::details/summary").click()
