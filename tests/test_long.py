"""What is left to `make test-long` has a short form in `make test`."""

from types import SimpleNamespace

import pytest

from support.long import parametrize, without_short_form


def fault(*marks, **tests):
    """What is wrong with an item with these marks, in a module with these tests."""
    module = SimpleNamespace(**tests)
    spec = SimpleNamespace(marks=[mark for mark in marks if not mark.args])
    item = SimpleNamespace(
        nodeid="one", iter_markers=lambda _name: iter(marks), module=module, parent=SimpleNamespace(obj=module),
        callspec=spec,
    )  # fmt: skip
    return without_short_form(item)


def test_a_long_test_names_one_that_stays():
    def short(): ...

    @pytest.mark.long("short")
    def long(): ...

    assert fault() is None
    assert fault(pytest.mark.long("short").mark, short=short) is None
    assert fault(pytest.mark.long("gone").mark, short=short) == "one is long, and has no short form: gone"
    assert fault(pytest.mark.long("long").mark, long=long) == "one is long, and has no short form: long"
    assert fault(pytest.mark.long.mark) is None  # of a parameter
    assert fault(pytest.mark.long("tests/test_long.py::test_of_several_values_some_stay").mark) is None
    assert fault(pytest.mark.long("tests/test_long.py::test_gone").mark) is not None


def test_of_several_values_some_stay():
    def long(names, values, short):
        sets = parametrize(names, values, short).args[1]
        return [one.values for one in sets if any(mark.name == "long" for mark in one.marks)]

    sizes = [(390, 844), (320, 640), (1366, 768)]
    assert long("size", sizes, 1) == [((320, 640),), ((1366, 768),)]
    assert long("width, height", sizes, [0, 2]) == [(320, 640)]
    assert long("size", [pytest.param(1, marks=pytest.mark.skip), 2], 0 + 1) == [(2,)]
    with pytest.raises(AssertionError, match="no short form"):
        parametrize("size", sizes, 0)
