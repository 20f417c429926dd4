// What the pins of every tab have in common: texts as long as a pin may have them, numbers as JSON can, facts in every language, and what this tab
// pinned last.

import { inLanguage, language, LANGUAGES } from "../base/i18n.js";

const LONGEST = { word: 200, line: 1000 }; // characters, as notebook/figures.py has them
export const MOST_ROWS = 500; // of a table

/** A text as a word of a pin, or by "line" as its caption. */
export function cut(text, kind = "word") {
  const known = String(text);
  return known.length > LONGEST[kind] ? `${known.slice(0, LONGEST[kind] - 1)}…` : known;
}

/** A number, or null where JSON has none. */
export function finite(value) {
  return Number.isFinite(value) ? value : null;
}

/** A table as a figure, with the first 500 of these rows. A cell is a number, empty where there is none, or else a text. */
export function tableOf(columns, rows) {
  const cell = (value) => (typeof value === "number" ? finite(value) : isNone(value) ? null : cut(value, "line"));
  return {
    form: "table",
    columns: columns.map((name) => cut(name)),
    rows: rows.slice(0, MOST_ROWS).map((row) => row.map(cell)),
  };
}

function isNone(value) {
  return value === null || value === undefined;
}

/** The facts that `make` makes, which says them in the page's language and in every other: a notebook's tables are in one. */
export function saidInAll(make) {
  const others = Object.keys(LANGUAGES).filter((code) => code !== language());
  const said = others.map((code) => [code, inLanguage(code, make)]);
  const words = ({ label, text }) => ({ label, text });
  return make().map((fact, at) => ({
    ...fact,
    said: Object.fromEntries(said.map(([code, facts]) => [code, words(facts[at])])),
  }));
}

/** A name as it stands within a sentence. */
export function lowered(name) {
  return /^[A-Z][a-z]/.test(name) ? name[0].toLowerCase() + name.slice(1) : name;
}

/** The settings of the last pin under this name; store: of this tab, or null. Null: there was none. */
export function lastPinned(store, name) {
  try {
    return JSON.parse(store?.getItem(`playlab.pinned.${name}`) ?? "null");
  } catch {
    return null;
  }
}

export function rememberPinned(store, name, settings) {
  try {
    store?.setItem(`playlab.pinned.${name}`, JSON.stringify(settings));
  } catch {
    // the next caption tells more than it has to
  }
}
