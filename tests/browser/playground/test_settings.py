"""Every control acts: the training that follows is the one that the new setting's link gives, to the last bit."""

import pytest
from playwright.sync_api import expect

from playground import link
from playground.engine import Engine
from support.long import parametrize
from support.modules import with_modules_of
from support.playground_page import loss_text

# key -> (value, what else must be set for it to matter)
CHOICES = {
    "activation": ("relu", ""),
    "regularization": ("L2", "regularizationRate=0.1"),
    "regularizationRate": ("0.3", "regularization=L1"),
    "problem": ("regression", ""),
}
SLIDERS = {"percTrainData": 80, "noise": 35, "batchSize": 7}
DATASETS = [("xor", ""), ("gauss", ""), ("spiral", ""), ("reg-gauss", "problem=regression&")]


def expect_the_run_of_the_link(playground, epochs=2):
    """Train so far, and hold points, losses and weights to an engine of the same link."""
    reference = Engine(link.parse(playground.page.url))
    playground.wait(lambda: playground.points["train"] == [tuple(point) for point in reference.train_points], "points")
    assert playground.points["test"] == [tuple(point) for point in reference.test_points]
    playground.step(epochs)
    for _ in range(epochs):
        reference.train()
    scores = reference.scores()
    assert playground.frame.losses == (scores.train_loss, scores.test_loss)
    assert playground.frame.parameters == tuple(reference.parameters)
    assert playground.get("loss-train").inner_text() == loss_text(scores.train_loss)
    assert playground.get("loss-test").inner_text() == loss_text(scores.test_loss)


def expect_a_paused_new_network(playground, change):
    """While a training is under way, `change()` ends it."""
    playground.play()
    playground.wait(lambda: playground.epoch > 1, "some epochs")
    generation = playground.frame.generation
    change()
    playground.expect_state("paused")
    playground.expect_new_network(generation)


@parametrize("key", CHOICES, short=1)
def test_a_choice_starts_a_new_network(playground, key):
    value, beside = CHOICES[key]
    playground.visit(f"seed=0.31415&{beside}")
    expect_a_paused_new_network(playground, lambda: playground.choose(key, value))
    assert playground.link[key] == value
    expect_the_run_of_the_link(playground)


@parametrize("key", SLIDERS, short=1)
def test_a_slider_starts_a_new_network(playground, key):
    value = SLIDERS[key]
    expect_a_paused_new_network(playground, lambda: playground.slide(key, value))
    assert playground.link[key] == str(value)
    shown = playground.page.locator(f"output[for=setting-{key}]")
    expect(shown).to_have_text(str(value) if key == "batchSize" else f"{value} %")
    expect_the_run_of_the_link(playground)


@parametrize("dataset, beside", DATASETS, short=1)
def test_a_data_set_starts_a_new_network(playground, dataset, beside):
    playground.visit(f"{beside}seed=0.31415")
    expect_a_paused_new_network(playground, lambda: playground.click(f"dataset-{dataset}"))
    expect(playground.get(f"dataset-{dataset}")).to_have_attribute("aria-pressed", "true")
    expect_the_run_of_the_link(playground)


def test_the_learning_rate_enters_the_running_training(playground):
    playground.play()
    playground.wait(lambda: playground.epoch > 3, "some epochs")
    playground.choose("learningRate", "0.00001")
    playground.expect_link(learningRate="0.00001")
    playground.expect_state("running")
    assert playground.epoch > 3
    playground.pause()
    before = playground.frame.parameters
    playground.step()
    moves = [abs(a - b) for a, b in zip(before, playground.frame.parameters, strict=True)]
    assert 0 < max(moves) < 25 * 2 * 1e-5  # 25 mini-batches, whose mean gradients stay below 2


@parametrize("key", ["showTestData", "discretize"], short=1)
def test_a_view_leaves_the_training_alone(playground, key):
    playground.play()
    playground.wait(lambda: playground.epoch > 3, "some epochs")
    generation = playground.frame.generation
    playground.get(f"setting-{key}").check()
    playground.expect_link(**{key: "true"})
    playground.expect_state("running")
    assert playground.frame.generation == generation
    playground.get(f"setting-{key}").uncheck()
    playground.expect_link(**{key: "false"})


def test_noise_and_train_share_keep_the_seed(playground):
    playground.slide("noise", 20)
    playground.slide("percTrainData", 70)
    playground.expect_link(noise="20", percTrainData="70", seed="0.31415")


def test_a_dragged_slider_ends_where_it_was_let_go(playground):
    box = playground.get("setting-noise").bounding_box()
    middle = box["y"] + box["height"] / 2
    playground.page.mouse.move(box["x"] + 8, middle)
    playground.page.mouse.down()
    playground.page.mouse.move(box["x"] + box["width"] - 2, middle, steps=10)
    playground.page.mouse.up()
    playground.expect_link(noise="50")
    expect_the_run_of_the_link(playground, epochs=1)


def test_regression_has_data_sets_of_its_own_and_no_accuracy(playground):
    expect(playground.get("accuracy-test")).to_be_visible()
    playground.choose("problem", "regression")
    for name in ("reg-plane", "reg-gauss"):
        expect(playground.get(f"dataset-{name}")).to_be_visible()
    for name in ("circle", "xor", "gauss", "spiral"):
        expect(playground.get(f"dataset-{name}")).to_be_hidden()
    expect(playground.get("accuracy-test")).to_be_hidden()
    expect(playground.get("check-accuracy")).to_be_disabled()
    playground.train(300)
    assert playground.loss() < 0.01  # a plane is easy


def test_the_accuracy_is_the_share_of_points_on_the_right_side(playground):
    playground.visit("dataset=gauss&noise=50&percTrainData=20&seed=0.31415")
    playground.train(100)
    reference = Engine(link.parse(playground.page.url))
    for _ in range(playground.epoch):
        reference.train()
    scores = reference.scores()
    assert 0.5 < scores.test_accuracy < 1
    for points, accuracy in (("test", scores.test_accuracy), ("train", scores.train_accuracy)):
        shown = float(playground.get(f"accuracy-{points}").inner_text().removesuffix(" %"))
        assert shown == pytest.approx(100 * accuracy, abs=0.0501)


SETTINGS = [
    "setting-learningRate", "setting-activation", "setting-regularization", "setting-regularizationRate",
    "setting-problem", "setting-percTrainData", "setting-noise", "setting-batchSize", "setting-showTestData",
    "setting-discretize",
]  # fmt: skip


def test_every_setting_is_explained_on_focus_and_under_the_mouse(playground):
    hint = playground.get("hint")
    told = set()
    for testid in SETTINGS:
        setting = playground.get(testid)
        setting.focus()
        expect(hint).to_be_visible()
        told.add(hint.inner_text())
        assert "hint" in setting.get_attribute("aria-describedby").split()  # so a screen reader reads it
        box, own = hint.bounding_box(), setting.bounding_box()
        above_or_below = box["y"] >= own["y"] + own["height"] or box["y"] + box["height"] <= own["y"]
        beside = box["x"] >= own["x"] + own["width"] or box["x"] + box["width"] <= own["x"]
        assert above_or_below or beside, "it covers its setting"
        playground.page.keyboard.press("Escape")
        expect(hint).to_be_hidden()
        setting.evaluate("element => element.blur()")
        playground.leave()
        setting.hover()
        expect(hint).to_be_visible()
        playground.leave()
        expect(hint).to_be_hidden()
    assert len(told) == len(SETTINGS)


def test_what_noise_does_is_said_of_the_data_set_in_use(playground):
    said = {"xor": "a place up to 5 away", "spiral": "moved by up to 1 in x", "gauss": "It widens the clouds."}
    for name, what in said.items():
        playground.visit(f"dataset={name}&seed=0.31415")
        playground.get("setting-noise").focus()
        expect(playground.get("hint")).to_contain_text(what)
        playground.get("setting-noise").evaluate("element => element.blur()")
    playground.click("lang-switch")
    playground.get("setting-noise").focus()
    expect(playground.get("hint")).to_contain_text("它使点云变宽。")
    playground.get("setting-noise").evaluate("element => element.blur()")


def test_a_setting_is_explained_on_touch(visit):
    phone = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.get("setting-noise").tap()
    expect(phone.get("hint")).to_contain_text("How blurred")
    phone.page.locator("#data-title").tap()
    expect(phone.get("hint")).to_be_hidden()


ROWS = """async () => {
  const { SettingSet } = await import("/static/js/parts/setting-set.js");
  const { h } = await import("/static/js/base/dom.js");
  const rows = [
    { name: "seed", kind: "number", min: 0, max: 99, whole: true },
    { name: "activation", kind: "choice", choices: ["relu", "tanh"] },
    { name: "discretize", kind: "flag", needs: { activation: ["tanh"] } },
  ];
  const values = { seed: 1, activation: "relu", discretize: false };
  const settings = new SettingSet(rows, { label: "label", hint: "explain", option: "choice" }, (name, value) => {
    values[name] = value;
    settings.update(values);
    box.dataset.values = JSON.stringify(values);
  });
  const elements = rows.map(({ name }) => settings.element(name));
  const box = h("details", { testid: "rows" }, h("summary", {}, "More"), elements);
  document.querySelector("main").prepend(box);
  settings.update(values);
  window.tell = () => settings.fault("seed", ["refused.whole", { value: "many", low: 0, high: 99, where: "" }]);
}"""


def test_a_row_of_a_table_is_all_that_a_setting_needs(visit):
    playground = visit("seed=0.31415")
    playground.page.evaluate(with_modules_of(playground.page, ROWS))
    rows = playground.get("rows")
    rows.locator("summary").click()
    flag, choice = rows.get_by_test_id("setting-discretize"), rows.get_by_test_id("setting-activation")
    expect(flag).to_be_disabled()  # without effect with this activation
    choice.select_option("tanh")
    expect(flag).to_be_enabled()
    number = rows.get_by_test_id("setting-seed")
    number.fill("many")
    number.press("Tab")
    expect(rows).to_have_attribute("data-values", '{"seed":"many","activation":"tanh","discretize":false}')
    rows.locator("summary").click()
    playground.page.evaluate("tell()")
    expect(number).to_be_focused()  # what it is folded into has opened
    expect(rows.get_by_test_id("error-seed")).to_contain_text("many")
    expect(playground.get("hint")).to_contain_text("(0 – 99)")
    assert number.get_attribute("aria-describedby").split() == ["error-seed", "hint"]
    number.fill("7")
    number.press("Tab")
    expect(rows.get_by_test_id("error-seed")).to_be_empty()
    expect(rows).to_have_attribute("data-values", '{"seed":7,"activation":"tanh","discretize":false}')


def test_a_link_whose_hash_sign_became_a_question_mark_is_the_same(visit):
    playground = visit()
    playground.page.goto(f"{playground.url}/?dataset=spiral&noise=10#seed=0.5")
    playground.wait_until_ready()
    link = playground.link
    assert (link["dataset"], link["noise"], link["seed"]) == ("spiral", "10", "0.5")
    assert "?" not in playground.page.url


def test_the_link_can_be_copied_where_it_is_seen(visit):
    playground = visit("dataset=xor&seed=0.31415", permissions=["clipboard-read", "clipboard-write"])
    expect(playground.get("copy-link")).to_be_in_viewport(ratio=1)
    playground.click("copy-link")
    expect(playground.get("link-copied")).to_have_text("Copied.")
    assert playground.page.evaluate("navigator.clipboard.readText()") == playground.page.url
