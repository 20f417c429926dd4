from __future__ import annotations

from pathlib import Path

import pytest

from notebook.drawing import fonts
from support.processes import ROOT

TEXTS = sorted((ROOT / "static" / "js" / "i18n").glob("*.js"))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_the_font_has_every_sign_of_the_page(path: Path):
    signs = {sign for sign in path.read_text(encoding="utf-8") if sign.isalnum() or "\u3000" <= sign <= "\u303f"}
    assert sorted(sign for sign in signs if ord(sign) not in fonts._SIGNS) == []


def test_the_font_has_the_signs_of_formulas_and_units():
    wanted = "₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻−×·≤≥≈∞°µαβγδεηθλμπρσφωΔΣΩ…“”‘’→√∂%‰℃（），。：；"
    assert [sign for sign in wanted if ord(sign) not in fonts._SIGNS] == []


def test_a_sign_that_the_font_lacks_is_set_in_the_other_one():
    assert fonts.runs("a\u05d0b") == [(False, "a"), (True, "\u05d0"), (False, "b")]
    assert fonts.width("\u05d0", 8) > 0


def test_a_text_is_cut_where_there_is_no_room_for_it():
    text = "决策边界 decision boundary"
    whole = fonts.width(text, 8)
    assert fonts.cut(text, 8, whole) == text
    cut = fonts.cut(text, 8, whole / 2)
    assert cut.endswith("…")
    assert whole / 2 - 60 < fonts.width(cut, 8) <= whole / 2
    assert fonts.cut(text, 8, 3) == ""


def test_lines_break_between_words_and_anywhere_between_chinese_signs():
    assert fonts.lines("training data", 8, fonts.width("training da", 8), 2) == ["training", "data"]
    first, second = fonts.lines("训练数据和测试数据", 8, fonts.width("训练数据和测", 8), 2)
    assert first + second == "训练数据和测试数据"
    assert fonts.lines("训练（测试）", 8, fonts.width("训练（测", 8), 2) == ["训练", "（测试）"]
    assert len(fonts.lines("a " * 100, 8, 200, 2)) == 2
    assert fonts.lines("W" * 5, 8, 1, 2) == ["W"]
    assert fonts.lines("", 8, 100, 2) == []


def test_the_largest_size_that_fits_is_taken():
    assert fonts.fitting("1,135", 1000, (8.0, 5.0)) == ("1,135", 8.0)
    assert fonts.fitting("1,135", fonts.width("1,135", 5.0), (8.0, 5.0)) == ("1,135", 5.0)


def test_what_is_no_sign_is_a_space():
    assert fonts.plain("a\nb\x00c\u202ed") == "a b c d"
