// Parallel coordinates of a sweep: an axis for each setting that varies and one for the last test accuracy, a line for
// each trial. Points and ticks only; the chart draws them. Pure.

import { axisOf, roundNumbers } from "./axis.js";

const FINEST = 1e-4; // of the accuracies that are written, which have two decimals of a per cent
const STEPS = 10; // points from axis to axis, so that a line can be pointed at anywhere

/**
 * {axes: [{name, ticks}], lines: [{run, x, y, share}]}, the trial with the highest accuracy last, so that it lies on top.
 * An axis stands at its index; y is from 0 to 1. share: where the accuracy stands among the trials' accuracies, from 0
 * to 1; null where a trial has none yet: its line ends before the last axis.
 */
export function parallelOf({ axes: specs, trials }) {
  const all = Object.keys(specs);
  const several = all.filter((name) => new Set(trials.map(({ config }) => config[name])).size > 1);
  const names = several.length > 0 ? several : all; // an axis with one value tells nothing
  const settings = names.map((name) =>
    axisOf(
      specs[name],
      trials.map(({ config }) => config[name]),
    ),
  );
  const accuracies = trials.map(({ accuracy }) => accuracy).filter((accuracy) => accuracy !== null);
  const last = accuracies.length > 0 ? accuracyAxis(accuracies) : null;
  const lines = trials.map((run) => {
    const share = run.accuracy === null ? null : last.at(run.accuracy);
    const corners = settings.map((axis, index) => axis.at(run.config[names[index]]));
    return { run, ...through(share === null ? corners : [...corners, share]), share };
  });
  return {
    axes: [
      ...names.map((name, index) => ({ name, ticks: settings[index].ticks })),
      { name: "accuracy", ticks: last?.ticks ?? [] },
    ],
    lines: [...lines].sort((a, b) => (a.share ?? -1) - (b.share ?? -1)),
  };
}

/** From the lowest to the highest, which are seldom round: only what lies between is written. */
function accuracyAxis(accuracies) {
  const [low, high] = [Math.min(...accuracies), Math.max(...accuracies)];
  const { at } = axisOf({ low, high, scale: "linear" }, []);
  return { at, ticks: roundNumbers(low, high, FINEST).map((value) => ({ at: at(value), value })) };
}

/** A line through y = `corners` at x = 0, 1, 2, ... */
function through(corners) {
  const x = [];
  for (let index = 0; index < corners.length - 1; index += 1)
    for (let step = 0; step < STEPS; step += 1) x.push(index + step / STEPS);
  x.push(corners.length - 1);
  const y = x.map((at) => {
    const index = Math.min(Math.floor(at), corners.length - 1);
    const next = corners[index + 1] ?? corners[index];
    return corners[index] + (next - corners[index]) * (at - index);
  });
  return { x, y };
}
