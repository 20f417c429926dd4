"""The whole lab exercise as a student does it, in Chinese: fits, trains, pins, answers and exports.

docs/example is made by it too: `python -m tools.notebook_example`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from support.lenet_page import Lenet
from support.notebook_page import NotebookPage
from support.playground_page import Playground

FITS = {  # data set -> a setting that fits it
    "circle": "dataset=circle&activation=tanh&learningRate=0.03&networkShape=4&seed=0.31415",
    "xor": "dataset=xor&activation=tanh&learningRate=0.03&networkShape=4,2&seed=0.31415",
    "gauss": "dataset=gauss&activation=tanh&learningRate=0.03&networkShape=2&seed=0.31415",
    "spiral": "dataset=spiral&activation=tanh&learningRate=0.01&networkShape=8,6&optimizer=adam&sinX=true&sinY=true"
    "&xSquared=true&ySquared=true&xTimesY=true&seed=0.31415",
}
FITTED = 0.02  # test loss
ANSWERS = [
    "只用 $x_1$ 和 $x_2$，**一个隐藏层、四个神经元**就围住了中间的点。三个神经元画出三条直线，也够围成一个三角形。",
    "去掉隐藏层以后，一条直线分不开这四个角。打开特征 $x_1x_2$，一个神经元就够了。",
    "两团点用一条直线就能分开，*不需要*隐藏层。噪声大了以后，测试损失比训练损失高。",
    "作用最大的是特征 $\\sin(x_1)$、$\\sin(x_2)$ 和更大的网络，优化器 Adam 让它快了许多。曲线一直下降，训练顺利。",
]
CONCLUSION = "网络越大、特征越合适，能拟合的形状就越复杂。卷积层利用了图像的局部结构，所以 LeNet-5 适合识别手写数字。"


class Exercise:
    """A student at the exercise. page: of a browser that has never been there, in Chinese."""

    def __init__(self, page: Page, url: str):
        self._page = page
        self._playground = Playground(page, url)
        self._lenet = Lenet(page, url)
        self.notebook = NotebookPage(page, url)

    def begin(self) -> None:
        """Opens the notebook with the exercise's template."""
        self.notebook.open()
        self.notebook.click("begin")
        expect(self.notebook.cells.first).to_be_visible()

    def fit(self) -> dict[str, tuple[str, str]]:
        """All four data sets, and pins what came of them. Gives epoch and test loss, as the page shows them."""
        found = {}
        playground = self._playground
        for name, link in FITS.items():
            playground.open(link)
            playground.play()
            playground.wait(lambda: playground.loss() < FITTED, f"the fit of {name}", 100)
            playground.pause()
            found[name] = f"{playground.epoch:,}", playground.get("loss-test").inner_text()
            self._pin("playground.map")
            if name == "spiral":
                self._pin("playground.loss")
                self._pin("playground.network")
        return found

    def train(self, preset: str = "fast", seconds: float = 200, **settings: object) -> dict[str, Any]:
        """LeNet-5, and pins what came of it. Gives the run as the API has it."""
        run = self._lenet.open().start(preset, **settings)
        self._lenet.expect_status("finished", seconds)
        self._pin("lenet.curves")
        self._lenet.click("look-mistakes")
        expect(self._page.locator("[data-testid=mistake-images] canvas").first).to_be_visible()
        self._pin("lenet.confusion")
        self._pin("lenet.mistakes")
        shown = self._page.evaluate(
            "async (run) => JSON.stringify(await (await fetch(`/api/lenet/runs/${run}`)).json())", run
        )
        return dict(json.loads(shown))

    def answer(self) -> None:
        """Writes the answers and the conclusion under their questions."""
        self.notebook.open()
        unanswered = self._page.locator(".cell:has(.hint-text:not([hidden]))")
        expect(unanswered.last).to_be_visible()
        for text in ANSWERS:
            self._write(unanswered.first, text)
        self._write(unanswered.last, CONCLUSION)
        expect(self.notebook.get("save-state")).to_have_text("已保存")

    def export(self, form: str, path: Path) -> Path:
        """A report with the student's name, saved at `path`."""
        card = self._page.locator("#export-card")
        if not card.evaluate("card => card.open"):
            card.locator("summary").click()
        self.notebook.get("export-name").fill("王小明")
        self.notebook.get("export-number").fill("2026012345")
        self.notebook.get("export-format").select_option(form)
        with self._page.expect_download(timeout=100_000) as download:
            self.notebook.click("export")
        download.value.save_as(path)
        return path

    def _pin(self, view: str) -> None:
        with self._page.expect_response(lambda response: response.url.endswith("/api/notebook/pins")) as answered:
            self._page.get_by_test_id(f"pin-{view}").first.click()
        assert answered.value.status == 201, answered.value.text()

    def _write(self, cell: Any, text: str) -> None:
        self.notebook.edit(cell)
        self._page.keyboard.insert_text(text)
        self._page.keyboard.press("Escape")
