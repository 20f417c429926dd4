import base64
import contextlib
import csv
import hashlib
import json
import struct
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import point_set
from playground.config import MEASURED
from playground.point_set import FEWEST, MOST, Axis, PointSetError, from_text, measured, packed, unpacked
from playground.recording.edits import edited
from support import strategies

SETS = strategies.point_sets(st.sampled_from([0, 2, 6]))
DRAWN = packed([[i / 10 for i in range(12)], [1] * 12, [i % 2 for i in range(12)]], 2)


@given(SETS)
def test_text_and_bytes_bring_a_point_set_back(own):
    assert from_text(own.text) == unpacked(own.packed) == own
    assert packed(own.columns, own.classes, own.axes, own.class_names) == own


def test_the_bytes_are_those_of_the_documented_form():
    header = json.dumps([["a (cm)", 2, 0.5], ["b", 0, 1], ["", 0, 1], ["one", "two"]]).encode()
    x, y, labels = [2 + i / 8 for i in range(10)], [i / 2 for i in range(10)], [0, 1] * 5
    body = struct.pack("<10f10f10B", *x, *y, *labels)
    own = unpacked(struct.pack("<BBHH", 1, 2, 10, len(header)) + header + body)
    assert (own.classes, own.count, own.class_names) == (2, 10, ("one", "two"))
    assert own.axes == (Axis("a (cm)", 2, 0.5), Axis("b"), Axis())
    assert own.points == [((a - 2) / 0.5, b, label) for a, b, label in zip(x, y, labels, strict=True)]
    assert [list(column) for column in own.columns] == [x, y, labels]


def test_the_address_is_made_of_the_bytes():
    digest = base64.urlsafe_b64encode(hashlib.sha256(DRAWN.packed).digest()).decode()
    assert DRAWN.address == f"sha256-{digest[:32]}"
    assert point_set.is_address(DRAWN.address)
    assert not point_set.is_address(DRAWN.text)


def test_a_small_set_is_named_by_all_it_has_and_a_large_one_by_its_address():
    small, large = (packed([[0] * n] * 3, 2) for n in (149, 150))
    assert small.to_json() == small.text
    assert large.to_json() == large.address


@given(SETS, st.data())
def test_what_is_added_is_there_once_and_dropped_again(own, data):
    label = float(data.draw(st.integers(0, own.classes - 1) if own.classes else st.sampled_from([-1, 0, 0.5])))
    spots = data.draw(st.lists(st.tuples(*[st.integers(-5, 5)] * 2), min_size=1, max_size=5))
    where = [(x + 0.125, y + 0.125) for x, y in spots]
    more = own.with_points(label, where)
    assert more.with_points(label, where) == more
    assert all(many[: own.count] == few for many, few in zip(more.columns, own.columns, strict=True))
    new = more.places[own.count :]
    assert len(set(new)) == len(new) <= len(set(spots))  # in units of its own two of them may round to one place
    axis = own.axes[2]
    kept = (np.float32(axis.centre + label * axis.step).item() - axis.centre) / axis.step  # as far as float32 has it
    assert [given for _, _, given in more.points[own.count :]] == pytest.approx([kept] * len(new), abs=1e-9)
    if new:
        assert more.without_points(new) == own


def test_points_at_the_edge_of_years_are_taken():
    year = Axis("year", 2005.3, 0.0137)
    own = packed([[2005.25 + 0.01 * i for i in range(10)], [0] * 10, [0, 1] * 5], 2, (year, Axis(), Axis()))
    edges = [(x, y) for x in (-6, 6) for y in (-6, 6)]
    assert own.with_points(0, edges).count == 14


def test_where_a_point_is_none_is_added():
    assert DRAWN.with_points(1, DRAWN.places) == DRAWN


def test_all_that_stand_at_a_place_are_dropped():
    iris = measured("iris")
    place = iris.places[0]
    assert iris.places.count(place) > 1
    assert iris.without_points([place]).count == iris.count - iris.places.count(place)


@pytest.mark.parametrize("own", [DRAWN, measured("iris")])
def test_classes_are_named_and_their_points_stay(own):
    names = ("猫", '<b>"\\', "𝒳" * 40)[: own.classes]
    named = own.named(names)
    assert from_text(named.text) == named == unpacked(named.packed)
    assert (named.class_names, named.axes, named.columns) == (names, own.axes, own.columns)
    assert named.named(own.class_names or [""] * own.classes) == own
    assert named.named(["", *names[1:]]).class_names == ("", *names[1:])


def test_the_longest_names_have_room_in_a_header():
    axes = [Axis("𝒳" * 40, -1.2345678901234567e-100, 1.2345678901234567e-100)] * 2 + [Axis("𝒳" * 40)]
    own = packed(
        [[-1.2345678901234567e-100] * 10, [-1.2345678901234567e-100] * 10, [0, 1, 2, 3, 4, 5, 0, 0, 0, 0]], 6, axes
    )
    assert unpacked(own.named(["𝒳" * 40] * 6).packed).class_names == ("𝒳" * 40,) * 6


def _of(n, classes=2, x=0.0, label=0.0):
    return packed([[x] * n, [0] * n, [label] * n], classes)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: _of(FEWEST - 1), "points-count"),
        (lambda: _of(MOST + 1), "points-count"),
        (lambda: _of(10, classes=1), "points-classes"),
        (lambda: _of(10, classes=7), "points-classes"),
        (lambda: _of(10, label=2), "points-classes"),
        (lambda: _of(10, x=float("nan")), "points-finite"),
        (lambda: _of(10, x=float("inf")), "points-finite"),
        (lambda: _of(10, x=6.1), "points-outside"),
        (lambda: _of(10, x=3e38), "points-outside"),
        (lambda: _of(10, classes=0, label=1.1), "points-outside"),
        (lambda: DRAWN.with_points(2, [(0, 0)]), "points-classes"),
        (lambda: DRAWN.with_points(0.5, [(0, 0)]), "points-classes"),
        (lambda: DRAWN.named(["one"]), "class-names"),
        (lambda: DRAWN.named(["one", "two", "three"]), "class-names"),
        (lambda: DRAWN.named(["one", "a" * 41]), "class-names"),
        (lambda: DRAWN.named(["one", "\u202e"]), "class-names"),
        (lambda: DRAWN.named(["one", "\ud800"]), "class-names"),
        (lambda: DRAWN.without_points(DRAWN.places[:3]), "points-count"),
        (lambda: unpacked(b"\x02" + DRAWN.packed[1:]), "points-format"),
        (lambda: unpacked(DRAWN.packed[:-1]), "no-points"),
        (lambda: unpacked(DRAWN.packed + b"\0"), "no-points"),
        (lambda: unpacked(b""), "no-points"),
        (lambda: from_text("a"), "no-points"),
        (lambda: from_text("a=b"), "no-points"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_point_set_is_refused_with_the_reason(make, code):
    with pytest.raises(PointSetError) as refusal:
        make()
    assert refusal.value.code == code


HEADERS = [
    [], [1], {}, "text", [["a", 0, 1]] * 3, [["a", 0, 1]] * 3 + [["one"]], [["a", 0, 1]] * 4 + [[]],
    *([axis] * 3 + [[]] for axis in (
        ["a", 0, 0], ["a", 0, -1], ["a", 0, "x"], ["a", "0", 1], "a01", [0, 0, 1],
        ["a", False, True], ["a", 10**400, 1], ["a" * 41, 0, 1], ["a\n", 0, 1], ["\u202e", 0, 1], ["a", 1e999, 1],
    )),
]  # fmt: skip


@pytest.mark.parametrize("name", ["𱍐", "🫨", "👨\u200d👩\u200d👧 家庭", "\U0003fffd"])
def test_rare_and_new_characters_and_what_joins_them_are_in_names(name):
    """Also those that are newer than this Python's table of Unicode, as the browser's is."""
    own = unpacked(packed([[0] * 10, [0] * 10, [0, 1] * 5], 2, (Axis(name), Axis(), Axis())).named([name, "b"]).packed)
    assert (own.axes[0].name, own.class_names) == (name, (name, "b"))


def test_the_name_that_cannot_be_is_in_the_sentence():
    header = json.dumps([["a", 0, 1], ["b", 0, 1], ["c", 0, 1], ["one", "a\nb"]]).encode()
    with pytest.raises(PointSetError, match=r'not "a\\nb"'):
        unpacked(struct.pack("<BBHH", 1, 2, 10, len(header)) + header + bytes(90))


@pytest.mark.parametrize("label", [["k", -1e6, 0.001], ["k", 5, 0.1], ["k", 0, 2], ["k", 1e308, 1e-308]])
def test_a_class_is_its_number_and_has_no_scale(label):
    header = json.dumps([["a", 0, 1], ["b", 0, 1], label, []]).encode()
    with pytest.raises(PointSetError):
        unpacked(struct.pack("<BBHH", 1, 2, 10, len(header)) + header + bytes(90))


@given(SETS)
def test_every_label_is_one_that_can_be_trained(own):
    labels = [label for _, _, label in own.points]
    assert set(labels) <= set(range(own.classes)) if own.classes else max(map(abs, labels)) <= 1.1


@pytest.mark.parametrize("header", [*map(json.dumps, HEADERS), "{", "[" * 1000, "\x00", "\ufeff[]"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_header_that_is_none_is_refused(header, encoding):
    text = header.encode(encoding)
    with pytest.raises(PointSetError):
        unpacked(struct.pack("<BBHH", 1, 2, 10, len(text)) + text + bytes(90))


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda rest: b"\x01\x02\x0a\x00" + rest))
def test_any_bytes_are_a_point_set_or_refused(data):
    with contextlib.suppress(PointSetError):
        own = unpacked(data)
        assert len(own.points) == own.count


@pytest.mark.parametrize("name", MEASURED)
def test_what_was_measured_is_what_the_file_says_and_fills_the_plane(name):
    own = measured(name)
    with (Path(point_set.__file__).parent / "data" / "measured" / f"{name}.csv").open(encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    assert [axis.name for axis in own.axes] == names
    for row, x, y, label in zip(rows, *own.columns, strict=True):
        assert [float(row[0]), float(row[1])] == pytest.approx([x, y], rel=1e-6)
        assert (own.class_names[int(label)] if own.classes else pytest.approx(float(row[2]), rel=1e-6)) == (
            row[2] if own.classes else label
        )
    assert [max(map(abs, column)) for column in zip(*own.places, strict=True)] == pytest.approx([5, 5])
    assert own.classes == {"iris": 3, "penguins": 3, "cars": 0}[name]


# --- the same file holds the page to it: tests/js/playground/own/point-set.test.js

SHARED = json.loads((Path(__file__).parent / "data" / "point_sets.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("known", SHARED["sets"], ids=lambda known: known["what"])
def test_a_point_set_means_what_it_means_to_the_page(known):
    own = from_text(known["text"])
    assert (own.classes, len(own.packed), own.text) == (known["classes"], known["bytes"], known["text"])
    assert ([list(axis) for axis in own.axes], list(own.class_names)) == (known["columns"], known["names"])
    assert [list(column) for column in own.columns] == [known["x"], known["y"], known["labels"]]


@pytest.mark.parametrize("what", SHARED["broken"])
def test_what_is_no_point_set_to_the_page_is_none(what):
    with pytest.raises(PointSetError):
        from_text(SHARED["broken"][what])


@given(SETS, st.data())
def test_many_strokes_at_once_are_each_after_the_other(own, data):
    many, now = [], own
    for _ in range(data.draw(st.integers(1, 6))):
        edit = data.draw(strategies.strokes(now))
        many.append(edit)
        now = edited(now, [edit])
    assert edited(own, many) == now


def test_of_many_strokes_the_one_that_cannot_be_is_named():
    with pytest.raises(PointSetError) as refusal:
        DRAWN.after([(0, [(1, 2)]), (None, DRAWN.places[:2]), (None, DRAWN.places[2:6]), (0, [(2, 2)])])
    assert (refusal.value.code, refusal.value.stroke) == ("points-count", 2)


def test_a_thousand_strokes_take_as_long_as_their_points():
    large = packed([[i % 100 / 10 - 5 for i in range(4000)], [i // 100 / 10 for i in range(4000)], [0] * 4000], 2)
    spots = [(x / 25, -5 + y / 25) for x in range(-20, 20) for y in range(-20, 5)]

    def seconds(strokes):
        began = time.process_time()
        assert large.after(strokes).count == 5000
        return time.process_time() - began

    once = min(seconds([(0, spots)]) for _ in range(3))
    assert min(seconds([(0, [spot]) for spot in spots]) for _ in range(3)) < 5 * once  # one by one: 1,000 times


def test_the_addresses_in_a_link_are_its_own_and_those_of_the_links_in_it():
    def inner(link):
        return base64.urlsafe_b64encode(link.encode()).decode().rstrip("=")

    one, two, three = (point_set.address_of(bytes([at])) for at in range(3))
    for more in ("", "&", "&s", "&se", "&see"):
        compared = f"kept=1.{inner(f'dataset=own&ownData={two}{more}')},2.{inner(f'ownData={three}')}"
        for link in (
            f"/#dataset=own&ownData={one}&epoch=3&{compared}",
            f"ownData={one}{more}&against={inner(f'ownData={two}')}",
        ):
            found = point_set.addresses_in(f'{{"place": "{link}"}}')
            assert found == ({one, two, three} if "kept" in link else {one, two})
            assert any(mark in link for mark in point_set.MARKS)
    assert point_set.addresses_in(f"/#ownData={one}x&against={'A' * 65}&seed={'-' * 64}") == set()
