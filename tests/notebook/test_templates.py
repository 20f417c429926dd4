"""Templates: each file is one, asks for what there is, and says what the pages say."""

import re

import msgspec
import pytest
import torch
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from lenet.config import PRESETS
from lenet.network.model import build
from lenet.training.folder import RunFolder, new_run_id
from notebook import templates
from notebook.cells import Derived, Heading, Picture, Pinned, Slot, Text
from notebook.markdown import to_html, tokens
from notebook.pins import VIEWS
from notebook.templates import NAMES, TemplateError, from_cells, known, parse
from playground.data.datasets import DATASETS
from support.markup import is_harmless
from support.pins import lenet_pin, pin
from support.processes import ROOT

LANGUAGES = ("en", "zh")
PRESET = PRESETS["exercise-code"].config
HEAD = "title: T\nabout: A\n"
every = pytest.mark.parametrize("name", NAMES)
in_both = pytest.mark.parametrize("language", LANGUAGES)


def slots(name, language):
    return [cell for cell in templates.cells(name, language) if isinstance(cell, Slot)]


def code(language):
    """The listings of the exercise."""
    texts = [cell.text for cell in templates.cells("exercise", language) if isinstance(cell, Text)]
    return [token.content for text in texts for token in tokens(text) if token.type == "fence"]


def test_every_file_is_a_template_of_the_list():
    assert {path.name for path in templates.FOLDER.iterdir()} == {f"{n}.{lang}.md" for n in NAMES for lang in LANGUAGES}
    assert [(one.name, one.language) for one in known("zh")] == [(name, "zh") for name in NAMES]
    assert all(one.title and one.about for language in LANGUAGES for one in known(language))


@every
def test_both_languages_have_the_same_cells(name):
    def form(cell):
        match cell:
            case Slot():
                return cell.view, cell.where
            case Derived():
                return cell.of, cell.tab, cell.sort
            case Heading():
                return cell.level
            case _:
                return type(cell), bool(cell.text)

    english, chinese = ([form(cell) for cell in templates.cells(name, language)] for language in LANGUAGES)
    assert english == chinese


@every
@in_both
def test_a_slot_asks_for_a_view_and_a_data_set_that_there_are_and_says_what_to_pin(name, language):
    for slot in slots(name, language):
        assert slot.view in VIEWS
        assert slot.hint
        assert slot.where.get("data", "circle") in DATASETS


@in_both
def test_the_exercise_asks_for_its_four_data_sets_and_for_what_came_of_lenet(language):
    cells = templates.cells("exercise", language)
    maps = [slot.where["data"] for slot in slots("exercise", language) if slot.view == "playground.map"]
    assert maps == ["circle", "xor", "gauss", "spiral"]
    assert {"lenet.curves", "lenet.confusion", "lenet.mistakes"} < {slot.view for slot in slots("exercise", language)}
    assert [cell.of for cell in cells if isinstance(cell, Derived)] == [
        "runs",
        "layers",
        "settings",
        "files",
        "accuracy",
    ]


@every
@in_both
def test_what_a_template_quotes_stands_on_the_pages(name, language):
    pages = "".join(
        (ROOT / "static" / "js" / "i18n" / f"{file}.js").read_text(encoding="utf-8")
        for file in (language, f"lenet.{language}")
    )
    text = (templates.FOLDER / f"{name}.{language}.md").read_text(encoding="utf-8")
    assert [quoted for quoted in re.findall("“(.+?)”", text) if quoted not in pages] == []


@every
@in_both
def test_texts_are_markdown_whose_formulas_can_be_read(name, language):
    for cell in templates.cells(name, language):
        if isinstance(cell, Text) and cell.text:
            html = to_html(cell.text)
            assert is_harmless(html)
            assert not re.search(r"\$|\*\*|<span[^>]*><code>", html.split("<pre>")[0])


def test_the_listings_are_the_same_but_for_their_remarks():
    english, chinese = ([re.sub("#.*", "", listing) for listing in code(language)] for language in LANGUAGES)
    assert english == chinese


@in_both
def test_the_listings_fit_on_a_page(language):
    wide = re.compile("[\u2e80-\uffef]")
    assert max(len(line) + len(wide.findall(line)) for listing in code(language) for line in listing.split("\n")) <= 78


def test_the_network_of_the_exercise_is_that_of_its_preset():
    made = {}
    exec(code("zh")[0], made)  # noqa: S102 - the listing is what is tested
    torch.manual_seed(0)
    theirs, ours = made["LeNet5"](), build(PRESET)
    ours.load_state_dict(theirs.state_dict())
    images = torch.rand(4, 1, 28, 28)
    assert torch.allclose(theirs(images), ours(images), atol=1e-5)


def test_the_program_of_the_exercise_trains_and_saves_until_the_accuracy_stands_still(tmp_path, monkeypatch, capsys):
    network, _, training, loop = code("zh")
    torch.manual_seed(0)
    labels = torch.arange(40) % 10
    images = torch.rand(40, 1, 28, 28)
    loader = DataLoader(TensorDataset(images, labels), batch_size=20)
    monkeypatch.chdir(tmp_path)
    made = {"train_loader": loader, "test_loader": loader}
    for listing in (network, training, loop):
        exec(listing, made)  # noqa: S102
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[:3] for line in printed] == [["epoch", f"{n + 1}:", "accuracy"] for n in range(made["epoch"])]
    assert 2 <= made["epoch"] < PRESET.epochs
    saved = list((tmp_path / "experiments").iterdir())
    assert {one.name for one in saved} == {f"lenet_mnist_{accuracy}.pt" for *_, accuracy in printed}
    assert torch.load(saved[0], weights_only=True).keys() == made["model"].state_dict().keys()
    torch.manual_seed(PRESET.seed)  # the weights with which it began
    before, after = (functional.cross_entropy(model(images), labels) for model in (made["LeNet5"](), made["model"]))
    assert after < before


def test_the_program_of_the_exercise_trains_what_its_preset_trains(mnist, tmp_path, monkeypatch):
    """An epoch of a few images, as nothing is asked but that both take the same steps."""
    from lenet.training.trainer import train

    config = PRESET.updated({"train_images": 1500, "epochs": 1, "threads": 1, "device": "cpu"})
    result = train(config, RunFolder(tmp_path / "playlab", new_run_id()), mnist, "exercise-code")

    network, data, training, loop = code("zh")
    (tmp_path / "data").symlink_to(mnist.resolve())
    monkeypatch.chdir(tmp_path)
    made = {}
    exec(data, made)  # noqa: S102
    for images, count in ((made["train_set"], config.train_images), (made["test_set"], 10)):
        images.data, images.targets = images.data[:count], images.targets[:count]
    limits = f"range(1, {PRESET.epochs + 1})", f"abs(accuracy - before) < {PRESET.stop_change:.0e}".replace("e-0", "e-")
    assert all(limit in loop for limit in limits)
    for listing in (network, training, loop.replace(limits[0], "range(1, 2)")):
        exec(listing, made)  # noqa: S102
    theirs = torch.load(result["checkpoint"], weights_only=True)
    for name, values in made["model"].state_dict().items():
        assert torch.allclose(values, theirs[name], rtol=0, atol=1e-5), name


def test_a_template_is_read_line_by_line():
    head, cells = parse(
        HEAD + "# One\nText *a*\n\nmore\n```\n# no heading\n@pin no slot\n```\n@ask Why?\n"
        "@pin playground.map data=circle epoch=0 discretize=true | the map\n"
        "@table runs tab=lenet sort=-epoch | All\n@sentence accuracy"
    )
    assert head == {"title": "T", "about": "A"}
    assert cells == [
        Heading(text="One"),
        Text(text="Text *a*\n\nmore\n```\n# no heading\n@pin no slot\n```"),
        Text(hint="Why?"),
        Slot(view="playground.map", where={"data": "circle", "epoch": 0.0, "discretize": True}, hint="the map"),
        Derived(of="runs", tab="lenet", sort="-epoch", caption="All"),
        Derived(of="accuracy"),
    ]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("activation=tanh", "tanh"),
        ("layers=4-2", "4-2"),
        ("layers=3", 3.0),
        ("layers=", None),
        ("regularization=none", "none"),
        ("shuffle=false", False),
        ("noise=20", 20.0),
        ("learningRate=1e-5", 1e-5),
    ],
)
def test_a_fact_that_a_slot_asks_for_is_a_switch_a_number_a_text_or_none(written, value):
    _, [slot] = parse(f"{HEAD}@pin playground.map {written} | the map")
    assert slot.where == {written.partition("=")[0]: value}
    assert msgspec.json.decode(msgspec.json.encode(slot), type=Slot) == slot


WRONG_LINES = (
    "@pin", "@pin playground.maps | x", "@pin playground.map data | x", "@pin playground.map a=nan | x",
    "@pin playground.map =1 | x", "@table", "@table accuracy", "@table nothing",
    "@table runs tab=web", "@table runs color=red", "@sentence runs", "@what", f"@ask {'x' * 1001}", f"# {'x' * 201}",
    "```\ncode",
)  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", "title: T", "about: A\ntitle: ", "title: T\n\nabout: A", *(HEAD + line for line in WRONG_LINES)]
)
def test_what_is_no_template_is_told(text):
    with pytest.raises(TemplateError):
        parse(text)


def test_a_template_that_there_is_not():
    with pytest.raises(KeyError):
        templates.cells("../../app", "en")


def test_a_notebook_becomes_a_template():
    slot = Slot(view="playground.map", where={"data": "xor"}, hint="xor, fitted")
    pins = {"map-0001": pin("map-0001", data="circle", epoch=3), "lenet-01": lenet_pin()}
    cells = [
        Heading(text="One"),
        Text(text="Look at this.", hint="?"),
        Pinned(pin="map-0001", note="*good*"),
        Pinned(pin="map-0001", slot=slot),
        Pinned(pin="lenet-01", caption="The curves"),
        Pinned(pin="deleted1"),
        Picture(picture="0" * 64),
        Derived(of="layers", run="/lenet#run=1"),
    ]
    assert from_cells(cells, pins) == [
        Heading(text="One"),
        Text(text="Look at this.", hint="?"),
        Slot(view="playground.map", where={"data": "circle"}, hint="The map"),
        Text(text="*good*"),
        slot,
        Slot(view="lenet.curves", hint="The curves"),
        Derived(of="layers"),
    ]
