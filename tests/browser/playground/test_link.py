"""The address: written as the original writes it; the original's links open as the same run, and hide controls."""

import pytest
from playwright.sync_api import expect

from support.golden import RUNS, WILD, name
from support.long import parametrize
from support.playground_page import loss_text

HIDDEN_BY = {
    "showTestData": "setting-showTestData",
    "discretize": "setting-discretize",
    "playButton": "play",
    "stepButton": "step",
    "resetButton": "reset",
    "learningRate": "setting-learningRate",
    "activation": "setting-activation",
    "regularization": "setting-regularization",
    "regularizationRate": "setting-regularizationRate",
    "problem": "setting-problem",
    "dataset": "dataset-circle",
    "percTrainData": "setting-percTrainData",
    "noise": "setting-noise",
    "batchSize": "setting-batchSize",
    "numHiddenLayers": "add-layer",
    "xSquared": "feature-xSquared",
    "numNodes1": "layer-1-add",
}


@parametrize("run", RUNS, ids=name, short=2)
def test_a_link_of_the_original_opens_as_the_same_run(playground, run):
    playground.visit(run["hash"] + "&")  # the original's own, which the page then writes anew
    assert len(playground.points["train"]) == run["n_train"]
    for shown, points in (("train", "train_points"), ("test", "test_points")):
        for one, other in zip(playground.points[shown], run[points], strict=False):
            assert one == pytest.approx(other, abs=1e-9)
    assert (playground.frame.sizes[0], playground.frame.epoch) == (len(run["features"]), 0)
    first = run["initial_weights"][0][0]
    assert playground.frame.bias(0, 0) == pytest.approx(first["bias"], abs=1e-9)
    playground.step(10)
    assert playground.frame.losses == pytest.approx(run["losses"]["10"], abs=1e-9)
    assert playground.get("loss-train").inner_text() == loss_text(run["losses"]["10"][0])
    assert playground.get("loss-test").inner_text() == loss_text(run["losses"]["10"][1])
    for layer, nodes in enumerate(run["weights_10"]):
        for node, one in enumerate(nodes):
            assert playground.frame.bias(layer, node) == pytest.approx(one["bias"], abs=1e-9)
            for source, weight in enumerate(one["weights"]):
                assert playground.frame.weight(layer, node, source) == pytest.approx(weight, abs=1e-9)


def test_the_link_is_written_as_the_original_writes_it(playground):
    playground.visit("seed=0.59704")
    assert playground.page.evaluate("location.hash") == "#" + RUNS[0]["hash"]  # every key, in its order


def test_every_change_is_in_the_link_at_once_and_without_a_step_back_in_history(playground):
    length = playground.page.evaluate("history.length")
    playground.click("dataset-spiral")
    playground.expect_link(dataset="spiral")
    playground.choose("regularization", "L1")
    playground.expect_link(regularization="L1")
    playground.choose("learningRate", "0.1")
    playground.expect_link(learningRate="0.1")
    playground.get("setting-discretize").check()
    playground.expect_link(discretize="true")
    assert playground.page.evaluate("history.length") == length


def test_a_link_typed_into_the_open_page_takes_effect(playground):
    generation = playground.frame.generation
    playground.visit("dataset=xor&networkShape=3&seed=0.2")
    playground.expect_new_network(generation)
    assert playground.frame.sizes == (2, 3, 1)
    expect(playground.get("dataset-xor")).to_have_attribute("aria-pressed", "true")


def test_a_whole_address_of_the_original_pasted_behind_the_hash_opens(unopened):
    playground = unopened.open("http://playground.tensorflow.org/#" + RUNS[3]["hash"])
    assert playground.link["dataset"] == "gauss"
    assert playground.link["activation"] == "sigmoid"
    assert playground.frame.losses == pytest.approx(RUNS[3]["losses"]["0"], abs=1e-9)


def test_an_address_without_a_link_draws_a_seed_and_writes_it(unopened):
    playground = unopened.open("")
    assert playground.link["dataset"] == "circle"
    assert 0 <= float(playground.link["seed"]) < 1
    assert len(playground.link["seed"]) == 7


SHAPE = "16" + ",1" * 9  # as much of the link's as there may be
BAD = "activation=swish&batchSize=4501&noise=-5&networkShape=17,1,1,1,1,1,1,1,1,1,1&learningRate=0.1&nonsense=1&seed=7"
TAKEN = {"activation": "tanh", "batchSize": "4500", "noise": "0", "networkShape": SHAPE, "learningRate": "0.1"}


def expect_warnings(playground):
    notice = playground.get("notice-link")
    for said in ("Activation: “swish”", "Batch size: “4501”", "Noise: “-5”", "Hidden layers: “17,1,1,"):
        expect(notice).to_contain_text(said)
    for taken in ("Tanh (tanh)", "4,500", SHAPE):
        expect(notice).to_contain_text(f"Taken instead: {taken}")
    expect(notice).not_to_contain_text("nonsense")  # unknown keys are ignored, as in the original
    assert (TAKEN | {"seed": "7"}).items() <= playground.link.items()


def test_what_a_link_may_not_have_is_named_in_a_notice_with_what_is_taken_instead(unopened):
    playground = unopened.open(BAD)
    expect_warnings(playground)
    playground.get("notice-link").get_by_role("button").click()
    expect(playground.get("notice-link")).not_to_be_attached()


def test_a_link_typed_into_the_open_page_is_read_as_at_loading_and_a_good_one_ends_its_warnings(playground):
    playground.visit(BAD)
    expect_warnings(playground)
    playground.click("lang-switch")
    expect(playground.get("notice-link")).to_contain_text("隐藏层：“17,1,1,")
    expect(playground.get("notice-link")).to_contain_text(f"改用：{SHAPE}")
    playground.click("lang-switch")
    playground.click("dataset-xor")  # the settings that are left are still not those of the link
    expect(playground.get("notice-link")).to_be_visible()
    playground.visit("seed=0.31415")
    expect(playground.get("notice-link")).not_to_be_attached()


@parametrize(
    "change", ["circle®Dataset=reg-plane", "circle&amp;regDataset=reg-plane", "circle(R)Dataset=reg-plane"], short=1
)
def test_a_link_that_html_has_eaten_from_opens_as_the_same_run(playground, change):
    run = WILD[-1]
    playground.visit(run["link"].split("#")[1].replace("circle®Dataset=reg-plane", change))
    losses = tuple(run["losses"]["0"])
    playground.wait(lambda: playground.frame.losses == losses, f"the original's losses, {losses}")
    expect(playground.get("notice-link")).not_to_be_attached()


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "This server does not have these points: they were given to another server, or nobody has used them"),
        ("zh-CN", "这台服务器上没有这组数据点：它们保存在另一台服务器上，或因长期无人使用已被删除。"),
    ],
)
def test_an_address_of_points_that_this_server_does_not_have_is_told_and_the_first_data_set_opens(visit, locale, said):
    playground = visit(f"dataset=own&ownData=sha256-{'A' * 32}&seed=0.31415", locale=locale)
    expect(playground.get("notice-link")).to_contain_text(said)
    playground.expect_link(dataset="circle")
    expect(playground.get("dataset-circle")).to_have_attribute("aria-pressed", "true")


def test_a_link_hides_controls(unopened):
    playground = unopened.open("seed=0.31415&" + "&".join(f"{key}_hide=true" for key in HIDDEN_BY))
    for testid in HIDDEN_BY.values():
        expect(playground.get(testid)).to_be_hidden()
    expect(playground.get("layer-2-add")).to_be_visible()
    expect(playground.get("feature-x")).to_be_visible()
    expect(playground.get("loss-test")).to_be_visible()  # also with the train share hidden
    assert all(playground.link[f"{key}_hide"] == "true" for key in HIDDEN_BY)


def test_what_a_link_does_not_hide_is_shown(playground):
    for testid in HIDDEN_BY.values():
        expect(playground.get(testid)).to_be_visible()


def test_a_hidden_feature_is_no_input(playground):
    playground.visit("x_hide=true&xSquared=true&seed=0.31415")
    playground.wait(lambda: playground.frame.sizes[0] == 2, "a network of two features")
    expect(playground.get("feature-x")).not_to_be_attached()
    playground.point_at("link-0-0-0")
    expect(playground.page.locator(".card")).to_contain_text("X₂ → Layer 1, neuron 1")


def test_hide_text_leaves_the_explanations_out(playground):
    expect(playground.page.locator("#article")).to_be_visible()
    playground.visit("hideText=true&seed=0.31415")
    expect(playground.page.locator("#article")).to_be_hidden()
    expect(playground.get("play")).to_be_visible()


def test_a_typed_link_counts_also_where_an_answer_writes_the_address_before_it_is_read(playground):
    before = playground.page.evaluate("location.hash")
    write = "([typed, shown]) => { location.hash = typed; history.replaceState(null, '', shown); }"
    playground.page.evaluate(write, ["dataset=spiral&seed=0.5", before])
    playground.expect_link(dataset="spiral", seed="0.5")


def test_the_panel_makes_a_link_that_hides_and_leaves_this_page_as_it_is(playground, visit):
    playground.get("hide-panel").locator("summary").click()
    for part in ("learningRate", "resetButton", "numNodes2", "ySquared", "text"):
        playground.get(f"hide-{part}").check()
    made = playground.get("hide-link").input_value()
    expect(playground.get("setting-learningRate")).to_be_visible()
    playground.get("hide-panel").locator("summary").click()
    playground.click("dataset-xor")  # made before, so not in it

    there = visit(made.split("#", 1)[1])
    for testid in ("setting-learningRate", "reset", "layer-2-add", "feature-ySquared"):
        expect(there.get(testid)).to_be_hidden()
    expect(there.page.locator("#article")).to_be_hidden()
    assert there.link["dataset"] == "circle"
    assert there.frame.losses == playground_losses_at_start(playground)


def playground_losses_at_start(playground):
    playground.visit("seed=0.31415")
    playground.expect_epoch(0)
    return playground.frame.losses


def test_a_link_too_long_to_read_opens_the_default_and_says_so(unopened):
    playground = unopened.open("x=true&" * 1000)
    expect(playground.get("notice-link")).to_contain_text("longer than 4,000 characters and was not read.")
    expect(playground.get("notice-link")).not_to_contain_text("Taken instead")
    assert playground.link["dataset"] == "circle"
    playground.step()


@pytest.mark.parametrize(
    ("link", "most"), [("epoch=9&edits=" + "1:rate:1," * 11_000, "60,000"), ("x=true&" * 15_000, "4,000")]
)
def test_a_link_of_100_kb_is_refused_in_words_and_the_page_goes_on(unopened, link, most):
    playground = unopened.open(link)
    expect(playground.get("notice-link")).to_contain_text(f"longer than {most} characters and was not read.")
    playground.step()
    before = playground.link
    playground.page.evaluate("link => { location.hash = link; }", link)
    expect(playground.get("notice-command")).to_contain_text(f"longer than {most} characters and was not read.")
    playground.page.wait_for_function("link => location.hash.length < link.length", arg=link)
    assert playground.link == before
    playground.step()
