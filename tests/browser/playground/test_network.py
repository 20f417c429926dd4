"""The network's picture: layers, neurons, features, their maps, and weights and biases to read and edit."""

import re

import pytest
from playwright.sync_api import expect

from support.long import parametrize

ORANGE = "rgb(245, 147, 35)"  # of -1 and everything below
OUTPUT = (2, 0)  # layer and node of the output of 4-2-1


def columns(playground):
    """How many nodes the picture shows in each computed layer."""
    ids = playground.page.locator("[data-testid^=node-]").evaluate_all("all => all.map(one => one.dataset.testid)")
    layers = [int(name.split("-")[1]) for name in ids]
    return [layers.count(layer) for layer in range(max(layers) + 1)]


def edit(playground, field, value):
    """Type into an open card."""
    playground.get(field).fill(value)
    playground.get(field).press("Enter")


# --- its shape ---


def test_layers_can_be_added_up_to_ten(playground):
    playground.visit("networkShape=4,2,2,2,2,2,2,2,2&seed=0.31415")
    playground.click("add-layer")
    playground.expect_link(networkShape="4,2,2,2,2,2,2,2,2,2")
    expect(playground.get("add-layer")).to_be_disabled()
    assert columns(playground) == [4, *[2] * 9, 1]
    playground.wait(lambda: playground.frame.sizes == (2, 4, *[2] * 9, 1), "a picture of ten layers")
    playground.step()  # and it trains


def test_presses_that_come_before_the_first_is_answered_all_count(playground):
    press = "(button, times) => { for (let press = 0; press < times; press++) button.click(); }"
    playground.visit("networkShape=4,2&seed=0.31415")
    playground.get("layer-1-add").evaluate(press, 3)
    playground.expect_link(networkShape="7,2")
    playground.get("remove-layer").evaluate(press, 3)
    playground.expect_link(networkShape="")
    playground.get("feature-xSquared").evaluate(press, 2)
    playground.get("feature-ySquared").evaluate(press, 3)
    playground.expect_link(xSquared="false", ySquared="true")


def test_layers_can_be_removed_down_to_none(playground):
    playground.click("remove-layer")
    playground.expect_link(networkShape="4")
    playground.click("remove-layer")
    playground.expect_link(networkShape="")
    expect(playground.get("remove-layer")).to_be_disabled()
    assert columns(playground) == [1]
    playground.wait(lambda: playground.frame.sizes == (2, 1), "a picture without hidden layers")
    playground.step()
    playground.click("add-layer")
    playground.expect_link(networkShape="2")


def test_neurons_can_be_added_up_to_sixteen(playground):
    playground.visit("networkShape=4,15&seed=0.31415")
    playground.click("layer-2-add")
    playground.expect_link(networkShape="4,16")
    expect(playground.get("layer-2-add")).to_be_disabled()
    expect(playground.get("layer-1-add")).to_be_enabled()
    assert columns(playground) == [4, 16, 1]


def test_neurons_can_be_removed_down_to_one(playground):
    playground.click("layer-2-remove")
    playground.expect_link(networkShape="4,1")
    expect(playground.get("layer-2-remove")).to_be_disabled()
    assert columns(playground) == [4, 1, 1]
    playground.wait(lambda: playground.frame.sizes == (2, 4, 1, 1), "a picture of that network")


def test_a_feature_is_switched_on_and_off_by_a_click(playground):
    feature = playground.get("feature-xSquared")
    expect(feature).to_have_attribute("aria-pressed", "false")
    playground.click("feature-xSquared")
    playground.expect_link(xSquared="true")
    expect(feature).to_have_attribute("aria-pressed", "true")
    playground.wait(lambda: playground.frame.sizes == (3, 4, 2, 1), "a network with three inputs")
    expect(playground.get("link-0-0-2")).to_be_attached()
    playground.click("feature-xSquared")
    playground.expect_link(xSquared="false")
    expect(playground.get("link-0-0-2")).not_to_be_attached()


def test_a_network_without_any_feature_can_be_trained(playground):
    playground.click("feature-x")
    playground.click("feature-y")
    playground.expect_link(x="false", y="false")
    playground.wait(lambda: playground.frame.sizes == (0, 4, 2, 1), "a network without inputs")
    playground.step()
    playground.click("node-0-0")
    expect(playground.get("edit-bias-0-0")).to_be_focused()
    playground.page.keyboard.press("Escape")


# --- its maps ---


def thumbnail_of(pixels):
    """The mean colour of each of the 10 x 10 squares of a map."""
    blocks = [[0, 0, 0] for _ in range(100)]
    for index, pixel in enumerate(pixels):
        block = blocks[index // 1000 * 10 + index % 100 // 10]
        for channel in range(3):
            block[channel] += pixel[channel] / 100
    return blocks


@parametrize("node", ["node-0-2", "node-1-0", "feature-xTimesY"], short=2)
def test_pointing_at_a_node_shows_its_map_large(playground, node):
    playground.train(300)
    output = playground.map_pixels()
    playground.point_at(node)
    name = {
        "node-0-2": "Layer 1, neuron 3",
        "node-1-0": "Layer 2, neuron 1",
        "feature-xTimesY": "Feature X₁X₂",
    }[node]
    expect(playground.get("map-title")).to_have_text(name)
    shown = playground.map_pixels()
    assert shown != output
    small = playground.pixels(playground.get(node).locator("canvas"))
    # A thumbnail averages values and not colours, and the scale bends at 0: alike, not the same.
    differences = [
        abs(a - b) for one, two in zip(thumbnail_of(shown), small, strict=True) for a, b in zip(one, two, strict=False)
    ]
    assert sum(differences) / len(differences) < 4
    playground.leave()
    expect(playground.get("map-title")).to_have_text("Output of the network")
    playground.wait(lambda: playground.map_pixels() == output, "the output's map")


def test_the_map_of_a_neuron_pointed_at_is_live(playground):
    playground.point_at("node-0-0")
    expect(playground.get("map-title")).to_have_text("Layer 1, neuron 1")
    before = playground.map_pixels()
    playground.page.keyboard.press("s")
    playground.expect_epoch(1)
    playground.wait(lambda: playground.map_pixels() != before, "the map after an epoch")


# --- its weights and biases ---


def test_pointing_at_a_link_shows_its_weight(playground):
    playground.point_at("link-1-1-2")
    expect(playground.get("card-value")).to_have_text(f"{playground.frame.weight(1, 1, 2):.2g}")
    expect(playground.page.locator(".card")).to_contain_text("Layer 1, neuron 3 → Layer 2, neuron 2")
    playground.leave()
    expect(playground.get("card-value")).to_be_hidden()


def test_every_link_can_be_pointed_at(playground):
    for layer, node, source in [(layer, n, i) for layer, (i_, n_) in enumerate([(2, 4), (4, 2), (2, 1)])
                                for n in range(n_) for i in range(i_)]:  # fmt: skip
        playground.point_at(f"link-{layer}-{node}-{source}")
        expect(playground.get("card-value")).to_have_text(f"{playground.frame.weight(layer, node, source):.2g}")


def test_a_click_on_a_link_edits_its_weight(playground):
    playground.point_at("link-0-1-1")
    playground.page.mouse.down()
    playground.page.mouse.up()
    expect(playground.get("edit-link-0-1-1")).to_be_focused()
    edit(playground, "edit-link-0-1-1", "-2.5")
    playground.wait(lambda: playground.frame.weight(0, 1, 1) == -2.5, "the weight")
    link = playground.get("link-0-1-1")
    expect(link).to_have_attribute("stroke-width", "5.5")  # from 1 to 10 as the weight goes to 5
    expect(link).to_have_attribute("stroke", ORANGE)
    assert playground.epoch == 0


def test_the_outputs_bias_can_be_read_and_edited_in_its_corner(playground):
    bias = playground.get("bias-2-0")
    bias.hover()
    expect(playground.get("card-value")).to_have_text("0.1")
    expect(playground.page.locator(".card")).to_contain_text("Bias of Output neuron")
    bias.click()
    edit(playground, "edit-bias-2-0", "-1.5")
    playground.wait(lambda: playground.frame.bias(*OUTPUT) == -1.5, "the bias")
    expect(bias).to_have_css("background-color", ORANGE)
    assert playground.epoch == 0


def test_a_click_on_a_neuron_edits_its_bias_and_all_its_weights(playground):
    playground.click("node-1-1")
    expect(playground.get("edit-bias-1-1")).to_be_focused()
    for source in range(4):
        field = playground.get(f"edit-link-1-1-{source}")
        expect(field).to_have_value(f"{playground.frame.weight(1, 1, source):.2g}")
    edit(playground, "edit-link-1-1-3", "1.25")
    playground.wait(lambda: playground.frame.weight(1, 1, 3) == 1.25, "the weight")
    expect(playground.get("node-1-1")).to_be_focused()


def test_an_edit_shows_in_the_losses_and_the_training_goes_on_from_it(playground):
    playground.play()
    playground.wait(lambda: playground.epoch > 3, "some epochs")
    playground.click("node-2-0")
    edit(playground, "edit-bias-2-0", "40")
    # Tanh of 40 is 1: half of the points have the label -1, each with a loss of 2.
    playground.wait(lambda: playground.loss() > 0.9, "the loss of an output that is 1 everywhere")
    playground.expect_state("running")
    epoch = playground.epoch
    playground.wait(lambda: playground.epoch > epoch, "further epochs")


def test_the_value_in_a_card_is_live(playground):
    playground.point_at("link-2-0-0")
    before = playground.get("card-value").inner_text()
    playground.page.keyboard.press("p")
    expect(playground.get("card-value")).not_to_have_text(before)
    playground.page.keyboard.press("p")
    playground.expect_state("paused")
    playground.expect_epoch(playground.statuses[-1]["epoch"])
    expect(playground.get("card-value")).to_have_text(f"{playground.frame.weight(2, 0, 0):.2g}")


def test_what_is_being_typed_is_left_alone_by_the_training(playground):
    playground.play()
    playground.click("node-0-0")
    field = playground.get("edit-bias-0-0")
    expect(field).to_be_focused()
    expect(field).not_to_have_value("0.1")  # live until something is typed, which takes its place
    playground.page.keyboard.type("0.77")
    live = playground.get("edit-link-0-0-0")
    value = live.input_value()
    expect(live).not_to_have_value(value)  # the others go on
    expect(field).to_have_value("0.77")
    field.press("Escape")


def test_escape_and_impossible_values_change_nothing(playground):
    before = playground.frame.parameters
    playground.click("node-0-0")
    playground.get("edit-bias-0-0").fill("3")
    playground.get("edit-bias-0-0").press("Escape")
    playground.click("node-0-0")
    edit(playground, "edit-bias-0-0", "")
    playground.page.keyboard.press("Escape")
    playground.click("node-0-0")
    expect(playground.get("edit-bias-0-0")).to_have_value("0.1")
    playground.page.keyboard.press("Escape")
    playground.click("node-0-1")
    edit(playground, "edit-bias-0-1", "0.5")
    playground.wait(lambda: playground.frame.bias(0, 1) == 0.5, "the edit that is possible")
    changed = [a != b for a, b in zip(before, playground.frame.parameters, strict=True)]
    assert sum(changed) == 1


@parametrize("typed, said", [("1e7", "10000000 不在 -1,000,000 到 1,000,000 之间"), ("1e", "这不是一个数")], short=1)
@parametrize("leave", ["Enter", "Tab"], short=1)
def test_a_weight_that_cannot_be_is_refused_beside_its_field_where_it_stays(visit, typed, said, leave):
    playground = visit(locale="zh-CN")
    playground.click("node-0-0")
    field, fault = playground.get("edit-link-0-0-0"), playground.get("fault-edit-link-0-0-0")
    field.select_text()
    playground.page.keyboard.type(typed)
    field.press(leave)
    expect(fault).to_contain_text("→ 第 1 层，神经元 1")
    expect(fault).to_contain_text(said)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", fault.get_attribute("id"))
    if typed == "1e7":
        expect(field).to_have_value("1e7")
    expect(playground.get("notice-command")).not_to_be_attached()
    expect(playground.get("edited")).to_be_hidden()
    field.fill("2")
    expect(fault).to_be_hidden()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    field.press("Enter")
    expect(field).to_be_hidden()
    playground.wait(lambda: playground.frame.weight(0, 0, 0) == 2, "the edit that is possible")


def test_an_open_card_follows_the_pages_language(playground):
    playground.click("node-0-0")
    card = playground.page.get_by_role("dialog")
    expect(card).to_have_accessible_name("Weights and bias: Layer 1, neuron 1")
    playground.page.evaluate("document.querySelector('[data-testid=lang-switch]').click()")
    expect(card).to_have_accessible_name("权重和偏置：第 1 层，神经元 1")
    expect(card).to_contain_text("第 1 层，神经元 1")
    expect(card).not_to_contain_text("From")


def test_a_weight_that_is_refused_when_its_card_has_gone_is_told(playground):
    playground.click("node-0-0")
    playground.get("edit-bias-0-0").fill("1e7")
    playground.page.mouse.click(5, 5)
    expect(playground.get("notice-command")).to_contain_text("is not a number from")


def test_the_dashes_of_the_links_move_while_training(playground):
    links = playground.page.locator("g.links")

    def offset() -> str:
        return links.get_attribute("stroke-dashoffset") or "0"

    before = offset()
    playground.step()
    playground.wait(lambda: offset() != before, "the dashes to move")


def test_links_have_the_width_and_colour_of_their_weights(playground):
    playground.train(200)
    for source in range(4):
        weight = playground.frame.weight(1, 0, source)
        link = playground.get(f"link-1-0-{source}")
        assert float(link.get_attribute("stroke-width")) == pytest.approx(1 + 9 * min(abs(weight) / 5, 1), abs=0.051)
        red, _, blue = map(int, re.findall(r"\d+", link.get_attribute("stroke")))
        assert (blue > red) == (weight > 0)
