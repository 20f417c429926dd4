// Two studies of the same seeds, pair by pair. A run is {run, failed, scores}, as docs/protocol.md has it; what counts is its
// test loss at the end. Pure.

import { signTest } from "./sign-test.js";

/** The pairs of which both runs are there: [{run, first, second, difference}], losses; Infinity for one that failed. */
export function pairsOf(first, second) {
  return first.flatMap((one) => {
    const other = second.find(({ run }) => run === one.run);
    if (!other) return [];
    const [mine, others] = [lossOf(one), lossOf(other)];
    return [{ run: one.run, first: mine, second: others, difference: mine === others ? 0 : others - mine }];
  });
}

/**
 * {pairs, first, second, ties, median, chance}: in how many the first is better, the second, and neither. median: the
 * middle one of second less first; null where so many failed that it is no number. chance: as `signTest` has it.
 */
export function compared(pairs) {
  const first = pairs.filter(({ difference }) => difference > 0).length;
  const second = pairs.filter(({ difference }) => difference < 0).length;
  return {
    pairs: pairs.length,
    first,
    second,
    ties: pairs.length - first - second,
    median: middleOf(pairs.map(({ difference }) => difference)),
    chance: signTest(first, second),
  };
}

function lossOf({ failed, scores }) {
  return failed ? Infinity : scores[1];
}

function middleOf(values) {
  if (values.length === 0) return null;
  const ordered = [...values].sort((one, other) => (one < other ? -1 : Number(one > other))); // Infinity less Infinity is none
  const half = ordered.length / 2;
  const middle = Number.isInteger(half) ? (ordered[half - 1] + ordered[half]) / 2 : ordered[Math.floor(half)];
  return Number.isFinite(middle) ? middle : null;
}
