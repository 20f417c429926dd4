// The run's numbers as tables that a spreadsheet reads. Pure.

import { nameText } from "./own/description.js";
import { safe, shortest } from "./own/point-set.js";

const OWN_COLUMNS = ["own x", "own y", "own label"]; // where they have no names

/**
 * curve: {epochs, trainLoss, ...}, columns of one length.
 *
 * @param {Record<string, any>} curve
 */
export function lossesCsv({ epochs, ...series }) {
  const names = Object.keys(series);
  return csv([["epoch", ...names], ...epochs.map((epoch, at) => [epoch, ...names.map((name) => series[name][at])])]);
}

/**
 * train, test: x, y, label of each point, one after the other. told: a Description of the data, in whose units the points then stand there
 * too; null: they have none. classes: how many; 0: labels are values.
 *
 * @param {{train: Float64Array, test: Float64Array}} points
 * @param {import("./own/description.js").Description | null} [told]
 */
export function pointsCsv({ train, test }, told = null, classes = 0) {
  const value = (place, at) => shortest(Math.fround(told.value(at, place)));
  const own = ([x, y, label]) => [value(x, 0), value(y, 1), classes > 0 ? className(label) : value(label, 2)];
  const className = (label) => safe(nameText(told.className(label)));
  const rows = (points, set) =>
    Array.from({ length: points.length / 3 }, (_, at) => {
      const point = points.subarray(3 * at, 3 * at + 3);
      return [...point, set, ...(told ? own(point) : [])];
    });
  const heads = told?.columns.map(([name], at) => safe(name || OWN_COLUMNS[at])) ?? [];
  return csv([["x", "y", "label", "set", ...heads], ...rows(train, "train"), ...rows(test, "test")]);
}

/** Numbers as they are, to the last digit. A value that is not a number is empty. */
function csv(rows) {
  const text = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const cell = (value) => (typeof value === "number" && !Number.isFinite(value) ? "" : text(String(value ?? "")));
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
