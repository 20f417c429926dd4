"""Reports as a student would have them, for the tests of what is taken home: pictures, formulas, tables, Chinese."""

from __future__ import annotations

import functools
import io
import random
import zlib

from matplotlib.figure import Figure as Drawing

from core.version import versions
from notebook import reading
from notebook.cells import AnyCell, Derived, Heading, Picture, Pinned, Slot, Text
from notebook.export.report import Kept, Report
from notebook.figures import Axis, Chart, Plane, Series, Table
from notebook.pins import Fact, Pin

TITLE = "练习二：Playground 与 LeNet-5"
ORIGIN = "http://192.168.1.7:5000"
LINK = "#activation=tanh&batchSize=10&dataset={0}&learningRate=0.03&networkShape=4,2&seed=0.{1}&epoch={2}"
DATA = ("circle", "xor", "gauss", "spiral")
LAYERS = Table(
    columns=["层", "输出形状", "参数"],
    rows=[["C1 卷积 5×5", "6×24×24", 156.0], ["S2 最大池化 2×2", "6×12×12", None], ["C3 卷积 5×5", "16×8×8", 2416.0],
          ["S4 最大池化 2×2", "16×4×4", None], ["F5 全连接", "120", 30840.0],
          ["F6 全连接", "84", 10164.0], ["输出", "10", 850.0]],
)  # fmt: skip
FILES = Table(
    columns=["文件", "轮次", "准确度"],
    rows=[[f"lenet_mnist_{score:.3f}.pt", float(epoch), f"{100 * score:.1f} %"]
          for epoch, score in enumerate((0.671, 0.897, 0.959, 0.971, 0.982), 1)],
)  # fmt: skip
PROSE = """本次实验中解决的是一个**多分类**问题，因此选择*交叉熵*（`CrossEntropy`）作为损失函数，其中 $M$ 是类别的数量，
$y_{ic}$ 是符号函数，$p_{ic}$ 是预测概率：

$$L = -\\frac{1}{N}\\sum_i\\sum_{c=1}^{M} y_{ic}\\log(p_{ic})$$

网络结构包含 7 层：

1. 输入层：28×28 的灰度图像。
2. 卷积层：
   - 6 个卷积核，大小为 5×5；
   - 步长为 1，“无填充”。
3. 池化层

> 与批量梯度下降相比，SGD 的主要优点是*计算效率更高*。

| 优化器 | 学习率 | 说明 |
| :-- | --: | :-: |
| SGD | 0.1 | 见[文档](https://pytorch.org/docs/) |
| Adam | 0.001 | ~~不用~~ |

```python
def forward(self, x):
    return self.fc3(x)  # 输出层
```
"""


NOTE = "**观察**：边界在 $x_1 x_2 = 0$ 附近。"


@functools.cache
def picture(number: int = 0, wide: float = 8.0, high: float = 5.0) -> bytes:
    """A real PNG, 1,600 pixels wide."""
    figure = Drawing(figsize=(wide, high), dpi=200)
    axes = figure.add_subplot()
    axes.plot([0, 1, 2, 3], [3, 1 + number / 20, 0.5, 0.4], label=f"loss {number}")
    axes.legend()
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def heavy(number: int) -> bytes:
    """A PNG of more than 100 kB, unlike that of any other number."""
    noise = b"noise\0" + random.Random(number).randbytes(90_000).hex().encode()[:90_000]
    chunk = len(noise).to_bytes(4, "big") + b"tEXt" + noise + zlib.crc32(b"tEXt" + noise).to_bytes(4, "big")
    content = picture()
    end = content.rindex(b"IEND") - 4
    return content[:end] + chunk + content[end:]


def pin(number: int, view: str = "playground.map", **other) -> Pin:
    data = DATA[number % 4]
    facts = [
        Fact(key="dataset", label="数据集", value=data, text=data, role="setting"),
        Fact(key="epoch", label="轮次", value=100.0 + number, text=str(100 + number), role="result"),
        Fact(key="testLoss", label="测试损失", value=0.01 * number, text=f"{0.01 * number:.3f}", role="result"),
    ]
    given = {
        "id": f"pin-{number:05}",
        "view": view,
        "place": "/" + LINK.format(data, number, 100 + number),
        "run": "/" + LINK.format(data, number, 0),
        "language": "zh",
        "title": "输出",
        "caption": f"{data}：4-2 个神经元，tanh，第 {100 + number} 轮，测试损失 {0.01 * number:.3f}",
        "facts": facts,
        "figure": Plane(side=2, cells=bytes([0, 1, 200, 255]), x=Axis(label="x"), y=Axis(label="y")),
    } | other
    return Pin(**given)


def lenet_pin(number: int, view: str = "lenet.curves", **other) -> Pin:
    facts = [
        Fact(key="dataset", label="数据集", value="mnist", text="MNIST", role="setting"),
        Fact(key="model", label="网络", value="lenet5", text="LeNet-5", role="setting"),
        Fact(key="epoch", label="轮次", value=10.0, text="10", role="result"),
        Fact(key="test_accuracy", label="测试准确度", value=0.982, text="98.2 %", role="result"),
    ]
    curve = Series(name="测试准确度", x=[1.0, 2.0, 3.0], y=[0.67, None, 0.98])
    given = {
        "place": "/lenet#run=20261127-190730-abc&epoch=10",
        "run": "/lenet#run=20261127-190730-abc",
        "title": "曲线",
        "caption": "LeNet-5 在 MNIST 上训练 10 轮的损失与准确度",
        "facts": facts,
        "figure": Chart(x=Axis(label="轮次"), y=Axis(label="准确度"), series=[curve]),
        "tables": {"layers": LAYERS, "files": FILES},
    } | other
    return pin(number, view, **given)


def cells(pins: list[Pin], uploaded: str | None = None) -> list[AnyCell]:
    """The exercise: its chapters, with the pins in them."""
    own = [one for one in pins if one.view.startswith("playground")]
    lenet = [one for one in pins if one.view.startswith("lenet")]
    return [
        Heading(text="一 试用 TensorFlow Playground", level=1),
        Text(text="通过调试，得到对四个数据集的拟合结果如下图所示。"),
        *(Pinned(pin=one.id, note=NOTE if at % 2 else "") for at, one in enumerate(own)),
        Derived(of="runs"),
        Heading(text="二 LeNet-5", level=1),
        Heading(text="1 网络结构", level=2),
        Text(text=PROSE),
        Derived(of="layers"),
        Heading(text="2 实验结果及其分析", level=2),
        *(Pinned(pin=one.id) for one in lenet),
        Derived(of="files"),
        Derived(of="accuracy"),
        Slot(view="lenet.kernels", hint="第一层的卷积核"),
        *([Picture(picture=uploaded, caption="手写的数字")] if uploaded else []),
    ]  # fmt: skip


def report(
    pins: list[Pin], content: list[AnyCell] | None = None, title: str = "练习二：Playground 与 LeNet-5", **other
) -> Report:
    """A report of these pins; their pictures are real ones."""
    by_id = {one.id: one for one in pins}
    content = cells(pins) if content is None else content
    ordered = [(f"cell-{at}", cell) for at, cell in enumerate(content)]
    given = {
        "kept": Kept(title=title, language="zh", cells=content),
        "document": reading.document(title, "zh", ordered, by_id),
        "pins": by_id,
        "pictures": {one.id: picture(at) for at, one in enumerate(pins)},
        "origin": ORIGIN,
        "name": "王小明",
        "number": "2026012345",
        "date": "2026-11-27",
        "versions": versions(),
    } | other
    return Report(**given)


def whole() -> Report:
    """Four maps and the curves of a LeNet run, as the exercise wants them."""
    return report([*(pin(number) for number in range(4)), lenet_pin(4)])
