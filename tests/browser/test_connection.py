"""What breaks between page and server: the page says so, and goes on where it was."""

import signal
import sys

import psutil
import pytest
from playwright.sync_api import expect

from processes import ServerProcess, free_port

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
        if "playground.worker_process" in " ".join(process.cmdline())
    ]


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


def test_a_restarted_server_finds_the_page_back_with_its_settings(visit, breakable):
    playground = visit(SETTINGS, at=breakable.process.url)
    link, initial = playground.link, playground.frame.parameters
    playground.step(2)
    breakable.process.kill()
    playground.expect_state("lost")
    expect(playground.get("notice-connection")).to_be_visible()
    playground.click("play")  # nothing to play on
    expect(playground.get("notice-command")).to_contain_text("Not connected")
    breakable.start()
    expect(playground.get("status")).to_have_attribute("data-state", "paused")
    expect(playground.get("notice-connection")).not_to_be_attached()
    playground.expect_epoch(0)  # the training went with the server
    playground.wait(lambda: playground.frame.parameters == initial, "the same initial weights")
    assert playground.link == link
    playground.step()


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
    expect(playground.page.locator(".chart-message")).to_have_text(
        "The chart could not be loaded. Everything else works."
    )
    playground.step()
