import assert from "node:assert/strict";
import test from "node:test";

import { changed, enlarged } from "../../../static/js/playground/animation.js";

test("a map is enlarged between its cells, and keeps its signs", () => {
  const cells = Int8Array.of(-128, -1, 0, 127);
  assert.deepEqual([...enlarged(cells, 2, 2, 32)], [0, 15, 16, 31]);
  assert.deepEqual([...enlarged(cells, 2, 2, 2)], [0, 0, 1, 1]);
  const larger = enlarged(Int8Array.of(-100, 100, -100, 100), 2, 8, 256);
  for (let row = 0; row < 8; row++) {
    const line = [...larger.subarray(8 * row, 8 * row + 8)];
    assert.deepEqual(
      line,
      [...line].sort((one, other) => one - other),
    );
    assert.deepEqual([line[0], line[7]], [28, 228]);
    assert.ok(line[3] < 128 && line[4] >= 128);
  }
});

test("an even map has one level wherever it is enlarged", () => {
  for (const [value, level] of [
    [-128, 0],
    [-1, 15],
    [0, 16],
    [127, 31],
  ]) {
    const large = enlarged(new Int8Array(2500).fill(value), 50, 240, 32);
    assert.deepEqual(new Set(large), new Set([level]));
  }
});

test("of a frame only what has changed is written", () => {
  assert.deepEqual([...changed(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 5, 3), 9)], [9, 5, 9]);
});
