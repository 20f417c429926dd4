// A drawing and its strokes: properties over random strokes, each from its own seed.

import assert from "node:assert/strict";
import test from "node:test";

import {
  decimal,
  Drawing,
  flat,
  keyOf,
  placeOf,
  pointSetOf,
  startFrom,
  unflat,
} from "../../../../static/js/playground/own/drawing.js";
import { describe } from "../../../../static/js/playground/own/description.js";
import { inPlane, MOST, pack, unpack } from "../../../../static/js/playground/own/point-set.js";
import { randomFrom } from "./random.js";

const SEEDS = Array.from({ length: 200 }, (_, seed) => seed + 1);

/** The points by their places, whatever their order. */
const contents = (drawing) => new Map([...drawing.points].map(([key, { label }]) => [key, label]).sort());

/** A stroke as somebody may make it: a few points, an eraser, all at once, or other points. */
function scribble(drawing, random) {
  const place = () => 8 * (2 * random() - 1); // also beyond the plane
  const label = () => (drawing.classes > 0 ? Math.floor(random() * drawing.classes) : 2.4 * random() - 1.2);
  const kind = Math.floor(random() * 8);
  if (kind === 0) return drawing.clear();
  if (kind === 1)
    return drawing.replace(Array.from({ length: 20 * random() }, () => ({ x: place(), y: place(), label: label() })));
  drawing.begin();
  for (let point = 0; point < 12 * random(); point++)
    if (kind < 4) drawing.erase(place(), place(), 3 * random());
    else drawing.put(Math.round(place()), Math.round(place()), label()); // often where one stands
  drawing.end();
}

function scribbled(random, strokes) {
  const drawing = new Drawing(random() < 0.3 ? 0 : 2 + Math.floor(5 * random()));
  for (let stroke = 0; stroke < strokes; stroke++) scribble(drawing, random);
  return drawing;
}

test("undo takes back exactly the last stroke, and redo makes it again", () => {
  for (const seed of SEEDS) {
    const random = randomFrom(seed);
    const drawing = scribbled(random, 8);
    const before = contents(drawing);
    const isFirst = !drawing.canUndo;
    scribble(drawing, random);
    const after = contents(drawing);
    if (isFirst && !drawing.canUndo) continue; // it changed nothing
    const changes = before.size !== after.size || [...before].some(([key, label]) => after.get(key) !== label);
    if (!changes) continue;
    drawing.undo();
    assert.deepEqual(contents(drawing), before, `seed ${seed}`);
    drawing.redo();
    assert.deepEqual(contents(drawing), after, `seed ${seed}`);
  }
});

test("all strokes undone leave what it began with, and all made again lead back", () => {
  for (const seed of SEEDS) {
    const random = randomFrom(seed);
    const start = Array.from({ length: 15 }, () => ({ x: 6 * random(), y: 6 * random(), label: 1 }));
    const drawing = new Drawing(3, start);
    const first = contents(drawing);
    for (let stroke = 0; stroke < 10; stroke++) scribble(drawing, random);
    const last = contents(drawing);
    while (drawing.canUndo) drawing.undo();
    assert.deepEqual(contents(drawing), first, `seed ${seed}`);
    while (drawing.canRedo) drawing.redo();
    assert.deepEqual(contents(drawing), last, `seed ${seed}`);
  }
});

test("every point is a float32 in the plane, with a place of its own by which it is found", () => {
  for (const seed of SEEDS) {
    const drawing = scribbled(randomFrom(seed), 10);
    assert.equal(new Set([...drawing.points.values()].map(({ x, y }) => keyOf(x, y))).size, drawing.size);
    for (const [key, { x, y, label }] of drawing.points) {
      assert.equal(key, keyOf(x, y));
      for (const value of [x, y]) {
        assert.equal(Math.fround(value), value);
        assert.ok(Math.abs(value) <= 6 && !Object.is(value, -0));
      }
      if (drawing.classes > 0) assert.ok(Number.isInteger(label) && label >= 0 && label < drawing.classes);
      else assert.ok(Math.abs(label) <= 1 && Math.fround(label) === label);
    }
  }
});

test("a point goes where none stands: the first one stays, whatever its class", () => {
  const drawing = new Drawing(2);
  assert.ok(drawing.put(0.1, -0, 0));
  assert.ok(!drawing.put(0.1, 0, 1));
  assert.ok(!drawing.put(Math.fround(0.1), 0, 1)); // the same float32
  assert.deepEqual([...drawing.points.values()], [{ x: Math.fround(0.1), y: 0, label: 0 }]);
});

test("the eraser takes what it reaches and nothing else", () => {
  const drawing = new Drawing(2);
  for (const x of [0, 1, 2]) drawing.put(x, 0, 0);
  assert.equal(drawing.erase(1, 0, 0.5), 1);
  assert.equal(drawing.erase(1, 0, 1), 2);
  assert.equal(drawing.size, 0);
});

test("a stroke that changes nothing leaves nothing to undo, and does not end what can be made again", () => {
  const drawing = new Drawing(2);
  drawing.put(1, 1, 0);
  drawing.undo();
  drawing.begin();
  drawing.erase(0, 0, 1);
  drawing.end();
  assert.ok(!drawing.canUndo);
  drawing.redo();
  assert.equal(drawing.size, 1);
});

test("there is an end to points and to classes", () => {
  const drawing = new Drawing(5);
  for (let at = 0; at < MOST; at++) drawing.put((at % 100) / 20, Math.floor(at / 100) / 20, 0);
  assert.ok(drawing.isFull);
  assert.equal(drawing.size, MOST);
  assert.ok(!drawing.put(-6, -6, 0));
  for (let more = 0; more < 3; more++) drawing.addClass();
  assert.equal(drawing.classes, 6);
});

test("it says how many points are missing until it can train", () => {
  const drawing = new Drawing(2);
  for (let at = 0; at < 12; at++) {
    assert.equal(drawing.missing, Math.max(0, 10 - at));
    drawing.put(at / 4, 0, 0);
  }
});

test("a generator's points begin a drawing to two decimals, and each keeps its colour", () => {
  const points = [
    { x: 1.23456, y: -0.004, label: 1 },
    { x: 7, y: 2, label: -1 },
  ];
  assert.deepEqual(startFrom(points, false, false), [
    { x: 1.23, y: -0, label: 0 },
    { x: 7, y: 2, label: 1 },
  ]);
  assert.deepEqual(
    startFrom([{ x: 0, y: 0, label: 4 }], false, true).map(({ label }) => label),
    [4],
  );
  assert.deepEqual(
    startFrom([{ x: 0, y: 0, label: -0.456 }], true, false).map(({ label }) => label),
    [-0.46],
  );
  const { points: kept } = new Drawing(2, startFrom(points, false, false));
  assert.deepEqual([...kept.values()][1], { x: 6, y: 2, label: 1 });
});

test("measured points begin a drawing as they are, so that only those at the same place become one", () => {
  const points = [
    { x: 1.234, y: 0.001, label: 2 },
    { x: 1.2341, y: 0.001, label: 1 },
    { x: 1.234, y: 0.001, label: 0 },
  ];
  assert.deepEqual(startFrom(points, false, true, true), points);
  assert.deepEqual(startFrom([{ x: 0, y: 0, label: -0.456 }], true, false, true)[0].label, -0.456);
  assert.equal(new Drawing(3, startFrom(points, false, true, true)).size, 2);
  assert.equal(new Drawing(3, startFrom(points, false, true)).size, 1);
});

test("points lie flat in a row and come back", () => {
  const points = [
    { x: 1, y: 2, label: 0 },
    { x: -3.5, y: 4, label: 5 },
  ];
  assert.deepEqual(flat(points), Float64Array.of(1, 2, 0, -3.5, 4, 5));
  assert.deepEqual(unflat(flat(points)), points);
});

test("a float32 is told in as few digits as it takes", () => {
  for (const value of [0, 1.23, -5.99, 0.05, 1 / 3, 6]) {
    const float = Math.fround(value);
    assert.equal(Math.fround(decimal(float)), float);
  }
  assert.equal(decimal(Math.fround(1.23)), 1.23);
  for (const seed of SEEDS) {
    const float = Math.fround(12 * randomFrom(seed)() - 6);
    assert.equal(Math.fround(decimal(float)), float);
  }
});

test("a place is two numbers of the plane, however they are typed", () => {
  const place = { x: 1.5, y: -2 };
  for (const text of [
    "1.5, -2",
    "1.5 -2",
    "1.5,-2",
    "(1.5; −2)",
    "1.5，-2",
    " +1.5 ,  -2.0 ",
    "１．５，－２",
    "（１．５；−２）",
    "１。５　－2",
  ])
    assert.deepEqual(placeOf(text), place, text);
  for (const text of ["", "1", "1,2,3", "a, b", "7, 0", "1e9, 0", "NaN, 0", "0x1, 2", "1.5 , "])
    assert.equal(placeOf(text), null, text);
});

const UNITS = [
  ["length (cm)", 3.95, 0.59],
  ["year", 2013.5, 0.001],
  ["kind", 0, 1],
];

test("a drawing with units and names is given whole with them, and an added class has no name", () => {
  const told = describe({ columns: UNITS, names: ["cats", "dogs"] });
  const corners = [-6, 6].flatMap((x) => [-6, 6].map((y) => ({ x, y, label: 0 })));
  const inner = Array.from({ length: 8 }, (_, at) => ({ x: at / 2, y: 1, label: at % 3 }));
  const drawing = new Drawing(2, [...corners, ...inner], told);
  drawing.addClass();
  const set = unpack(pack(pointSetOf(drawing, drawing.classes))); // which checks that all of it is in the plane
  assert.deepEqual(set.columns, UNITS);
  assert.deepEqual(set.names, ["cats", "dogs", ""]);
  unflat(inPlane(set)).forEach(({ x, y, label }, at) => {
    const point = [...drawing.points.values()][at];
    assert.ok(Math.abs(x - point.x) < 1e-5 && Math.abs(y - point.y) < 0.2 && label === point.label); // of years float32 has few digits
  });
});

test("the values of a regression are given in their units", () => {
  const told = describe({ columns: [UNITS[0], UNITS[0], ["price", 100, 20]], names: [] });
  const points = [-1, 0.5, 1].map((label, x) => ({ x, y: 0, label }));
  assert.deepEqual([...pointSetOf(new Drawing(0, points, told), 0).labels], [80, 110, 120]);
});

test("without units it is in those of the plane", () => {
  const { columns, names, x } = pointSetOf(new Drawing(2, [{ x: 6, y: 0, label: 1 }]), 2);
  assert.deepEqual([columns, names, [...x]], [Array(3).fill(["", 0, 1]), [], [6]]);
});

test("a place is typed in the units that are shown", () => {
  const told = describe({ columns: UNITS, names: [] });
  assert.ok(Math.abs(placeOf("4.54, 2013.501", told).x - 1) < 1e-9);
  const [left, right] = [-6, 6].map((place) => told.text(0, place));
  for (const [text, place] of [
    [left, -6],
    [right, 6],
  ])
    assert.ok(Math.abs(placeOf(`${text}, 2013.5`, told).x - place) < 0.05, "the edge as it is told");
  assert.deepEqual(placeOf("４．５４；２０１３．５０１", told), placeOf("4.54, 2013.501", told));
  assert.equal(placeOf("1, 2", told), null);
  assert.equal(placeOf("6.01, 0"), null);
});

test("a class is named and its name undone like any stroke, and the points stay", () => {
  const drawing = new Drawing(2);
  drawing.put(1, 2, 0);
  assert.equal(drawing.name(1, "狗"), true);
  assert.equal(drawing.name(1, "狗"), false); // it is called so already
  drawing.put(2, 2, 1);
  const names = [drawing.names];
  for (const step of ["undo", "undo", "redo", "redo"]) {
    drawing[step]();
    names.push(drawing.names);
  }
  assert.deepEqual(names, [
    ["", "狗"],
    ["", "狗"],
    ["", ""],
    ["", "狗"],
    ["", "狗"],
  ]);
  assert.equal(drawing.size, 2);
  drawing.name(1, "");
  assert.equal(drawing.told, null);
});

test("names of classes stand in the set that is trained, also of one that has no points yet", () => {
  const drawing = new Drawing(2);
  for (let x = -5; x < 5; x++) drawing.put(x, 0, x & 1);
  drawing.addClass();
  drawing.name(2, '<b>"𝒳"');
  const set = unpack(pack(pointSetOf(drawing, 3)));
  assert.deepEqual(set.names, ["", "", '<b>"𝒳"']);
  assert.deepEqual(unpack(pack(pointSetOf(drawing, 2))).names, []);
  assert.deepEqual(drawing.names, ["", "", '<b>"𝒳"']);
});

test("a measured column's units stay when a class is named", () => {
  const columns = /** @type {[string, number, number][]} */ ([["cm", 2, 0.5], ["", 0, 1], ["", 0, 1]]); // prettier-ignore
  const drawing = new Drawing(2, [], describe({ columns, names: ["one", "two"] }));
  drawing.name(0, "eins");
  assert.deepEqual(drawing.told.columns, columns);
  assert.deepEqual(drawing.names, ["eins", "two"]);
});
