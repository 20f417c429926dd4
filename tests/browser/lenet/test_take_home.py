"""What can be taken home from a run's page: its epochs as a table, its charts as pictures, its networks."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import onnxruntime
import pytest
from PIL import Image
from playwright.sync_api import expect
from safetensors.torch import load_file

from support.lenet_page import Lenet
from support.long import parametrize

pytestmark = pytest.mark.timeout(300)


def saved(lenet: Lenet, testid: str, seconds: float = 90) -> tuple[str, Path]:
    """The name and the place of what a click saves."""
    with lenet.page.expect_download(timeout=1000 * seconds) as event:
        lenet.click(testid)
    return event.value.suggested_filename, event.value.path()


def cells(lenet: Lenet) -> list[list[str]]:
    rows = lenet.get("epochs-table").locator("tbody tr")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


def test_the_table_of_epochs_is_one_click_away(lenet: Lenet, run: dict[str, Any]):
    lenet.see(run)
    expect(lenet.get("epochs-table")).to_be_hidden()
    lenet.click("epochs-open")
    expect(lenet.get("epochs-row")).to_have_count(len(run["epochs"]))
    assert cells(lenet) == [
        [
            str(one["epoch"]),
            f"{one['train']['loss']:.4f}",
            f"{100 * one['train']['accuracy']:.2f} %",
            f"{one['test']['loss']:.4f}",
            f"{100 * one['test']['accuracy']:.2f} %",
            f"{one['seconds']:.2f}",
        ]
        for one in run["epochs"]
    ]
    heads = lenet.get("epochs-table").locator("thead th").all_inner_texts()
    assert heads == ["Epoch", "Train: loss", "Train: accuracy", "Test: loss", "Test: accuracy", "Seconds, with tests"]

    first = lenet.get("epochs-row").first
    first.click()
    expect(lenet.get("epoch-title")).to_have_text("After epoch 1")
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(lenet.get("epochs-row").last).to_have_attribute("aria-pressed", "false")


def test_the_table_comes_as_csv(lenet: Lenet, run: dict[str, Any]):
    lenet.see(run)
    lenet.get("epochs").evaluate("element => (element.open = true)")
    name, path = saved(lenet, "epochs-csv")
    assert name == f"{run['run']}.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="ascii"))))
    assert [float(row["test_accuracy"]) for row in rows] == [one["test"]["accuracy"] for one in run["epochs"]]


def test_the_table_grows_while_the_run_is_trained(lenet: Lenet):
    lenet.home()
    lenet.start(train_images=300, batch_size=50, epochs=4, seed=77, holdout=50)
    lenet.get("epochs").evaluate("element => (element.open = true)")
    lenet.expect_status("finished")
    expect(lenet.get("epochs-row")).to_have_text(["1", "2", "3", "4"])
    assert "Held out: accuracy" in lenet.get("epochs-table").locator("thead th").all_inner_texts()
    assert all(len(row) == 8 and "–" not in row for row in cells(lenet))


@parametrize("chart", ["loss", "accuracy"], short=1)
def test_a_chart_is_saved_as_a_picture(lenet: Lenet, run: dict[str, Any], chart: str):
    lenet.see(run)
    expect(lenet.get(f"chart-{chart}").locator(".main-svg").first).to_be_visible()
    name, path = saved(lenet, f"save-{chart}-png")
    assert name == f"{run['run']}-{chart}.png"
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.size == (1600, 800)
        colors = picture.convert("RGB").getcolors(2**24)
        assert len(colors) > 20  # lines and letters
        assert max(colors)[1] == picture.convert("RGB").getpixel((2, 2)) != (0, 0, 0)  # on paper, not transparent
    name, path = saved(lenet, f"save-{chart}-svg")
    assert name == f"{run['run']}-{chart}.svg"
    root = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314  our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = list(root.itertext())
    assert {"Test", chart.capitalize(), "epoch"} <= set(texts)


def test_the_script_and_the_network_of_the_epoch_that_is_looked_at(lenet: Lenet, run: dict[str, Any]):
    lenet.see(run)
    first = run["epochs"][0]["checkpoint"].removesuffix(".pt")
    lenet.get("take-home").scroll_into_view_if_needed()
    lenet.get("files").get_by_role("button").first.click()
    expect(lenet.get("take-home")).to_contain_text("Epoch 1 to take home:")
    name, path = saved(lenet, "home-script")
    assert name == f"{first}.py"
    assert run["run"] in path.read_text(encoding="utf-8")
    name, path = saved(lenet, "home-onnx")
    assert name == f"{first}.onnx"
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    assert session.get_modelmeta().custom_metadata_map["epoch"] == "1"
    name, path = saved(lenet, "home-safetensors")
    assert name == f"{first}.safetensors"
    assert "conv1.weight" in load_file(path)


def test_all_networks_come_as_one_archive(lenet: Lenet, run: dict[str, Any]):
    lenet.see(run)
    name, path = saved(lenet, "home-all")
    assert name == f"{run['run']}.zip"
    with zipfile.ZipFile(path) as parts:
        assert [part.rpartition("/")[2] for part in parts.namelist()] == [*run["checkpoints"], "config.json"]


def test_a_file_that_cannot_be_made_is_told_where_it_was_asked_for(lenet: Lenet, run: dict[str, Any]):
    lenet.see(run)
    refusal = '{"code": "no-answer", "field": null, "values": {}, "error": "the prediction process died"}'
    lenet.page.route("**/onnx", lambda route: route.fulfill(status=502, content_type="application/json", body=refusal))
    try:
        lenet.click("home-onnx")
        expect(lenet.get("home-fault")).to_have_text(re.compile(r"\w"))
        expect(lenet.get("home-onnx")).not_to_have_attribute("aria-busy", "true")
    finally:
        lenet.page.unroute("**/onnx")
    saved(lenet, "home-onnx")
    expect(lenet.get("home-fault")).to_be_empty()
