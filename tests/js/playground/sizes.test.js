import assert from "node:assert/strict";
import test from "node:test";

import { outputs, sizesOf } from "../../../static/js/playground/sizes.js";

const CONFIG = {
  problem: "classification",
  dataset: "xor",
  regDataset: "reg-plane",
  classes: 5,
  networkShape: [4, 2],
  hide: [],
  x: true,
  y: true,
};

test("there is an output for each class only where a data set has any number of them", () => {
  assert.equal(outputs(CONFIG), 1);
  assert.equal(outputs({ ...CONFIG, dataset: "blobs" }), 5);
  assert.equal(outputs({ ...CONFIG, dataset: "blobs", problem: "regression" }), 1);
  assert.equal(outputs({ ...CONFIG, dataset: "of another version" }), 1);
});

test("the sizes are those of inputs, hidden layers and outputs", () => {
  assert.deepEqual(sizesOf({ ...CONFIG, dataset: "arms", y: false }), [1, 4, 2, 5]);
});
