import assert from "node:assert/strict";
import test from "node:test";

import { layout, linkEnds, linkPath, nearestLink } from "../../../static/js/playground/network-layout.js";

test("columns go from left to right with equal gaps and stay inside", () => {
  const { columns, node, width } = layout([7, 4, 2, 1], 760, 480);
  const gaps = columns.slice(1).map(({ x }, index) => Math.round(x - columns[index].x));
  assert.equal(new Set(gaps).size, 1);
  assert.equal(width, 760);
  assert.ok(columns[0].x - node / 2 > 0);
  assert.ok(columns.at(-1).x + node / 2 < width);
});

test("every layer is centred on the same height, and eight neurons fit", () => {
  const { columns, node, height } = layout([7, 8, 1, 1], 760, 480);
  for (const { nodes } of columns) {
    const middle = nodes.reduce((sum, y) => sum + y, 0) / nodes.length;
    assert.ok(Math.abs(middle - height / 2) < 1e-9);
    assert.ok(nodes[0] - node / 2 >= 0 && nodes.at(-1) + node / 2 <= height);
  }
});

test("adding a neuron elsewhere moves nothing", () => {
  assert.deepEqual(layout([7, 4, 2, 1], 760, 480).columns[1], layout([7, 4, 8, 1], 760, 480).columns[1]);
});

test("a deep network on a phone becomes wider than the screen instead of unreadable", () => {
  const { columns, width, node } = layout([7, 8, 8, 8, 8, 8, 8, 1], 340, 400);
  assert.ok(width > 340);
  assert.ok(columns[2].x - columns[1].x > node + 20);
});

test("a network without hidden layers has two columns", () => {
  assert.equal(layout([7, 1], 760, 480).columns.length, 2);
});

test("a link goes from the right edge of one node to its own place on the left edge of the next", () => {
  const geometry = layout([7, 4, 1], 600, 480);
  const [first, last] = [0, 2].map((input) => linkEnds(geometry, 0, input, 1, input, 3));
  assert.equal(first.x0, geometry.columns[0].x + geometry.node / 2);
  assert.equal(first.x1, geometry.columns[1].x - geometry.node / 2);
  assert.equal(first.y0, geometry.columns[0].nodes[0]);
  assert.ok(first.y1 < last.y1);
  assert.ok(Math.abs((first.y1 + last.y1) / 2 - geometry.columns[1].nodes[1]) < 1e-9);
  assert.match(linkPath(first), /^M[\d.]+ [\d.]+C[\d.]+ [\d.]+ [\d.]+ [\d.]+ [\d.]+ [\d.]+$/);
});

const up = { x0: 0, y0: 0, x1: 100, y1: 200 };
const down = { x0: 0, y0: 200, x1: 100, y1: 0 };

/** The point of the Bezier curve itself, from its definition. */
function curve({ x0, y0, x1, y1 }, t) {
  const middle = (x0 + x1) / 2;
  const s = 1 - t;
  const bezier = (a, b, c, d) => s ** 3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t ** 3 * d;
  return [bezier(x0, middle, middle, x1), bezier(y0, y0, y1, y1)];
}

test("a point on a curve finds that curve, where they cross as well as elsewhere", () => {
  for (const t of [0.05, 0.2, 0.4, 0.6, 0.8, 0.95]) {
    assert.equal(nearestLink([up, down], ...curve(up, t)), up);
    assert.equal(nearestLink([up, down], ...curve(down, t)), down);
  }
});

test("a point away from all links finds none", () => {
  assert.equal(nearestLink([up, down], 50, 20), null);
  assert.equal(nearestLink([up, down], -5, 0), null);
  assert.equal(nearestLink([], 50, 100), null);
});
