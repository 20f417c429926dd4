// When a page warns that a notebook will be gone.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isEnding } from "../../../static/js/notebook/ending.js";

const DAY = 86_400; // seconds

test("a notebook that ends within 14 days is told of, and one that never ends is not", () => {
  const now = 1_800_000_000;
  const ends = (days) => isEnding({ deleted_on: now + days * DAY }, now);
  assert.deepEqual([365, 15, 14, 13.99, 1, -1].map(ends), [false, false, false, true, true, true]);
  assert.equal(isEnding({ deleted_on: null }, now), false);
  assert.equal(isEnding({}, now), false);
});

test("unless somebody says otherwise it is now", () => {
  assert.equal(isEnding({ deleted_on: Date.now() / 1000 + DAY }), true);
  assert.equal(isEnding({ deleted_on: Date.now() / 1000 + 20 * DAY }), false);
});
