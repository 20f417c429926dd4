// What was drawn, as a text for the address and back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { parseRoute } from "../../../static/js/lenet/route.js";
import { placed, STROKES, strokesOf, textOf } from "../../../static/js/lenet/drawing/strokes.js";

const BRUSHES = { min: 12, max: 48 };
const RUN = "20261124-122612-7f0921";

/** A stroke as somebody draws it: `count` points on a spiral, placed as the pad places them. */
function spiral(count, step) {
  const points = Array.from({ length: count }, (_, at) =>
    [168 + step * at * Math.cos(at / 9), 168 + step * at * Math.sin(at / 9)].map(placed),
  );
  return { width: 28, points: points.slice(20) };
}

test("what was drawn is drawn again at the same places, also through an address", () => {
  const strokes = [
    spiral(300, 0.3),
    { width: 12, points: [[placed(3.21), placed(-5)]] },
    { width: 48, points: [[0, 336]] },
  ];
  const text = textOf(strokes);
  assert.match(text, STROKES);
  const { strokes: read, faults } = parseRoute(`#run=${RUN}&epoch=3&look=draw&strokes=${text.toUpperCase()}`);
  assert.deepEqual(faults, []);
  assert.deepEqual(strokesOf(read, BRUSHES), strokes);
});

test("a place is that of the pointer to a sixth of a pixel, and beyond the canvas no farther than a brush reaches", () => {
  for (const value of [0, 0.1, 100.4, 335.9, -20, 380]) assert.ok(Math.abs(placed(value) - value) <= 1 / 6 + 1e-9);
  assert.deepEqual([placed(-900), placed(9000)], [-48, 1295 / 3 - 48]);
});

test("points that lie on each other are one, and of too many those are left out that lie close together", () => {
  assert.equal(
    textOf([
      {
        width: 28,
        points: [
          [1, 1],
          [1, 1],
          [1, 1],
        ],
      },
    ]).length,
    2 + 4,
  );
  const long = [spiral(2000, 0.04), spiral(50, 1)];
  const text = textOf(long);
  assert.ok(text.length <= 3600);
  const [first] = strokesOf(text, BRUSHES);
  assert.deepEqual([first.points[0], first.points.at(-1)], [long[0].points[0], long[0].points.at(-1)]);
  const gaps = first.points.slice(1).map(([x, y], at) => Math.hypot(x - first.points[at][0], y - first.points[at][1]));
  assert.ok(Math.max(...gaps) < 20, String(Math.max(...gaps)));
  assert.equal(textOf([]), "");
  assert.equal(textOf(Array.from({ length: 2000 }, () => ({ width: 28, points: [[1, 1]] }))), ""); // more than any address has
});

test("a width that no brush has is the nearest", () => {
  assert.deepEqual(
    strokesOf("004040.zz4040", BRUSHES).map(({ width }) => width),
    [12, 48],
  );
});
