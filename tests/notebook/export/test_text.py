"""A report as Markdown: what is text on the page is text for every program, and each figure has what opens it again."""

from __future__ import annotations

import pytest

from notebook.cells import Derived, Heading, Picture, Pinned, Text
from notebook.export import qr
from notebook.export.text import markdown
from notebook.figures import Table
from support import reports
from support.markup import MARKUP, read_by_others

OWN = ("figures/", "codes/", "pictures/")


@pytest.mark.parametrize("evil", [one for one in MARKUP if one.strip() and one.isprintable()])
def test_markup_in_any_field_stays_text(evil):
    table = Table(columns=[evil, "b"], rows=[[evil, 1.0]])
    pin, kept = reports.pin(0, caption=evil, title=evil), reports.pin(1, view="playground.kept", figure=table)
    cells = [
        Heading(text=evil, level=1), Text(text=f"a{evil}b"), Pinned(pin=pin.id, note=f"a{evil}b"),
        Pinned(pin=kept.id, caption=evil, note=evil), Picture(picture="a" * 64, caption=evil), Derived(of="runs"),
    ]  # fmt: skip
    report = reports.report([pin, kept], cells, title=evil, name=evil, number=evil, versions=[(evil, evil)])
    report.pictures["a" * 64] = reports.picture()
    text, files = markdown(report)
    found = read_by_others(text)
    assert not {"html_inline", "html_block"} & {token.type for token in found}
    pictures = [str(token.attrGet("src")) for token in found if token.type == "image"]
    assert sorted(pictures) == sorted(files)
    assert all(picture.startswith(OWN) for picture in pictures)
    links = [str(token.attrGet("href")) for token in found if token.type == "link_open"]
    assert {link for link in links if not link.startswith(("https://a.b", "http://a.b"))} == {
        report.link(one.place) for one in (pin, kept)
    }


def test_every_figure_and_table_of_a_pin_has_its_address_as_text_and_as_a_code():
    kept = reports.lenet_pin(5, view="lenet.files", figure=reports.FILES)
    pins = [reports.pin(0), kept, reports.pin(1, place="/#seed=" + "7" * 1500), reports.pin(2, place="/#x=$a&y=$b")]
    report = reports.report(pins, [Pinned(pin=pin.id) for pin in pins])
    text, files = markdown(report)
    assert sorted(name for name in files if name.startswith("codes/")) == [
        "codes/figure-1.png", "codes/figure-3.png", "codes/table-1.png",
    ]  # fmt: skip
    for pin, name in ((pins[0], "figure-1"), (kept, "table-1")):
        link = report.link(pin.place)
        assert f"![重新打开](codes/{name}.png)\n\n重新打开：<{link}>" in text
        assert files[f"codes/{name}.png"] == qr.png(link, 3)[0]
    assert f"网址太长，无法生成二维码。\n\n重新打开：<{report.link(pins[2].place)}>" in text
    assert "/#x=%24a&y=%24b>" in text


def test_a_figure_that_cannot_be_drawn_says_so():
    pin = reports.pin(0)
    text, files = markdown(reports.report([pin], [Pinned(pin=pin.id)], pictures={}))
    assert "这幅图无法绘制。\n\n**图" in text
    assert list(files) == ["codes/figure-1.png"]
