import assert from "node:assert/strict";
import test from "node:test";

import { confusion, pointsOf } from "../../../static/js/playground/classified.js";

const LABELS = Uint8Array.of(0, 0, 1, 1, 1, 2);
const TAKEN = Uint8Array.of(0, 1, 1, 1, 2, 0);

test("a row counts what the points of a class are taken for", () => {
  const { counts, rates } = confusion(LABELS, TAKEN, 4);
  assert.deepEqual(counts, [
    [1, 1, 0, 0],
    [0, 2, 1, 0],
    [1, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  assert.deepEqual(rates, [1 / 2, 2 / 3, 0, NaN]);
});

test("the points of a cell are those of its class that are taken for its column", () => {
  assert.deepEqual(pointsOf(LABELS, TAKEN, { label: 1, taken: 1 }), [2, 3]);
  assert.deepEqual(pointsOf(LABELS, TAKEN, { label: 2, taken: 1 }), []);
});
