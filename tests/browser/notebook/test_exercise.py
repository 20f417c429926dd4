"""The exercise from its beginning to the report that is handed in, in Chinese."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from docx import Document
from PIL import Image

from support.exercise import CONCLUSION, FITTED, Exercise
from support.lenet_page import QUICK
from support.notebook_page import NotebookServer


@pytest.fixture(scope="module")
def with_mnist(mnist: Path, tmp_path_factory: pytest.TempPathFactory):
    server = NotebookServer(tmp_path_factory.mktemp("exercise"), mnist)
    yield server
    server.stop()


def pictures(document):
    """Those that are wide enough to be a figure, in their order: none is a QR code."""
    parts = [document.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed]
             for shape in document.inline_shapes]  # fmt: skip
    found = [Image.open(io.BytesIO(part.blob)) for part in parts]
    return [picture for picture in found if picture.width >= 1600]


def test_the_exercise_is_done_and_its_report_has_all_that_it_asks_for(visit, with_mnist, tmp_path):
    page = visit(at=with_mnist.url, locale="zh-CN")
    student = Exercise(page.page, with_mnist.url)
    student.begin()
    fits = student.fit()
    run = student.train(**QUICK)
    student.answer()
    document = Document(student.export("docx", tmp_path / "report.docx"))

    texts = [paragraph.text for paragraph in document.paragraphs]
    figures = [text for text in texts if re.match(r"图\s*\d", text)]
    maps = [text for text in figures if "网络的输出" in text]
    for name, (epoch, loss) in zip(("圆形", "异或", "两团点", "螺旋"), fits.values(), strict=True):
        assert float(loss) <= FITTED  # rounded
        [caption] = [text for text in maps if name in text]
        assert f"第 {epoch} 轮" in caption
        assert f"测试损失 {loss}" in caption
    assert len(maps) == 4
    assert len(pictures(document)) == len(figures) == 9
    assert [int(re.search(r"\d+", text)[0]) for text in figures] == [*range(1, 10)]

    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    layers = next(table for table in tables if any("conv1" in cell for row in table for cell in row))
    assert [row[0] for row in layers[1:9]] == [
        "input", "conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "fc3",
    ]  # fmt: skip
    saved = next(table for table in tables if any("lenet_mnist_" in cell for row in table for cell in row))
    assert [row[1] for row in saved[1:]] == [epoch["checkpoint"] for epoch in run["epochs"]]
    accuracy = run["epochs"][-1]["test"]["accuracy"]
    assert any(f"可以达到 {accuracy:.3f} 的准确度" in text for text in texts)
    assert any("损失和准确率" in text for text in figures)
    assert CONCLUSION in texts
    assert "王小明" in "".join(cell for table in tables for row in table for cell in row) + "".join(texts)
