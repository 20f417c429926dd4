"""Places: between two there is another, in Python's order of texts."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook.places import DIGITS, MOST, Place, between, several

PLACES = st.builds(str.__add__, st.text(DIGITS, max_size=5), st.sampled_from(DIGITS[1:]))


@given(PLACES, PLACES)
def test_there_is_one_between_any_two(one, other):
    low, high = sorted([one, other])
    made = between(low, high)
    if high == low:
        assert made == low
    else:
        assert low < made < high
        assert msgspec.convert(made, Place) == made


@given(PLACES)
def test_there_is_one_before_and_one_after_any(place):
    for made in (between(place, None), between("", place)):
        assert msgspec.convert(made, Place) == made
    assert between("", place) < place < between(place, None)


@pytest.mark.parametrize("text", ["", "0", "10", "abc\n", "a b", "é", "z" * (MOST + 1)])
def test_what_leaves_no_room_or_has_no_order_is_no_place(text):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, Place)


def test_a_long_notebook_has_short_places():
    places = several(400)
    assert places == sorted(set(places))
    assert max(map(len, places)) <= 2
    last = ""
    for _ in range(400):
        last = between(last, None)
    assert len(last) <= 14


def test_where_there_is_no_room_left_the_lower_is_told():
    assert between("z" * MOST, None) == "z" * MOST
    assert between("b", "a") == "b"
