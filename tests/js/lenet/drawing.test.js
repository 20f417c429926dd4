// From a canvas to grey values, and from logits to probabilities.

import assert from "node:assert/strict";
import test from "node:test";

import { inkOf, isBlank } from "../../../static/js/lenet/drawing/drawing.js";
import { fromBase64, toBase64 } from "../../../static/js/base/base64.js";
import { softmaxSteps } from "../../../static/js/lenet/run/softmax.js";

const rgba = (alphas, color = [0, 0, 0]) => Uint8ClampedArray.from(alphas.flatMap((alpha) => [...color, alpha]));

test("ink is the mean opacity of a block, whatever the colour of the pen", () => {
  const alphas = [255, 255, 0, 0, 255, 255, 0, 100];
  const expected = { width: 2, height: 1, pixels: Uint8Array.from([255, 25]) };
  assert.deepEqual(inkOf(rgba(alphas), 4, 2, 2), expected);
  assert.deepEqual(inkOf(rgba(alphas, [240, 240, 240]), 4, 2, 2), expected);
});

test("rows and columns stay apart, and what does not fill a block is left out", () => {
  const alphas = Array(15).fill(0);
  alphas[5 + 2] = 255; // row 1, column 2 of 5
  const { width, height, pixels } = inkOf(rgba(alphas), 5, 3, 1);
  assert.deepEqual([width, height, pixels.indexOf(255)], [5, 3, 7]);
  const halves = inkOf(rgba(alphas), 5, 3, 2);
  assert.deepEqual([halves.width, halves.height, ...halves.pixels], [2, 1, 0, 64]);
});

test("only a canvas without any ink is blank", () => {
  assert.ok(isBlank(inkOf(rgba([0, 0, 0, 0]), 2, 2, 1)));
  assert.ok(!isBlank(inkOf(rgba([0, 0, 0, 3]), 2, 2, 1)));
});

test("bytes survive the way through base64, more of them than one call can take too", () => {
  const bytes = Uint8Array.from({ length: 112 * 112 }, (_, index) => (index * 7) % 256);
  assert.equal(toBase64(Uint8Array.from([0, 255])), "AP8=");
  assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
});

test("softmax gives shares that add up to 1 and do not care about a common shift", () => {
  const shares = softmaxSteps([1, 2, 3]).map(({ probability }) => probability);
  const expected = [Math.E, Math.E ** 2, Math.E ** 3].map((power) => power / (Math.E + Math.E ** 2 + Math.E ** 3));
  shares.forEach((share, index) => assert.ok(Math.abs(share - expected[index]) < 1e-12));
  const shifted = softmaxSteps([1001, 1002, 1003]).map(({ probability }) => probability);
  shifted.forEach((share, index) => assert.ok(Math.abs(share - expected[index]) < 1e-12, "no overflow"));
});
