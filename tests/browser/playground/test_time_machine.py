"""Going back in a run: with the slider, with undo and redo, and to the runs that branched."""

from playwright.sync_api import expect

from playground.recording import moment
from playground.recording.player import Player
from support.playground_page import PLAIN


def look(playground, epoch):
    """Drags the slider to `epoch`."""
    drag = "(slider, epoch) => { slider.value = epoch; slider.dispatchEvent(new Event('input', {bubbles: true})); }"
    playground.get("time-slider").evaluate(drag, epoch)
    expect(playground.get("epoch")).to_have_text(f"{epoch:07,d}")


def losses(link, epoch):
    player = Player(moment.parse(link).recording)
    while player.engine.epoch < epoch:
        player.train()
    return player.engine.scores()


def test_the_slider_shows_any_epoch_with_its_losses_and_settings(playground):
    playground.step(12)
    playground.choose("learningRate", "0.3")
    playground.step(8)
    look(playground, 7)
    scores = losses(PLAIN, 7)
    expect(playground.get("loss-train")).to_have_text(f"{scores.train_loss:.3f}")
    expect(playground.get("loss-test")).to_have_text(f"{scores.test_loss:.3f}")
    expect(playground.get("setting-learningRate")).to_have_value("0.03")
    playground.click("time-now")
    expect(playground.get("epoch")).to_have_text("000,020")
    expect(playground.get("setting-learningRate")).to_have_value("0.3")
    expect(playground.get("time-now")).to_be_hidden()


def test_an_epoch_before_any_edit_is_not_said_to_be_edited(playground):
    playground.step(6)
    playground.click("node-0-0")
    playground.get("edit-bias-0-0").fill("2")
    playground.get("edit-bias-0-0").press("Enter")
    expect(playground.get("edited")).to_contain_text("Edited by hand")
    playground.step(3)
    look(playground, 2)
    expect(playground.get("edited")).to_be_hidden()
    look(playground, 7)
    expect(playground.get("edited")).to_be_visible()
    look(playground, 2)
    expect(playground.get("edited")).to_be_hidden()
    playground.click("time-now")
    expect(playground.get("edited")).to_be_visible()


def test_the_keyboard_moves_it(playground):
    playground.step(30)
    slider = playground.get("time-slider")
    slider.focus()
    for key, epoch in [
        ("ArrowLeft", 29),
        ("ArrowLeft", 28),
        ("Home", 0),
        ("ArrowRight", 1),
        ("PageUp", 4),
        ("End", 30),
    ]:
        slider.press(key)
        expect(playground.get("epoch")).to_have_text(f"{epoch:07,d}")
    expect(slider).to_have_attribute("aria-valuetext", "Epoch 30 of 30")


def test_training_goes_on_while_an_epoch_that_has_passed_is_shown(playground):
    playground.train(20)
    playground.click("play")
    look(playground, 5)
    newest = int(playground.get("time-slider").get_attribute("max"))
    playground.wait(lambda: int(playground.get("time-slider").get_attribute("max")) > newest + 20, "training goes on")
    expect(playground.get("epoch")).to_have_text("000,005")
    playground.click("time-now")
    playground.wait(lambda: playground.epoch > newest + 20, "the newest epoch")
    playground.click("play")
    playground.expect_state("paused")


def test_play_from_an_epoch_that_has_passed_branches_and_both_runs_can_be_taken_up(playground):
    playground.train(40)
    end = playground.epoch
    look(playground, 10)
    playground.click("play")
    expect(playground.get("time-runs")).to_be_visible()
    playground.wait(lambda: playground.epoch > 12, "training goes on from there")
    playground.pause()
    other = playground.epoch
    playground.click("take-1")
    playground.expect_epoch(end)
    playground.click("take-2")
    expect(playground.get("epoch")).to_have_text(f"{other:07,d}")
    names = lambda: set(playground.get("losschart").evaluate("plot => plot.data.map(({name}) => name)"))  # noqa: E731
    playground.wait(lambda: names() == {"Run 1", "Test", "Training"}, "a pale curve of the other run")


def test_undo_and_redo_by_button_and_by_key(visit):
    playground = visit(PLAIN)
    expect(playground.get("undo")).to_be_hidden()
    playground.step(25)
    playground.choose("activation", "relu")
    playground.expect_epoch(0)
    playground.step(5)
    playground.click("undo")
    expect(playground.get("setting-activation")).to_have_value("tanh")
    expect(playground.get("epoch")).to_have_text("000,025")
    expect(playground.get("undo")).to_be_disabled()
    playground.page.keyboard.press("Control+Shift+z")
    expect(playground.get("setting-activation")).to_have_value("relu")
    expect(playground.get("epoch")).to_have_text("000,005")
    playground.page.keyboard.press("Control+z")
    expect(playground.get("epoch")).to_have_text("000,025")


def test_branches_survive_a_reload(visit):
    playground = visit(PLAIN)
    playground.train(40)
    end = playground.epoch
    look(playground, 10)
    playground.step()
    expect(playground.get("epoch")).to_have_text("000,011")
    playground.page.reload()
    playground.wait_until_ready()
    expect(playground.get("epoch")).to_have_text("000,011")
    expect(playground.get("take-1")).to_have_text("Run 1")
    playground.click("lang-switch")
    expect(playground.get("take-1")).to_have_text("训练 1")
    playground.click("undo")  # the branch
    playground.expect_epoch(end)
