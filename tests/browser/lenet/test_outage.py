"""What the page says of an outage goes when the server answers again, wherever it stands."""

import json
import re

import pytest
from playwright.sync_api import expect

from support.lenet_page import LONG, TINY, serve
from support.processes import free_port

pytestmark = pytest.mark.timeout(300)  # the first test may wait for two trainings, at low priority

UNREACHED = "The server cannot be reached"


def test_a_start_that_did_not_reach_the_server_is_taken_back_with_its_next_answer(lenet, run):
    lenet.home()
    lenet.page.route(
        "**/api/lenet/runs", lambda route: route.abort() if route.request.method == "POST" else route.fallback()
    )
    lenet.click("start")
    expect(lenet.get("launch-error")).to_contain_text(UNREACHED)
    lenet.page.unroute("**/api/lenet/runs")
    lenet.go(f"#run={run['run']}")
    expect(lenet.get("launch-error")).to_have_text("")


def test_what_was_asked_of_a_network_meanwhile_is_answered_then(lenet, run):
    lenet.see(run)
    lenet.page.route("**/kernels", lambda route: route.abort())
    lenet.click("look-kernels")
    expect(lenet.get("run-view").get_by_text(UNREACHED)).to_be_visible()
    lenet.page.unroute("**/kernels")
    lenet.click("look-maps")  # this one is answered
    lenet.click("look-kernels")
    expect(lenet.get("kernels-conv1")).to_be_visible()
    expect(lenet.get("run-view").get_by_text(UNREACHED)).to_be_hidden()


def test_that_there_is_no_room_is_said_until_a_run_ends(lenet, other):
    lenet.home()
    refusal = {"status": 429, "body": json.dumps({"error": "no", "code": "too-many-runs", "values": {"count": 4}})}
    lenet.page.route("**/api/lenet/runs", lambda route: route.fulfill(**refusal))
    lenet.click("start")
    expect(lenet.get("launch-error")).to_contain_text("You have 4 runs queued or running")
    lenet.page.unroute("**/api/lenet/runs")
    other.start(**TINY | {"seed": 99})
    expect(lenet.get("launch-error")).to_have_text("")


def test_a_chart_that_did_not_load_is_drawn_when_the_server_answers_again(visit, run):
    lenet = visit()
    lenet.page.route("**/plotly.min.js", lambda route: route.abort())
    lenet.open_run(run)
    charts = lenet.page.locator(".curves .chart-message")
    expect(charts.get_by_text("The chart could not be loaded")).to_have_count(2)
    lenet.page.route("**/kernels", lambda route: route.abort())
    lenet.click("look-kernels")
    expect(lenet.get("run-view").get_by_text(UNREACHED)).to_be_visible()
    for pattern in ("**/plotly.min.js", "**/kernels"):
        lenet.page.unroute(pattern)
    lenet.click("look-maps")  # this is answered
    for chart in ("chart-loss", "chart-accuracy"):
        expect(lenet.get(chart).locator(".legend")).to_be_visible()
    expect(charts.first).to_be_hidden()


def test_a_run_is_not_said_to_train_while_the_server_does_not_answer_and_goes_on_when_it_does(visit, mnist, tmp_path):
    port = free_port()
    process = serve(mnist, tmp_path, port)
    try:
        lenet = visit(process.url).open()
        run = lenet.start(**LONG)
        pills = [lenet.get("run-view").get_by_test_id("run-status"), lenet.row(run).get_by_test_id("run-status")]
        for pill in pills:
            expect(pill).to_have_text("Training", timeout=60_000)
        process.stop()
        notice = lenet.get("notice-connection")
        expect(notice).to_contain_text(re.compile(r"No answer from the server since \d\d:\d\d:\d\d"), timeout=5000)
        for pill in pills:
            expect(pill).to_have_text(re.compile("^Last heard: (Training|Pausing|Paused)$|^Paused$"))
        assert lenet.get("fact-left").inner_text() in ("–", "")
        process = serve(mnist, tmp_path, port)
        expect(notice).to_be_hidden(timeout=30_000)
        for pill in pills:
            expect(pill).to_have_text("Paused")
        lenet.get("run-view").get_by_test_id("run-resume").click()
        lenet.expect_status("running")
    finally:
        process.stop()
