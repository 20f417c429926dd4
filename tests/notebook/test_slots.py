"""Which pin belongs into which slot."""

import pytest

from notebook.cells import Heading, Pinned, Slot, Text
from notebook.slots import end_of_section, first, fits, fitting
from support.pins import pin

CIRCLE = Slot(view="playground.map", where={"data": "circle"})


@pytest.mark.parametrize(
    ("where", "is_fit"),
    [
        ({}, True),
        ({"data": "circle"}, True),
        ({"data": "circle", "epoch": 0.0}, True),
        ({"data": "xor"}, False),
        ({"noise": 0.0}, False),
        ({"epoch": False}, False),
        ({"discretize": True}, True),
        ({"discretize": 1.0}, False),
        ({"layers": 3.0, "seed": 0.5}, True),
        ({"layers": "3"}, True),
        ({"layers": 4.0}, False),
        ({"layers": None}, False),
        ({"data": 3.0}, False),
        ({"dropout": None}, True),
        ({"dropout": False}, False),
        ({"dropout": 0.0}, False),
        ({"noise": None}, False),
    ],
)
def test_a_pin_fits_a_slot_whose_facts_it_has(where, is_fit):
    known = {"data": "circle", "epoch": 0, "discretize": True, "layers": "3", "seed": "0.50000", "dropout": None}
    assert fits(Slot(view="playground.map", where=where), pin(**known)) is is_fit


def test_a_pin_of_another_view_does_not_fit():
    assert not fits(CIRCLE, pin(view="playground.network", data="circle"))


def test_a_new_pin_fills_the_slot_that_asks_for_most_and_the_upper_one_of_equals():
    cells = [
        ("a", Text(text="circle")),
        ("b", Slot(view="playground.map")),
        ("c", CIRCLE),
        ("d", CIRCLE),
        ("e", Slot(view="lenet.curves")),
    ]
    assert first(cells, pin(data="circle")) == "c"
    assert first(cells, pin(data="xor")) == "b"
    assert first(cells, pin(view="playground.loss")) is None


def test_what_fills_no_slot_comes_to_the_end_of_its_tabs_last_section():
    cells = [
        Heading(text="One"), CIRCLE, Text(text="a question"),
        Heading(text="Two"), Pinned(pin="lenet-pin", slot=Slot(view="lenet.curves")), Text(text="a question"),
        Heading(text="Conclusion"), Text(),
    ]  # fmt: skip
    assert end_of_section(cells, pin(view="playground.strip")) == 3
    assert end_of_section(cells, pin(view="lenet.maps")) == 6
    assert end_of_section(cells[:6], pin(view="lenet.maps")) == 6
    assert end_of_section([Heading(text="One"), Text()], pin()) == 2


def test_the_newest_pin_that_fits_is_offered_first():
    pins = {name: pin(name, data=data) for name, data in (("old", "circle"), ("other", "xor"), ("new", "circle"))}
    assert fitting(CIRCLE, pins) == ["new", "old"]
