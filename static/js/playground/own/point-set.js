// A set of points of the plane in one binary form, which the server and the page share (playground/data/point_set.py). Pure.

import { fromBase64, toBase64 } from "../../base/base64.js";
import { isName, oneLine } from "../../base/names.js";

export const FEWEST = 10;
export const MOST = 5000;
export const MOST_CLASSES = 6;
export const MOST_NAME = 40; // characters
const MOST_HEADER = 2000; // bytes
const FORMAT = 1;
const FIXED = 6; // bytes before the header
const EDGE = 6; // of the plane
const SLACK = 1e-5; // of a place at the edge, which float32 rounds in the plane
const ROUNDING = 2 ** -23; // of a number in the units of its column, by float32
const LONG = 1000; // of a text, a name is made of the beginning
// What a spreadsheet would compute, also one in Chinese; and one whose decimals have a comma begins a cell behind each semicolon.
const FORMULAS = /(^|[;\t])(?=\s*[=+\-@＝＋－＠])/g;
const NUMBER = /^-?\d+(\.\d+)?$/;
const PLAIN = ["", 0, 1]; // a column without a name, in the plane's own units

/**
 * A point set.
 *
 * @typedef {object} PointSet
 * @property {number} classes how many; 0: a regression
 * @property {[string, number, number][]} columns name, centre and step of x, y and the label: the plane has (value - centre) / step
 * @property {string[]} names of the classes; none where they have none
 * @property {Float32Array} x in its own units, like y
 * @property {Float32Array} y
 * @property {Uint8Array | Float32Array} labels the number of the class, or a value in its own units
 */

/**
 * The bytes of a point set.
 *
 * @param {PointSet} set
 * @returns {Uint8Array}
 */
export function pack({ classes, columns, names, x, y, labels }) {
  const isPlain = columns.every((column) => column.every((part, at) => part === PLAIN[at])) && !names.some(Boolean);
  const header = new TextEncoder().encode(
    isPlain ? "" : JSON.stringify([...columns, names.some(Boolean) ? names : []]),
  );
  if (header.length > MOST_HEADER) throw new RangeError("the names are too long");
  const count = x.length;
  const width = classes > 0 ? 1 : 4;
  const bytes = new Uint8Array(FIXED + header.length + (8 + width) * count);
  const view = new DataView(bytes.buffer);
  bytes.set([FORMAT, classes]);
  view.setUint16(2, count, true);
  view.setUint16(4, header.length, true);
  bytes.set(header, FIXED);
  let at = FIXED + header.length;
  const write = (values) => values.forEach((value, index) => view.setFloat32(at + 4 * index, value, true));
  for (const values of [x, y]) {
    write(values);
    at += 4 * count;
  }
  if (classes > 0) bytes.set(labels, at);
  else write(labels);
  return bytes;
}

/**
 * The point set that `bytes` are. Throws a RangeError where they are none.
 *
 * @param {Uint8Array} bytes
 * @returns {PointSet}
 */
export function unpack(bytes) {
  const ask = (is, what) => {
    if (!is) throw new RangeError(`no point set: ${what}`);
  };
  ask(bytes.length >= FIXED && bytes[0] === FORMAT, "format");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const classes = bytes[1];
  const [count, length] = [2, 4].map((at) => view.getUint16(at, true));
  const start = FIXED + length;
  ask(classes !== 1 && classes <= MOST_CLASSES, "classes");
  ask(count >= FEWEST && count <= MOST, "points");
  ask(length <= MOST_HEADER && bytes.length === start + (8 + (classes > 0 ? 1 : 4)) * count, "length");
  const [columns, names] = readHeader(bytes.subarray(FIXED, start), classes, ask);
  const floats = (at) => Float32Array.from({ length: count }, (_, index) => view.getFloat32(at + 4 * index, true));
  const [x, y] = [floats(start), floats(start + 4 * count)];
  const labels = classes > 0 ? bytes.slice(start + 8 * count) : floats(start + 8 * count);
  ask(
    [x, y, labels].every((values) => values.every(Number.isFinite)),
    "a value",
  );
  ask(classes === 0 || labels.every((label) => label < classes), "a label");
  const set = { classes, columns, names, x, y, labels };
  const edges = columns.map(([, centre, step], at) => {
    const slack = Math.min(0.1, SLACK + (Math.abs(centre) / step) * ROUNDING); // playground/point_set.py `_edge`
    return (at < 2 ? EDGE : classes || 1) + slack;
  });
  const isOut = (value, at) => Math.abs(value) > edges[at % 3];
  ask(!inPlane(set).some(isOut), "a point outside the plane");
  return set;
}

function readHeader(bytes, classes, ask) {
  if (bytes.length === 0) return [[PLAIN, PLAIN, PLAIN].map((column) => [...column]), []];
  let header = null;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // not even JSON
  }
  const isNameOrNone = (name) =>
    typeof name === "string" && [...name].length <= MOST_NAME && (name === "" || isName(name));
  const isColumn = (column) =>
    Array.isArray(column) &&
    column.length === 3 &&
    isNameOrNone(column[0]) &&
    column.slice(1).every(Number.isFinite) &&
    column[2] > 0;
  ask(Array.isArray(header) && header.length === 4 && header.slice(0, 3).every(isColumn), "header");
  const names = header[3];
  ask(Array.isArray(names) && [0, classes].includes(names.length) && names.every(isNameOrNone), "names of classes");
  return [header.slice(0, 3), names];
}

/** A text as a name, with at most MOST_NAME characters, `end` among them. */
export function cutName(text, end = "") {
  const characters = [...oneLine(text.slice(0, LONG))];
  const room = MOST_NAME - end.length;
  return (characters.length > room ? `${characters.slice(0, room - 1).join("")}…` : characters.join("")) + end;
}

/** Bytes as a link carries them. */
export function toText(bytes) {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function fromText(text) {
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}

/**
 * x, y and label of each point, one after the other, as they lie in the plane.
 *
 * @param {PointSet} set
 */
export function inPlane({ classes, columns, x, y, labels }) {
  const place = (value, [, centre, step]) => (value - centre) / step;
  const points = new Float64Array(3 * x.length);
  for (let index = 0; index < x.length; index++) {
    const label = classes > 0 ? labels[index] : place(labels[index], columns[2]);
    points.set([place(x[index], columns[0]), place(y[index], columns[1]), label], 3 * index);
  }
  return points;
}

/**
 * The points as a file for a spreadsheet, in their own units. No cell is a formula.
 *
 * @param {PointSet} set
 * @param {{unparse: (rows: any[][]) => string}} papa
 */
export function toCsv({ classes, columns, names, x, y, labels }, papa) {
  const heads = columns.map(([name], at) => safe(name || ["x", "y", "label"][at]));
  const className = (label) => (NUMBER.test(names[label]) ? Number(names[label]) : safe(names[label] ?? "") || label);
  const label = (value) => (classes > 0 ? className(value) : shortest(value));
  const rows = Array.from(x, (value, index) => [shortest(value), shortest(y[index]), label(labels[index])]);
  return `${papa.unparse([heads, ...rows])}\r\n`;
}

/** A text that no spreadsheet takes for a formula, wherever it parts cells. */
export function safe(text) {
  return text.replace(FORMULAS, "$1'");
}

/** The number with the fewest digits that is this one in float32: 0.1, not 0.10000000149011612. */
export function shortest(value) {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
