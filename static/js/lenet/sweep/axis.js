// One axis of parallel coordinates: where a value stands on it, from 0 at the bottom to 1, and which values are written
// beside it. Numbers stand by size, on a log scale where they span much of one; everything else in its order. Pure.

import { stepOf } from "../../parts/axis.js";

const LOG_FROM = 20; // largest by smallest value from which a list of numbers is spread by its logarithms
const MOST_LISTED = 9; // values that are written, not steps between the ends
const NEAREST = 0.06; // of the axis, between two values that are written

/**
 * {at(value), ticks: [{at, value}]}. spec: {values} or {low, high, scale}, as a sweep has it; taken: the values that
 * trials have. Of an axis with one value only, it stands in the middle.
 */
export function axisOf(spec, taken) {
  const listed = spec.values ?? [];
  const numeric = [...listed, ...taken].every((value) => typeof value === "number");
  return numeric ? numberAxis(spec, taken) : listAxis([...new Set([...listed, ...taken])]);
}

function listAxis(values) {
  const at = (value) => (values.length === 1 ? 0.5 : values.indexOf(value) / (values.length - 1));
  return { at, ticks: values.map((value) => ({ at: at(value), value })) };
}

function numberAxis({ values, low, high, scale }, taken) {
  const all = values ?? [low, high, ...taken];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const isLog = least > 0 && (scale ? scale === "log" : most / least >= LOG_FROM);
  const measure = isLog ? Math.log : (value) => value;
  const span = measure(most) - measure(least);
  const at = (value) => (span === 0 ? 0.5 : (measure(value) - measure(least)) / span);
  const listed =
    values && values.length <= MOST_LISTED ? values : [least, ...(isLog ? decades : between)(least, most, all), most];
  return { at, ticks: spaced([...new Set(listed)].map((value) => ({ at: at(value), value }))) };
}

/** Round numbers between the two, which are whole where `all` are. */
function between(least, most, all) {
  return roundNumbers(least, most, all.every(Number.isInteger) ? 1 : 0);
}

/** Round numbers from `least` to `most`, six at most, at least `finest` from each other; of two ends that are equal, that one. */
export function roundNumbers(least, most, finest) {
  if (least === most) return [least];
  const step = Math.max(finest, stepOf(most - least, 5));
  const whole = (value) => Number(value.toPrecision(9)); // or the end of a step that is not exact would fall out
  const [first, last] = [Math.ceil(whole(least / step)), Math.floor(whole(most / step))];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => whole((first + index) * step));
}

/** Powers of ten, and three times these, between the two. */
function decades(least, most) {
  const powers = Array.from({ length: Math.ceil(Math.log10(most / least)) + 1 }, (_, index) => index);
  const first = Math.floor(Math.log10(least));
  const round = powers.flatMap((power) => [1, 3].map((digit) => Number(`${digit}e${first + power}`)));
  return round.filter((value) => value > least && value < most);
}

/** Ticks without those that would stand on others; the two ends stay. */
function spaced(ticks) {
  const byPlace = [...ticks].sort((a, b) => a.at - b.at);
  const kept = byPlace.slice(0, 1);
  for (const tick of byPlace.slice(1, -1))
    if (tick.at - kept.at(-1).at >= NEAREST && byPlace.at(-1).at - tick.at >= NEAREST) kept.push(tick);
  return byPlace.length > 1 ? [...kept, byPlace.at(-1)] : kept;
}
