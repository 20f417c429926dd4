// What a point set's columns and classes are called, and how its own units lie in the plane: names and numbers for all that is read off
// the map. A name is a text, or of a measured data set a translation key in a list, as `say` takes it for a value. Pure.

import { t } from "../../base/i18n.js";
import { stepOf } from "../../parts/axis.js";

const WITHIN = 5.5; // where a tick's label has room on both sides
const MOST_TICKS = 7;
const GAP = 2; // characters between two labels, at least
const SPARED = 3; // characters that a power of ten has to spare

/** The names of the measured data sets' columns and classes. */
const MEASURED = {
  iris: {
    columns: ["column.petalLength", "column.petalWidth", "column.species"],
    names: ["class.setosa", "class.versicolor", "class.virginica"],
  },
  penguins: {
    columns: ["column.billLength", "column.flipperLength", "column.species"],
    names: ["class.adelie", "class.gentoo", "class.chinstrap"],
  },
  cars: { columns: ["column.weight", "column.power", "column.consumption"], names: [] },
};

export class Description {
  #columns;
  #names;
  #measured;

  /**
   * measured: which of the measured data sets it is; null: another.
   *
   * @param {Pick<import("./point-set.js").PointSet, "columns" | "names">} set
   * @param {string | null} measured
   */
  constructor({ columns, names }, measured = null) {
    this.#columns = columns;
    this.#names = names;
    this.#measured = MEASURED[measured] ?? null;
  }

  /** Name, centre and step of x, y and the label, as a point set has them, with the names as they read now. */
  get columns() {
    return /** @type {[string, number, number][]} */ (
      this.#columns.map(([, ...scale], at) => [nameText(this.name(at)), ...scale])
    );
  }

  /** Of so many classes, as a point set has them: empty where one has none. */
  names(classes) {
    const name = (label) => (this.#names[label] ? nameText(this.className(label)) : "");
    return Array.from({ length: classes }, (_, label) => name(label));
  }

  /** What x, y (1) or the label (2) is called; empty where it has no name. @returns {string | string[]} */
  name(at) {
    return this.#measured ? [this.#measured.columns[at]] : this.#columns[at][0];
  }

  /** What a class is called: by its number where it has no name. @returns {string | string[]} */
  className(label) {
    if (!this.#names[label]) return String(label);
    return this.#measured ? [this.#measured.names[label]] : this.#names[label];
  }

  /** The value that stands at a place of the plane, or at a regression's label from -1 to 1. */
  value(at, place) {
    const [, centre, step] = this.#columns[at];
    return centre + step * place;
  }

  /** The other way round. */
  place(at, value) {
    const [, centre, step] = this.#columns[at];
    return (value - centre) / step;
  }

  /** A value as it is read off the plane. */
  text(at, place) {
    return numberText(this.value(at, place), this.#columns[at][2] / (at < 2 ? 10 : 100));
  }

  /**
   * The ticks of an axis, at round values: the place and the text of each. room: how many characters all labels have.
   *
   * @returns {{place: number, text: string}[]}
   */
  ticks(at, room = Infinity) {
    const [low, high] = [-WITHIN, WITHIN].map((place) => this.value(at, place));
    let ticks = [];
    for (let most = MOST_TICKS; most > 1; most--) {
      const step = stepOf(high - low, most);
      const first = Math.ceil(low / step);
      if (!Number.isFinite(first) || !(step > 0)) return []; // of a scale that no number has
      ticks = Array.from({ length: MOST_TICKS + 1 }, (_, index) => (first + index) * step)
        .filter((value) => value <= high)
        .map((value) => ({ place: this.place(at, value), text: numberText(value, step) }));
      if (ticks.reduce((sum, { text }) => sum + text.length + GAP, 0) <= room) break;
    }
    return ticks;
  }
}

/** What is told of a point set; null where neither names nor scales say anything. */
export function describe(set, measured = null) {
  const isPlain = set.columns.every(([name, centre, step]) => name === "" && centre === 0 && step === 1);
  return isPlain && !set.names.some(Boolean) ? null : new Description(set, measured);
}

/** What a class is called. told: a Description, or null where it has no name. @returns {string | string[]} */
export function classOf(told, label) {
  return told?.className(label) ?? String(label);
}

/** A name as it reads now. @param {string | string[]} name */
export function nameText(name) {
  return typeof name === "string" ? name : t(name[0]);
}

/** A number as fine as `step`; a large or small one with a power of ten. */
export function numberText(value, step) {
  const finest = Math.floor(Math.log10(step) + 1e-9);
  if (Math.abs(value) < step / 2) return "0";
  const plain = value.toFixed(Math.min(100, Math.max(0, -finest)));
  const digits = Math.max(0, Math.floor(Math.log10(Math.abs(value)) + 1e-9) - finest);
  const short = value.toExponential(Math.min(100, digits)).replace("e+", "e");
  return (short.length + SPARED < plain.length ? short : plain).replaceAll("-", "−");
}
