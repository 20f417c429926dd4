"""The few words that a report needs besides those of its cells, in both languages. No IO."""

from __future__ import annotations

from dataclasses import dataclass

from notebook.pins import Language

TAGS: dict[Language, str] = {"en": "en", "zh": "zh-CN"}  # as HTML wants them


@dataclass(frozen=True, kw_only=True)
class Words:
    """In one language. {}: what a text fills in, by `str.format`."""

    figure: str
    table: str
    numbered: str  # what, number, caption
    note: str
    open_again: str
    no_code: str  # the link is too long for a QR code
    lost: str  # own data that the link names
    how: str
    how_text: str
    programs: str  # of a Jupyter notebook
    late: str  # in place of a program
    colon: str
    versions: str
    name: str
    number: str
    date: str
    contents: str
    untitled: str
    wanted: str  # hint
    gone: str
    unknown: str
    undrawn: str  # in place of a picture
    row: str
    setting: str
    value: str
    runs: str
    layers: str
    settings: str
    files: str
    no_runs: str
    no_run: str
    no_table: dict[str, str]  # by what a derived cell is of
    accuracy: str  # data set, epochs, network, accuracy, epochs again where a language counts them
    epochs: tuple[str, str]  # one, many
    tasks: dict[str, str]  # what the data set asks for, by its value
    data: dict[str, str]
    networks: dict[str, str]
    verdicts: tuple[str, str, str]  # task; good, fair, poor
    separator: str


_EN = Words(
    figure="Figure",
    table="Table",
    numbered="{what} {number}: {caption}",
    note="Note",
    open_again="Open this again",
    no_code="The address is too long for a QR code.",
    lost="The own data of this run are not on the server: the address does not open it as it was.",
    how="How to reproduce",
    how_text=(
        "The address below a figure opens the run that made it, with its settings, its seed and its epoch. It works "
        "on the server that is named there, and on any other Playlab when its name is put in place of "
        "that one, except for LeNet-5 runs: these are kept on the server that trained them, and their settings with "
        "the seed train them again on the same kind of device. Own data of 150 points and more are on another Playlab "
        "once the notebook's own file (.zip) has been imported there."
    ),
    programs=(
        "Run all cells: the programs in this notebook train the pinned runs again, as Playlab did. They need PyTorch "
        "and matplotlib, and torchvision for LeNet-5; MNIST is read from the folder `DATA`, or downloaded into it."
    ),
    late=(
        "This notebook has no program for this run: there is a minute to train all pinned runs again, and this one "
        "takes longer. Its address opens it."
    ),
    colon=": ",
    versions="Versions",
    name="Name",
    number="Student number",
    date="Date",
    contents="Contents",
    untitled="Notebook",
    wanted="To be pinned: {hint}",
    gone="The pin that was here has been deleted.",
    unknown="A newer version of Playlab wrote what stands here. This version keeps it and cannot show it.",
    undrawn="This picture could not be drawn.",
    row="No.",
    setting="Setting",
    value="Value",
    runs="The runs and what they differ in",
    layers="The layers of the network",
    settings="Settings of the training",
    files="The saved networks",
    no_runs="This table makes itself from the runs that are pinned in this notebook: so far there is none.",
    no_run="Pin the curves of a LeNet-5 run: the sentence with its accuracy then writes itself.",
    no_table={
        "layers": "Pin something of a LeNet-5 run: the table of its layers then makes itself.",
        "settings": "Pin something of a LeNet-5 run: the table of its settings then makes itself.",
        "files": "Pin something of a LeNet-5 run that has saved a network: the table of its files then makes itself.",
    },
    accuracy=(
        "After {epochs} of training on {data}, {network} reaches an accuracy of {accuracy} on the test images. "
        "{verdict}"
    ),
    epochs=("one epoch", "{n} epochs"),
    tasks={"mnist": "recognising handwritten digits", "fashion": "recognising pieces of clothing"},
    data={"mnist": "MNIST", "fashion": "Fashion-MNIST"},
    networks={"lenet5": "LeNet-5", "lecun1998": "LeCun's network of 1998"},
    verdicts=(
        "The network does very well at {task}.",
        "The network does fairly well at {task}, with room for improvement.",
        "With these settings the network is not yet good at {task}.",
    ),
    separator=", ",
)

_ZH = Words(
    figure="图",
    table="表",
    numbered="{what} {number}　{caption}",
    note="说明",
    open_again="重新打开",
    no_code="网址太长，无法生成二维码。",
    lost="这次训练用的是自己的数据，服务器上没有这些数据点：用这个网址无法原样打开。",
    how="如何重现",
    how_text=(
        "每幅图下面的网址可以重新打开得到它的那次训练，包括设置、随机种子和轮次。网址在其中写明的服务器上有效；"
        "把服务器名称换成另一台 Playlab 的名称，也可以打开。LeNet-5 的训练除外：它们保存在训练它们的服务器上，"
        "在同类设备上用相同的设置和随机种子可以重新训练出来。自己的数据有 150 个点及以上时，"
        "要先把实验记录的 .zip 文件导入另一台 Playlab，那里才有这些数据点。"
    ),
    programs=(
        "运行全部单元格，其中的程序会像 Playlab 那样把记入的训练重新做一遍。需要 PyTorch 和 matplotlib，"
        "LeNet-5 还需要 torchvision；MNIST 从文件夹 `DATA` 中读取，没有时下载到那里。"
    ),
    late="这次训练没有程序：重新训练所有记入的训练一共只有一分钟，这一次需要更长时间。可以用它的网址打开。",
    colon="：",
    versions="版本",
    name="姓名",
    number="学号",
    date="日期",
    contents="目录",
    untitled="实验记录",
    wanted="待记录：{hint}",
    gone="这里原来记录的内容已被删除。",
    unknown="这里的内容由更新版本的 Playlab 写成，当前版本会保留它，但无法显示。",
    undrawn="这幅图无法绘制。",
    row="序号",
    setting="设置",
    value="取值",
    runs="各次训练及其不同之处",
    layers="网络各层",
    settings="训练设置",
    files="保存的网络",
    no_runs="这个表格由记入本实验记录的训练自动生成，目前还没有。",
    no_run="请先把一次 LeNet-5 训练的曲线记入实验记录，这里会自动写出它达到的准确率。",
    no_table={
        "layers": "请先把一次 LeNet-5 训练的任意内容记入实验记录，这里会自动生成各层的表格。",
        "settings": "请先把一次 LeNet-5 训练的任意内容记入实验记录，这里会自动生成设置的表格。",
        "files": "请先把一次 LeNet-5 训练（至少完成一轮）的任意内容记入实验记录，这里会自动生成保存的网络的表格。",
    },
    accuracy=(
        "我们可以看到，在 {data} 数据集上经过{epochs}训练后，{network} 网络可以达到 {accuracy} 的准确度，{verdict}"
    ),
    epochs=(" 1 轮", " {n} 轮"),
    tasks={"mnist": "手写数字识别", "fashion": "服饰图像识别"},
    data={"mnist": "MNIST", "fashion": "Fashion-MNIST"},
    networks={"lenet5": "LeNet-5", "lecun1998": "LeCun 1998 原版"},
    verdicts=(
        "说明该模型在{task}这一任务上能取得出色的效果。",
        "说明该模型在{task}这一任务上能取得较好的效果，但仍有提升空间。",
        "说明用这些设置，该模型在{task}这一任务上的效果还不理想。",
    ),
    separator="、",
)

_ALL: dict[Language, Words] = {"en": _EN, "zh": _ZH}


def of(language: Language) -> Words:
    return _ALL[language]
