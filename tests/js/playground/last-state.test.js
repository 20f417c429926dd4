// What a page offers of a training that the server no longer has.

import assert from "node:assert/strict";
import test from "node:test";

import { Weights } from "../../../static/js/playground/frame.js";
import { fellBack, lostTraining, restoring } from "../../../static/js/playground/last-state.js";

const weights = (...values) => new Weights([2, 1], Float64Array.from(values));
const frame = { epoch: 245, generation: 3, weights: weights(0.1, -2, 3) };
const before = { frame, link: "seed=1", edited: false, since: 0 };
const fresh = { resumed: false, link: "seed=1" };

test("a training is offered where the server begins anew with the same link", () => {
  assert.equal(lostTraining(before, fresh), before);
});

test("nothing is offered where nothing is lost", () => {
  assert.equal(lostTraining(before, { ...fresh, resumed: true }), null);
  assert.equal(lostTraining(before, { ...fresh, link: "seed=2" }), null);
  assert.equal(lostTraining({ ...before, frame: null }, fresh), null);
  assert.equal(lostTraining({ ...before, frame: { ...frame, epoch: 0 } }, fresh), null);
});

test("an edit before the first epoch is worth as much", () => {
  const edited = { ...before, frame: { ...frame, epoch: 0 }, edited: true };
  assert.equal(lostTraining(edited, fresh), edited);
});

test("what has diverged cannot be restored", () => {
  for (const value of [NaN, Infinity]) {
    assert.equal(lostTraining({ ...before, frame: { ...frame, weights: weights(0, value, 0) } }, fresh), null);
  }
});

test("a younger state of the same network is a fall back; of another one it is none", () => {
  assert.ok(fellBack(frame, { epoch: 200, generation: 3 }));
  assert.ok(!fellBack(frame, { epoch: 246, generation: 3 }));
  assert.ok(!fellBack(frame, { epoch: 0, generation: 4 }));
  assert.ok(!fellBack(null, { epoch: 0, generation: 3 }));
});

test("what is sent is what the picture shows, to the last bit", () => {
  const sent = JSON.parse(JSON.stringify(restoring(frame)));
  assert.deepEqual(sent, { parameters: [0.1, -2, 3], epoch: 245 });
});
