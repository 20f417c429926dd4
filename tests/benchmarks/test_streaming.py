"""The load generator is a faithful browser, and the server keeps its frame rate for a few of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks import report, streaming
from benchmarks.browsers import Crowd
from benchmarks.server import Server
from support.processes import processes_of_group

PACE = 10  # frames a second


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        server.wait_for_page()
        yield server


def test_five_browsers_get_the_frames_they_ask_for(server: Server) -> None:
    before = server.usage()
    with Crowd() as crowd:
        browsers = streaming.join(crowd, server, 5)
        crowd.ask(browsers, "set_frame_rate", framesPerSecond=PACE)
        crowd.ask(browsers, "play")
        crowd.run(0.5)
        got = streaming.watch(crowd, browsers, 2)
    # Never more than asked for, whatever the machine does; half of it even on a busy one.
    assert PACE / 2 <= got.frames_per_second <= PACE * 1.1
    assert min(got.frames) >= 5
    assert streaming.percentile(got.gaps, 0.5) < 2 / PACE
    assert all(30 <= pace <= 66 for pace in got.epochs_per_second)
    after = server.usage()
    assert after.web_seconds > before.web_seconds
    assert after.worker_seconds > before.worker_seconds
    assert after.worker_bytes > after.web_bytes > 0  # the workers hold torch, the web process does not


def test_a_browser_reads_its_frames_and_replies(server: Server) -> None:
    with Crowd() as crowd:
        browser = streaming.join(crowd, server, 1, "networkShape=3&seed=7")[0]
        assert list(browser.frame.sizes) == [2, 3, 1]
        assert len(browser.frame.parameters) == 2 * 3 + 3 + 3 + 1
        assert browser.frame.parameters[6:9] == (0.1, 0.1, 0.1)  # the biases of the hidden layer
        assert browser.frame.selected == (1, 0)
        [reply] = crowd.ask([browser], "select", layer=0, node=2)
        assert reply == {"ok": True}
        crowd.until(lambda: browser.frame.selected == (0, 2), 10, "the selected neuron's map")
        with pytest.raises(RuntimeError, match="layer"):
            crowd.ask([browser], "select", layer=5, node=0)


def test_any_epoch_of_a_run_is_shown_soon_and_a_links_too(server: Server) -> None:
    with Crowd() as crowd:
        for address in list(streaming.DRAGGED.values())[:2]:
            browser = streaming.join(crowd, server, 1, f"seed=1&{address}")[0]
            times = streaming.drags(crowd, browser, 2000, 8)
            assert streaming.percentile(times, 0.5) < 0.5  # 0.02 s on a machine that does nothing else
        browser = streaming.join(crowd, server, 1, f"seed=1&{streaming.DRAGGED['7-16x10-1, Adam']}")[0]
        assert max(streaming.drags(crowd, browser, 30, 3)) < 5
        browser = streaming.join(crowd, server, 1)[0]
        assert streaming.percentile(streaming.openings(crowd, browser, 5), 0.5) < 1.5
        assert browser.frame.epoch == streaming.OPENED


def test_the_server_leaves_no_process_behind() -> None:
    with Server() as server:
        server.wait_for_page()
        assert len(processes_of_group(server.pid)) >= 2  # web and worker
    assert not processes_of_group(server.pid)


def test_a_percentile_is_one_of_the_values() -> None:
    values = [4.0, 1.0, 3.0, 2.0]
    assert [streaming.percentile(values, share) for share in (0.25, 0.5, 0.95, 1)] == [1.0, 2.0, 4.0, 4.0]


def test_a_report_replaces_its_own_section_alone(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = tmp_path / "performance.md"
    document.write_text("before\n<!-- start -->\nold\n<!-- end of start -->\nafter\n")
    monkeypatch.setattr(report, "DOCUMENT", document)
    report.publish("start", "new", write=True)
    assert document.read_text() == "before\n<!-- start -->\n\nnew\n\n<!-- end of start -->\nafter\n"
    with pytest.raises(ValueError, match="crowds"):
        report.publish("crowds", "new", write=True)


@pytest.mark.parametrize("section", ["training", *streaming.PARTS])
def test_the_document_has_a_place_for_every_part(section: str) -> None:
    document = report.DOCUMENT.read_text()
    assert f"<!-- {section} -->" in document
    assert f"<!-- end of {section} -->" in document
