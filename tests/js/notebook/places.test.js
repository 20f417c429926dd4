import assert from "node:assert/strict";
import test from "node:test";

import { between, byPlace, placeAt } from "../../../static/js/notebook/places.js";

test("a place between two is between them, however often one is put there", () => {
  for (const toLeft of [true, false]) {
    let [low, high] = ["0", "1"];
    for (let count = 0; count < 300; count++) {
      const found = between(low, high);
      assert.ok(low < found && found < high, `${low} < ${found} < ${high}`);
      if (toLeft) high = found;
      else low = found;
    }
  }
  for (const [low, high] of [
    ["a", "a0V"],
    ["a", "a1"],
    ["az", "b"],
    ["V", "V01"],
    [null, "1"],
    [null, "001"],
  ])
    assert.ok((low ?? "") < between(low, high) && between(low, high) < high, `${low} ${high}`);
});

test("places at the end stay short", () => {
  let place = null;
  for (let count = 0; count < 400; count++) {
    const next = between(place, null);
    assert.ok(next > (place ?? ""));
    assert.ok(next.length <= 3, next);
    place = next;
  }
  for (const last of ["zzz", "zzzV", "zzy", "z"]) assert.ok(between(last, null) > last, last);
});

test("where nothing fits between two there is no place", () => {
  for (const [low, high] of [
    ["a", "a"],
    ["b", "a"],
    ["a", "a0"],
    ["a", "a00"],
    [null, "0"],
  ])
    assert.equal(between(low, high), null);
});

test("cells at one place make room for what is put between them", () => {
  const cells = [
    { id: "a", place: "5" },
    { id: "b", place: "5" },
    { id: "c", place: "5" },
    { id: "d", place: "7" },
  ];
  const { place, moved } = placeAt(cells, 1);
  assert.deepEqual(
    moved.map(({ id }) => id),
    ["b", "c"],
  );
  const after = cells.map((cell) => ({ ...cell, ...moved.find(({ id }) => id === cell.id) }));
  const order = [...after, { id: "new", place }].sort(byPlace).map(({ id }) => id);
  assert.deepEqual(order, ["a", "new", "b", "c", "d"]);
  assert.deepEqual(placeAt(cells, 4).moved, []);
  assert.deepEqual(placeAt([], 0).moved, []);
});
