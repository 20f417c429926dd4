// What points of several classes are taken for, counted. Pure.

/**
 * labels, taken: the class of each point, and the one it is taken for. Returns {counts: [label][taken for], rates: the share of each class
 * that is taken for what it is, NaN where it has no points}.
 */
export function confusion(labels, taken, classes) {
  const counts = Array.from({ length: classes }, () => Array(classes).fill(0));
  labels.forEach((label, index) => counts[label][taken[index]]++);
  const rates = counts.map((row, label) => row[label] / row.reduce((sum, count) => sum + count, 0));
  return { counts, rates };
}

/** The points of one class that are taken for another, as indices. */
export function pointsOf(labels, taken, cell) {
  return [...labels.keys()].filter((index) => labels[index] === cell.label && taken[index] === cell.taken);
}
