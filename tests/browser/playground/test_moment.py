"""A moment of a run: its link is copied, and opens as that moment, trained and edited."""

from playwright.sync_api import expect

from playground.recording import moment
from playground.recording.player import Player

LINK = "seed=0.1&networkShape=3&epoch=1500&edits=100:rate:0.1,200:weight:0:1:0:-0.5,300:data:0.7"


def trained(link):
    there = moment.parse(link)
    player = Player(there.recording)
    while player.engine.epoch < there.epoch:
        player.train()
    return there, tuple(player.engine.parameters)


def test_a_link_with_an_epoch_opens_trained_to_it(playground):
    playground.visit(LINK)
    playground.wait(lambda: playground.frame.epoch == 1500, "the link's epoch")
    there, parameters = trained(LINK)
    assert playground.frame.parameters == parameters
    expect(playground.get("epoch")).to_have_text("001,500")
    expect(playground.get("setting-learningRate")).to_have_value("0.1")
    expect(playground.get("going")).to_be_hidden()
    playground.expect_state("paused")
    assert there.config.seed in playground.page.url


def test_a_link_that_was_changed_on_its_way_stays_in_the_address_while_its_moment_is_shown(playground):
    link = "seed=0.1&networkShape=3&epoch=20&edits=10:rate:0.1"
    for changed in (link.replace("&", "&amp;"), f"{link}&batchSize=99"):
        playground.visit(changed)
        playground.wait(lambda: playground.frame.epoch == 20, "the link's epoch")
        assert playground.page.evaluate("decodeURI(location.hash)") == f"#{changed}"
        playground.step()
    playground.slide("batchSize", 5)
    playground.expect_link(batchSize="5", learningRate="0.1")


def test_how_far_it_will_go_is_said_and_any_command_ends_it(playground):
    playground.visit("seed=0.1&networkShape=8,8,8&epoch=200000")
    expect(playground.get("going")).to_contain_text("On the way to epoch 200,000")
    playground.expect_state("running")
    playground.wait(lambda: playground.frame.epoch > 0, "a frame on the way")
    playground.click("step")
    expect(playground.get("going")).to_be_hidden()
    playground.wait(lambda: playground.epoch == playground.statuses[-1]["epoch"] + 1, "one epoch more")
    assert playground.epoch < 200_000


def test_edits_that_cannot_be_are_named_and_the_rest_is_opened(visit):
    playground = visit("seed=0.1&networkShape=3&epoch=20&edits=9:weight:0:7:0:1")
    notice = playground.get("notice-link")
    for said in ("No edit was made", "因此没有做任何改动"):
        expect(notice).to_contain_text(said)
        expect(notice).to_contain_text("9:weight:0:7:0:1")
        playground.click("lang-switch")
    playground.wait(lambda: playground.frame.epoch == 20, "the link's epoch")


def test_what_was_trained_and_edited_here_is_copied_as_it_stands(visit):
    playground = visit("seed=0.1&networkShape=3", permissions=["clipboard-read", "clipboard-write"])
    expect(playground.get("copy-moment")).to_be_hidden()
    playground.train(30)
    playground.choose("learningRate", "0.3")
    edited = playground.epoch
    playground.step(12)
    expect(playground.get("edited")).to_contain_text("the clock beside “Copy link”")
    playground.click("copy-moment")
    expect(playground.get("link-copied")).to_have_text("Copied.")
    address = playground.page.evaluate("navigator.clipboard.readText()")
    there, parameters = trained(address)
    assert (there.epoch, [epoch for epoch, _ in there.recording.edits]) == (edited + 12, [edited])
    assert playground.frame.parameters == parameters
    playground.visit(address.partition("#")[2])
    playground.wait(
        lambda: playground.frame.epoch == edited + 12 and playground.frame.parameters == parameters, "that moment"
    )
