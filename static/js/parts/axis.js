// The range of a chart's axis and its ticks, where Plotly's own make no sense: of whole numbers, of few or equal values. Pure.

const STEPS = [1, 2, 5, 10];
const EDGE = 0.1; // beyond the outermost ticks, as a part of a step
const FEWEST = { share: 0.01, value: 0.02 }; // what an axis spans at least: a share as it is, of other values a part of the largest

/** An axis of whole numbers from 0 to `last`, with at most `most` ticks besides 0. */
export function wholeAxis(last, most = 8) {
  return { range: [0, Math.max(1, last) * 1.02], ...wholeTicks(last, most), tickformat: "d" };
}

/** The ticks alone of such an axis. */
export function wholeTicks(last, most) {
  return { tick0: 0, dtick: Math.max(1, stepOf(last, most)) };
}

/** The ticks of a logarithmic axis that has to hold `values`: whole powers of ten, at most some `most` of them. */
export function powerTicks(values, most) {
  const powers = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  const decades =
    powers.length > 0 ? powers.reduce((a, b) => Math.max(a, b)) - powers.reduce((a, b) => Math.min(a, b)) : 0;
  return { dtick: Math.max(1, Math.ceil(decades / most)) };
}

/**
 * The ticks of a logarithmic axis that has to hold `values`, between which there may be no power of ten. Each is written with all
 * its digits: by itself Plotly writes only the first digit of those between powers of ten.
 */
export function logTicks(values) {
  const known = values.filter((value) => value > 0 && Number.isFinite(value));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  if (high >= 100 * low) return { ...powerTicks(known, 5), exponentformat: "power" };
  if (high >= 5 * low) return { dtick: "D2", tickformat: "~g" };
  const span = high > low ? high - low : Math.abs(high);
  const step = Number.isFinite(span) ? stepOf(span, 5) : 1;
  return { tick0: 0, dtick: `L${Number(step.toPrecision(1))}`, tickformat: "~g" };
}

/**
 * An axis around `values`, none of which is below 0 and, if they are shares, above 1. Some may be null. A tick is at or
 * below the least of them, one at or above the largest.
 */
export function axisAround(values, { isShare = false } = {}) {
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length === 0) return { range: [0, 1] };
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const least = isShare ? FEWEST.share : FEWEST.value * Math.abs(high) || 1;
  const room = Math.max(0, (least - (high - low)) / 2);
  const dtick = stepOf(high - low + 2 * room, 5);
  const first = Math.max(0, dtick * Math.floor((low - room) / dtick));
  const last = Math.min(isShare ? 1 : Infinity, dtick * Math.ceil((high + room) / dtick));
  const edge = dtick * EDGE; // so that a point on the outermost tick is whole
  return { range: [first - edge, last + edge], tick0: 0, dtick };
}

/** The least of 1, 2, 5, 10, 20, ... and of their parts that goes into `span` at most `most` times. */
export function stepOf(span, most) {
  const power = 10 ** Math.floor(Math.log10(span / most));
  return power * STEPS.find((step) => step * power * most >= span);
}
