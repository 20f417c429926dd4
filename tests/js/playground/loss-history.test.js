import assert from "node:assert/strict";
import test from "node:test";

import { LossHistory } from "../../../static/js/playground/loss-history.js";

const frame = (epoch, loss = 0.1, generation = 1) => ({
  generation,
  epoch,
  trainLoss: loss,
  testLoss: 2 * loss,
  trainAccuracy: 0.9,
  testAccuracy: 0.8,
});

function history(losses, generation = 1) {
  const made = new LossHistory();
  losses.forEach((loss, epoch) => made.add(frame(epoch, loss, generation)));
  return made;
}

test("only a new epoch adds a point", () => {
  const made = history([0.5, 0.4]);
  assert.equal(made.add(frame(1, 9)), false);
  assert.deepEqual(made.epochs, [0, 1]);
  assert.deepEqual(made.trainLoss, [0.5, 0.4]);
  assert.equal(made.add(frame(2, 0.3)), true);
  assert.deepEqual(made.testLoss, [1, 0.8, 0.6]);
});

test("a new generation starts anew, and so does an epoch further back", () => {
  const made = history([0.5, 0.4, 0.3]);
  made.add(frame(0, 0.7, 2));
  assert.deepEqual(made.trainLoss, [0.7]);
  made.add(frame(9, 0.6, 2));
  made.add(frame(0, 0.8, 2));
  assert.deepEqual(made.epochs, [0]);
});

test("a long training is thinned, keeping its first and last epoch and its order", () => {
  const made = new LossHistory();
  for (let epoch = 0; epoch <= 10_000; epoch++) made.add(frame(epoch, epoch));
  assert.ok(made.epochs.length <= 2000);
  assert.equal(made.epochs[0], 0);
  assert.equal(made.epochs.at(-1), 10_000);
  assert.deepEqual(made.trainLoss, made.epochs);
  assert.deepEqual(
    made.epochs,
    [...made.epochs].sort((a, b) => a - b),
  );
});

test("a long training keeps its beginning, its spikes and no long gap, however often it is thinned", () => {
  const made = new LossHistory();
  for (let epoch = 0; epoch <= 200_000; epoch += 2) made.add(frame(epoch, epoch === 60_000 ? 9 : 1 / (epoch + 1)));
  assert.deepEqual(made.epochs.slice(0, 5), [0, 2, 4, 6, 8]);
  assert.equal(made.trainLoss[made.epochs.indexOf(60_000)], 9);
  const gaps = made.epochs.slice(1).map((epoch, index) => epoch - made.epochs[index]);
  assert.ok(Math.max(...gaps) < 2000, `${Math.max(...gaps)}`);
});

test("an early spike leaves the axis once it is half of the training ago", () => {
  const losses = Array.from({ length: 100 }, () => 0.1);
  losses[20] = 1000;
  assert.ok(history(losses.slice(0, 35)).top() > 1000);
  assert.ok(history(losses.slice(0, 50)).top() < 1);
});

test("a spike that is not old stays in view", () => {
  const losses = Array.from({ length: 100 }, () => 0.1);
  losses[80] = 3;
  assert.ok(history(losses).top() >= 6);
});

test("the untrained network's loss stays the measure of a good curve", () => {
  assert.ok(history([0.5, 0.1, 0.01, 0.001, 0.0001, 0.0001, 0.0001]).top() >= 1);
});

test("losses that are not numbers do not break the axis", () => {
  assert.equal(history([NaN, NaN]).top(), 1);
  assert.ok(Number.isFinite(history([0.5, Infinity, NaN]).top()));
  assert.equal(new LossHistory().top(), 1);
});

test("a resumed session's history replaces everything, and goes on", () => {
  const made = history([5, 4, 3]);
  made.replace({
    generation: 8,
    epochs: [0, 10],
    trainLoss: [0.5, 0.2],
    testLoss: [0.6, 0.3],
    trainAccuracy: [0.5, 0.9],
    testAccuracy: [0.5, 0.8],
  });
  made.add(frame(11, 0.1, 8));
  assert.deepEqual(made.epochs, [0, 10, 11]);
  assert.deepEqual(made.testLoss, [0.6, 0.3, 0.2]);
});
