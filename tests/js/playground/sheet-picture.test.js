import assert from "node:assert/strict";
import { test } from "node:test";

import { linesOf } from "../../../static/js/playground/sheet-picture.js";

const widthOf = (sign) => ({ W: 9, i: 2 })[sign] ?? 5;

test("a line of the link has as many signs as it is wide enough for", () => {
  assert.deepEqual(linesOf("WWWiiii\u{1f9e0}5", 20, widthOf), ["WW", "Wiiii", "\u{1f9e0}5"]);
  assert.deepEqual(linesOf("5555", 20, widthOf), ["5555"]);
});

test("of a long link there is the beginning", () => {
  const lines = linesOf("5".repeat(4 * 7), 20, widthOf);
  assert.deepEqual(lines, Array(7).fill("5555"));
  assert.deepEqual(linesOf("5".repeat(4 * 7 + 1), 20, widthOf), [...lines.slice(1), "…"]);
});
