// Runs that a student keeps to compare them. A kept run is {number, link, config, epoch, scores, curve, map}: link leads to its
// moment; scores {trainLoss, testLoss}; curve {epochs, trainLoss, testLoss}; map: cells as text. Pure.

import { toBase64 } from "../base/base64.js";
import { hasEffect } from "../parts/setting-value.js";
import { editsOf } from "./edits.js";
import { thinned } from "./thinned.js";

export const MOST = 8;
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

/** The settings that changed in a run, or in which runs differ that they have an effect on, by their keys in the order of `fields`. */
export function differing(kept, fields) {
  const values = (key, field) =>
    kept.filter(({ config }) => hasEffect(field, config)).map(({ config }) => JSON.stringify(config[key]));
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
