// Why the link alone no longer gives a training: what the page says of it.

import assert from "node:assert/strict";
import test from "node:test";

import { whyEdited, whyRestored } from "../../../static/js/playground/edited.js";

const fields = new Map([
  ["learningRate", { change: "live" }],
  ["discretize", { change: "view" }],
]);
const config = { learningRate: 0.03, discretize: false };
const restored = { edited: "restored", generation: 2, config };
const reply = { edited: true, generation: 2, config };

test("where the link gives the training there is nothing to say", () => {
  assert.equal(whyEdited(restored, { ...reply, edited: false }, fields), null);
});

test("a restored training is called restored until it is edited by hand", () => {
  assert.equal(whyEdited(restored, reply, fields), "restored");
  assert.equal(whyEdited(restored, { ...reply, config: { ...config, discretize: true } }, fields), "restored");
  assert.equal(whyEdited(restored, { ...reply, config: { ...config, learningRate: 0.1 } }, fields), "edited");
  assert.equal(whyEdited(restored, { ...reply, generation: 3 }, fields), "edited"); // new data
  assert.equal(whyEdited({ ...restored, edited: "edited" }, reply, fields), "edited");
  assert.equal(whyEdited({ ...restored, edited: null }, reply, fields), "edited");
});

test("what had been edited by hand before it was lost is so after it was restored", () => {
  assert.equal(whyRestored({ edited: "edited" }), "edited");
  assert.equal(whyRestored({ edited: "restored" }), "restored");
  assert.equal(whyRestored({ edited: null }), "restored");
});
