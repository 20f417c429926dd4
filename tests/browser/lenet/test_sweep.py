"""A sweep, from the form to its finished table, its plot and its end."""

import re

import pytest
from playwright.sync_api import expect

from support.lenet_page import LONG, TINY
from support.modules import with_modules_of

pytestmark = pytest.mark.timeout(300)  # its runs may wait for those of other tests

OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
ORDER = "rows => rows.map(row => row.dataset.run)"


def vary(lenet, **values):
    """Opens the sweep's part of the form, and varies these settings over these values."""
    if not lenet.get("sweep-search").is_visible():
        lenet.click("sweep-open")
        expect(lenet.get("axis-remove")).not_to_have_count(0)
    lenet.get("sweep-search").select_option("grid")
    for _ in range(lenet.get("axis-remove").count()):
        lenet.get("axis-remove").first.click()
    for number, (name, text) in enumerate(values.items()):
        lenet.click("axis-add")
        lenet.get("axis-setting").nth(number).select_option(name)
        lenet.get(f"axis-{name}").get_by_test_id("axis-values").fill(text)


@pytest.fixture(scope="module")
def sweep(lenet, other):
    """A finished sweep that was started with the form: two learning rates with two batch sizes."""
    lenet.home()
    for name, value in TINY.items():
        lenet.set(name, value)
    lenet.show_all_settings(False)
    vary(lenet, learning_rate="0.001, 0.02", batch_size="30 60")
    expect(lenet.get("sweep-count")).to_have_text("Makes 4 runs.")
    expect(lenet.get("start")).to_have_text("Start 4 runs")
    lenet.click("start")
    expect(lenet.get("sweep-fact-trials")).to_have_text("4/4 runs done", timeout=120_000)
    return other.ask(f"sweeps/{lenet.page.url.split('#sweep=')[1]}")


def test_from_the_form_to_a_finished_table(lenet, sweep):
    lenet.go(f"#sweep={sweep['sweep']}")
    expect(lenet.get("sweep-title")).to_have_text("Sweep · Fast · MNIST")
    rows = lenet.get("sweep-table").locator("tbody tr")
    expect(rows).to_have_count(4)
    settings = sorted(tuple(cells.split("\t")[1:3]) for cells in rows.all_inner_texts())
    assert settings == [("0.001", "30"), ("0.001", "60"), ("0.02", "30"), ("0.02", "60")]
    expect(rows.get_by_text(re.compile(r"^\d+\.\d\d %$"))).to_have_count(8)  # train and test accuracy


def test_the_list_has_one_row_for_all_its_runs_which_unfolds(lenet, sweep):
    row = lenet.page.locator(f'[data-testid="sweep-row"][data-sweep="{sweep["sweep"]}"]')
    expect(row.get_by_test_id("sweep-done")).to_contain_text("4/4 runs")
    expect(row.get_by_test_id("run-row")).to_have_count(0)
    row.get_by_test_id("sweep-toggle").click()
    expect(row.get_by_test_id("run-row")).to_have_count(4)
    row.get_by_test_id("sweep-toggle").press("Enter")
    expect(row.get_by_test_id("run-row").first).to_be_hidden()


def test_the_table_tells_the_runs_results_and_sorts_them(lenet, sweep):
    lenet.go(f"#sweep={sweep['sweep']}")
    rows = lenet.get("sweep-table").locator("tbody tr")
    expect(rows).to_have_count(4)
    trials = sorted(sweep["trials"], key=lambda run: -run["accuracy"])
    assert rows.evaluate_all(ORDER) == [run["run"] for run in trials]
    expect(rows.first).to_contain_text("best")
    expect(lenet.get("sweep-best")).to_have_count(1)
    expect(lenet.get("sweep-fact-best")).to_contain_text(f"{100 * trials[0]['accuracy']:.2f} %")
    lenet.click("sweep-table-sort-accuracy")
    assert rows.evaluate_all(ORDER) == [run["run"] for run in reversed(trials)]
    expect(lenet.get("sweep-table-sort-accuracy")).to_be_focused()

    second = rows.nth(1).get_by_test_id("open-trial")
    second.focus()
    darken = "import('/static/js/base/theme.js').then(({ setLook }) => setLook({ theme: 'dark' }))"
    lenet.page.evaluate(with_modules_of(lenet.page, darken))
    expect(second).to_be_focused()  # a table is drawn anew with all news

    rows.first.get_by_test_id("open-trial").click()
    expect(lenet.get("to-sweep")).to_have_text(re.compile(r"Trial \d of 4 of a sweep"))
    lenet.click("to-sweep")
    expect(lenet.get("sweep-view")).to_be_visible()


def test_the_plot_has_a_line_for_each_run_through_its_settings(lenet, sweep):
    lenet.go(f"#sweep={sweep['sweep']}")
    chart = lenet.get("chart-sweep")
    expect(chart.locator(".scatterlayer .trace")).to_have_count(4)
    texts = chart.locator(".annotation-text").all_text_contents()
    for text in ("Learning rate", "Batch size", "Test accuracy", "0.001", "0.02", "30", "60"):
        assert text in texts, texts
    # The lines run behind the values at the axes, and do not strike them through.
    values = """plot => {
      const surface = getComputedStyle(document.documentElement).getPropertyValue("--surface");
      const rgb = document.createElement("i"); rgb.style.color = surface; document.body.append(rgb);
      return Object.fromEntries([...plot.querySelectorAll(".annotation")].map((note) => {
        const back = getComputedStyle(note.querySelector("rect.bg"));
        const hides = back.fill === getComputedStyle(rgb).color && back.fillOpacity === "1" && back.opacity === "1";
        return [note.textContent, hides];
      }));
    }"""
    hides = chart.evaluate(values)
    assert all(hides[text] for text in ("0.001", "0.02", "30", "60")), hides
    ends = chart.evaluate("plot => plot.data.map(({customdata, y}) => [customdata[0], [y[0], y[10], y[20]]])")
    lines = dict(ends)
    accuracies = [run["accuracy"] for run in sweep["trials"]]
    low, span = min(accuracies), max(accuracies) - min(accuracies)
    for run in sweep["trials"]:
        config = run["config"]
        wanted = [
            float(config["learning_rate"] == 0.02),
            float(config["batch_size"] == 60),
            (run["accuracy"] - low) / span,
        ]
        assert lines[run["run"]] == pytest.approx(wanted), config
    expect(chart).to_have_accessible_name(re.compile(rf"4 runs, best test accuracy {100 * max(accuracies):.2f} %"))

    # The best run's line lies on top: whoever clicks it opens that run.
    place = """plot => {
      const {xaxis, yaxis} = plot._fullLayout, {x, y} = plot.data.at(-1), box = plot.getBoundingClientRect();
      return [box.x + xaxis._offset + xaxis.d2p(x[15]), box.y + yaxis._offset + yaxis.d2p(y[15])];
    }"""
    chart.scroll_into_view_if_needed()
    lenet.page.mouse.move(*chart.evaluate(place))
    expect(chart.locator(".hovertext")).to_be_visible()
    lenet.page.mouse.down()
    lenet.page.mouse.up()
    best = max(sweep["trials"], key=lambda run: run["accuracy"])
    expect(lenet.page).to_have_url(re.compile(f"#run={best['run']}$"))


# Nothing lies over an element, nor is it out of the window.
_SEEN = """element => {
  const {left, right, top, bottom} = element.getBoundingClientRect();
  const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return at !== null && element.contains(at);
}"""


def test_wrong_values_are_told_where_they_stand(lenet):
    lenet.home()
    vary(lenet, learning_rate="0.1, 99")
    count, start = lenet.get("sweep-count"), lenet.get("start")
    lenet.click("start")
    expect(lenet.get("axis-error-learning_rate")).to_have_text("“99” is not a number from 0 to 10.")
    expect(count).to_have_text("Learning rate: “99” is not a number from 0 to 10.")  # and no number of runs
    expect(start).to_have_text("Start")
    lenet.get("axis-values").fill("0.1, 0.01")
    expect(lenet.get("axis-error-learning_rate")).to_be_empty()
    expect(count).to_have_text("Makes 2 runs.")
    expect(start).to_have_text("Start 2 runs")
    vary(lenet, learning_rate="0.1, 0.1")
    expect(count).to_have_text("Learning rate: A value stands there twice.")
    expect(start).to_have_text("Start")
    lenet.get("axis-values").evaluate("input => input.scrollIntoView({block: 'end'})")
    lenet.click("start")  # which stands at the window's edge, over it
    fault = lenet.get("axis-error-learning_rate")
    expect(fault).to_have_text("A value stands there twice.")
    lenet.page.wait_for_function(_SEEN, arg=fault.element_handle())
    vary(lenet, learning_rate=" ".join(f"0.{n:03}" for n in range(1, 40)), batch_size="30 40 50")
    expect(lenet.get("sweep-count")).to_have_text("Makes 117 runs; 1 to 100 are possible.")
    expect(start).to_have_text("Start")
    lenet.click("start")
    expect(lenet.get("launch-error")).to_have_text("That makes 117 combinations; 100 are possible at most.")
    lenet.click("sweep-open")
    expect(lenet.get("start")).to_have_text("Start")


def test_a_random_search_is_paused_resumed_stopped_and_deleted_whole(lenet):
    lenet.home()
    for name, value in LONG.items():
        lenet.set(name, value)
    lenet.show_all_settings(False)
    vary(lenet)
    lenet.get("sweep-search").select_option("random")
    lenet.click("axis-add")
    lenet.get("sweep-trials").fill("3.5")
    expect(lenet.get("sweep-count")).to_have_text("“3.5” is not a whole number from 1 to 100.")
    expect(lenet.get("start")).to_have_text("Start")
    lenet.get("sweep-trials").fill("3")
    expect(lenet.get("start")).to_have_text("Start 3 runs")
    expect(lenet.get("axis-low")).to_have_value("0.001")
    lenet.click("start")
    head = lenet.get("sweep-view")
    statuses = head.get_by_test_id("sweep-table").get_by_test_id("run-status")
    expect(statuses).to_have_count(3)
    expect(lenet.get("sweep-fact-trials")).to_have_text(re.compile(r"^0/3 runs done · \d+ % of the training$"))

    def expect_all(status):
        for number in range(3):
            expect(statuses.nth(number)).to_have_attribute("data-status", status, timeout=60_000)

    head.get_by_test_id("run-pause").click()
    expect_all("paused")
    head.get_by_test_id("run-resume").click()
    expect(head.get_by_test_id("run-pause")).to_be_visible()
    head.get_by_test_id("run-stop").click()
    expect_all("stopped")
    head.get_by_test_id("run-delete").click()
    expect(lenet.get("confirm")).to_contain_text("3 runs")
    lenet.click("confirm-yes")
    expect(lenet.get("welcome")).to_be_visible()


def test_anothers_sweep_can_be_seen_on_a_phone_but_not_changed(visit, sweep, axe):
    phone = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="zh-CN")
    phone.open(f"#sweep={sweep['sweep']}")
    expect(phone.get("sweep-title")).to_have_text("参数扫描 · 快速 · MNIST")
    phone.get("chart-sweep").scroll_into_view_if_needed()  # it is drawn when it is seen
    expect(phone.get("chart-sweep").locator(".scatterlayer .trace")).to_have_count(4)
    expect(phone.get("sweep-view").locator(".actions button:visible")).to_have_count(0)
    assert phone.page.evaluate(OVERFLOW) <= 0
    phone.page.evaluate(axe)
    violations = "async () => (await axe.run()).violations.map(({id, nodes}) => id + ' ' + nodes[0].html)"
    assert phone.page.evaluate(violations) == []
