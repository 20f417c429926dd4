// What the page writes: numbers, routes, layers, and curves' points.

import assert from "node:assert/strict";
import test from "node:test";

import {
  bytesText,
  countText,
  durationText,
  lossText,
  numberText,
  percentText,
  shapeText,
} from "../../static/js/lenet/format.js";
import { EXERCISE_LAYERS, parameterFormula, parameterSum } from "../../static/js/lenet/layers.js";
import { formatRoute, parseRoute } from "../../static/js/lenet/route.js";
import { thin } from "../../static/js/lenet/thin.js";

const ID = "20261124-122612-7f0921";
const OTHER = "20261124-122612-aaaaaa";

test("numbers are written to the digit that says something", () => {
  assert.equal(percentText(0.9821), "98.21 %");
  assert.equal(percentText(0.5, 0), "50 %");
  assert.equal(percentText(null), "–");
  assert.equal(lossText(0.08349), "0.0835");
  assert.equal(lossText(12345), "1.2e+4");
  assert.equal(countText(1234567), "1,234,567");
  assert.equal(countText(100), "100");
  assert.equal(numberText(-20.0712), "-20.07");
  assert.equal(bytesText(512), "512 B");
  assert.equal(bytesText(54_950_048), "55.0 MB");
  assert.equal(shapeText([6, 24, 24]), "6×24×24");
});

test("durations change their unit without ever showing 60 of the smaller one", () => {
  const seconds = [0, 9.94, 9.96, 59.4, 59.6, 60, 185, 3599.6, 3660];
  const texts = ["0.0 s", "9.9 s", "10 s", "59 s", "1:00 min", "1:00 min", "3:05 min", "1:00 h", "1:01 h"];
  assert.deepEqual(seconds.map(durationText), texts);
  assert.equal(durationText(null), "–");
});

test("a route survives its address, and nonsense in one is left out", () => {
  for (const route of [
    { run: ID, epoch: null, sweep: null, compare: [] },
    { run: ID, epoch: 12, sweep: null, compare: [] },
    { run: null, epoch: null, sweep: ID, compare: [] },
    { run: null, epoch: null, sweep: null, compare: [ID, OTHER] },
    { run: null, epoch: null, sweep: null, compare: [] },
  ])
    assert.deepEqual(parseRoute(formatRoute(route)), route);
  assert.deepEqual(parseRoute("#run=../../etc"), { run: null, epoch: null, sweep: null, compare: [] });
  assert.equal(parseRoute("#sweep=x").sweep, null);
  assert.equal(parseRoute(`#run=${ID}&epoch=0`).epoch, null);
  assert.equal(parseRoute(`#run=${ID}&epoch=x`).epoch, null);
  assert.deepEqual(parseRoute(`#compare=${ID},x,${ID}`).compare, [ID]);
});

test("the exercise's network has 44,426 parameters", () => {
  assert.equal(parameterSum(EXERCISE_LAYERS), 44_426);
});

test("a formula is shown only where it gives the layer's count", () => {
  const value = (formula) => Function(`return ${formula.replaceAll("×", "*")}`)();
  EXERCISE_LAYERS.forEach((layer, index) => {
    const formula = parameterFormula(EXERCISE_LAYERS, index);
    if (layer.parameters === 0) assert.equal(formula, null);
    else assert.equal(value(formula), layer.parameters, layer.name);
  });
  const partial = EXERCISE_LAYERS.map((layer) => (layer.name === "conv2" ? { ...layer, parameters: 1516 } : layer));
  assert.equal(parameterFormula(partial, 3), null);
});

test("a thinned curve keeps its mean, its span and its gaps", () => {
  assert.deepEqual(thin([1, 2, 3], 10), { x: [0, 1, 2], y: [1, 2, 3] });
  assert.deepEqual(thin([1, 3, 5, 7, 9], 3), { x: [0.5, 2.5, 4], y: [2, 6, 9] });
  const gap = [1, 2];
  gap[4] = 5;
  assert.deepEqual(thin(gap, 10), { x: [0, 1, 4], y: [1, 2, 5] });
  assert.ok(thin(Array(100_000).fill(1), 1200).x.length <= 1200);
  assert.deepEqual(thin([], 10), { x: [], y: [] });
});
