"""What breaks between page and server: the page says so, and goes on where it was."""

import re
import signal
import sys
import time

import psutil
import pytest
from playwright.sync_api import Error, expect

from core.visitors import BROWSER_COOKIE
from support.long import parametrize
from support.network import Line, Network
from support.processes import ServerProcess, free_port
from support.web_clients import Client

SETTINGS = "dataset=xor&activation=relu&networkShape=5,3&noise=10&discretize=true&seed=0.2"


class Breakable:
    """A server for this module to break, with one worker; it starts again on the same port."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.process = None

    def start(self):
        command = [sys.executable, "app.py", "--port", str(self.port), "--workers", "1"]
        command += ["--data", str(self.folder / "data"), "--experiments", str(self.folder / "experiments")]
        self.process = ServerProcess(command, f"http://127.0.0.1:{self.port}", self.folder / "server.log")
        self.process.wait_ready()


@pytest.fixture(scope="module")
def breakable(tmp_path_factory):
    server = Breakable(tmp_path_factory.mktemp("breakable"))
    server.start()
    yield server
    server.process.kill()


def workers(server):
    return [
        process
        for process in psutil.Process(server.process.process.pid).children(recursive=True)
        if "playground.serving.worker_process" in " ".join(process.cmdline())
    ]


@pytest.fixture
def network(server):
    """Between the pages and the common server."""
    made = []

    def network(**options):
        made.append(Network(int(server.rsplit(":", 1)[1]), **options))
        return made[-1]

    yield network
    for one in made:
        one.close()


def test_a_network_that_falls_silent_is_noticed_within_five_seconds_and_found_back(visit, network):
    between = network()
    playground = visit(SETTINGS, at=between.url)
    playground.play()
    playground.wait(lambda: playground.epoch > 5, "some epochs")
    notice = playground.get("notice-connection")

    def silence():
        took = between.silence(until=lambda: expect(notice).to_contain_text("No answer from the server since"))
        playground.expect_state("running")
        expect(notice).not_to_be_attached()
        return took

    assert any(silence() < 5 for _ in range(3))  # where the machine is busy with other things, the page stands too
    epoch = playground.epoch
    playground.wait(lambda: playground.epoch > epoch, "further epochs")


def test_a_page_at_rest_is_not_told_that_its_network_is_dead(playground):
    playground.step()
    states = "() => (window.states ??= new Set([document.getElementById('status').dataset.state]))"
    watch = f"""() => new MutationObserver(() => ({states})().add(document.getElementById("status").dataset.state))
      .observe(document.getElementById("status"), {{attributes: true}})"""
    playground.page.evaluate(states)
    playground.page.evaluate(watch)
    began = time.monotonic()
    playground.wait(lambda: time.monotonic() - began > 6, "six quiet seconds")
    assert playground.page.evaluate(f"[...({states})()]") == ["paused"]


def test_where_no_websocket_gets_through_it_goes_by_polling_and_back_when_one_does(visit, network):
    networks = [network(websockets=how) for how in ("refuse", "swallow")]
    playgrounds = [visit(SETTINGS, at=between.url) for between in networks]
    for playground in playgrounds:
        expect(playground.get("notice-slow")).to_contain_text("Slow connection")
        for epoch in range(3):
            playground.expect_epoch(epoch)
            playground.click("step")
        playground.expect_epoch(3)
    for between in networks:
        between.websockets = "pass"
    for playground in playgrounds:
        expect(playground.get("notice-slow")).not_to_be_attached()
        playground.expect_state("paused")
        playground.expect_epoch(3)
        playground.step()
        assert playground.frame.epoch == 4  # heard by WebSocket


def test_over_a_poor_network_a_page_trains_shows_and_obeys_without_losing_its_session(visit, network):
    between = network()
    playground = visit(SETTINGS, at=between.url)
    session = playground.session
    shown = states_of(playground.page)
    between.line = Line(delay=0.2, loss=0.02, rate=125_000)  # 1 Mbit/s
    playground.play()
    frames, epoch, began = set(), playground.epoch, time.monotonic()
    playground.wait(lambda: frames.add(playground.epoch) or playground.epoch > epoch + 300, "300 epochs")
    assert (
        len(frames) >= (time.monotonic() - began) / 1.5
    )  # 2 to 4 a second: two are under way in a round trip of 0.4 s
    playground.pause()
    playground.get("time-slider").focus()
    playground.page.keyboard.press("Home")
    playground.expect_epoch(0)
    playground.click("time-now")
    generation = playground.frame.generation
    playground.choose("activation", "tanh")
    playground.expect_new_network(generation)
    assert set(shown()) <= {"paused", "running"}  # never lost
    expect(playground.get("notice-connection")).not_to_be_attached()
    assert playground.session == session


def test_a_page_is_opened_over_a_poor_network(browser, browser_context_args, network):
    between = network()
    between.line = Line(delay=0.2, loss=0.02, rate=125_000)
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    page.set_default_timeout(180_000)
    page.goto(between.url + f"/#{SETTINGS}", wait_until="commit")
    expect(page.get_by_test_id("loss-test")).not_to_have_text(
        "–", timeout=180_000
    )  # 16 s beside fifteen other programs
    page.get_by_test_id("step").click()
    expect(page.get_by_test_id("epoch")).to_have_text("000,001")
    expect(page.get_by_test_id("notice-connection")).not_to_be_attached()
    context.close()


def cut_after(page, messages):
    """Cuts each WebSocket of the page after so many messages of the server. Gives those it has cut."""
    cut = []

    def connect(websocket):
        heard = []
        server = websocket.connect_to_server()

        def hear(message):
            heard.append(message)
            websocket.send(message)
            if len(heard) == messages:
                cut.append(websocket)
                websocket.close()
                server.close()

        server.on_message(hear)

    page.route_web_socket("**/socket.io/**", connect)
    return cut


def states_of(page):
    """All states that the page shows from now on, as a function."""
    page.evaluate("""() => {
      const pill = document.getElementById("status");
      window.shown = [pill.dataset.state];
      new MutationObserver(() => window.shown.push(pill.dataset.state)).observe(pill, {attributes: true});
    }""")
    return lambda: page.evaluate("window.shown")


@parametrize("messages", [1, 12], short=1)
def test_where_every_websocket_is_cut_after_a_while_it_goes_by_polling_and_stays_there(unopened, messages):
    cut = cut_after(unopened.page, messages)
    playground = unopened.open(SETTINGS)
    playground.get("select-speed").select_option("10")
    playground.play()
    expect(playground.get("notice-slow")).to_contain_text("Slow connection")
    shown, epoch, before = states_of(playground.page), playground.epoch, len(cut)
    began = time.monotonic()
    playground.wait(lambda: time.monotonic() - began > 6, "six seconds")
    assert playground.epoch > epoch
    assert set(shown()) == {"running"}
    assert len(cut) == before


@pytest.mark.long("test_where_every_websocket_is_cut_after_a_while_it_goes_by_polling_and_stays_there")
def test_the_lenet_page_goes_by_polling_too_where_every_websocket_is_cut(page, server):
    cut = cut_after(page, 3)
    page.goto(f"{server}/lenet")
    expect(page.get_by_test_id("notice-slow")).to_contain_text("Slow connection")
    expect(page.get_by_test_id("notice-connection")).not_to_be_attached()
    assert len(cut) == 3


@parametrize("address", ["/", "/lenet"], short=1)
def test_that_the_server_cannot_be_reached_is_not_said_before_polling_has_failed_too(page, network, address):
    between = network(websockets="swallow")
    page.add_init_script("""addEventListener("DOMContentLoaded", () => {
      const notices = document.getElementById("notices");
      window.said = "";
      const note = () => (window.said += notices.textContent);
      new MutationObserver(note).observe(notices, {childList: true, subtree: true});
    });""")
    page.goto(between.url + address)
    expect(page.get_by_test_id("notice-slow")).to_contain_text("Slow connection")
    assert re.findall("reached|No answer", page.evaluate("window.said")) == []


@parametrize("address", ["/", "/lenet", "/notebook"], short=[0, 2])
def test_a_browser_without_cookies_is_told_before_anything_is_started(page, server, address):
    page.goto(server + address)
    expect(page.locator("html[data-ready]")).to_be_attached()
    expect(page.get_by_test_id("no-cookies")).to_be_hidden()
    assert "probe" not in page.evaluate("document.cookie")
    # As where the user has blocked all cookies.
    page.context.new_cdp_session(page).send("Emulation.setDocumentCookieDisabled", {"disabled": True})
    page.reload()
    expect(page.get_by_test_id("no-cookies")).to_contain_text("blocks cookies")
    expect(page.get_by_test_id("no-cookies")).to_contain_text("nothing can be pinned and no notebook kept")
    expect(page.locator("html[data-ready]")).to_be_attached()
    sent = []
    page.on("request", lambda request: request.method == "POST" and "notebook" in request.url and sent.append(1))
    if address == "/":  # and nothing is lost by trying
        page.get_by_test_id("pin-playground.map").click()
        expect(page.get_by_test_id("notice-pins-no-cookies")).to_contain_text("Not pinned")
    elif address == "/notebook":
        page.get_by_test_id("begin").click()
        expect(page.get_by_test_id("notice-no-cookies")).to_contain_text("No notebook is made")
        expect(page.get_by_test_id("welcome")).to_be_visible()
    assert sent == []


def test_a_browser_with_too_many_pages_says_so_in_its_language_and_goes_on_when_one_is_closed(visit):
    first = visit(SETTINGS, locale="zh-CN")
    context = first.page.context
    (cookie,) = (one["value"] for one in context.cookies() if one["name"] == BROWSER_COOKIE)
    others = [Client(first.url, cookie=cookie, reading=True) for _ in range(9)]  # what pages connect by
    assert all(other.call("open")["ok"] for other in others)
    eleventh = context.new_page()
    eleventh.goto(first.page.url)
    expect(eleventh.get_by_test_id("notice-connection")).to_contain_text("这个浏览器已打开 10 个游乐场")
    expect(eleventh.get_by_test_id("status")).to_have_text("等待服务器")
    first.page.close()
    expect(eleventh.get_by_test_id("status")).to_have_attribute("data-state", "paused")
    expect(eleventh.get_by_test_id("notice-connection")).not_to_be_attached()
    for other in others:
        other.close()


def test_an_edit_by_hand_is_told_until_the_link_gives_the_training_again(visit):
    playground = visit("seed=0.31415")
    edited = playground.get("edited")
    expect(edited).to_be_hidden()
    playground.click("node-0-0")
    playground.get("edit-bias-0-0").fill("2")
    playground.page.keyboard.press("Enter")
    expect(edited).to_contain_text("Edited by hand")
    playground.page.reload()  # the session is resumed, the edit with it
    playground.wait_until_ready()
    expect(edited).to_be_visible()
    playground.click("reset")
    expect(edited).to_be_hidden()
    playground.step()
    playground.choose("learningRate", "0.1")  # in the middle of a training: a link cannot say when
    expect(edited).to_be_visible()
    playground.click("dataset-xor")
    expect(edited).to_be_hidden()


def test_a_training_goes_on_after_its_worker_was_killed(visit, breakable):
    playground = visit(SETTINGS, at=breakable.process.url)
    playground.play()
    playground.wait(lambda: playground.epoch > 20, "some epochs")
    (worker,) = workers(breakable)
    worker.send_signal(signal.SIGKILL)
    expect(playground.get("notice-workers")).to_contain_text("had to be replaced")
    epoch = playground.epoch
    assert epoch > 20
    playground.wait(lambda: playground.epoch > epoch + 5, "further epochs")
    playground.expect_state("running")
    assert workers(breakable)[0].pid != worker.pid


@pytest.fixture(scope="class")
def pages(request, visit_all, breakable):
    """Several, each with something else in it when their server is killed; another has taken its place.

    Two of them are there for long tests alone.
    """
    is_long = any(item.get_closest_marker("long") for item in request.session.items if item.cls is request.cls)

    def visit(link=SETTINGS, **options):
        return visit_all(link, at=breakable.process.url, **options)

    named = {locale: visit(locale=locale) for locale in ("en-US", "zh-CN")[: 2 if is_long else 1]}
    training = [*named.values()]
    edited, undone = (visit("seed=0.31415") for _ in range(2))
    closed, slept, offered, untrained, charted, away, studied = (visit() for _ in range(7))
    if is_long:
        named["again"] = visit()
        training.append(named["again"])
    pages = [*training, edited, undone, closed, slept, offered, untrained, charted, away, studied]
    for playground in (edited, undone):
        playground.click("node-0-0")
        playground.get("edit-bias-0-0").fill("2")
        playground.page.keyboard.press("Enter")
        expect(playground.get("edited")).to_contain_text("Edited by hand")
        expect(playground.get("card-close")).to_be_hidden()
    undone.click("undo")
    expect(undone.get("edited")).to_be_hidden()
    closed.step(2)
    for playground in (slept, offered):
        playground.step(3)
    for playground, epoch in ((charted, 7), (away, 4)):
        playground.get("select-speed").select_option("10")
        playground.step(epoch)
    charted.wait_for_chart(*range(8))
    for playground in training:
        playground.get("select-speed").select_option("10")
        playground.play()
        playground.wait(lambda playground=playground: playground.epoch > 5, "some epochs")
    studied.click("tools")
    studied.click("look-seeds")
    studied.get("seeds-count").fill("100")
    studied.get("seeds-epochs").fill("10000")
    studied.click("seeds-begin")
    expect(studied.get("seeds-said")).to_contain_text("100 in all")
    for playground in pages:
        playground.before = playground.link, playground.frame
    breakable.process.kill()
    for playground in pages:
        playground.expect_state("lost")
    expect(charted.get("notice-connection")).to_contain_text(re.compile(r"since \d\d:\d\d:\d\d"))
    expect(closed.get("notice-connection")).to_be_visible()
    closed.click("play")  # nothing to play on
    expect(closed.get("notice-command")).to_contain_text("The server cannot be reached: nothing")
    slept.page.evaluate("{ const now = Date.now; Date.now = () => now() + 6 * 60_000; }")
    with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
        away.page.reload()
    breakable.start()
    away.page.reload()
    for playground in pages:
        playground.expect_state("paused")
    names = ("edited", "undone", "closed", "slept", "offered", "untrained", "charted", "away", "studied")
    return named | dict(zip(names, pages[len(training) :], strict=True))


@pytest.mark.timeout(300)  # whichever of its tests is first makes all its pages
class TestAfterOneRestart:
    def test_it_finds_the_page_back_with_its_settings(self, pages):
        playground = pages["closed"]
        link, initial = playground.before[0], pages["untrained"].before[1].parameters
        expect(playground.get("notice-connection")).not_to_be_attached()
        expect(playground.get("notice-slow")).not_to_be_attached()
        expect(playground.get("notice-command")).not_to_be_attached()  # it is no longer true
        playground.expect_epoch(0)  # the training went with the server
        playground.wait(lambda: playground.frame.parameters == initial, "the same initial weights")
        assert playground.link == link

    def test_it_gets_the_training_back_from_the_page(self, pages):
        playground = pages["charted"]
        notice = playground.get("notice-gone")
        expect(notice).to_contain_text("The server was restarted")
        expect(notice).to_contain_text("This page still has epoch 7")
        playground.expect_epoch(0)
        playground.click("go-on")
        playground.expect_epoch(7)
        was = playground.before[1]
        got = was.parameters, was.losses
        playground.wait(lambda: (playground.frame.parameters, playground.frame.losses) == got, "its weights")
        expect(notice).not_to_be_attached()
        playground.expect_state("paused")  # as it was
        expect(playground.get("edited")).to_contain_text("Restored from this page")
        assert playground.get("select-speed").input_value() == "10"
        playground.wait_for_chart(*range(8))  # its curve too
        playground.step()
        playground.wait_for_chart(*range(9))
        playground.page.reload()
        playground.wait_until_ready()
        playground.expect_epoch(8)
        expect(playground.get("edited")).to_contain_text("Restored from this page")
        playground.wait_for_chart(7, 8)  # the server has never seen the others: the curve begins where it took over
        assert playground.chart()["x-range"][0] <= 0 < 7  # and leaves their place free
        playground.click("reset")
        playground.expect_epoch(0)
        expect(playground.get("edited")).to_be_hidden()

    def test_a_reload_while_it_was_away_finds_the_training_when_it_is_back(self, pages):
        playground = pages["away"]
        expect(playground.get("notice-gone")).to_contain_text("This page still has epoch 4")
        playground.click("go-on")
        playground.expect_epoch(4)
        playground.wait_for_chart(*range(5))
        assert playground.get("select-speed").input_value() == "10"

    def test_a_study_that_it_has_ended_says_so(self, pages):
        playground = pages["studied"]
        expect(playground.get("seeds-note")).to_contain_text("The server has lost this study after ")
        expect(playground.get("seeds-end")).to_be_hidden()
        playground.get("seeds-epochs").fill("1")
        playground.click("seeds-begin")
        expect(playground.get("seeds-note")).to_be_hidden()
        expect(playground.get("seeds-said")).to_have_text(re.compile(r"^Solved \d+ of 100$"))

    @parametrize("locale, said", [("en-US", "Restored from this page"), ("zh-CN", "已由本页恢复")], short=1)
    def test_what_was_training_when_it_was_lost_goes_on_training_and_is_not_said_to_be_edited(
        self, pages, locale, said
    ):
        playground = pages[locale]
        epoch = int(re.search(r"\d+", playground.get("go-on").inner_text())[0])
        playground.click("go-on")
        playground.expect_state("running")
        playground.wait(lambda: playground.epoch > epoch, "further epochs")
        expect(playground.get("edited")).to_contain_text(said)
        playground.get("setting-discretize").click()  # only how it is shown
        expect(playground.get("edited")).to_contain_text(said)
        playground.choose("learningRate", "0.1")
        expect(playground.get("edited")).to_contain_text(said)  # no link gives it, whatever is changed
        playground.pause()

    def test_what_was_edited_by_hand_and_restored_has_neither_a_link_nor_a_past(self, pages):
        playground = pages["edited"]
        expect(playground.get("notice-gone")).to_contain_text("no longer has what Undo and Redo led to")
        playground.click("go-on")
        expect(playground.get("edited")).to_contain_text("Restored from this page")
        expect(playground.get("copy-moment")).to_be_hidden()
        expect(playground.get("time-slider")).to_be_disabled()
        playground.click("tools")
        playground.click("look-code")
        expect(playground.get("code-said")).to_contain_text("These weights were taken from this page")
        expect(playground.get("code-save")).to_be_disabled()
        playground.click("drawer-close")

    def test_that_nothing_can_be_undone_any_more_is_said_where_no_training_is_lost(self, pages):
        expect(pages["undone"].get("notice-gone")).not_to_be_attached()
        expect(pages["undone"].get("notice-gone-past")).to_contain_text("no longer has what Undo and Redo led to")
        expect(pages["untrained"].get("notice-gone-past")).not_to_be_attached()
        expect(pages["closed"].get("notice-gone")).not_to_contain_text("Undo")

    def test_an_offer_stays_whatever_else_is_begun_and_leads_back_to_its_own_settings(self, pages):
        playground = pages["offered"]
        offer = playground.get("go-on").inner_text()
        playground.get("dataset-circle").click()
        playground.wait(lambda: playground.link["dataset"] == "circle", "another data set")
        playground.click("reset")
        playground.step()
        expect(playground.get("go-on")).to_have_text(offer)
        playground.click("go-on")
        playground.expect_epoch(3)
        assert playground.link["dataset"] == "xor"
        playground.get("dataset-gauss").click()  # nothing can undo this
        expect(playground.get("notice-gone")).to_contain_text("Undo does not bring it back")
        playground.click("go-on")
        playground.expect_epoch(3)
        assert playground.link["dataset"] == "xor"

    def test_an_offer_that_was_closed_does_not_come_again(self, pages):
        playground = pages["closed"]
        playground.get("notice-gone").locator(".notice-close").click()
        playground.page.reload()
        playground.wait_until_ready()
        playground.step()
        expect(playground.get("notice-gone")).not_to_be_attached()

    def test_a_page_that_slept_longer_than_its_training_is_kept_says_so(self, pages):
        playground = pages["slept"]
        expect(playground.get("notice-gone")).to_contain_text("no connection for more than five minutes, since ")
        playground.click("go-on")
        playground.expect_epoch(3)

    def test_what_an_untrained_page_loses_with_its_server_is_not_worth_a_word(self, pages):
        playground = pages["untrained"]
        playground.step()
        expect(playground.get("notice-gone")).not_to_be_attached()

    @pytest.mark.long("test_a_reload_while_it_was_away_finds_the_training_when_it_is_back")
    def test_a_reload_does_not_lose_what_the_page_offers(self, pages, breakable):
        playground = pages["again"]
        expect(playground.get("notice-gone")).to_be_visible()
        playground.choose("learningRate", "0.1")  # keeps the network, and with it the offer
        playground.wait(lambda: playground.link["learningRate"] == "0.1", "the server's word")
        offer = playground.get("go-on").inner_text()
        epoch = int(re.search(r"\d+", offer)[0])
        for _ in range(2):
            playground.page.reload()
            playground.wait_until_ready()
            expect(playground.get("go-on")).to_have_text(offer)
        playground.wait_for_chart(0)  # so that its script is there: a page does not ask for it again
        breakable.process.kill()  # once more, before it is taken
        playground.expect_state("lost")
        playground.click("go-on")  # with nobody to hear it
        breakable.start()
        playground.expect_state("paused")
        expect(playground.get("go-on")).to_have_text(offer)
        playground.click("go-on")
        playground.expect_state("running")
        playground.wait(lambda: playground.epoch > epoch, "further epochs")
        assert playground.get("select-speed").input_value() == "10"
        playground.wait(lambda: playground.chart()["x"][0] == 0, "its curve too")
        playground.page.reload()  # the session has it now
        playground.wait_until_ready()
        expect(playground.get("notice-gone")).not_to_be_attached()


def expect_websocket(page, made):
    """One of those that the page has made is open."""
    ends = time.monotonic() + 20
    while not any(not websocket.is_closed() for websocket in made):
        assert time.monotonic() < ends, "no WebSocket"
        page.evaluate("new Promise(done => requestAnimationFrame(done))")


@pytest.mark.long("tests/browser/playground/test_connection.py::test_it_finds_the_page_back_with_its_settings")
def test_a_server_that_restarts_again_and_again_is_not_taken_for_a_network_without_websockets(page, breakable):
    pages, errors = {page: [], page.context.new_page(): []}, []
    for (one, made), address in zip(pages.items(), ("/", "/lenet"), strict=True):
        one.on("websocket", lambda websocket, made=made: made.append(websocket))
        one.on("pageerror", lambda error: errors.append(str(error)))
        one.goto(breakable.process.url + address)
    for _ in range(3):
        for one, made in pages.items():
            expect_websocket(one, made)
        breakable.process.kill()
        for one in pages:
            expect(one.get_by_test_id("notice-connection")).to_be_visible(timeout=20_000)
        breakable.start()
        for one in pages:
            expect(one.get_by_test_id("notice-connection")).not_to_be_attached(timeout=20_000)
    for one, made in pages.items():
        expect_websocket(one, made)
        expect(one.get_by_test_id("notice-slow")).not_to_be_attached()
    assert not errors


def test_a_reload_of_a_training_that_the_server_still_has_offers_nothing(visit):
    playground = visit(SETTINGS)
    playground.step(3)
    playground.page.reload()
    playground.wait_until_ready()
    playground.expect_epoch(3)
    expect(playground.get("notice-gone")).not_to_be_attached()


def test_a_broken_connection_comes_back_by_itself_to_the_same_training(visit):
    playground = visit(SETTINGS)
    playground.step(3)
    weights = playground.frame.parameters
    playground.page.context.set_offline(True)
    # Chromium cuts no open WebSocket when offline: the page itself would only notice by the server's silence.
    playground.page.evaluate("dispatchEvent(new Event('offline'))")
    playground.expect_state("lost")
    playground.page.context.set_offline(False)
    playground.expect_state("paused")
    playground.expect_epoch(3)
    assert playground.frame.parameters == weights


def test_a_page_whose_session_another_page_took_says_so_and_can_take_it_back(visit):
    first = visit(SETTINGS)
    first.step(3)
    second = visit()
    take = "token => sessionStorage.setItem('playlab.session', JSON.stringify({token, link: location.hash.slice(1)}))"
    # What a page leaves behind for its reload, as a duplicated tab would have it.
    second.page.add_init_script(f"({take})({first.session!r})")
    second.page.reload()
    first.expect_state("superseded")
    second.wait_until_ready()
    second.expect_epoch(3)
    first.click("take-back")
    second.expect_state("superseded")
    first.expect_state("paused")
    first.step()
    assert first.epoch == 4


def test_two_visitors_do_not_disturb_each_other(playground, visit):
    other = visit("dataset=spiral&seed=0.5")
    other.play()
    other.wait(lambda: other.epoch > 3, "some epochs")
    assert playground.epoch == 0
    playground.step()
    playground.expect_state("paused")
    assert other.points["train"] != playground.points["train"]


def test_a_page_that_cannot_store_anything_works(visit):
    blocked = """for (const name of ["localStorage", "sessionStorage"])
      Object.defineProperty(window, name, {get() { throw new DOMException("blocked", "SecurityError"); }});"""
    playground = visit()
    playground.page.add_init_script(blocked)
    playground.page.reload()
    playground.wait_until_ready()
    playground.step()
    playground.click("theme-switch")
    playground.click("lang-switch")
    expect(playground.page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_without_the_chart_everything_else_works(unopened):
    unopened.page.route("**/plotly.min.js", lambda route: route.abort())
    playground = unopened.open()
    expect(playground.page.locator("#chart .chart-message")).to_have_text(
        "The chart could not be loaded. Everything else works."
    )
    playground.step()
