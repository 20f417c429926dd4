// How a loss is written, in both tabs. Pure.

/** A finite loss with so many decimals; below 0.01, where those would hide what is left, three significant digits. */
export function finiteLossText(loss, decimals) {
  const size = Math.abs(loss);
  if (size >= 1000) return loss.toExponential(1);
  if (size >= 0.01 || size === 0) return loss.toFixed(decimals);
  return size < 0.0001 ? loss.toExponential(2) : loss.toPrecision(3);
}
