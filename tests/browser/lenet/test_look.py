"""Looking at a run: its epochs, mistakes, kernels and feature maps, files and settings; and several runs compared."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Route, expect

from support.lenet_folders import records
from support.processes import wait_until

pytestmark = pytest.mark.timeout(300)  # the first test may wait for two trainings, at low priority

EPOCH = "() => location.hash.match(/epoch=(\\d+)/)?.[1] ?? null"


def percent(share):
    return f"{100 * share:.2f} %"


def test_the_four_numbers_are_those_of_the_chosen_epoch(lenet, run):
    lenet.see(run)
    slider = lenet.get("epoch-slider")
    for number, key in ((2, "End"), (1, "ArrowLeft"), (2, "ArrowRight"), (1, "Home")):
        slider.press(key)
        record = run["epochs"][number - 1]
        expect(lenet.get("epoch-title")).to_have_text(f"After epoch {number}")
        expect(lenet.get("figure-test-accuracy")).to_have_text(percent(record["test"]["accuracy"]))
        expect(lenet.get("figure-train-accuracy")).to_have_text(percent(record["train"]["accuracy"]))
        expect(lenet.get("figure-test-loss")).to_have_text(f"{record['test']['loss']:.4f}")
        expect(lenet.get("figure-train-loss")).to_have_text(f"{record['train']['loss']:.4f}")
    for text in ("on the 10,000 test images", "on 6,000 train images"):
        expect(lenet.get("run-view").get_by_text(text)).to_have_count(2)


def test_a_link_leads_to_an_epoch_until_the_newest_is_followed(visit, run):
    lenet = visit().open_run(run, epoch=1)
    expect(lenet.get("follow-newest")).not_to_be_checked()
    lenet.get("follow-newest").check()
    expect(lenet.get("epoch-title")).to_have_text("After epoch 2")
    assert lenet.page.evaluate(EPOCH) is None
    lenet.get("epoch-slider").press("ArrowLeft")
    assert lenet.page.evaluate(EPOCH) == "1"


def test_the_confusion_matrix_counts_and_a_cell_shows_its_images(lenet, run):
    lenet.see(run)
    lenet.click("look-mistakes")
    counts = run["epochs"][-1]["confusion"]
    shown = lenet.get("confusion").locator(".cell").all_inner_texts()
    assert [0 if text == "·" else int(text.replace(",", "")) for text in shown] == [c for row in counts for c in row]

    label, predicted = max(
        ((r, c) for r in range(10) for c in range(10) if r != c), key=lambda cell: counts[cell[0]][cell[1]]
    )
    lenet.click(f"cell-{label}-{predicted}")
    count = counts[label][predicted]
    expect(lenet.get("images-title")).to_have_text(f"“{label}” taken for “{predicted}”: {count}")
    expect(lenet.get("mistake-images").get_by_role("button")).to_have_count(count)
    lenet.get(f"cell-{label}-{predicted}").press("ArrowDown" if label < 9 else "ArrowUp")
    expect(lenet.get(f"cell-{label + (1 if label < 9 else -1)}-{predicted}")).to_be_focused()
    lenet.click("to-worst")
    expect(lenet.get("images-title")).to_have_text("Worst mistakes")


def test_a_worst_mistake_opens_its_feature_maps(lenet, run):
    worst = run["epochs"][-1]["worst"][0]
    lenet.see(run)
    lenet.click("look-mistakes")
    first = lenet.get("mistake-images").get_by_role("button").first
    expect(first).to_have_attribute("data-image", str(worst["image"]))
    first.click()
    verdict = lenet.get("maps-verdict")
    expect(verdict).to_have_attribute("data-predicted", str(worst["predicted"]))
    expect(verdict).to_contain_text(f"It is {worst['label']}.")


def test_kernels_are_those_of_the_chosen_epoch(lenet, run):
    lenet.see(run)
    lenet.click("look-kernels")
    expect(lenet.get("kernels-conv2")).to_have_accessible_name(re.compile("96 kernels"))
    expect(lenet.get("kernels-conv1")).to_have_accessible_name(re.compile("6 kernels"))
    newest = lenet.picture("kernels-conv1")
    name = lenet.get("kernels-conv1").get_attribute("aria-label")
    lenet.get("epoch-slider").press("Home")
    expect(lenet.get("kernels-conv1")).not_to_have_accessible_name(name)
    assert lenet.picture("kernels-conv1") != newest


def test_feature_maps_of_a_chosen_digit_layer_by_layer(lenet, run):
    lenet.see(run)
    lenet.click("look-maps")
    samples = lenet.get("samples").get_by_role("button")
    expect(samples).to_have_count(10)
    samples.nth(1).click()
    expect(lenet.get("maps-verdict")).to_have_attribute("data-predicted", "1")
    sheets = lenet.get("maps-layers").locator("canvas")
    layers = ["input", "conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "fc3"]
    assert sheets.evaluate_all("all => all.map(canvas => canvas.dataset.layer)") == layers
    ones = sheets.nth(1).evaluate("canvas => canvas.toDataURL()")
    lenet.click("other-digits")
    expect(lenet.get("maps-verdict")).to_have_attribute("data-predicted", "7")
    assert sheets.nth(1).evaluate("canvas => canvas.toDataURL()") != ones


def test_softmax_is_worked_out_for_the_answer_shown(lenet, run):
    lenet.see(run)
    lenet.click("look-maps")
    lenet.get("maps-softmax").locator("summary").click()
    rows = lenet.get("maps-softmax").locator("tbody tr")
    expect(rows).to_have_count(10)
    bars = lenet.get("maps-probabilities").locator(".bar-value").all_inner_texts()
    assert [cells[-1] for cells in (row.split("\t") for row in rows.all_inner_texts())] == bars


def test_layers_files_and_settings_of_a_run(lenet, run):
    lenet.see(run)
    layers = run["layers"]
    expect(lenet.get("layers").locator("tbody tr")).to_have_count(len(layers))
    total = sum(layer["parameters"] for layer in layers)
    expect(lenet.get("parameter-sum")).to_have_text(f"{total:,}")
    assert lenet.page.evaluate("import('/static/js/lenet/run/layers.js').then(m => m.EXERCISE_LAYERS)") == layers

    names = [epoch["checkpoint"] for epoch in run["epochs"]]
    assert lenet.get("files").locator("code").all_inner_texts() == names
    with lenet.page.expect_download() as download:
        lenet.get("file").first.click()
    assert download.value.suggested_filename == names[0]
    assert download.value.path().read_bytes()[:2] == b"PK"  # the zip that torch.save writes

    expect(lenet.get("command")).to_have_text(run["command"])
    marked = lenet.get("settings").locator(".changed dt").all_inner_texts()
    assert marked == ["Train images", "Batch size", "Epochs"]


def test_saved_networks_begin_with_a_whole_row_while_the_newest_is_followed(visit, run):
    """More of them than there is room for: the list stands at its end."""
    lenet, told = visit(), records(40, reports=1)
    told = [record for record in told if record["kind"] != "end"]

    def answer(route: Route) -> None:
        first = int(parse_qs(urlsplit(route.request.url).query)["from"][0])
        route.fulfill(json={"line": first, "next": len(told), "records": told[first:]})

    lenet.page.route(re.compile(r"/metrics\?"), answer)
    lenet.open(f"#run={run['run']}")
    expect(lenet.get("files").locator("li")).to_have_count(40)
    lenet.get("files").scroll_into_view_if_needed()
    stands = """list => {
      const {top, bottom} = list.getBoundingClientRect();
      const rows = [...list.children].map((row) => row.getBoundingClientRect());
      const first = rows.find((row) => row.bottom > top + 1);
      return {isAtItsEnd: rows.at(-1).top < bottom, isScrolled: list.scrollTop > 0, isWhole: first.top >= top - 0.5};
    }"""
    wait_until(lambda: all(lenet.get("files").evaluate(stands).values()), 10, "a whole first row")


def test_a_new_run_can_take_over_the_settings(lenet, run):
    lenet.see(run)
    lenet.click("reuse-settings")
    expect(lenet.get("setting-epochs")).to_have_value("2")
    expect(lenet.get("settings-changed")).to_have_text("3 changed")


def test_the_charts_have_every_batch_and_every_epoch(lenet, run):
    lenet.see(run)
    read = "plot => plot.data.map(({name, x, y}) => [name, [...x], [...y]])"
    for testid in ("chart-loss", "chart-accuracy"):
        expect(lenet.get(testid).locator(".legend")).to_be_visible()
    accuracy = {name: y for name, _, y in lenet.get("chart-accuracy").evaluate(read)}
    assert accuracy == {
        part.title(): [epoch[part]["accuracy"] for epoch in run["epochs"]] for part in ("train", "test")
    }
    labels = lenet.get("chart-accuracy").locator(".ytick text").all_text_contents()
    shares = [float(label.strip("%")) / 100 for label in labels]
    values = sorted(value for curve in accuracy.values() for value in curve)
    assert min(shares) <= values[0]
    assert values[-1] <= max(shares)
    (name, x, y), *_ = lenet.get("chart-loss").evaluate(read)
    assert name == "Each batch, while it trains"
    assert len(y) == run["step"]
    assert x[-1] == 2


def test_runs_are_compared(lenet, runs):
    lenet.home()
    compare = lenet.get("compare")
    for run in runs:
        expect(compare).to_be_disabled()
        lenet.row(run["run"]).get_by_test_id("choose-run").check()
    compare.click()
    table = lenet.get("compare-table")
    order = "rows => rows.map(row => row.dataset.run)"
    rows = table.locator("tbody tr")
    expect(rows).to_have_count(2)
    best = sorted(runs, key=lambda run: -run["best_accuracy"])
    assert rows.evaluate_all(order) == [run["run"] for run in best]
    assert table.locator("th.marked").all_inner_texts() == ["Learning rate", "Epochs set"]
    lenet.click("compare-table-sort-best_accuracy")
    assert rows.evaluate_all(order) == [run["run"] for run in reversed(best)]
    lenet.get("all-columns").check()
    expect(table.get_by_role("button", name="Activation")).to_be_visible()
    read = "plot => plot.data?.map(({y}) => y.length)"
    expect(lenet.get("chart-compare").locator(".legend")).to_be_visible()
    assert lenet.get("chart-compare").evaluate(read) == [2, 1]
    lenet.get("compare-remove").first.click()
    expect(rows).to_have_count(1)
