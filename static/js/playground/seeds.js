// What the runs of a study come to. A run is {epochs, test, failed, scores}, as docs/protocol.md has it. Pure.

/** The test loss below which a run has solved its data set, by the problem: as in playground/studies/plan.py. */
export const SOLVED = { classification: 0.05, regression: 0.01 };

/** {solved, failed, took}: how many are below `threshold` at the end, how many ended in no numbers, and the epochs it took. */
export function summary(runs, threshold) {
  const took = runs.map((run) => solvedAt(run, threshold)).filter((epoch) => epoch !== null);
  return { solved: took.length, failed: runs.filter(({ failed }) => failed).length, took };
}

/** The first epoch with a test loss below `threshold`; null if it is not below at the end. */
export function solvedAt({ epochs, test, failed, scores }, threshold) {
  if (failed || !(scores[1] < threshold)) return null;
  return epochs[test.findIndex((loss) => loss !== null && loss < threshold)] ?? epochs.at(-1);
}

/** The quartiles of the test losses at each epoch: {epochs, lower, median, upper}. A run that has failed counts as the greatest. */
export function quartiles(runs) {
  const { epochs } = runs.reduce((longest, run) => (run.epochs.length > longest.epochs.length ? run : longest));
  const of = (share) =>
    epochs.map((_, at) => {
      const losses = runs.map(({ test }) => test[at] ?? Infinity).sort((one, other) => one - other);
      return losses[Math.max(0, Math.ceil(share * losses.length) - 1)];
    });
  return { epochs, lower: of(0.25), median: of(0.5), upper: of(0.75) };
}

/** From the best to the worst by test loss; those that failed last. */
export function sorted(runs) {
  const loss = ({ failed, scores }) => (failed ? Infinity : scores[1]);
  return [...runs].sort((one, other) => loss(one) - loss(other) || one.run - other.run);
}

/** How many of `values` lie in each of `count` equal parts from 0 to `end`: {from, width, counts}. */
export function histogram(values, end, count = 20) {
  const width = Math.max(1, Math.ceil(end / count));
  const counts = Array.from({ length: Math.ceil((end + 1) / width) }, () => 0);
  for (const value of values) counts[Math.floor(value / width)]++;
  return { width, counts };
}
