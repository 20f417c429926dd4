import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.spelling import MOST, fault_of_json, spelled

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
)


@given(values)
def test_a_short_value_can_be_read_back_as_json_and_a_long_one_is_cut(value):
    text = spelled(value)
    if text.endswith("...") and len(text) == MOST:
        assert len(json.dumps(value, ensure_ascii=False)) > MOST
    else:
        assert json.dumps(json.loads(text)) == json.dumps(value)


def test_what_json_has_no_word_for_is_spelled_all_the_same():
    assert spelled(10**5000) == "a huge value"
    assert spelled({1}) == '"{1}"'
    assert spelled("圆") == '"圆"'
    nested = []
    for _ in range(100_000):
        nested = [nested]
    assert spelled(nested) == "a huge value"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"1" * 5000, "a number in it has too many digits"),
        (b'{"a": "\xff"}', "it is not UTF-8"),
        (b"\xff\xfe\xff", "it is not UTF-8"),
        (b'{"a": 1,\n}', "expecting property name enclosed in double quotes in line 2, column 1"),
        (b"", "expecting value in line 1, column 1"),
    ],
)
def test_what_is_no_json_is_said_in_words(text, fault):
    with pytest.raises(ValueError, match=r"\w") as raised:
        json.loads(text)
    assert fault_of_json(raised.value) == fault
