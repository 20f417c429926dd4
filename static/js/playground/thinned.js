// A curve that has too many points, thinned so that it keeps its shape. The server does the same with its own
// (playground/serving/history.py). Pure.

/**
 * A curve {epochs, trainLoss, testLoss, ...} with some three quarters of `most` points: the first, the newest, and of each
 * stretch of epochs the lowest and the highest. The stretches are the longer the later, for most happens in the beginning.
 */
export function thinned(curve, most) {
  const { epochs, trainLoss, testLoss } = curve;
  const last = epochs.at(-1);
  const count = Math.floor((3 * most) / 8);
  const loss = (index) => trainLoss[index] + testLoss[index];
  const extremes = new Map(); // by stretch: the indices of its lowest and its highest point
  epochs.forEach((epoch, index) => {
    const stretch = epoch && Math.floor((count / 2) * (epoch / last + Math.log1p(epoch) / Math.log1p(last)));
    const [low, high] = extremes.get(stretch) ?? [index, index];
    extremes.set(stretch, [loss(index) < loss(low) ? index : low, loss(index) > loss(high) ? index : high]);
  });
  const kept = new Set([0, epochs.length - 1, ...[...extremes.values()].flat()]);
  return Object.fromEntries(
    Object.entries(curve).map(([name, values]) => [name, values.filter((_, index) => kept.has(index))]),
  );
}
