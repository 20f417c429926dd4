"""Play, pause, step, reset, new weights, new data, the speed, and their keys."""

import re
import time

from playwright.sync_api import expect

from support.long import parametrize


def test_play_trains_until_pause(playground):
    playground.play()
    expect(playground.get("play")).to_have_accessible_name("Pause (P)")
    playground.wait(lambda: playground.epoch > 5, "some epochs")
    playground.pause()
    expect(playground.get("play")).to_have_accessible_name("Play (P)")
    stopped = playground.epoch
    playground.step()  # the next epoch is the one after the last shown: nothing went on in between
    assert playground.epoch == stopped + 1


def test_a_step_trains_exactly_one_epoch(playground):
    before = playground.frame
    playground.step()
    assert playground.epoch == playground.frame.epoch == 1
    assert playground.frame.parameters != before.parameters


def test_a_step_while_playing_pauses(playground):
    playground.play()
    playground.wait(lambda: playground.epoch > 1, "some epochs")
    playground.click("step")
    playground.expect_state("paused")
    expect(playground.get("play")).to_have_accessible_name("Play (P)")


def test_reset_goes_back_to_the_same_initial_weights_and_the_same_run(playground):
    initial = playground.frame
    playground.step(3)
    trained = playground.frame
    playground.click("reset")
    playground.expect_new_network(trained.generation)
    assert playground.frame.parameters == initial.parameters
    playground.step(3)
    assert playground.frame.parameters == trained.parameters


def test_reset_while_playing_pauses_at_epoch_0(playground):
    playground.play()
    playground.wait(lambda: playground.epoch > 1, "some epochs")
    generation = playground.frame.generation
    playground.click("reset")
    playground.expect_state("paused")
    playground.expect_new_network(generation)
    playground.step()
    assert playground.epoch == 1


def test_new_weights_start_again_from_others_which_the_link_notes_and_reset_keeps(playground):
    first = playground.frame
    playground.step()
    playground.click("new-weights")
    playground.expect_new_network(first.generation)
    second = playground.frame
    assert second.parameters != first.parameters
    playground.expect_link(weightsDraw="1", seed="0.31415")
    points = playground.points
    playground.step()
    playground.click("reset")
    playground.expect_new_network(second.generation)
    assert playground.frame.parameters == second.parameters
    assert playground.points == points


def test_new_data_keep_the_network_and_its_training_going(playground):
    playground.play()
    playground.wait(lambda: playground.epoch > 5, "some epochs")
    points = playground.points
    playground.click("new-data")
    playground.wait(lambda: playground.points != points, "other points")
    playground.expect_state("running")
    assert playground.epoch > 5
    assert playground.link["seed"] != "0.31415"
    playground.pause()

    weights = playground.frame.parameters
    playground.click("new-data")
    playground.wait(lambda: playground.link["seed"] != "0.31415", "another seed")
    assert playground.frame.parameters == weights


def test_the_epoch_is_shown_with_six_digits_and_a_comma(playground):
    expect(playground.get("epoch")).to_have_text("000,000")
    playground.train(1000)
    expect(playground.get("epoch")).to_have_text(re.compile(r"^\d{3},\d{3}$"))


def test_the_speed_is_the_users_choice(playground):
    playground.get("select-speed").select_option("10")
    started = time.monotonic()
    playground.play()
    playground.wait(lambda: playground.epoch >= 8, "8 epochs")
    assert playground.epoch <= 10 * (time.monotonic() - started) + 2  # never faster than asked
    playground.get("select-speed").select_option("max")
    playground.wait(lambda: playground.epoch > 5000, "thousands of epochs")


@parametrize("key", ["p", "P", " "], short=1)
def test_a_key_plays_and_pauses(playground, key):
    playground.page.keyboard.press(key)
    playground.expect_state("running")
    playground.page.keyboard.press(key)
    playground.expect_state("paused")


def test_keys_step_reset_and_draw_new_weights_and_data(playground):
    press = playground.page.keyboard.press
    press("s")
    playground.expect_epoch(1)
    generation = playground.frame.generation
    press("r")
    playground.expect_new_network(generation)
    press("w")
    playground.expect_link(weightsDraw="1")
    press("d")
    playground.wait(lambda: playground.link["seed"] != "0.31415", "another seed")


def test_space_on_a_button_presses_that_button_alone(playground):
    playground.get("step").focus()
    playground.page.keyboard.press(" ")
    playground.expect_epoch(1)
    playground.expect_state("paused")


def test_typing_in_a_field_is_no_shortcut(playground):
    playground.click("node-0-0")
    playground.page.keyboard.type("5")
    playground.page.keyboard.press("s")
    playground.page.keyboard.press("Escape")
    playground.get("setting-activation").focus()
    playground.page.keyboard.press("s")  # chooses Sigmoid, as in any list
    playground.page.keyboard.press("Escape")
    playground.step()
    assert playground.epoch == 1


def test_the_keys_work_on_a_slider_and_on_a_checkbox_which_keep_their_own(playground):
    playground.step(12)
    slider, check = playground.get("time-slider"), playground.get("check-log")
    slider.press("ArrowLeft")
    expect(playground.get("epoch")).to_have_text("000,011")
    slider.press("End")
    slider.press("s")
    playground.expect_epoch(13)
    was = check.is_checked()
    check.press("s")
    playground.expect_epoch(14)
    check.press(" ")
    expect(check).to_be_checked(checked=not was)
    playground.expect_state("paused")
    slider.press("p")
    playground.wait(lambda: playground.epoch > 14, "it trains")
    slider.press("p")
    playground.expect_state("paused")
    check.set_checked(was)


def test_the_keys_can_be_switched_off_and_stay_off(unopened):
    playground = unopened.open()
    playground.click("help")
    playground.get("shortcuts-on").uncheck()
    playground.page.keyboard.press("Escape")
    playground.page.keyboard.press("s")
    playground.step()
    assert playground.epoch == 1
    playground.page.reload()
    playground.wait_until_ready()
    playground.click("help")
    expect(playground.get("shortcuts-on")).not_to_be_checked()


def test_a_reload_finds_the_training_as_it_was(unopened):
    playground = unopened.open()
    playground.train(500)
    epoch, loss = playground.epoch, playground.get("loss-test").inner_text()
    playground.page.reload()
    playground.wait_until_ready()
    playground.expect_epoch(epoch)
    expect(playground.get("loss-test")).to_have_text(loss)
    playground.wait_for_chart(epoch)  # and its curve with it
    assert len(playground.chart()["x"]) > 2


def test_a_screen_reader_hears_the_epoch_that_is_shown(playground):
    def heard():
        found = re.fullmatch(r"Paused at epoch (\d+), test loss (\S+)", playground.get("announcer").inner_text())
        return found and (int(found[1]), found[2])

    for rests in (playground.pause, playground.step):
        if rests == playground.pause:
            playground.play()
            playground.wait(lambda: playground.epoch > 2, "some epochs")
        rests()
        playground.wait(
            lambda: heard() == (playground.epoch, playground.get("loss-test").inner_text()), "what is shown"
        )
    playground.click("reset")
    playground.wait(lambda: playground.get("announcer").inner_text() == "", "nothing to say of an untrained network")
