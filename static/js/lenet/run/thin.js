// Fewer points for a curve that has more than a screen can show. Pure.

/** `values` by index as {x, y} of at most `most` points, each the mean of equally many neighbours, at their middle. */
export function thin(values, most) {
  const size = Math.max(1, Math.ceil(values.length / most));
  const x = [];
  const y = [];
  for (let start = 0; start < values.length; start += size) {
    let sum = 0;
    let count = 0;
    for (let index = start; index < Math.min(start + size, values.length); index += 1) {
      if (values[index] === undefined) continue; // a gap that a killed trainer left
      sum += values[index];
      count += 1;
    }
    if (count === 0) continue;
    x.push(start + (Math.min(size, values.length - start) - 1) / 2);
    y.push(sum / count);
  }
  return { x, y };
}
