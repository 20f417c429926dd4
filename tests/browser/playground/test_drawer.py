"""What is one click away: the run as code, and its settings with many seeds."""

import base64
import csv
import io
import json
import re
import struct
import xml.etree.ElementTree as ET

import nbformat
import numpy as np
import onnxruntime
import pytest
from PIL import Image
from playwright.sync_api import expect

from playground.export import code
from playground.recording import moment
from playground.recording.player import Player
from playground.serving import wire
from support.long import parametrize
from support.playground_page import PLAIN, Playground


@pytest.fixture
def closing(playground):
    """The page, whose drawer is closed again: it makes room for what is chosen in it."""
    yield playground
    if playground.get("drawer").is_visible():
        playground.click("drawer-close")


@pytest.fixture
def opened(closing):
    closing.visit(f"{PLAIN}&epoch=12")
    closing.expect_epoch(12)
    closing.click("tools")
    closing.click("look-code")
    return closing


def test_the_code_that_is_saved_is_that_of_the_run(opened, tmp_path):
    expect(opened.get("code-said")).to_have_text("Up to epoch 12.")
    with opened.page.expect_download() as saved:
        opened.click("code-save")
    saved.value.save_as(tmp_path / "run.py")
    text = (tmp_path / "run.py").read_text(encoding="utf-8")
    assert text == code.script(moment.Moment(moment.parse(PLAIN).recording, 12))  # which tests of its own run


@parametrize("locale", ["en", "zh-CN"], short=1)
def test_on_a_laptop_the_code_has_half_the_window_and_all_that_can_be_saved_is_seen_below_it(visit, locale):
    page = visit(f"{PLAIN}&epoch=12", locale=locale, viewport={"width": 1366, "height": 768})
    page.expect_epoch(12)
    page.click("tools")
    page.click("look-code")
    expect(page.get("code")).to_contain_text("import torch")
    assert page.get("code").bounding_box()["height"] > 768 / 2
    for saved in ("run-onnx", "losses-csv", "map-png", "sheet-svg"):
        expect(page.get(f"save-{saved}")).to_be_in_viewport(ratio=1)


def test_a_changed_setting_marks_the_lines_that_it_changed(opened):
    expect(opened.get("code-said")).to_have_text("Up to epoch 12.")
    opened.choose("regularization", "L2")
    marked = opened.get("code").locator("mark")
    expect(marked.filter(has_text="L2").or_(marked.filter(has_text="weight_decay")).first).to_be_attached()
    unmarked = opened.get("code").locator("span", has_text="import torch").first
    expect(unmarked).to_be_attached()


def test_many_seeds_are_told_as_they_come_and_each_can_be_opened(closing):
    closing.step(12)
    closing.click("tools")
    closing.click("look-seeds")
    closing.get("seeds-count").fill("6")
    closing.get("seeds-epochs").fill("60")
    closing.click("seeds-begin")
    expect(closing.get("seeds-said")).to_have_text(re.compile(r"^Solved [0-6] of 6$"))
    expect(closing.get("seeds-end")).to_be_hidden()
    losses = [float(one) for one in closing.get("seeds-maps").locator(".seeds-loss").all_inner_texts()]
    assert losses == sorted(losses)
    for threshold in losses:  # rounded, so half of them are those of losses below or above
        closing.get("seeds-threshold").fill(str(threshold))
        told = [float(one) for one in closing.get("seeds-maps").locator(".seeds-loss").all_inner_texts()]
        expect(closing.get("seeds-said")).to_have_text(f"Solved {sum(loss < threshold for loss in told)} of 6")
    closing.get("seeds-threshold").fill("100")
    expect(closing.get("seeds-said")).to_have_text("Solved 6 of 6")
    closing.click("seeds-run-3")
    closing.expect_epoch(60)
    closing.expect_link(epoch="60")
    assert "seed=0.31415&" not in closing.page.url
    expect(closing.get("seeds-note")).to_be_hidden()  # its settings are the study's
    closing.page.keyboard.press("Control+z")
    closing.expect_epoch(12)
    closing.choose("activation", "relu")
    closing.choose("learningRate", "0.1")
    expect(closing.get("seeds-note")).to_have_text(
        "These runs have other settings than those that are shown now: Activation and Learning rate."
    )


def test_a_study_is_cancelled_at_once(opened):
    opened.click("look-seeds")
    opened.get("seeds-count").fill("100")
    opened.get("seeds-epochs").fill("10000")
    opened.click("seeds-begin")
    expect(opened.get("seeds-end")).to_be_visible()
    opened.click("seeds-begin")
    expect(opened.get("notice-command")).to_contain_text("A study is running already")
    opened.click("seeds-end")
    expect(opened.get("seeds-end")).to_be_hidden()
    opened.get("seeds-epochs").fill("10")
    opened.get("seeds-count").fill("5")
    opened.click("seeds-begin")
    expect(opened.get("seeds-said")).to_contain_text("of 5")


def kept_after(playground, epochs):
    """The page that has trained so long, with its run kept."""
    playground.step(epochs)
    playground.click("tools")
    playground.click("look-kept")
    playground.click("keep")
    expect(playground.get("kept-said")).to_have_text("Kept: 1 of 8.")
    return playground


def test_kept_runs_are_compared_and_taken_up_again_after_a_reload(visit):
    playground = kept_after(visit(PLAIN), 8)
    playground.choose("activation", "relu")
    playground.expect_epoch(0)
    playground.page.evaluate("document.activeElement.blur()")
    playground.page.keyboard.press("s")
    playground.expect_epoch(1)
    playground.click("keep")
    rows = playground.get("kept-table").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(playground.get("kept-table").locator("thead")).to_contain_text("Activation")
    expect(rows.nth(0)).to_contain_text("Tanh")
    expect(rows.nth(1)).to_contain_text("ReLU")
    names = lambda: playground.get("losschart").evaluate("plot => plot.data.map(({name}) => name)")  # noqa: E731
    playground.wait(lambda: {"Kept 1", "Kept 2"} <= set(names()), "their curves")
    playground.page.reload()
    playground.wait_until_ready()
    playground.click("tools")
    playground.click("look-kept")
    playground.get("beside-1").check()
    playground.get("beside-2").check()
    expect(playground.get("kept-maps").locator("canvas")).to_have_count(2)
    playground.click("kept-1")
    playground.expect_epoch(8)
    expect(playground.get("setting-activation")).to_have_value("tanh")
    playground.click("tools")
    playground.click("forget-2")
    expect(rows).to_have_count(1)


@pytest.mark.parametrize("dataset", ["circle", "blobs"])
def test_what_is_kept_is_the_map_of_the_output_whichever_neurons_is_shown(visit, dataset):
    link = f"{PLAIN}&dataset={dataset}&epoch=30"
    playground = visit(link)
    playground.expect_epoch(30)
    playground.click("tools")
    playground.click("look-kept")
    playground.get("node-0-1").click(force=True)
    title = playground.page.locator("#map-title")
    expect(title).to_contain_text("2")  # of the neuron
    named = title.inner_text()
    playground.get("keep").dispatch_event("click")  # the card stays open, and the neuron selected
    expect(playground.get("kept-said")).to_have_text("Kept: 1 of 8.")
    (kept,) = json.loads(playground.page.evaluate("localStorage.getItem('playlab.kept')"))
    player = Player(moment.parse(link).recording)
    while player.engine.epoch < 30:
        player.train()
    assert base64.b64decode(kept["map"]) == wire.outcome(player.engine.outputs()).tobytes()
    expect(title).to_have_text(named)


def test_eight_kept_runs_are_told_apart_in_the_chart_as_in_their_table(visit):
    playground = kept_after(visit(PLAIN), 3)
    playground.page.evaluate("""() => {
      const [run] = JSON.parse(localStorage.getItem("playlab.kept"));
      const eight = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => ({...run, number}));
      localStorage.setItem("playlab.kept", JSON.stringify(eight));
    }""")
    playground.page.reload()
    playground.wait_until_ready()
    playground.click("tools")
    playground.click("look-kept")
    look = "of => of.map((one) => { const s = getComputedStyle(one); return [s.borderTopColor, s.borderTopStyle]; })"
    swatches = [tuple(one) for one in playground.get("kept-table").locator(".swatch").evaluate_all(look)]
    assert len({*swatches}) == 8
    curves = (
        "plot => (plot.data ?? []).filter(({name}) => name.startsWith('Kept'))"
        ".map(({name, line, text, mode}) =>"
        " [name, line.dash, mode, text.filter(Boolean).join(), text.findIndex(Boolean)])"
    )
    drawn = lambda: playground.get("losschart").evaluate(curves)  # noqa: E731
    playground.wait(lambda: len(drawn()) == 8, "their curves")
    places = [place for *_, place in drawn()]
    assert places == sorted(places, reverse=True)  # all end at one epoch; where there is room no name is on another
    for number, ((name, dash, mode, text, _), (_, style)) in enumerate(zip(drawn(), swatches, strict=True), 1):
        assert (name, text, mode) == (f"Kept {number}", f"Kept {number}", "lines+text")
        assert (dash == "dash") == (style == "dashed") == (number > 6)


def test_kept_runs_are_told_apart_in_the_pages_words_by_what_they_used(visit):
    playground = visit(locale="zh-CN")
    playground.click("tools")
    playground.click("look-kept")
    for count, settings in enumerate(("dataset=xor", "dataset=spiral&y=false", "problem=regression&dataset=gauss"), 1):
        playground.visit(f"seed=0.5&networkShape=3&{settings}")
        playground.click("keep")
        expect(playground.get("kept-table").locator("tbody tr")).to_have_count(count)
    heads = playground.get("kept-table").locator("th[scope=col]")
    expect(heads).to_have_text(["训练", "数据集", "X₂", "问题类型", "轮次", "测试损失", "训练损失", "并排"])
    rows = playground.get("kept-table").locator("tbody tr")
    for row, words in enumerate((["异或", "是", "分类"], ["螺旋", "否", "分类"], ["–", "是", "回归"])):
        for place, word in enumerate(words):
            expect(rows.nth(row).locator("td").nth(place)).to_have_text(word)


def test_kept_runs_tell_what_was_changed_while_they_trained(visit):
    playground = visit("seed=0.5&learningRate=0.1&epoch=9&edits=3:rate:0.3,5:weight:0:0:0:1", locale="zh-CN")
    playground.expect_epoch(9)
    playground.click("tools")
    playground.click("look-kept")
    playground.click("keep")
    heads = playground.get("kept-table").locator("th[scope=col]")
    expect(heads).to_have_text(["训练", "学习率", "手动改动", "轮次", "测试损失", "训练损失", "并排"])
    cells = playground.get("kept-table").locator("tbody td")
    expect(cells.nth(0)).to_have_text("0.1，第 3 轮起 0.3")
    expect(cells.nth(1)).to_have_text("1 处")


def test_two_pages_of_one_browser_keep_their_runs_together(visit):
    first = visit(PLAIN)
    second = Playground(first.page.context.new_page(), first.url).open(PLAIN)
    for count, playground in enumerate((first, second, first), 1):
        if count <= 2:
            playground.click("tools")
            playground.click("look-kept")
        playground.click("keep")
        expect(playground.get("kept-said")).to_have_text(f"Kept: {count} of 8.")
        for page in (first, second):
            if page.get("kept-table").is_visible():
                expect(page.get("kept-table").locator("tbody tr")).to_have_count(count)
    second.click("forget-1")
    expect(first.get("kept-table").locator("tbody tr")).to_have_count(2)
    first.page.reload()
    first.wait_until_ready()
    first.click("tools")
    first.click("look-kept")
    expect(first.get("kept-table").locator("tbody tr")).to_have_count(2)
    assert not second.errors


def test_the_link_of_the_settings_and_of_the_moment_are_shown_as_codes(playground):
    playground.step(5)
    playground.click("tools")
    playground.click("look-share")
    address = playground.get("share-address")
    expect(address).to_have_value(re.compile("#.*seed=0.31415"))
    assert "epoch=" not in address.input_value()
    expect(playground.get("share-code")).to_be_visible()
    setup = playground.pixels(playground.get("share-code"))
    assert set(setup) == {(0, 0, 0, 255), (255, 255, 255, 255)}
    playground.get("share-moment").check()
    expect(address).to_have_value(re.compile("&epoch=5$"))
    playground.wait(lambda: playground.pixels(playground.get("share-code")) != setup, "another code")
    expect(playground.get("share-said")).to_contain_text("only this machine")
    playground.click("drawer-close")


@pytest.fixture
def saved(opened, tmp_path):
    """`saved(what, format)`: the file that its button gives."""

    def save(what, form):
        with opened.page.expect_download() as download:
            opened.click(f"save-{what}-{form}")
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        assert path.suffix == f".{form}"
        return path

    return save


@pytest.fixture(scope="module")
def trained():
    player = Player(moment.parse(PLAIN).recording)
    while player.engine.epoch < 12:
        player.train()
    return player.engine


def test_losses_and_points_are_saved_as_tables(saved, trained):
    rows = list(csv.DictReader(saved("losses", "csv").open(newline="")))
    assert int(rows[-1]["epoch"]) == 12
    assert float(rows[-1]["testLoss"]) == trained.scores().test_loss
    points = [
        tuple(map(float, (row["x"], row["y"], row["label"])))
        for row in csv.DictReader(saved("points", "csv").open(newline=""))
    ]
    assert points == [tuple(point) for point in (*trained.train_points, *trained.test_points)]


def test_the_notebook_and_the_graph_of_the_run_come_from_the_server(saved, trained):
    made = nbformat.read(saved("run", "ipynb"), as_version=4)
    nbformat.validate(made)
    assert "EPOCHS = 12" in "".join(cell.source for cell in made.cells)
    session = onnxruntime.InferenceSession(saved("run", "onnx").read_bytes())
    x, y, _ = trained.test_points.T
    (output,) = session.run(None, {"x": np.ascontiguousarray(x), "y": np.ascontiguousarray(y)})
    loss = (0.5 * (output - trained.test_points[:, 2]) ** 2).mean()
    assert loss == pytest.approx(trained.scores().test_loss, abs=1e-12)


SIZES = {"map": (600, 600), "network": (800, 480), "chart": (800, 400), "sheet": (1200, 800)}


@parametrize("what", SIZES, short=[0, 3])
def test_pictures_are_saved_at_twice_their_size_and_as_svg_that_stands_alone(what, saved, browser, opened):
    png = saved(what, "png").read_bytes()
    assert png.startswith(b"\x89PNG")
    width, height = SIZES[what]
    assert struct.unpack_from(">2I", png, 16) == (2 * width, 2 * height)
    text = saved(what, "svg").read_text(encoding="utf-8")
    root = ET.fromstring(text)  # noqa: S314  our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not re.search(r'"(https?:)?//(?!www.w3.org)|var\(|<script|<style[^>]*>[^<]', text)
    shown = drawn(browser, text.encode(), 2 * width, 2 * height)
    assert np.abs(shown - pixels_of(png)).mean() < 1
    if what != "chart":
        colors = COLORS["network" if what == "network" else "points"]
        orange, blue = ((np.abs(shown - rgb).max(axis=2) < 12).sum() for rgb in colors)
        assert orange > 500
        assert blue > 500


COLORS = {"points": [(245, 147, 34), (8, 119, 189)], "network": [(249, 187, 116), (100, 170, 214)]}  # on white


def drawn(browser, svg, width, height):
    """A picture as a browser shows it that knows nothing of Playlab: (height, width, 3)."""
    page = browser.new_page(viewport={"width": width, "height": height})
    address = base64.b64encode(svg).decode()
    page.set_content(
        f'<body style="margin: 0"><img width="{width}" height="{height}" src="data:image/svg+xml;base64,{address}">'
    )
    page.locator("img").evaluate("image => image.decode()")
    shot = page.screenshot(type="png")
    page.close()
    return pixels_of(shot)


def pixels_of(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_a_sheet_says_which_run_it_is_of(saved, opened):
    text = "".join(ET.fromstring(saved("sheet", "svg").read_text(encoding="utf-8")).itertext())  # noqa: S314
    assert "Circle, 2-4-2-1, Epoch 12" in text
    link = re.search(r"activation=\S*?&epoch=12", text)[0]
    assert moment.parse(link) == moment.Moment(moment.parse(PLAIN).recording, 12)
    assert "Learning rate" in text
    assert "0.03" in text
    assert "Test accuracy" in text
    assert f"{opened.url}/#activation=" in text


@parametrize("locale", ["en", "zh-CN"], short=1)
def test_nothing_on_a_sheet_runs_off_its_edge(locale, visit, browser, tmp_path):
    settings = (
        "optimizer=adam&beta1=0.5&schedule=step&scheduleEpochs=99&loss=crossEntropy&initialWeights=he&shuffle=true"
    )
    edits = ",".join(f"{epoch}:bias:0:0:0.{epoch:03}" for epoch in range(1, 13))
    page = visit(f"seed={'W' * 32}&{settings}&dropout=0.1,0.2&epoch=12&edits={edits}", locale=locale)
    page.expect_epoch(12)
    page.click("tools")
    page.click("look-code")
    with page.page.expect_download() as download:
        page.click("save-sheet-svg")
    download.value.save_as(tmp_path / "sheet.svg")
    alone = browser.new_page()
    alone.set_content((tmp_path / "sheet.svg").read_text(encoding="utf-8").split("\n", 1)[1])
    ends = alone.locator("svg > text").evaluate_all(
        "texts => texts.map((text) => text.getBBox()).map(({x, y, width, height}) => [x + width, y + height])"
    )
    alone.close()
    assert len(ends) > 25
    assert all(right <= 1180 and bottom <= 800 for right, bottom in ends)


def test_how_the_output_formed_is_shown_gone_back_to_and_saved(opened, tmp_path):
    opened.click("look-strip")
    expect(opened.get("strip-said")).to_have_text("Up to epoch 12.")
    expect(opened.get("strip").locator("button")).to_have_text(["0", "1", "2", "5", "10", "12"])
    opened.click("strip-5")
    expect(opened.get("epoch")).to_have_text("000,005")
    expect(opened.get("drawer")).to_be_hidden()  # it would cover the map
    opened.click("tools")
    with opened.page.expect_download() as download:
        opened.click("strip-save")
    download.value.save_as(tmp_path / "strip.png")
    width, height = struct.unpack_from(">2I", (tmp_path / "strip.png").read_bytes(), 16)
    assert width == 6 * 256 + 16
    assert height == 312


def animated(page, folder):
    with page.page.expect_download() as download:
        page.click("strip-animate")
    download.value.save_as(folder / download.value.suggested_filename)
    assert download.value.suggested_filename == "playlab_animation.gif"
    return Image.open(folder / download.value.suggested_filename)


def test_how_it_formed_is_saved_as_an_animation_of_every_epoch(opened, tmp_path):
    opened.click("look-strip")
    gif = animated(opened, tmp_path)
    assert (gif.format, gif.size, gif.n_frames, gif.info["loop"]) == ("GIF", (240, 264), 13, 0)
    expect(opened.get("strip-animated")).to_have_text(re.compile(r"^Saved: 13 frames, \d+ kB\.$"))
    expect(opened.get("strip-progress")).to_be_hidden()
    player = Player(moment.parse(PLAIN).recording)
    for frame in (0, 12):
        gif.seek(frame)
        while player.engine.epoch < frame:
            player.train()
        shown = np.asarray(gif.convert("RGB"), dtype=float)[:240, :240]
        mean = player.engine.maps()[-1].reshape(20, 5, 20, 5).mean(axis=(1, 3))
        blue = (shown[..., 2] - shown[..., 0])[6::12, 6::12]  # of 20 x 20 places; points lie on some
        assert np.mean((blue > 0) == (mean > 0)) > 0.85
    texts = [np.asarray(_frame(gif, frame))[240:] for frame in (0, 1, 12)]
    assert all((text == 255).mean() > 0.7 and (text == 0).any() for text in texts)
    assert not (texts[0] == texts[1]).all()


def _frame(gif, number):
    gif.seek(number)
    return gif.convert("L")


THREE = "seed=0.31415&dataset=blobs&networkShape=&learningRate=0.1"  # classes, of which each has a third of the map


def share_of_the_third(pixels):
    """How much of a picture has the colour of class 2, a purple, however pale: nothing has that is of two classes."""
    red, green, blue = (np.asarray(pixels, dtype=int)[..., channel] for channel in range(3))
    return np.mean((red > green + 15) & (blue > green + 8))


def test_how_several_classes_formed_is_shown_and_saved_in_their_colours(closing, tmp_path):
    closing.visit(f"{THREE}&epoch=20")
    closing.expect_epoch(20)
    closing.click("tools")
    closing.click("look-strip")
    expect(closing.get("strip-said")).to_have_text("Up to epoch 20.")
    maps = closing.get("strip").locator("canvas")
    expect(maps).to_have_count(6)  # of the epochs 0, 1, 2, 5, 10 and 20
    assert share_of_the_third(closing.pixels(maps.last)) > 0.1
    gif = animated(closing, tmp_path)
    gif.seek(gif.n_frames - 1)
    assert share_of_the_third(gif.convert("RGB")) > 0.1


def test_seeds_and_kept_runs_of_several_classes_have_their_colours_side_by_side_too(closing):
    closing.visit(f"{THREE}&epoch=20")
    closing.expect_epoch(20)
    closing.click("tools")
    closing.click("look-kept")
    closing.click("keep")
    closing.visit(f"{THREE}&noise=50&epoch=20")
    closing.expect_epoch(20)
    closing.click("keep")
    for number in (1, 2):
        closing.get(f"beside-{number}").check()
    beside = closing.get("kept-maps").locator("canvas")
    expect(beside).to_have_count(2)
    for canvas in beside.all():
        assert share_of_the_third(closing.pixels(canvas)) > 0.1
    for number in (1, 2):
        closing.click(f"forget-{number}")
    closing.click("look-seeds")
    closing.get("seeds-count").fill("5")
    closing.get("seeds-epochs").fill("20")
    closing.click("seeds-begin")
    expect(closing.get("seeds-said")).to_have_text(re.compile(r"^Solved [0-5] of 5$"))
    maps = closing.get("seeds-maps").locator("canvas")
    expect(maps).to_have_count(5)
    for canvas in maps.all():
        assert share_of_the_third(closing.pixels(canvas)) > 0.05


def test_the_largest_animation_is_cancelled_made_again_through_a_lost_connection_and_below_two_megabytes(
    visit, tmp_path
):
    features = "&".join(f"{key}=true" for key in ("xSquared", "ySquared", "xTimesY", "sinX", "sinY"))
    playground = visit(f"{PLAIN}&dataset=spiral&networkShape=8,8,8,8,8,8&{features}&epoch=299")
    playground.expect_epoch(299)
    playground.click("tools")
    playground.click("look-strip")
    playground.click("strip-animate")
    playground.click("strip-cancel")
    expect(playground.get("strip-animated")).to_have_text("Cancelled.")
    expect(playground.get("strip-cancel")).to_be_hidden()
    with playground.page.expect_download() as download:
        playground.click("strip-animate")
        playground.wait(lambda: playground.get("strip-progress").evaluate("bar => bar.value") > 0, "a frame")
        playground.page.context.set_offline(True)
        playground.page.evaluate("dispatchEvent(new Event('offline'))")
        playground.expect_state("lost")
        expect(playground.get("strip-cancel")).to_be_visible()
        playground.page.context.set_offline(False)
    download.value.save_as(tmp_path / "run.gif")
    gif = Image.open(tmp_path / "run.gif")
    assert gif.n_frames == 300
    assert (tmp_path / "run.gif").stat().st_size <= 2_000_000
