// Runs that a student keeps to compare them. A kept run is {number, link, config, epoch, scores, curve, map}: link leads to its
// moment; scores {trainLoss, testLoss}; curve {epochs, trainLoss, testLoss}; map: cells as text. Pure.

import { toBase64 } from "../base/base64.js";
import { editsOf } from "./edits.js";
import { inUse, isInUse } from "./in-use.js";
import { thinned } from "./thinned.js";

export const MOST = 8;
const SHORT = 1 / 6; // of a chart's width: a name takes less
export const STORE = "playlab.kept";
const POINTS = 200; // of a curve
const COLORS = 6; // --run-1 to --run-6 of tokens.css

/** What the store has; nothing where that is damaged or blocked. */
export function load(store) {
  try {
    const kept = JSON.parse(store?.getItem(STORE) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isKept).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Whether there was room for it. */
export function save(store, kept) {
  try {
    store?.setItem(STORE, JSON.stringify(kept));
    return store !== null;
  } catch {
    return false;
  }
}

/** A run as it is kept. frame: what is shown, with the map of what the network says; curve: as the chart has it. */
export function keep(kept, { link, config, frame, curve }) {
  const number = 1 + Math.max(0, ...kept.map((run) => run.number));
  const { epoch, trainLoss, testLoss, map } = frame;
  const until = curve.epochs.filter((at) => at <= epoch).length;
  const past = Object.fromEntries(
    ["epochs", "trainLoss", "testLoss"].map((name) => [name, curve[name].slice(0, until)]),
  );
  return {
    number,
    link,
    config,
    epoch,
    scores: { trainLoss, testLoss },
    curve: until > POINTS ? thinned(past, POINTS) : past,
    map: toBase64(new Uint8Array(map.buffer, map.byteOffset, map.length)),
  };
}

/** How a run is drawn, by its place among those that are kept: {color: the number of a colour, isDashed}. */
export function strokeOf(index) {
  return { color: 1 + (index % COLORS), isDashed: index >= COLORS };
}

/**
 * Where the names of kept runs stand in a chart to the epoch `last` and the loss `top`: for each {place: the index of its curve's point, lines:
 * how far from it, position}. A name stands left of where its curve ends, or a little before where another ends there too. Of a curve that ends
 * soon there is no room: its name stands at the right, below others in the upper half, above others in the lower, each in a line of its own.
 */
export function namePlaces(kept, last, top) {
  const end = ({ curve }) => curve.epochs.at(-1);
  const loss = ({ curve }) => curve.testLoss.at(-1) ?? Infinity;
  const isShort = (run) => end(run) <= SHORT * last;
  const isHigh = (run) => loss(run) > top / 2;
  const short = kept.filter(isShort).sort((one, other) => loss(one) - loss(other));
  const below = short.filter(isHigh).reverse();
  const above = short.filter((run) => !isHigh(run));
  return kept.map((run, index) => {
    const { length } = run.curve.epochs;
    if (below.includes(run)) return { place: length - 1, lines: below.indexOf(run), position: "bottom right" };
    if (above.includes(run)) return { place: length - 1, lines: above.indexOf(run), position: "top right" };
    const before = kept.slice(0, index).filter((other) => end(other) === end(run)).length;
    const position = isHigh(run) ? "bottom left" : "top left"; // inside the chart
    return { place: Math.ceil((1 - before / MOST) * length) - 1, lines: 0, position };
  });
}

/** The settings that changed in a run, or in which runs differ that they have an effect on, by their keys in the order of `fields`. */
export function differing(kept, fields) {
  const values = (key, field) =>
    kept.filter(({ config }) => isInUse(field, config)).map(({ config }) => JSON.stringify(inUse(config)[key]));
  const hasChanged = kept.some(({ link = "" }) => editsOf(link).rates.length > 0); // the settings of a study have no link
  return [...fields]
    .filter(([, field]) => ["rebuild", "live"].includes(field.change))
    .filter(([key, field]) => new Set(values(key, field)).size > 1 || (hasChanged && key === "learningRate"))
    .map(([key]) => key);
}

function isKept(run) {
  const isNumber = (value) => typeof value === "number";
  return (
    isNumber(run?.number) &&
    isNumber(run.epoch) &&
    typeof run.link === "string" &&
    typeof run.map === "string" &&
    typeof run.config === "object" &&
    Array.isArray(run.curve?.epochs) &&
    Array.isArray(run.curve.testLoss) &&
    Array.isArray(run.curve.trainLoss) &&
    typeof run.scores === "object"
  );
}
