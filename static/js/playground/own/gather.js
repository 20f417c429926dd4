// From the chosen columns of a table to a point set, and what became of every row. Pure.

import { oneLine } from "../../base/names.js";
import { firstRow, namesOf } from "./columns.js";
import { isMissing, readExactly, readNumber } from "./numbers.js";
import { FEWEST, MOST, MOST_CLASSES } from "./point-set.js";
import { shares, spread } from "./spread.js";

const HALF = 5; // of the plane that the points fill
const OF_CLASSES = /** @type {[number, number]} */ ([0, 1]); // a class stands under its number
const EXAMPLES = 3; // rows of each fault that are named
/** Why a row is left out, the first that holds. */
export const REASONS = ["empty", "text", "range", "label", "other"];

/**
 * @typedef {{x: number, y: number | null, label: number, kind: "classes" | "value"}} Choice
 * @typedef {object} Gathered
 * @property {import("./point-set.js").PointSet | null} set null: see `fault`
 * @property {string | null} fault "few", "equal", "oneClass", "constant", "blurred", "twice" or null
 * @property {Record<string, {count: number, rows: number[]}>} dropped by reason; rows: the first of them, counted from 1 as a spreadsheet does
 * @property {number} found points, before they are thinned
 * @property {number} groups how many classes there are, also beyond those that are taken
 * @property {string[]} taken what stands in the column for those
 * @property {number[]} counts points of each class
 * @property {number[]} blurred the columns of the choice whose numbers differ, but not as float32
 */

/**
 * @param {import("./table.js").Table} table
 * @param {boolean} isHeaded
 * @param {import("./columns.js").Column[]} columns
 * @param {Choice} choice
 * @returns {Gathered}
 */
export function gather({ rows, decimal }, isHeaded, columns, { x, y, label, kind }) {
  const dropped = Object.fromEntries(REASONS.map((reason) => [reason, { count: 0, rows: [] }]));
  const drop = (reason, index) => {
    dropped[reason].count++;
    if (dropped[reason].rows.length < EXAMPLES) dropped[reason].rows.push(index + 1);
  };
  /** @type {{x: number, y: number, label: any, index: number}[]} */
  let points = [];
  const start = firstRow(rows) + (isHeaded ? 1 : 0);
  const read = (row, at) => (at === null ? 0 : readNumber(row[at], decimal));
  const isNumber = kind === "value" || columns[label].isNumber; // the name of a class may be one: 1 and 1.0 are the same
  for (let index = start; index < rows.length; index++) {
    const row = rows[index];
    if (!row.some(Boolean)) continue;
    const place = [read(row, x), read(row, y)];
    // Classes are known by what is read of their names: what is not seen there tells no two apart.
    const value = isNumber ? read(row, label) : oneLine(row[label]);
    const reason =
      faultOf(place) ?? (isMissing(row[label]) || value === "" ? "label" : isNumber ? faultOf([value]) : null);
    if (reason) drop(reason, index);
    else points.push({ x: place[0], y: place[1], label: kind === "value" ? value : String(value), index });
  }
  const classes = kind === "classes" ? classesOf(points) : { all: 0, taken: [] };
  if (kind === "classes") {
    for (const point of points) if (!classes.taken.includes(point.label)) drop("other", point.index);
    points = points.filter(({ label: name }) => classes.taken.includes(name));
  }
  const found = points.length;
  points = kind === "classes" ? thin(points, classes.taken) : spread(found, MOST).map((at) => points[at]);
  const set = pointSet(points, classes.taken, columns, { x, y, label, kind });
  const counts = classes.taken.map((name) => points.filter((point) => point.label === name).length);
  const differs = (at) => new Set(points.map(({ index }) => readExactly(rows[index][at], decimal))).size > 1;
  const flat = [...(isOne(set.x) ? [x] : []), ...(isOne(set.y) ? [y] : []), ...(isOne(set.labels) ? [label] : [])];
  const blurred = flat.filter((at) => at !== null && differs(at));
  const same = x === y ? "twice" : faultOfSet(set, kind, classes.all);
  const alike = { equal: [x, y], oneClass: [label], constant: [label] }[same] ?? [];
  const fault = alike.some((at) => blurred.includes(at)) ? "blurred" : same;
  return { set: fault ? null : set, fault, dropped, found, groups: classes.all, taken: classes.taken, counts, blurred };
}

function faultOf(values) {
  if (values.includes(null)) return "empty";
  if (values.some(Number.isNaN)) return "text";
  return values.every(Number.isFinite) ? null : "range";
}

/** The names of the most frequent classes, as many as there may be: numbers in their order, others as they come. */
function classesOf(points) {
  const counts = new Map();
  for (const { label } of points) counts.set(label, (counts.get(label) ?? 0) + 1);
  const names = [...counts.keys()];
  const frequent = [...names].sort((one, other) => counts.get(other) - counts.get(one)).slice(0, MOST_CLASSES);
  const taken = names.filter((name) => frequent.includes(name));
  if (taken.every((name) => Number.isFinite(Number(name)))) taken.sort((one, other) => Number(one) - Number(other));
  return { all: names.length, taken };
}

/** Not more points than there may be: of each class its share, evenly spread over its rows. */
function thin(points, names) {
  if (points.length <= MOST) return points;
  const groups = names.map((name) => points.filter(({ label }) => label === name));
  const counts = groups.map((group) => group.length);
  const taken = shares(counts, MOST).flatMap((most, at) => spread(counts[at], most).map((row) => groups[at][row]));
  return taken.sort((one, other) => one.index - other.index);
}

/** @returns {import("./point-set.js").PointSet} */
function pointSet(points, taken, columns, { x, y, label, kind }) {
  const xs = Float32Array.from(points, (point) => point.x);
  const ys = Float32Array.from(points, (point) => point.y);
  const isValue = kind === "value";
  const labels = isValue
    ? Float32Array.from(points, (point) => point.label)
    : Uint8Array.from(points, (point) => taken.indexOf(point.label));
  return {
    classes: taken.length,
    columns: [
      [columns[x].name, ...scaleOf(xs, HALF)],
      [y === null ? "" : columns[y].name, ...scaleOf(ys, HALF)],
      [columns[label].name, ...(isValue ? scaleOf(labels, 1) : OF_CLASSES)],
    ],
    names: namesOf(taken),
    x: xs,
    y: ys,
    labels,
  };
}

/**
 * Centre and step by which the values lie from -half to half.
 *
 * @returns {[number, number]}
 */
function scaleOf(values, half) {
  if (values.length === 0) return [0, 1];
  const least = values.reduce((one, other) => Math.min(one, other));
  const most = values.reduce((one, other) => Math.max(one, other));
  return [(least + most) / 2, least === most ? 1 : (most - least) / (2 * half)];
}

const isOne = (values) => values.every((value) => value === values[0]);

function faultOfSet({ x, y, labels }, kind, groups) {
  if (x.length < FEWEST) return "few";
  if (kind === "classes" && groups < 2) return "oneClass";
  if (isOne(x) && isOne(y)) return "equal";
  return kind === "value" && isOne(labels) ? "constant" : null;
}
