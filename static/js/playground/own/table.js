// From a text to the rows of a table: what separates its cells, and how its numbers are written. Pure; papaparse reads it.

import { guessDecimal, readNumber } from "./numbers.js";

export const MOST_ROWS = 100_000;
export const MOST_COLUMNS = 100;
const SAMPLE = 65_536; // characters from which the separator is guessed
const SAMPLE_ROWS = 100;
const LINE_END = /\r\n?/g; // that is not \n yet
const ANNOUNCED = /^sep=(.)(?:\r\n?|\n)/i; // how Excel is told the separator
const NEVER = "\u0000"; // in place of quotes, where they do not pair

/** What may separate cells, the first of equals first; null: none does. `spaces` is two or more, or one. */
export const SEPARATORS = {
  comma: ",",
  semicolon: ";",
  tab: "\t",
  bar: "|",
  wide: / {2,}|\t+/g,
  spaces: /[ \t]+/g,
  fullComma: "，",
  fullSemicolon: "；",
};

/**
 * A table.
 *
 * @typedef {object} Table
 * @property {string[][]} rows all of one length; empty ones too, so that they keep their numbers
 * @property {keyof typeof SEPARATORS | null} separator null: a workbook needs none
 * @property {"point" | "comma"} decimal
 * @property {boolean} isLong whether there are more rows than are read
 * @property {number} width how many columns there are, of which MOST_COLUMNS are read
 */

/**
 * @param {string} text
 * @param {any} papa
 * @param {keyof typeof SEPARATORS | null} [separator] null: it is guessed
 * @returns {Table}
 */
export function readTable(text, papa, separator = null) {
  const announced = ANNOUNCED.exec(text);
  const body = (announced ? text.slice(announced[0].length) : text).replace(LINE_END, "\n"); // papaparse takes one end for all lines
  const named = announced && Object.keys(SEPARATORS).find((name) => SEPARATORS[name] === announced[1]);
  const used = separator ?? named ?? guessSeparator(body, papa);
  return asTable(split(body, used, papa, MOST_ROWS + 1), used, used === "semicolon");
}

/**
 * Rows of any length as a table.
 *
 * @param {string[][]} rows
 * @returns {Table}
 */
export function asTable(rows, separator = null, isContinental = false, decimal = null) {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const columns = Math.min(width, MOST_COLUMNS);
  const even = rows
    .slice(0, MOST_ROWS)
    .map((row) => Array.from({ length: columns }, (_, at) => (row[at] ?? "").trim()));
  const sample = even.filter((row) => row.some(Boolean)).slice(0, SAMPLE_ROWS);
  const guessed = decimal ?? guessDecimal(sample.flat(), isContinental);
  return { rows: even, separator, decimal: guessed, isLong: rows.length > MOST_ROWS, width };
}

function split(text, separator, papa, preview) {
  const mark = SEPARATORS[separator];
  const isPattern = mark instanceof RegExp;
  const body = isPattern ? withTabs(text, mark, preview) : text;
  const config = { delimiter: isPattern ? "\t" : mark, preview };
  const read = papa.parse(body, config);
  const isUnpaired = read.errors.some(({ type }) => type === "Quotes");
  return (isUnpaired ? papa.parse(body, { ...config, quoteChar: NEVER }) : read).data;
}

/** The first lines with a tab for each `mark`. */
function withTabs(text, mark, lines) {
  return text
    .split("\n", lines)
    .map((line) => line.trim().replace(mark, "\t"))
    .join("\n");
}

/** The separator by which most rows have as many cells, and most of these are numbers. */
function guessSeparator(text, papa) {
  const cut = text.length > SAMPLE ? text.slice(0, text.lastIndexOf("\n", SAMPLE) + 1 || SAMPLE) : text;
  let [best, most] = [/** @type {keyof typeof SEPARATORS} */ ("comma"), 0];
  for (const name of /** @type {(keyof typeof SEPARATORS)[]} */ (Object.keys(SEPARATORS))) {
    const rows = split(cut, name, papa, SAMPLE_ROWS).filter((row) => row.some((cell) => cell.trim()));
    const score = evenness(rows);
    if (score > most + 1e-9) [best, most] = [name, score];
  }
  return best;
}

/** How much rows look like those of a table: 0, not at all, where most have one cell. */
function evenness(rows) {
  const counts = new Map();
  for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  const [width, count] = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0]);
  if (width < 2) return 0;
  const cells = rows.filter((row) => row.length === width).flat();
  const forms = /** @type {const} */ (["point", "comma"]);
  const isNumber = (cell) => forms.some((decimal) => Number.isFinite(readNumber(cell, decimal)));
  return (count / rows.length) * (0.2 + cells.filter(isNumber).length / cells.length);
}
