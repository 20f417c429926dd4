import assert from "node:assert/strict";
import test from "node:test";

import { compared, pairsOf } from "../../../static/js/playground/pairs.js";
import { wordsOf } from "../../../static/js/playground/pairs-words.js";
import { signTest } from "../../../static/js/playground/sign-test.js";

const run = (number, loss) => ({ run: number, failed: loss === null, scores: [0.1, loss, 1, 1] });
const study = (...losses) => losses.map((loss, number) => run(number, loss));

function chooses(count, some) {
  let ways = 1n;
  for (let at = 1n; at <= BigInt(some); at++) ways = (ways * (BigInt(count) - at + 1n)) / at;
  return ways;
}

test("every chance is that of as uneven splits, counted", () => {
  for (let count = 0; count <= 100; count++) {
    for (let more = 0; more <= count; more++) {
      let ways = 0n;
      for (let one = 0; one <= count; one++) {
        if (Math.abs(2 * one - count) >= Math.abs(2 * more - count)) ways += chooses(count, one);
      }
      const exact = Number((ways * 1_000_000n) / 2n ** BigInt(count)) / 1000;
      assert.ok(Math.abs(signTest(more, count - more) - exact) <= 0.501, `${more} of ${count}`);
    }
  }
});

test("runs are paired by their number, in whatever order they come", () => {
  const pairs = pairsOf([run(2, 0.5), run(0, 0.1), run(1, 0.3)], [run(0, 0.2), run(2, 0.25)]);
  assert.deepEqual(pairs, [
    { run: 2, first: 0.5, second: 0.25, difference: -0.25 },
    { run: 0, first: 0.1, second: 0.2, difference: 0.1 },
  ]);
});

test("ties, failed runs and two that failed are counted", () => {
  const came = compared(pairsOf(study(0.1, null, null, 0.2, 0.5), study(null, 5, null, 0.2, 0.75)));
  assert.deepEqual(came, { pairs: 5, first: 2, second: 1, ties: 2, median: 0, chance: 1000 });
});

test("the median of the differences is none where that is no number", () => {
  const median = (first, second) => compared(pairsOf(first, second)).median;
  assert.equal(median(study(0, 0, 0), study(1, 5, 3)), 3);
  assert.equal(median(study(0, 0, 0, 0), study(1, 5, 3, 2)), 2.5);
  assert.equal(median(study(1, 5, 3), study(0, 0, 0)), -3);
  assert.equal(median(study(0, null), study(null, 0)), null);
  assert.equal(median(study(0, 1), study(null, null)), null);
  assert.equal(median([], []), null);
});

test("the median speaks for one of the two only where the sign test does", () => {
  const words = (first, second) => {
    const pairs = pairsOf(study(...first), study(...second));
    return Object.fromEntries(wordsOf(compared(pairs), pairs, []));
  };
  const even = words([0.1, 0.1, 0.1, 0.1], [0.05, 0.08, 0.13, 0.15]);
  assert.deepEqual(Object.keys(even), ["pairs.median", "pairs.even"]);
  assert.equal(Number(even["pairs.median"].difference).toFixed(3), "0.005");
  const likely = words([0.1, 0.1, 0.1], [0.05, 0.08, 0.13]);
  assert.deepEqual(Object.keys(likely), ["pairs.median", "pairs.likely"]);
  assert.match(likely["pairs.median"].difference, /^[−-]0.02/);
  const clear = words(Array(8).fill(0.1), Array(8).fill(0.2));
  assert.deepEqual(Object.keys(clear), ["pairs.difference", "pairs.unlikely"]);
  assert.equal(clear["pairs.difference"].better, "A");
});

test("where the data are others, the test points are too, and it is said", () => {
  const pairs = pairsOf(study(0.1, 0.2), study(0.3, 0.4));
  const says = (keys) => wordsOf(compared(pairs), pairs, keys).some(([key]) => key === "pairs.data");
  for (const key of ["dataset", "noise", "classes", "ownData"]) assert.ok(says(["learningRate", key]), key);
  assert.ok(!says(["learningRate"]));
});
