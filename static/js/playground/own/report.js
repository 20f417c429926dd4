// What has become of a file, in sentences: [translation key, values] each. Pure.

import { ENCODINGS } from "./encoding.js";
import { MOST_COLUMNS, MOST_ROWS } from "./table.js";
import { FEWEST, MOST, MOST_CLASSES, shortest } from "./point-set.js";
import { REASONS } from "./gather.js";
import { MOST_BYTES } from "./source.js";

const SHOWN = 40; // characters of a name that is not ours

/** A number of a column as it is shown: with all digits that a point set keeps of it. */
export function numberText(value) {
  return String(shortest(Math.fround(value))).replace("-", "−");
}

const NO_FILE = {
  tooLarge: "nofile.tooLarge",
  unreadable: "nofile.unreadable",
  empty: "nofile.empty",
  oldWorkbook: "nofile.oldWorkbook",
  archive: "nofile.archive",
  workbookLarge: "nofile.workbookLarge",
  workbookBroken: "nofile.workbookBroken",
  picture: "nofile.picture",
  document: "nofile.document",
  markup: "nofile.markup",
  binary: "nofile.binary",
  library: "nofile.library",
};
const NO_POINTS = {
  few: "nopoints.few",
  oneClass: "nopoints.oneClass",
  equal: "nopoints.equal",
  constant: "nopoints.constant",
  twice: "nopoints.twice",
};
const DROPPED = {
  empty: "dropped.empty",
  text: "dropped.text",
  range: "dropped.range",
  label: "dropped.label",
  other: "dropped.other",
};

const countText = (count) => count.toLocaleString("en-US");
const megabytes = (bytes) => numberText(Math.ceil(bytes / 100_000) / 10);
const nameText = (name) => (name === null ? ["file.pasted"] : cut(name));
const cut = (text) => (text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text);

/**
 * Why a source is no table.
 *
 * @returns {[string, any]}
 */
export function faultText({ name, fault, size }) {
  const values = { name: nameText(name), size: megabytes(size ?? 0), most: megabytes(MOST_BYTES) };
  return [NO_FILE[fault], values];
}

/**
 * What was found in a source.
 *
 * @returns {[string, any]}
 */
export function foundText({ name, encoding }, table, isHeaded) {
  const rows = table.rows.filter((row) => row.some(Boolean)).length - (isHeaded ? 1 : 0);
  const values = { name: nameText(name), rows: countText(rows), columns: countText(table.width) };
  return encoding ? ["file.foundEncoded", { ...values, encoding: ENCODINGS[encoding] }] : ["file.found", values];
}

/** What of a table is not read, if anything. */
export function boundsTexts(table) {
  return [
    ...(table.isLong ? [["file.long", { most: countText(MOST_ROWS) }]] : []),
    ...(table.width > MOST_COLUMNS ? [["file.wide", { width: countText(table.width), most: MOST_COLUMNS }]] : []),
  ];
}

/** Which columns were no label by themselves, as they name a single class. choice: of columns, or null. */
export function oneClassTexts(columns, choice) {
  if (choice && !columns[choice.label].isNumber) return [];
  return columns
    .filter(({ isNumber, distinct }) => !isNumber && distinct === 1)
    .map(({ name }) => ["file.oneClass", { name: cut(name) }]);
}

/**
 * Why the chosen columns give no points; null: they do.
 *
 * @returns {[string, any]}
 */
export function choiceFault({ fault, found, taken, blurred }, columns) {
  if (fault === null) return null;
  if (fault === "blurred") return blurredText(columns[blurred.at(-1)]);
  return [NO_POINTS[fault], { found: countText(found), fewest: FEWEST, only: cut(taken[0] ?? "") }];
}

/** What has become of the rows, and how the points lie in the plane. */
export function resultTexts({ set, dropped, found, groups, blurred }, columns, choice) {
  const name = (at) => columns[at].name;
  const axisText = (at, ...how) => (blurred.includes(at) ? blurredText(columns[at]) : scaleText(name(at), ...how));
  const texts = [];
  if (set) {
    const points = countText(set.x.length);
    texts.push(
      set.classes > 0 ? ["file.points", { points, classes: set.classes }] : ["file.pointsOfValue", { points }],
    );
  }
  if (set && found > MOST) texts.push(["file.thinned", { found: countText(found), most: countText(MOST) }]);
  if (groups > MOST_CLASSES)
    texts.push(["file.mostFrequent", { name: name(choice.label), groups: countText(groups), most: MOST_CLASSES }]);
  for (const reason of REASONS) {
    const { count, rows } = dropped[reason];
    const values = { count: countText(count), rows: rows.join(", ") + (count > rows.length ? ", …" : "") };
    if (count > 0) texts.push([DROPPED[reason], values]);
  }
  if (set) {
    texts.push(axisText(choice.x, set.x, set.columns[0], 5, "file.axis"));
    texts.push(choice.y === null ? ["file.onALine", {}] : axisText(choice.y, set.y, set.columns[1], 5, "file.axis"));
    if (set.classes === 0) texts.push(scaleText(name(choice.label), set.labels, set.columns[2], 1, "file.valueScale"));
  }
  return texts;
}

const blurredText = ({ name }) => /** @type {[string, any]} */ (["file.blurred", { name }]);

function scaleText(name, values, [, centre, step], half, key) {
  const isFlat = values.every((value) => value === values[0]);
  const [low, high] = [centre - half * step, centre + half * step].map(numberText);
  return isFlat ? ["file.flatAxis", { name, value: numberText(centre) }] : [key, { name, low, high }];
}
