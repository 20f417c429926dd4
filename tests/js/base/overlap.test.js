// The area that two rectangles share.

import assert from "node:assert/strict";
import test from "node:test";

import { overlap } from "../../../static/js/base/overlap.js";

const rect = (left, top, width, height) => ({ left, top, right: left + width, bottom: top + height });

test("rectangles that touch or lie apart share nothing, however they do", () => {
  const one = rect(0, 0, 10, 10);
  for (const other of [rect(10, 0, 5, 5), rect(0, 10, 5, 5), rect(20, 20, 5, 5), rect(-9, -9, 5, 5), rect(20, 2, 5, 5)])
    assert.equal(overlap(one, other), 0);
});

test("what they share is as large from either side", () => {
  const [one, other] = [rect(0, 0, 10, 10), rect(7, 8, 10, 10)];
  assert.equal(overlap(one, other), 6);
  assert.equal(overlap(other, one), 6);
  assert.equal(overlap(one, rect(2, 2, 3, 3)), 9);
});
