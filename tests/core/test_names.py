"""What a name may be. That the page says the same of every character is in tests/js/base/names.test.js."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.names import JOINERS, is_hidden, is_name, one_line

EVERY = [chr(point) for point in range(sys.maxunicode + 1)]
# Format characters that are seen: signs around the digits of Arabic, Syriac and Kaithi, and of hieroglyphs.
SEEN = {
    *map(chr, [*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)])
}


def is_no_character(sign: str) -> bool:
    return ord(sign) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(sign) <= 0xFDEF


def is_kept_for_format_characters(sign: str) -> bool:
    """Default_Ignorable_Code_Point of those that are not assigned."""
    point = ord(sign)
    return point == 0x2065 or 0xFFF0 <= point <= 0xFFF8 or 0xE0000 <= point <= 0xE0FFF


@pytest.mark.parametrize("category", ["Cc", "Cs", "Co", "Zl", "Zp", "Zs", "Cf", "Cn"])
def test_hidden_is_what_unicode_calls_so_but_joiners_and_what_is_seen(category):
    own = [sign for sign in EVERY if unicodedata.category(sign) == category]
    hidden = {
        "Zs": lambda sign: sign != " ",
        "Cf": lambda sign: sign not in SEEN and sign not in JOINERS,
        "Cn": lambda sign: is_no_character(sign) or is_kept_for_format_characters(sign),
    }.get(category, lambda _sign: True)
    assert [sign for sign in own if is_hidden(sign)] == [sign for sign in own if hidden(sign)]


def test_what_is_written_is_never_hidden():
    letters = [sign for sign in EVERY if unicodedata.category(sign)[0] not in "CZ"]
    assert len(letters) > 140_000
    assert not [sign for sign in letters if is_hidden(sign)]


@pytest.mark.parametrize("text", ["𱍐", "🫨", "👨\u200d👩\u200d👧 家庭", "می\u200cخواهم", "\U0003fffd", " a "])
def test_characters_newer_than_the_tables_and_joiners_are_in_names(text):
    assert is_name(text)
    assert one_line(text) == text.strip()


@pytest.mark.parametrize("text", ["", " ", JOINERS, f" {JOINERS} "])
def test_a_text_of_which_nothing_is_seen_is_no_name(text):
    assert not is_name(text)
    assert one_line(text) == ""


def test_what_is_hidden_is_a_blank_in_a_line():
    assert not is_name("a\u202eb")
    assert one_line("\ta\u202eb\u2028\0 c\ud800\u3000") == "a b c"


@given(st.text())
def test_a_line_is_a_name_or_nothing_and_stays_what_it_is(text):
    line = one_line(text)
    assert line == "" or is_name(line)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line
