// Points that are being drawn, and the strokes that made them. No two points stand at one place; places and values are float32,
// as a point set has them, so that the server and this page mean the same point. Pure: no page, no server.

import { halfWidth } from "../../base/half-width.js";
import { describe } from "./description.js";
import { FEWEST, MOST, MOST_CLASSES } from "./point-set.js";

export const SIDE = 6; // the plane goes from -6 to 6
export const FEWEST_CLASSES = 2;
const REMEMBERED = 200; // strokes that can be undone
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)$/;
const OWN_NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const ROUNDED = 0.05; // of the plane
const PLAIN = /** @type {[string, number, number]} */ (["", 0, 1]);

/** @typedef {import("./description.js").Description} Description */
/** @typedef {{ x: number, y: number, label: number }} Point */
/** @typedef {{ added: Point[], dropped: Point[], called?: string[], renamed?: string[] }} Stroke what it put into the plane and took out of
 *  it: no place is in both; what the classes were called before it and after it, where it changed that */

/** By which a place is found. */
export const keyOf = (x, y) => `${x},${y}`;

export class Drawing {
  /** @type {Map<string, Point>} */
  #points = new Map();
  /** @type {Stroke[]} */
  #done = [];
  /** @type {Stroke[]} */
  #undone = [];
  /** @type {Stroke | null} */
  #stroke = null;
  #classes;

  /** What is told of its columns and classes; null: they have no names, and are in the plane's units. @type {Description | null} */
  told;

  /**
   * classes: how many; 0: labels are values from -1 to 1, of a regression. start: points it begins with, which no undo takes away.
   *
   * @param {number} classes
   * @param {Iterable<Point>} [start]
   * @param {Description | null} [told]
   */
  constructor(classes, start = [], told = null) {
    this.#classes = classes;
    this.told = told;
    for (const point of start) this.#put(point);
  }

  get classes() {
    return this.#classes;
  }

  /** By their keys. Not to be changed. */
  get points() {
    return this.#points;
  }

  get size() {
    return this.#points.size;
  }

  /** How many points are missing until it can train. */
  get missing() {
    return Math.max(0, FEWEST - this.size);
  }

  get isFull() {
    return this.size === MOST;
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  /** What its classes are called; empty where one has no name. */
  get names() {
    return this.told?.names(this.#classes) ?? Array(this.#classes).fill("");
  }

  /** Calls a class so; an empty name: by its number. Gives whether it was called otherwise. */
  name(label, name) {
    const called = this.names;
    if (called[label] === name) return false;
    this.begin();
    this.#stroke.called = called;
    this.#stroke.renamed = called.map((old, at) => (at === label ? name : old));
    this.#rename(this.#stroke.renamed);
    return this.end();
  }

  /** One class more, as long as there may be. */
  addClass() {
    if (this.#classes < MOST_CLASSES) this.#classes++;
  }

  /** A stroke begins: all until `end` is undone at once. */
  begin() {
    this.end();
    this.#stroke = { added: [], dropped: [] };
  }

  /** The stroke is over. One that changed nothing is forgotten. Gives whether it changed something. */
  end() {
    const stroke = this.#stroke;
    this.#stroke = null;
    if (stroke === null || (stroke.added.length + stroke.dropped.length === 0 && !stroke.renamed)) return false;
    this.#done.push(stroke);
    if (this.#done.length > REMEMBERED) this.#done.shift();
    this.#undone = [];
    return true;
  }

  /** Puts a point, clipped to the plane, where none stands yet and there is room. Gives whether it did. */
  put(x, y, label) {
    return this.#inStroke(({ added }) => {
      const point = this.#put({ x, y, label });
      if (point !== null) added.push(point);
      return point !== null;
    });
  }

  /** Takes away what is no further from a place than `radius`. Gives how many that were. */
  erase(x, y, radius) {
    return this.#inStroke(({ dropped }) => {
      const found = [...this.#points.values()].filter((point) => Math.hypot(point.x - x, point.y - y) <= radius);
      for (const point of found) this.#points.delete(keyOf(point.x, point.y));
      dropped.push(...found);
      return found.length;
    });
  }

  clear() {
    this.replace([]);
  }

  /**
   * Has these points from now on, in one stroke. Gives whether it had others.
   *
   * @param {Iterable<Point>} points
   */
  replace(points) {
    const { points: wanted } = new Drawing(this.#classes, points);
    this.begin();
    for (const [key, point] of this.#points) {
      if (wanted.get(key)?.label === point.label) continue;
      this.#points.delete(key);
      this.#stroke.dropped.push(point);
    }
    for (const [key, point] of wanted) {
      if (this.#points.has(key)) continue;
      this.#points.set(key, point);
      this.#stroke.added.push(point);
    }
    return this.end();
  }

  undo() {
    this.end();
    const stroke = this.#done.pop();
    if (stroke === undefined) return;
    this.#change(stroke.added, stroke.dropped, stroke.called);
    this.#undone.push(stroke);
  }

  redo() {
    this.end();
    const stroke = this.#undone.pop();
    if (stroke === undefined) return;
    this.#change(stroke.dropped, stroke.added, stroke.renamed);
    this.#done.push(stroke);
  }

  /** Within the stroke that is drawn, or as one of its own. */
  #inStroke(work) {
    if (this.#stroke !== null) return work(this.#stroke);
    this.begin();
    const result = work(this.#stroke);
    this.end();
    return result;
  }

  #change(dropped, added, names) {
    if (names) this.#rename(names);
    for (const { x, y } of dropped) this.#points.delete(keyOf(x, y));
    for (const point of added) this.#points.set(keyOf(point.x, point.y), point);
  }

  #rename(names) {
    this.told = describe({ columns: this.told?.columns ?? [PLAIN, PLAIN, PLAIN], names });
  }

  /** Gives the point as it is kept; null where it cannot be. */
  #put({ x, y, label }) {
    const point = { x: inPlane(x), y: inPlane(y), label: this.#classes > 0 ? label : within(label, 1) };
    const key = keyOf(point.x, point.y);
    if (this.#points.has(key) || this.isFull) return null;
    this.#points.set(key, point);
    return point;
  }
}

/** x, y and label of each point, one after the other. */
export function flat(points) {
  return Float64Array.from([...points].flatMap(({ x, y, label }) => [x, y, label]));
}

/** The other way round. */
export function unflat(values) {
  return Array.from({ length: values.length / 3 }, (_, index) => {
    const [x, y, label] = values.subarray(3 * index, 3 * index + 3);
    return { x, y, label };
  });
}

/**
 * The points of a drawing in the units of their columns, with the names that these and the classes have. classes: how many; 0: values.
 *
 * @param {Drawing} drawing
 * @param {number} classes
 * @returns {import("./point-set.js").PointSet}
 */
export function pointSetOf({ points, told }, classes) {
  const columns = told?.columns ?? [PLAIN, PLAIN, PLAIN];
  const all = [...points.values()];
  const own = (name, at, most) => Float32Array.from(all, (point) => ownValue(point[name], columns[at], most));
  const labels = classes > 0 ? Uint8Array.from(all, ({ label }) => label) : own("label", 2, 1);
  return { classes, columns, names: told?.names(classes) ?? [], x: own("x", 0, SIDE), y: own("y", 1, SIDE), labels };
}

/** The value, as float32, that stands at a place, and never beyond `most`. */
function ownValue(place, [, centre, step], most) {
  const value = Math.fround(centre + step * place);
  if (Math.abs((value - centre) / step) <= most) return value;
  const less = (Math.abs(centre) + most * step) * 2 ** -23; // more than float32 rounds by
  return Math.fround(centre + step * place - Math.sign(place) * less);
}

/**
 * The points of a run as a drawing begins with them: to two decimals, and classes from 0 on. Of the labels 1 and -1 the first
 * becomes class 0 and the other class 1, so that each keeps its colour. areClasses: the labels are the numbers of classes already.
 * areMeasured: they have units of their own, in which two decimals of the plane's are odd numbers, so they stay as they are.
 *
 * @param {Iterable<Point>} points
 * @param {boolean} isRegression
 * @param {boolean} areClasses
 * @param {boolean} [areMeasured]
 */
export function startFrom(points, isRegression, areClasses, areMeasured = false) {
  const rounded = areMeasured ? (value) => value : hundredths;
  const labelOf = (label) => (isRegression ? rounded(label) : areClasses ? label : label < 0 ? 1 : 0);
  return [...points].map(({ x, y, label }) => ({ x: rounded(x), y: rounded(y), label: labelOf(label) }));
}

/** To two decimals, as a place on the map has them. */
export function hundredths(value) {
  return Math.round(100 * value) / 100;
}

/** The shortest decimal number that is this float32. */
export function decimal(value) {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/**
 * Two numbers as somebody types a place, x and y, also in full width: {x, y}, or null where it is none or outside the plane. told: in which units, where they
 * are not the plane's.
 *
 * @param {string} text
 * @param {Description | null} [told]
 */
export function placeOf(text, told = null) {
  const parts = halfWidth(text)
    .trim()
    .replace(/[()]/g, "")
    .split(/\s*[,;\s]\s*/)
    .filter(Boolean);
  const number = told ? OWN_NUMBER : NUMBER;
  const [x, y] = parts
    .map((part) => (number.test(part) ? Number(part) : NaN))
    .map((value, at) => (told && at < 2 ? toEdge(told.place(at, value)) : value));
  const isPlace = parts.length === 2 && Math.abs(x) <= SIDE && Math.abs(y) <= SIDE;
  return isPlace ? { x, y } : null;
}

/** The edge, for what is beyond it by no more than a number that is shown of it is rounded by. */
const toEdge = (place) => (Math.abs(place) <= SIDE + ROUNDED ? Math.max(-SIDE, Math.min(SIDE, place)) : place);

const inPlane = (value) => within(value, SIDE);

/** As a float32 from -most to most; there is no -0. */
function within(value, most) {
  return Math.fround(Math.max(-most, Math.min(most, value))) + 0;
}
