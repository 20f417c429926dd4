"""From Start to a drawn digit recognised, on real MNIST; and what can be done to a run."""

import re

import pytest
from playwright.sync_api import Response, expect

from support.lenet_page import LONG, QUICK, TEACHER, TINY, Lenet
from support.long import parametrize

pytestmark = pytest.mark.timeout(300)  # the first test may wait for two trainings, at low priority


def test_from_start_to_a_drawn_digit_recognised(lenet):
    lenet.home()
    expect(lenet.get("welcome")).to_be_visible()
    lenet.start(**QUICK)
    speed = re.compile(r"^[\d,]+ images/s$")
    expect(lenet.get("fact-speed")).to_have_text(speed, timeout=60_000)  # when the server has just started too
    expect(lenet.get("draw-verdict")).to_contain_text(re.compile("first epoch|canvas is empty"))

    lenet.expect_status("finished")
    expect(lenet.get("fact-epoch")).to_have_text("2 of 2")
    expect(lenet.get("epoch-title")).to_have_text("After epoch 2")
    accuracy = float(lenet.get("figure-test-accuracy").inner_text().removesuffix(" %"))
    assert 85 < accuracy < 100
    expect(lenet.get("file")).to_have_count(2)
    expect(lenet.page.locator(".files-folder")).to_have_text(
        re.compile(r"^In the server's folder of experiments: \d{8}-\d{6}-\w{6}/$")
    )

    for digit in ("7", "1"):
        lenet.draw(digit)
        expect(lenet.get("draw-verdict")).to_have_attribute("data-predicted", digit)
    shown = lenet.page.evaluate("() => [...document.querySelectorAll('.draw .bar-value')].map(e => e.textContent)")
    assert sum(float(text.removesuffix(" %")) for text in shown) == pytest.approx(100, abs=0.6)
    expect(lenet.get("draw-layers").locator("canvas")).to_have_count(8)


def test_an_empty_canvas_gets_no_answer(lenet, run):
    lenet.see(run)
    verdict = lenet.get("draw-verdict")
    expect(verdict).to_contain_text("The canvas is empty")
    lenet.draw("7")
    expect(verdict).to_have_attribute("data-predicted", re.compile(r"\d"))
    lenet.click("pad-clear")
    expect(verdict).to_contain_text("The canvas is empty")
    assert verdict.get_attribute("data-predicted") is None


def test_the_keyboard_draws_a_digit_and_moves_without_drawing(lenet, run):
    lenet.see(run)
    pad, verdict = lenet.get("pad"), lenet.get("draw-verdict")
    lenet.click("pad-clear")
    empty = lenet.picture("pad")

    def press(key, times=1):
        for _ in range(times):
            pad.press(key)

    press("ArrowUp", 12)
    assert lenet.picture("pad") == empty
    expect(lenet.get("pad-cursor")).to_be_visible()
    press("Space")
    press("ArrowDown", 24)
    press("Space")
    expect(verdict).to_have_attribute("data-predicted", "1")
    one = lenet.picture("pad")
    press("ArrowLeft", 5)
    assert lenet.picture("pad") == one
    press("Enter")
    press("Shift+ArrowUp", 2)
    pad.evaluate("pad => pad.blur()")  # which lifts the pen
    expect(lenet.get("pad-cursor")).to_be_hidden()
    two = lenet.picture("pad")
    assert two != one
    press("ArrowRight", 3)
    assert lenet.picture("pad") == two
    lenet.click("pad-undo")
    assert lenet.picture("pad") == one
    lenet.click("pad-clear")


@pytest.mark.long("test_a_tap_is_a_dot_and_undo_takes_it_back")
def test_undo_takes_back_a_stroke(lenet, run):
    lenet.see(run)
    lenet.draw("1")
    drawn = lenet.picture("pad")
    lenet.click("pad-undo")
    expect(lenet.get("draw-verdict")).to_contain_text("The canvas is empty")
    assert lenet.picture("pad") != drawn


def test_a_run_is_paused_resumed_stopped_and_deleted(lenet):
    lenet.home()
    run = lenet.start(**LONG)
    lenet.expect_status("running")
    head = lenet.get("run-view")
    head.get_by_test_id("run-pause").click()
    lenet.expect_status("paused")
    head.get_by_test_id("run-resume").click()
    lenet.expect_status("running")
    head.get_by_test_id("run-stop").click()
    lenet.expect_status("stopped")
    head.get_by_test_id("run-delete").click()
    lenet.click("confirm-no")
    expect(lenet.row(run)).to_be_visible()
    head.get_by_test_id("run-delete").click()
    expect(lenet.get("confirm")).to_contain_text("cannot be undone")
    lenet.click("confirm-yes")
    expect(lenet.row(run)).to_have_count(0)
    expect(lenet.get("welcome")).to_be_visible()


def test_what_another_browser_starts_shows_here_but_is_not_ours_and_ours_waits_for_it(lenet, other):
    lenet.home()
    theirs = other.start(**LONG)
    try:
        row = lenet.row(theirs)
        expect(row.get_by_test_id("row-owner")).to_have_text("other browser")
        expect(row.get_by_role("button")).to_have_count(0)
        lenet.get("only-mine").check()
        expect(row).to_be_hidden()

        # It has the one trainer: before, the two might take turns otherwise.
        has_begun = re.compile("starting|running")
        lenet.get("only-mine").uncheck()
        expect(row.get_by_test_id("run-status")).to_have_attribute("data-status", has_begun, timeout=60_000)

        ours = lenet.home().start(**TINY | {"batch_size": 60})  # as no other run: it would be trained with that one
        lenet.expect_status("queued")
        waits = re.compile(r"Number 1 in the queue; starts within about .+\.")  # once theirs has its trainer
        expect(lenet.get("run-reason")).to_have_text(waits, timeout=60_000)
        expect(lenet.row(ours).get_by_test_id("row-accuracy")).to_have_attribute("hidden", "")
    finally:
        other.stop(theirs)
    lenet.expect_status("finished")
    expect(row.get_by_test_id("run-status")).to_have_attribute("data-status", "stopped")
    expect(lenet.row(ours).get_by_test_id("row-accuracy")).to_have_text(re.compile(r"\d+\.\d\d %"))


def test_the_teacher_may_delete_everyones_runs(visit, expendable):
    lenet = visit().open()
    lenet.click("teacher")
    lenet.get("teacher-token").fill("ferule")
    lenet.click("teacher-send")
    expect(lenet.get("teacher-error")).to_have_text("That is not the teacher's token.")
    lenet.get("teacher-token").fill(TEACHER)
    lenet.click("teacher-send")
    expect(lenet.get("teacher")).to_have_text("You are the teacher")
    theirs = visit(viewport={"width": 1366, "height": 768}).open(f"#run={expendable}")
    expect(theirs.get("epoch-title")).to_have_text("After epoch 1")
    lenet.row(expendable).get_by_test_id("run-delete").click()
    lenet.click("confirm-yes")
    expect(lenet.row(expendable)).to_have_count(0)

    expect(theirs.get("notice-gone")).to_contain_text("The teacher deleted this while you looked at it")
    expect(theirs.get("run-view").get_by_test_id("run-status")).to_have_text("Deleted")
    expect(theirs.get("figure-test-accuracy")).to_have_text(re.compile(r"%$"))  # what the page has of it stays
    expect(theirs.get("run-view").get_by_test_id("run-delete")).to_be_hidden()
    theirs.click("gone-back")
    expect(theirs.get("welcome")).to_be_visible()

    # On a computer that others use too, the teacher can stop being one.
    lenet.click("teacher")
    lenet.click("teacher-leave")
    expect(lenet.get("teacher")).to_have_text("For teachers")
    lenet.page.reload()
    expect(lenet.get("teacher")).to_have_text("For teachers")
    lenet.click("teacher")
    expect(lenet.get("teacher-token")).to_have_value("")


def test_its_owner_names_a_run_and_nobody_else_sees_or_changes_it(visit, lenet):
    lenet.home()
    run = lenet.start(**TINY)
    lenet.expect_status("finished")
    lenet.click("rename")
    lenet.get("name-input").fill("<b>first</b> \u200bone")
    lenet.click("name-save")
    expect(lenet.get("name-error")).to_contain_text("at most 60 characters in one line")
    expect(lenet.get("name-input")).to_have_accessible_description(re.compile("At most 60 characters"))
    lenet.get("name-input").fill("")
    lenet.page.keyboard.insert_text("long " * 24)  # as pasted: none of it is cut off in silence
    lenet.click("name-save")
    expect(lenet.get("name-input")).to_have_value("long " * 24)
    expect(lenet.get("name-error")).to_contain_text("at most 60 characters in one line")
    lenet.get("name-input").fill("<b>first</b> one")
    lenet.click("name-save")
    expect(lenet.get("run-title")).to_have_text("<b>first</b> one")
    expect(lenet.row(run)).to_contain_text("<b>first</b> one")
    expect(lenet.row(run).get_by_test_id("open-run")).to_have_attribute("title", re.compile("^<b>first</b> one · "))
    lenet.page.reload()
    expect(lenet.get("run-title")).to_have_text("<b>first</b> one")
    lenet.go(f"#compare={run}")
    expect(lenet.get("chart-compare").locator(".legendtext")).to_contain_text("<b>first</b> one")

    theirs = visit().open(f"#run={run}")
    expect(theirs.get("run-title")).to_have_text("Fast · MNIST")
    expect(theirs.get("rename")).to_be_hidden()


def test_the_time_of_a_run_is_the_same_in_the_list_and_beside_it(lenet):
    lenet.home()
    run = lenet.start(**LONG | {"train_images": 4000})
    state = lenet.row(run).locator(".row-about")
    expect(state).to_have_text(re.compile(r"^[1-9]\d* of "), timeout=100_000)  # and the head counts on
    expect(lenet.get("fact-time")).to_have_text(re.compile(r" s$|min$"))
    expect(state).to_have_text(re.compile(r"epochs?$"))  # the list cannot, and has none that is old
    lenet.get("run-view").get_by_test_id("run-stop").click()
    lenet.expect_status("stopped")
    time = lenet.get("fact-time").inner_text()
    assert re.match(r"\d", time)
    expect(state).to_have_text(re.compile(rf" · {re.escape(time)}$"))


@pytest.mark.long(
    "test_its_owner_names_a_run_and_nobody_else_sees_or_changes_it",
    "tests/lenet/routes/test_runs.py::test_its_owner_names_a_run_and_only_he_and_the_teacher_are_told",
)
def test_a_new_name_comes_to_every_open_page_that_may_show_it_and_to_no_other(visit):
    owner, teacher, student = visit().open(), visit().open(), visit().open()
    teacher.click("teacher")
    teacher.get("teacher-token").fill(TEACHER)
    teacher.click("teacher-send")
    expect(teacher.get("teacher")).to_have_text("You are the teacher")
    run = owner.start(**TINY)
    owner.expect_status("finished")
    answers: list[Response] = []
    heard: list[str] = []
    student.page.on("response", lambda answer: "/api/" in answer.url and answers.append(answer))
    student.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
    second = Lenet(owner.page.context.new_page(), owner.url)
    for page in (second, teacher, student):
        page.open(f"#run={run}")
        expect(page.get("run-title")).to_have_text("Fast · MNIST")
        expect(page.get("epoch-title")).to_have_text("After epoch 1")
    for name in ("Zoe 1", "Zoe 2"):
        owner.click("rename")
        owner.get("name-input").fill(name)
        owner.click("name-save")
        for page in (owner, second, teacher):
            expect(page.get("run-title")).to_have_text(name)
            expect(page.row(run).get_by_test_id("open-run")).to_contain_text(name)
        expect(teacher.page).to_have_title(f"{name} · Playlab")
    teacher.row(run).get_by_test_id("run-delete").click()
    expect(teacher.get("confirm")).to_contain_text("Zoe 2 · ")
    teacher.click("confirm-no")
    teacher.click("teacher")
    teacher.click("teacher-leave")
    expect(teacher.get("run-title")).to_have_text("Fast · MNIST")
    owner.row(run).get_by_test_id("run-delete").click()
    owner.click("confirm-yes")
    expect(student.get("notice-gone")).to_be_visible()  # so all news before have come
    assert sum('"named"' in text for text in heard) == 2  # that there is another name, and not which
    assert "Zoe" not in " ".join([*heard, *(answer.text() for answer in answers), student.page.content()])


def test_a_comparison_with_a_deleted_run_shows_the_others_and_a_mangled_link_what_is_left(lenet, runs):
    first, second = (run["run"] for run in runs)
    lenet.go(f"#compare={first},20200101-000000-abcdef,{second},xx")
    expect(lenet.get("compare-missing")).to_contain_text("20200101-000000-abcdef: There is no such run")
    expect(lenet.get("compare-table").locator("tbody tr")).to_have_count(2)
    expect(lenet.get("notice-address")).to_contain_text("compare=xx")
    lenet.click("lang-switch")
    expect(lenet.get("compare-missing")).to_contain_text("20200101-000000-abcdef：没有这次训练")
    lenet.click("lang-switch")
    lenet.go(f"#run={first}&amp;epoch=1")
    expect(lenet.get("epoch-title")).to_have_text("After epoch 1")
    expect(lenet.get("notice-address")).to_be_hidden()
    lenet.go(f"#run={first[:-3]}")
    expect(lenet.get("notice-address")).to_contain_text(first[:-3])
    expect(lenet.get("welcome")).to_be_visible()
    for epoch in ("abc", "0", "99999"):
        lenet.go(f"#run={first}&epoch={epoch}")
        expect(lenet.get("notice-address")).to_contain_text(f"epoch={epoch}")
        assert lenet.page.evaluate("location.hash") == f"#run={first}"


def test_an_epoch_that_the_run_has_not_is_said_and_left_out_of_the_address(lenet, run):
    lenet.see(run, epoch=1)
    lenet.go(f"#run={run['run']}&epoch=99")
    expect(lenet.get("notice-epoch")).to_contain_text("no epoch 99")
    expect(lenet.get("epoch-title")).to_have_text(f"After epoch {run['epoch']}")
    assert lenet.page.evaluate("location.hash") == f"#run={run['run']}"
    lenet.go(f"#run={run['run']}&epoch=1")  # another epoch of the run that is shown
    expect(lenet.get("epoch-title")).to_have_text("After epoch 1")
    expect(lenet.get("notice-epoch")).to_be_hidden()


def test_an_epoch_that_is_not_done_is_said_until_it_is(lenet):
    lenet.home()
    run = lenet.start(train_images=800, epochs=3, batch_size=16)
    lenet.go(f"#run={run}&epoch=3")
    expect(lenet.get("notice-epoch")).to_contain_text("Epoch 3 of this run is not done")
    lenet.expect_status("finished")
    expect(lenet.get("epoch-title")).to_have_text("After epoch 3")
    expect(lenet.get("notice-epoch")).to_be_hidden()
    assert lenet.page.evaluate("location.hash") == f"#run={run}&epoch=3"


@parametrize("path", ["/lenet", "/lenet/"], short=1)
def test_a_query_is_read_as_what_stands_after_the_hash(visit, run, path: str):
    lenet = visit()
    lenet.page.goto(f"{lenet.url}{path}?run={run['run']}&epoch=1&colour=red")
    expect(lenet.get("epoch-title")).to_have_text("After epoch 1")
    expect(lenet.get("notice-address")).to_contain_text("colour=red")
    assert lenet.page.evaluate("location.pathname + location.search") == "/lenet"
    lenet.go("#")
    expect(lenet.get("welcome")).to_be_visible()  # and not the run of the query again


@parametrize("address", ["/lenet/#epoch=2", "/lenet?x", "/lenet?x=1#"], short=1)
def test_an_address_of_which_nothing_is_understood_is_the_start_page_and_says_so(visit, address: str):
    lenet = visit()
    lenet.page.goto(lenet.url + address)
    expect(lenet.get("notice-address")).to_contain_text(address[7:].strip("#"))
    expect(lenet.get("welcome")).to_be_visible()


def pointer(lenet, event: str, x: float, y: float, **options: object) -> None:
    """A pointer's event in the middle of the canvas and beside it, in shares of it, as a hand and a pen make them."""
    lenet.get("pad").evaluate(
        """(pad, {event, x, y, options}) => {
          const box = pad.getBoundingClientRect();
          pad.setPointerCapture = () => {};
          const at = {clientX: box.left + x * box.width, clientY: box.top + y * box.height};
          const init = {bubbles: true, button: 0, ...at, ...options};
          pad.dispatchEvent(new PointerEvent(event, init));
        }""",
        {"event": event, "x": x, "y": y, "options": options},
    )


def test_a_tap_is_a_dot_and_undo_takes_it_back(lenet, run):
    lenet.see(run)
    empty = lenet.picture("pad")
    lenet.get("pad").click()
    assert lenet.picture("pad") != empty
    expect(lenet.get("draw-verdict")).to_have_attribute("data-predicted", re.compile(r"\d"))
    lenet.click("pad-undo")
    expect(lenet.get("draw-verdict")).to_contain_text("The canvas is empty")
    assert lenet.picture("pad") == empty


@parametrize("kind", ["touch", "pen"], short=1)
def test_a_second_finger_or_a_palm_neither_draws_nor_ends_the_stroke(lenet, run, kind):
    lenet.see(run)

    def stroke(*, disturbed: bool) -> str:
        lenet.click("pad-clear")
        if disturbed and kind == "pen":  # the hand comes down before its pen
            pointer(lenet, "pointerdown", 0.9, 0.9, pointerId=7, pointerType="touch")
        pointer(lenet, "pointerdown", 0.5, 0.1, pointerId=5, pointerType=kind)
        pointer(lenet, "pointermove", 0.5, 0.4, pointerId=5, pointerType=kind)
        if disturbed:
            pointer(lenet, "pointerdown", 0.8, 0.8, pointerId=6, pointerType="touch")
            pointer(lenet, "pointermove", 0.9, 0.2, pointerId=6, pointerType="touch")
            pointer(
                lenet, "pointercancel" if kind == "pen" else "pointerup", 0.9, 0.2, pointerId=6, pointerType="touch"
            )
        pointer(lenet, "pointermove", 0.5, 0.9, pointerId=5, pointerType=kind)
        pointer(lenet, "pointerup", 0.5, 0.9, pointerId=5, pointerType=kind)
        return lenet.picture("pad")

    assert stroke(disturbed=True) == stroke(disturbed=False)
    lenet.click("pad-undo")
    expect(lenet.get("draw-verdict")).to_contain_text("The canvas is empty")


def test_a_drawing_unlike_all_digits_gets_a_caveat_and_a_digit_none(lenet, run):
    lenet.see(run)
    lenet.draw("7")
    expect(lenet.get("draw-verdict")).to_have_attribute("data-predicted", "7")
    expect(lenet.get("draw-caveat")).to_be_hidden()
    expect(lenet.get("draw-limits")).to_be_in_viewport()
    expect(lenet.get("draw-limits")).to_contain_text("No warning does not mean that it is one")
    for letter in ("H", "10"):
        lenet.draw(letter)
        expect(lenet.get("draw-caveat")).to_be_visible()
    lenet.click("pad-clear")
    expect(lenet.get("draw-caveat")).to_be_hidden()


def test_a_run_that_cannot_go_on_says_why(lenet):
    lenet.home()
    # AdamW then multiplies the weights by 1 - 10 in every step.
    lenet.start(preset="best", **TINY | {"learning_rate": 10, "weight_decay": 1, "epochs": 50})
    lenet.expect_status("failed")
    expect(lenet.get("run-reason")).to_contain_text("A lower learning rate helps")


def test_a_run_that_is_no_more_is_said_to_be_missing(lenet):
    lenet.go("#run=20200101-000000-abcdef")
    expect(lenet.page.get_by_role("alert").filter(has_text="no such run")).to_be_visible()
    lenet.page.wait_for_load_state("networkidle")
    expect(lenet.get("notice-gone")).to_be_hidden()
    expect(lenet.get("notice-failure")).to_be_hidden()  # it is said already
    lenet.go("#")
    expect(lenet.get("missing")).to_be_hidden()
    lenet.go("#sweep=20200101-000000-abcdef")
    expect(lenet.page.get_by_role("alert").filter(has_text="no such run or sweep")).to_be_visible()
    lenet.go("#compare=20200101-000000-abcdef,20200101-000001-abcdef")
    expect(lenet.page.get_by_role("alert").filter(has_text="None of these runs")).to_be_visible()
    expect(lenet.get("missing")).to_be_hidden()
    lenet.go("#")


def test_a_run_is_said_to_be_missing_only_when_the_server_has_said_so(lenet):
    lenet.home()
    asked, held = f"{lenet.url}/api/lenet/runs/20200101-000000-abcdef", []
    lenet.page.route(asked, lambda route: held.append(route))
    with lenet.page.expect_request(asked):
        lenet.go("#run=20200101-000000-abcdef")
    expect(lenet.get("welcome")).to_be_visible()
    expect(lenet.get("missing")).to_be_hidden()
    held.pop().continue_()
    expect(lenet.get("missing")).to_be_visible()


def test_a_run_that_shows_anothers_training_says_so_and_from_where_it_goes_on(visit):
    settings = LONG | {"batch_size": 2, "seed": 77}  # its first epoch takes long
    first, second = visit().open(), visit().open()
    first.start(**settings)
    first.expect_status("running")
    second.start(**settings)
    expect(second.get("run-shared")).to_contain_text("already being trained")
    second.expect_status("running")
    expect(first.get("run-shared")).to_be_hidden()
    second.get("run-view").get_by_test_id("run-pause").click()
    second.expect_status("paused")
    expect(second.get("run-reason")).to_contain_text("Resume begins anew")
    expect(second.get("run-shared")).to_be_hidden()
    expect(second.get("progress")).to_have_js_property("value", 0)
    first.get("run-view").get_by_test_id("run-stop").click()
    first.expect_status("stopped")
