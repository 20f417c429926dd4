import assert from "node:assert/strict";
import test from "node:test";

import { DATASETS, sample } from "../../../static/js/playground/datasets.js";
import { featureMap, FEATURES, featureText, inputs, offered } from "../../../static/js/playground/features.js";

const config = {
  hide: [],
  x: true,
  y: true,
  xSquared: false,
  ySquared: false,
  xTimesY: false,
  sinX: false,
  sinY: true,
};

test("the inputs are the features switched on, in the network's order; a hidden one is none", () => {
  assert.deepEqual(Object.keys(FEATURES), ["x", "y", "xSquared", "ySquared", "xTimesY", "sinX", "sinY"]);
  assert.deepEqual(inputs(config), ["x", "y", "sinY"]);
  assert.deepEqual(inputs({ ...config, hide: ["y", "sinX"] }), ["x", "sinY"]);
  assert.deepEqual(offered({ ...config, hide: ["y", "playButton"] }), [
    "x",
    "xSquared",
    "ySquared",
    "xTimesY",
    "sinX",
    "sinY",
  ]);
});

test("a feature's map has the plane's corners where a frame's map has them", () => {
  const map = featureMap("y");
  assert.equal(map.length, 10_000);
  assert.equal(map[0], 127); // top row: y = 6
  assert.equal(map[9999], -128); // bottom row: y = -6
  const product = featureMap("xTimesY", 10);
  assert.deepEqual([product[0], product[9], product[90], product[99]], [-128, 127, 127, -128]);
});

test("the sine's map changes sign where the sine does", () => {
  const row = featureMap("sinX").slice(0, 100);
  row.forEach((cell, column) => assert.equal(cell >= 0, Math.sin(-6 + (12 * column) / 99) >= 0));
});

test("names of features can be written without markup", () => {
  assert.deepEqual(Object.keys(FEATURES).map(featureText), ["X₁", "X₂", "X₁²", "X₂²", "X₁X₂", "sin(X₁)", "sin(X₂)"]);
});

test("the pictures of the data sets show points inside the plane, with the right labels", () => {
  for (const name of Object.keys(DATASETS)) {
    const { classes, measured } = DATASETS[name];
    if (!measured) assert.equal(sample(name).length, classes ? 198 : 200, name); // as many of each of three classes
    for (const [x, y, label] of sample(name)) {
      const isLabel = classes ? [0, 1, 2].includes(label) : Math.abs(label) <= 1.2;
      assert.ok(Math.abs(x) <= 6 && Math.abs(y) <= 6 && isLabel, `${name} ${x} ${y} ${label}`);
    }
  }
  for (const [x, y, label] of sample("circle")) assert.equal(label > 0, Math.hypot(x, y) < 2.6);
  for (const [x, y, label] of sample("xor")) assert.equal(label > 0, x * y > 0);
  for (const [x, y, label] of sample("reg-plane")) assert.ok(Math.abs(label - (x + y) / 10) < 0.0101);
  const labels = sample("spiral").map(([, , label]) => label);
  assert.ok(labels.includes(1) && labels.includes(-1));
});
