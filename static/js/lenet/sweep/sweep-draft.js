// The sweep that the form is preparing: how it searches, and which settings it varies. Owns these; the server judges
// them. Shows nothing.

import { numberText } from "../format.js";
import { faultOf, parsed } from "../../parts/setting-value.js";

export const SEARCHES = ["grid", "random"];

const FIRST = ["learning_rate", "batch_size", "activation", "optimizer"]; // offered before the others
const SEPARATORS = /[\s,;，；、]+/;

export class SweepDraft {
  search = "grid";
  trials = 12; // of a random search; a text where it is no number, for the server to refuse
  /** [{field, ways, text, chosen, low, high}]; ways: "values", or "linear" or "log" for a range to draw from. */
  axes = [];

  #fields;

  /** schema: the server's, of which `fields` and `sweeps` are read. */
  constructor({ fields, sweeps }) {
    this.#fields = fields.filter(({ name }) => !sweeps.not_varied.includes(name));
  }

  /** The settings that can be varied, and are not yet; of an axis, its own too. */
  free(axis = null) {
    return this.#fields.filter((field) => field === axis?.field || !this.varies(field.name));
  }

  varies(name) {
    return this.axes.some(({ field }) => field.name === name);
  }

  /** Another setting to vary, around the value that it has in the form: value(name). */
  add(value) {
    const free = this.free();
    const field = FIRST.map((name) => free.find((row) => row.name === name)).find(Boolean) ?? free[0];
    if (!field) return;
    const axis = {};
    this.axes.push(axis);
    this.choose(axis, field.name, value(field.name));
  }

  remove(axis) {
    this.axes = this.axes.filter((other) => other !== axis);
  }

  /** `axis` is to vary setting `name`, around `value`. */
  choose(axis, name, value) {
    const field = this.#fields.find((row) => row.name === name);
    Object.assign(axis, { field, ways: "values", text: "", chosen: [], low: null, high: null });
    if (field.kind === "choice") axis.chosen = [...field.choices];
    else if (field.kind === "flag") axis.chosen = [false, true];
    else
      Object.assign(axis, around(field, value), {
        ways: this.search === "random" ? around(field, value).ways : "values",
      });
  }

  /** The values of an axis that has them, as they are sent. */
  static valuesOf({ field, text, chosen }) {
    return field.kind === "number" ? text.split(SEPARATORS).filter(Boolean).map(parsed) : chosen;
  }

  /** What is surely wrong with what is entered, as the server would refuse it: {name, code, values}; null: nothing. */
  get fault() {
    const faults = this.axes.map((axis) => {
      const fault = this.#isRange(axis) ? faultOfRange(axis) : faultOfValues(axis);
      return fault && { name: axis.field.name, ...fault };
    });
    return faults.find(Boolean) ?? null;
  }

  /** How many runs it makes; no number where none is entered. */
  get count() {
    if (this.search === "random") return this.axes.length > 0 ? this.trials : 0;
    const counts = this.axes.map((axis) => SweepDraft.valuesOf(axis).length);
    return counts.length > 0 ? counts.reduce((product, count) => product * count, 1) : 0;
  }

  /** What is sent, apart from the preset and what differs from it. */
  get request() {
    const axes = this.axes.map((axis) => [
      axis.field.name,
      this.#isRange(axis)
        ? { low: axis.low, high: axis.high, scale: axis.ways }
        : { values: SweepDraft.valuesOf(axis) },
    ]);
    const trials = this.search === "random" ? { trials: this.trials } : {};
    return { search: this.search, axes: Object.fromEntries(axes), ...trials };
  }

  #isRange({ ways }) {
    return this.search === "random" && ways !== "values";
  }
}

function faultOfValues(axis) {
  const values = SweepDraft.valuesOf(axis);
  const fault = values.map((value) => faultOf(axis.field, value)).find(Boolean);
  return fault ?? (new Set(values).size < values.length ? { code: "twice", values: {} } : null);
}

function faultOfRange({ field, low, high, ways }) {
  const fault = faultOf(field, low) ?? faultOf(field, high);
  return fault ?? (low < high && (ways !== "log" || low > 0) ? null : { code: "range", values: {} });
}

/** Values, and a range, around `value` that suit a number's field. */
function around({ min, max, whole }, value) {
  const fit = (number) => Math.min(max, Math.max(min, whole ? Math.round(number) : Number(numberText(number))));
  if (!(value > 0)) {
    const next = whole ? 1 : 0.1;
    return { text: `${fit(0)}, ${fit(next)}`, low: fit(0), high: fit(next), ways: "linear" };
  }
  const values = [...new Set([value / 2, value, value * 2].map(fit))];
  const factor = whole ? 2 : 10;
  return {
    text: values.join(", "),
    low: fit(value / factor),
    high: fit(value * factor),
    ways: whole ? "linear" : "log",
  };
}
