"""The web process's way to what draws, and the jobs it is given: processes that die, hang, or have too much to do."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import psutil
import pytest
from PIL import Image

from core.refused import RefusedError
from notebook import drawing
from notebook.export.report import Report
from notebook.figures import Axis, Chart, Figure, Series, Tile
from notebook.messages import Begun, Draw, Export, Made, Rewrite
from notebook.press import Press
from notebook.rewriting import MOST_BYTES, MOST_PIXELS
from support import notebook_figures, reports
from support.notebook_figures import FIGURES
from support.processes import ROOT, wait_until

FIGURE = FIGURES["digit"](False)


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    press = Press()
    yield press
    press.close()


@pytest.fixture
def own() -> Iterator[Press]:
    """One that the test may ill-treat."""
    press = Press()
    yield press
    press.close()


def photo(side: int = 60) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(file, "JPEG")
    return file.getvalue()


def export(report: Report, form: str = "docx") -> Export:
    return Export(form, msgspec.msgpack.encode(report))


def of_figures(figures: list[Figure]) -> Report:
    """A report in which none is drawn yet."""
    return reports.report([reports.pin(number, figure=figure) for number, figure in enumerate(figures)], pictures={})


def code_of(call: Any, *given: Any) -> str:
    with pytest.raises(RefusedError) as refused:
        call(*given)
    return refused.value.code


def test_nothing_is_started_before_it_is_needed_and_the_web_process_draws_nothing_itself():
    script = (
        "import sys; from notebook.jobs import Jobs; from notebook.press import Press\n"
        "jobs = Jobs(press := Press()); print(press.pid, [name for name in sys.modules"
        " if name.partition('.')[0] in ('PIL', 'docx', 'matplotlib', 'nbformat', 'numpy', 'segno')])\n"
        "jobs.close(); press.close(); jobs.join()"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "None []\n"


@pytest.mark.parametrize("name", ["plane", "losses", "network", "matrix", "digit"])
def test_it_draws_what_is_drawn_here(press: Press, name: str):
    figure = FIGURES[name](True)
    assert press.draw(figure, "a browser") == drawing.draw(figure)


def test_what_is_drawn_ahead_is_begun_when_nobody_waits_for_anything(press: Press):
    told, ended = threading.Event(), threading.Event()
    done: list[str] = []

    def exported() -> None:
        def tell(_done: int, _of: int) -> None:
            told.set()
            assert ended.wait(30)

        press.export(export(of_figures([FIGURE])), tell)
        done.append("export")

    def ahead() -> None:
        assert press.draw_ahead(FIGURE) == drawing.draw(FIGURE)
        done.append("ahead")

    threads = [threading.Thread(target=exported), threading.Thread(target=ahead)]
    threads[0].start()
    assert told.wait(30)
    threads[1].start()
    press.draw(FIGURE)  # the process has time for it: what is drawn ahead would be done too
    assert done == []
    ended.set()
    for thread in threads:
        thread.join(30)
    assert done == ["export", "ahead"]


def test_it_writes_a_brought_picture_anew(press: Press):
    made = press.rewrite(photo(), "a browser")
    assert (made.width, made.height) == (60, 60)
    assert Image.open(io.BytesIO(made.content)).format == "JPEG"


def test_its_refusals_have_their_codes_and_the_next_is_answered(press: Press):
    before = press.draw(FIGURE)
    assert code_of(press.rewrite, b"<svg/>") == "picture-kind"
    assert code_of(press.rewrite, photo()[:-20]) == "picture-broken"
    with pytest.raises(RefusedError) as refused:
        press.rewrite(bytes(11 * 2**20))
    told = refused.value.to_json()
    assert (refused.value.status, told["code"]) == (413, "picture-too-large")
    assert told["values"] == {"megabytes": MOST_BYTES // 2**20, "megapixels": MOST_PIXELS // 10**6}
    broken = notebook_figures.plane()
    broken.cells = b""
    assert code_of(press.draw, broken) == "picture-broken"
    against_its_type = Tile(width=10**6, height=1, pixels=b"")
    figure = notebook_figures.digit()
    figure.groups[0].tiles = [against_its_type]
    assert code_of(press.draw, figure) == "picture-broken"
    pid = press.pid
    assert press.draw(FIGURE) == before
    assert press.pid == pid


def test_the_child_is_nicer_than_what_serves_and_gives_its_memory_back(press: Press):
    press.draw(FIGURE)
    child = psutil.Process(press.pid)
    assert child.nice() > psutil.Process().nice()
    press.rewrite(_large())
    wait_until(lambda: child.memory_info().rss < 200 * 2**20, 20, "it gives back what the large picture took")


def _large() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (6000, 6000)).save(file, "PNG")
    return file.getvalue()


def test_many_threads_each_get_their_own_picture(press: Press):
    drawn: dict[int, bytes] = {}

    def draw(number: int) -> None:
        drawn[number] = press.draw(lines(number), f"browser {number}")

    threads = [threading.Thread(target=draw, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert drawn == {number: drawing.draw(lines(number)) for number in range(8)}


def lines(number: int) -> Chart:
    return Chart(x=Axis(), y=Axis(), series=[Series(name=f"run {number}", x=[0.0, 1.0], y=[0.0, float(number)])])


def test_one_browser_has_four_places_and_all_have_a_few_more(own: Press):
    own.draw(FIGURE)
    os.kill(own.pid, signal.SIGSTOP)
    results: list[Any] = []

    def ask(who: str) -> None:
        try:
            results.append(own.draw(FIGURE, who))
        except RefusedError as refused:
            results.append(refused.code)

    threads = [threading.Thread(target=ask, args=("greedy",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    wait_until(lambda: results == ["press-busy"] * 2, 10, "two of six are refused at once")
    other = threading.Thread(target=ask, args=("another",))
    other.start()
    os.kill(own.pid, signal.SIGCONT)
    for thread in [*threads, other]:
        thread.join(60)
    assert sorted(map(type, results), key=str) == [bytes] * 5 + [str] * 2


def test_what_is_brought_is_read_by_one_at_a_time_of_those_who_have_a_place(own: Press):
    own.draw(FIGURE)
    os.kill(own.pid, signal.SIGSTOP)
    read: list[str] = []
    codes: list[str] = []

    def bring(who: str) -> None:
        def content() -> bytes:
            read.append(who)
            return b"a letter"

        codes.append(code_of(own.rewrite, content, who))

    threads = [threading.Thread(target=bring, args=("greedy",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    wait_until(lambda: codes == ["press-busy"] * 2, 10, "two of six are refused at once")
    wait_until(lambda: read, 10, "one is read")
    assert read == ["greedy"]  # the others wait, and nothing of theirs is in memory
    os.kill(own.pid, signal.SIGCONT)
    for thread in threads:
        thread.join(60)
    assert (len(read), sorted(codes)) == (4, ["picture-kind"] * 4 + ["press-busy"] * 2)


def test_a_killed_child_is_replaced_unnoticed_and_close_ends_the_last():
    threads = set(threading.enumerate())
    press = Press()
    before = press.draw(FIGURE)
    first = press.pid
    os.kill(first, signal.SIGKILL)
    assert press.draw(FIGURE) == before
    last = press.pid
    press.close()
    assert first != last
    assert not psutil.pid_exists(last)
    assert set(threading.enumerate()) <= threads
    assert code_of(press.draw, FIGURE) == "press-busy"


def test_a_child_that_hangs_is_killed_and_the_asker_told(own: Press, monkeypatch: pytest.MonkeyPatch):
    own.draw(FIGURE)
    first = own.pid
    monkeypatch.setattr("notebook.press.DRAWN_S", 0.05)
    os.kill(first, signal.SIGSTOP)
    assert code_of(own.draw, FIGURE) == "picture-broken"  # the second has no time to load what draws
    assert not psutil.pid_exists(first)
    monkeypatch.undo()
    assert own.draw(FIGURE)


def test_a_child_that_is_stopped_is_replaced_by_its_pulse_and_the_asker_answered(
    own: Press, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("core.pulse.LOST_BEATS", 3)
    monkeypatch.setattr("notebook.press.DRAWN_S", 1000)
    before = own.draw(FIGURE)
    first = own.pid
    os.kill(first, signal.SIGSTOP)
    assert own.draw(FIGURE) == before
    assert own.pid != first


def test_close_frees_who_waits():
    press, told = Press(), []
    press.draw(FIGURE)
    os.kill(press.pid, signal.SIGSTOP)
    thread = threading.Thread(target=lambda: told.append(code_of(press.draw, FIGURE)))
    thread.start()
    wait_until(lambda: press._waiting, 10, "it is asked")
    press.close()
    thread.join(5)
    assert told == ["press-busy"]


def test_one_that_dies_over_a_work_each_time_costs_the_others_nothing(own: Press, monkeypatch: pytest.MonkeyPatch):
    """However often: the back-off is for a child that nobody waits for."""
    monkeypatch.setattr("core.children._LONGEST_DELAY", 1000)
    before = own.draw(FIGURE)
    own._deaths = 20
    os.kill(own.pid, signal.SIGKILL)
    assert own.draw(FIGURE) == before


def when_begun(press: Press, monkeypatch: pytest.MonkeyPatch, number: int) -> list[int]:
    """Sends the process that signal as soon as it begins a work; the works that it began."""
    begun: list[int] = []
    hear = press.hear

    def heard(message: Any) -> None:
        hear(message)
        if isinstance(message, Begun):
            begun.append(message.number)
            os.kill(press.pid or 0, number)

    monkeypatch.setattr(press, "hear", heard)
    return begun


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "hangs"])
def test_a_picture_over_which_the_child_ends_is_not_tried_again(
    own: Press, monkeypatch: pytest.MonkeyPatch, number: int
):
    own.draw(FIGURE)
    monkeypatch.setattr("notebook.press.DRAWN_S", 5.0)
    begun = when_begun(own, monkeypatch, number)
    assert code_of(own.rewrite, _large()) == "picture-broken"
    assert len(begun) == 1
    monkeypatch.undo()
    assert own.draw(FIGURE)


# --- exports ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["docx", "html", "zip", "ipynb"])
def test_a_notebook_is_exported_in_every_format_and_says_how_far_it_is(press: Press, form: str):
    report = reports.whole()
    said: list[tuple[int, int]] = []
    content = press.export(export(report, form), lambda done, of: said.append((done, of)))
    assert content.startswith({"docx": b"PK", "html": b"<!doctype", "zip": b"PK", "ipynb": b"{"}[form])
    assert said == sorted(said)
    assert said[-1][0] == said[-1][1]


def test_pictures_are_drawn_between_the_parts_of_an_export(press: Press):
    figures = [FIGURES["deep"](False)] * 12
    report, events = of_figures(figures), []

    def told(done: int, _of: int) -> None:
        events.append("part")
        if done == 2:
            threading.Thread(target=draw).start()

    def draw() -> None:
        press.draw(FIGURE, "another")
        events.append("drawn")

    press.export(export(report), told)
    wait_until(lambda: "drawn" in events, 30)
    assert "part" in events[events.index("drawn") :]


def test_an_export_over_which_the_child_is_killed_is_made_again(own: Press):
    report = of_figures([FIGURES["digit"](False)] * 10)
    killed: list[int] = []

    def told(done: int, _of: int) -> None:
        if done == 5 and not killed:
            killed.append(own.pid or 0)
            os.kill(killed[0], signal.SIGKILL)

    content = own.export(export(report), told)
    assert killed
    assert content == own.export(export(report))


def test_an_export_that_kills_the_child_twice_fails_with_a_code(own: Press):
    report = of_figures([FIGURES["digit"](False)] * 10)

    def told(done: int, _of: int) -> None:
        if done == 5:
            os.kill(own.pid or 0, signal.SIGKILL)

    assert code_of(own.export, export(report), told) == "export-failed"
    assert own.draw(FIGURE)


def test_pictures_over_which_the_child_dies_do_not_end_the_export_between_whose_parts_they_are(
    own: Press, monkeypatch: pytest.MonkeyPatch
):
    report, large = of_figures([FIGURES["digit"](False)] * 12), _large()
    whole = own.export(export(report))
    codes: list[str] = []
    hear = own.hear

    def heard(message: Any) -> None:
        hear(message)
        if isinstance(message, Begun) and len(own._begun) == 2:
            os.kill(own.pid or 0, signal.SIGKILL)

    def told(done: int, _of: int) -> None:
        if done == 2 and len(codes) < 3:
            thread = threading.Thread(target=lambda: codes.append(code_of(own.rewrite, large)))
            thread.start()
            wait_until(lambda: len(own._waiting) == 2 or not thread.is_alive(), 10)

    monkeypatch.setattr(own, "hear", heard)
    assert own.export(export(report), told) == whole
    assert codes == ["picture-broken"] * 3


def test_a_report_that_is_too_large_for_one_message_is_refused(own: Press):
    assert code_of(own.export, Export("docx", bytes(61 * 2**20))) == "export-too-large"
    assert own.pid is None


def test_a_report_that_is_none_and_a_format_that_is_none_fail_with_a_code(press: Press):
    assert code_of(press.export, Export("docx", b"\xff")) == "export-failed"
    assert code_of(press.export, export(reports.whole(), "exe")) == "export-failed"


def test_what_travels_is_what_was_sent():
    for work in (Draw(b"a"), Rewrite(b"b"), Export("docx", b"c"), Made(b"d", 1, 2)):
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(work), type=type(work)) == work
