import assert from "node:assert/strict";
import { test } from "node:test";

import { histogram, quartiles, solvedAt, sorted, summary } from "../../../static/js/playground/seeds.js";

const EPOCHS = [0, 5, 10];
const run = (number, test, failed = false) => ({
  run: number,
  epochs: EPOCHS.slice(0, test.length),
  test,
  failed,
  scores: [0, failed ? null : test.at(-1), 1, 1],
});

test("a run is solved at the first epoch below the threshold, if it is below at the end", () => {
  assert.equal(solvedAt(run(0, [0.5, 0.04, 0.01]), 0.05), 5);
  assert.equal(solvedAt(run(0, [0.5, 0.04, 0.06]), 0.05), null);
  assert.equal(solvedAt(run(0, [0.5, 0.4, 0.05]), 0.05), null);
  assert.equal(solvedAt(run(0, [0.01, null], true), 0.05), null);
});

test("what the threshold makes of them", () => {
  const runs = [run(0, [0.5, 0.04, 0.01]), run(1, [0.5, 0.4, 0.3]), run(2, [0.5, null], true)];
  assert.deepEqual(summary(runs, 0.05), { solved: 1, failed: 1, took: [5] });
  assert.deepEqual(summary(runs, 0.35), { solved: 2, failed: 1, took: [5, 10] });
});

test("quartiles are losses that were, and a failed run is the worst", () => {
  const runs = [run(0, [4, 1, 1]), run(1, [3, 2, 2]), run(2, [2, 3, 3]), run(3, [1, null], true)];
  assert.deepEqual(quartiles(runs), { epochs: EPOCHS, lower: [1, 1, 1], median: [2, 2, 2], upper: [3, 3, 3] });
  assert.equal(quartiles([...runs, run(4, [1, null], true)]).upper.at(-1), Infinity);
});

test("the best comes first, the failed ones last", () => {
  const runs = [run(0, [1, null], true), run(1, [1, 1, 0.3]), run(2, [1, 1, 0.1])];
  assert.deepEqual(
    sorted(runs).map((one) => one.run),
    [2, 1, 0],
  );
});

test("every value is counted once, the last epoch's too", () => {
  for (const end of [1, 10, 500, 10_000]) {
    const values = Array.from({ length: 50 }, (_, at) => Math.round((at / 49) * end));
    const { counts } = histogram(values, end);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      50,
      String(end),
    );
  }
});
