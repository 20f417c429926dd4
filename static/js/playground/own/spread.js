// Some that stand for many: evenly spread, the same every time, and not in step with what repeats. Pure.

const GOLDEN = (Math.sqrt(5) - 1) / 2; // its multiples are the evenest in 0 to 1, and repeat with no period

/**
 * The indices of `most` of `count`, or of all: one in each of equal stretches, here nearer to its start, there to its end.
 *
 * Every so manieth would take one class alone of rows in which classes alternate.
 *
 * @param {number} count
 * @param {number} most
 * @returns {number[]}
 */
export function spread(count, most) {
  if (count <= most) return Array.from({ length: count }, (_, at) => at);
  const start = (at) => Math.floor((at * count) / most);
  return Array.from({ length: most }, (_, at) => {
    const share = (at * GOLDEN) % 1;
    return start(at) + Math.floor(share * (start(at + 1) - start(at)));
  });
}

/**
 * So many of each group that together they are at most `most`: in proportion, and one at least. The largest has what is left.
 *
 * @param {number[]} counts of each group
 * @param {number} most
 * @returns {number[]}
 */
export function shares(counts, most) {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all <= most) return counts;
  const taken = counts.map((count) => Math.max(Math.min(count, 1), Math.floor((count * most) / all)));
  const largest = counts.indexOf(Math.max(...counts));
  taken[largest] += most - taken.reduce((sum, count) => sum + count, 0);
  return taken;
}
