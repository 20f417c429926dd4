import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.numbers import NoNumberError, number, whole


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_a_whole_number_is_read_back(value):
    assert whole(str(value)) == number(str(value)) == value
    assert type(number(str(value))) is int


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_back(value):
    assert number(str(value)) == value


@given(st.text())
def test_another_text_is_refused_and_named(text):
    for read in (whole, number):
        try:
            found, fault = read(text), ""
        except NoNumberError as error:
            found, fault = None, str(error)
        assert fault.endswith("number") or (text.isascii() and found == float(text))


@pytest.mark.parametrize("text", ["٣", "３", "8_0", " 8", "8\n", "", "nan", "inf", "-inf", "0x8", "1e", "1e5000", "²"])
def test_what_python_takes_and_people_do_not_write_is_refused(text):
    for read in (whole, number):
        with pytest.raises(NoNumberError):
            read(text)


def test_a_number_of_endless_digits_is_refused():
    with pytest.raises(NoNumberError):
        whole("8" * 9999)


@pytest.mark.parametrize("text", ["8" * 10**6 + "x", "8" * 10**6 + ".x", "." + "8" * 10**6 + "x", "+" * 10**6])
def test_long_texts_are_refused_in_no_time(text):
    """Without looking at each part of it again for each of its characters."""
    began = time.process_time()
    with pytest.raises(NoNumberError):
        number(text)
    assert time.process_time() - began < 1
