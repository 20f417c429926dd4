// What of a run's settings has an effect on it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inUse, isInUse } from "../../../static/js/playground/in-use.js";
import { python } from "./schema.js";

const FIELDS = new Map(python("playground.config").map((field) => [field.key, field]));
const PLAIN = Object.fromEntries([...FIELDS].map(([key, field]) => [key, field.default]));
const OWN = "sha256-0123456789abcdef";

test("own data of another data set are none", () => {
  const used = (config) => inUse({ ...PLAIN, ownData: OWN, ...config }).ownData;
  assert.equal(used({ dataset: "own" }), OWN);
  assert.equal(used({ dataset: "blobs" }), null);
  assert.equal(used({ dataset: "own", problem: "regression" }), null);
  assert.equal(used({ regDataset: "own", problem: "regression" }), OWN);
});

test("what there is of layers that are not there is nothing", () => {
  const values = { layerActivations: ["", "relu", "sin"], dropout: [0.2, 0, 0.5] };
  const used = (networkShape) => {
    const { layerActivations, dropout } = inUse({ ...PLAIN, ...values, networkShape });
    return [layerActivations, dropout];
  };
  assert.deepEqual(used([4, 4, 4]), [values.layerActivations, values.dropout]);
  assert.deepEqual(used([4, 4]), [["", "relu"], [0.2]]);
  assert.deepEqual(used([4]), [[], [0.2]]);
  assert.deepEqual(used([]), [[], []]);
});

test("an activation that no layer goes by has no effect", () => {
  const has = (config) => isInUse(FIELDS.get("activation"), { ...PLAIN, ...config });
  assert.ok(has({}));
  assert.ok(has({ layerActivations: ["relu"] })); // the second layer goes by it
  assert.ok(!has({ layerActivations: ["relu", "sin"] }));
  assert.ok(!has({ networkShape: [] }));
});
