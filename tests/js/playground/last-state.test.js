// What a page offers of a training that the server no longer has.

import assert from "node:assert/strict";
import test from "node:test";

import { Weights } from "../../../static/js/playground/frame.js";
import { fellBack, lostTraining, packed, restoring, unpacked } from "../../../static/js/playground/last-state.js";

const weights = (...values) => new Weights([2, 1], Float64Array.from(values));
const frame = { epoch: 245, generation: 3, weights: weights(0.1, -2, 3) };
const curve = { epochs: [0, 245], trainLoss: [0.5, 0.1], testAccuracy: [NaN, NaN] };
const before = { frame, curve, link: "seed=1", edited: null, playing: true, speed: 10, since: 0 };
const fresh = { resumed: false, link: "seed=1", generation: 1 };
const reloaded = (training) => unpacked(JSON.parse(JSON.stringify(packed(training))));

test("a training is offered where the server begins anew with the same link", () => {
  assert.equal(lostTraining(before, fresh), before);
});

test("nothing is offered where nothing is lost", () => {
  assert.equal(lostTraining(before, { ...fresh, resumed: true }), null);
  assert.equal(lostTraining(before, { ...fresh, link: "seed=2" }), null);
  assert.equal(lostTraining({ ...before, frame: null }, fresh), null);
  assert.equal(lostTraining(null, fresh), null);
  assert.equal(lostTraining({ ...before, frame: { ...frame, epoch: 0 } }, fresh), null);
});

test("an edit before the first epoch is worth as much", () => {
  const edited = { ...before, frame: { ...frame, epoch: 0 }, edited: "edited" };
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

test("what is sent of the largest network fits into a message, whatever its weights are", () => {
  const many = (value) => ({ epoch: 5, weights: weights(...Array(2678).fill(value)) });
  const sent = (value) => JSON.stringify(["restore", restoring(many(value))]);
  for (const value of [-1.2345678901234567e-100, -0.000012345678901234567]) assert.ok(sent(value).length < 65_000);
  const usual = -0.12345678901234566;
  assert.deepEqual(JSON.parse(sent(usual))[1].parameters[0], usual);
});

test("a reload keeps it to the last bit, with its curve and how it was", () => {
  const found = reloaded({ ...before, offered: true });
  assert.deepEqual(restoring(found.frame), restoring(frame));
  const { frame: _found, ...others } = found;
  const { frame: _kept, ...kept } = before;
  assert.deepEqual(others, { ...kept, offered: true });
  assert.equal(reloaded({ ...before, speed: null, since: null }).since, null);
});

test("after a reload a training is offered where the session is gone, and what was on offer still is", () => {
  const resumed = { ...fresh, resumed: true };
  assert.ok(lostTraining(reloaded(before), fresh));
  assert.equal(lostTraining(reloaded(before), resumed), null); // its session has it
  const offered = reloaded({ ...before, offered: true });
  for (const now of [resumed, fresh, { ...resumed, link: "seed=2" }, { ...fresh, link: "seed=2" }])
    assert.equal(lostTraining(offered, now), offered);
});

test("what is not worth keeping is not left behind, and what is left stays small", () => {
  assert.equal(packed({ ...before, frame: null }), null);
  assert.equal(packed({ ...before, frame: { ...frame, epoch: 0 } }), null);
  assert.equal(packed({ ...before, frame: { ...frame, weights: weights(0, NaN, 0) } }), null);
  const third = (length) => Array(length).fill(1 / 3);
  const series = ["epochs", "trainLoss", "testLoss", "trainAccuracy", "testAccuracy"];
  const longest = Object.fromEntries(series.map((name) => [name, third(2000)]));
  const largest = { ...before, curve: longest, frame: { ...frame, weights: { values: third(441) } } };
  assert.ok(JSON.stringify(packed(largest)).length < 250_000);
});

test("what was left behind may be damaged", () => {
  const good = packed(before);
  for (const change of [
    { epoch: "7" },
    { parameters: [1, null] },
    { parameters: undefined },
    { curve: null },
    { curve: { epochs: [0], trainLoss: 3 } },
    { speed: "fast" },
    { since: undefined },
  ])
    assert.equal(unpacked({ ...good, ...change }), null, JSON.stringify(change));
  for (const none of [null, undefined, 7, "x", []]) assert.equal(unpacked(none), null);
});
