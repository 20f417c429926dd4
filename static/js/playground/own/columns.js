// What the columns of a table are: their names, whether they are numbers, and which of them are likely to be meant as x, y
// and the label. Pure.

import { isMissing, isPercent, readNumber } from "./numbers.js";
import { cutName, MOST_CLASSES } from "./point-set.js";
import { spread } from "./spread.js";

const SAMPLE = 1000; // rows, evenly spread, from which a column is judged
const MOST_DISTINCT = 50; // values that are counted apart
const MANY_CLASSES = 20; // a text with more is no label by itself
const LABEL_NAMES =
  /^(label|labels|class|classes|target|species|category|type|kind|group|outcome|标签|类别|分类|类型|种类|品种|目标|结果)$/i;
const INDEX_NAMES = /^(id|index|idx|no|nr|number|row|#|编号|序号|学号|行号)\.?$/i;
const AXES = [/^(x|x_?1|x坐标|横坐标)$/i, /^(y|x_?2|y坐标|纵坐标)$/i];

/**
 * A column of a table.
 *
 * @typedef {object} Column
 * @property {string} name never empty, and of this column alone
 * @property {boolean} isNumber most of what stands in it are numbers
 * @property {number} distinct values, up to MOST_DISTINCT + 1: texts of all rows, numbers of a sample
 * @property {boolean} isWhole all its numbers are whole
 * @property {boolean} isIndex it counts its rows
 * @property {boolean} isPercent
 */

/** Whether the first row has the names: no number stands in it, though numbers stand below. */
export function hasHeader({ rows, decimal }) {
  const [first, ...rest] = sampleOf(rows.filter(isFilledRow)).sample;
  if (!first) return false;
  const isNumber = (cell) => !isMissing(cell) && !Number.isNaN(readNumber(cell, decimal));
  if (first.some(isNumber)) return false;
  const isFilled = (cell) => !isMissing(cell);
  const counts = first.map((_, at) => {
    const filled = rest.map((row) => row[at]).filter(isFilled);
    return filled.length > 0 && filled.filter(isNumber).length >= filled.length / 2;
  });
  return counts.some(Boolean) || !first.some((cell, at) => rest.some((row) => row[at] === cell));
}

const isFilledRow = (row) => row.some(Boolean);

/** The index of the first row with something in it. */
export function firstRow(rows) {
  return rows.findIndex(isFilledRow);
}

/**
 * @param {import("./table.js").Table} table
 * @param {boolean} isHeaded whether the first row has the names
 * @returns {Column[]}
 */
export function columnsOf({ rows, decimal }, isHeaded) {
  const start = Math.max(0, firstRow(rows));
  const all = rows.slice(isHeaded ? start + 1 : start).filter(isFilledRow);
  const { sample, places } = sampleOf(all);
  const width = rows[0]?.length ?? 0;
  const names = namesOf(Array.from({ length: width }, (_, at) => (isHeaded ? rows[start][at] : "")));
  return names.map((name, at) => {
    const isFilled = (row) => !isMissing(row[at]);
    const filled = sample.filter(isFilled).map((row) => row[at]);
    const numbers = filled.map((cell) => readNumber(cell, decimal)).filter((value) => !Number.isNaN(value));
    const isNumber = filled.length > 0 && numbers.length >= filled.length / 2;
    const percents = isNumber && filled.filter(isPercent).length >= filled.length / 2;
    return {
      name: percents && !name.includes("%") ? cutName(name, " (%)") : name,
      isNumber,
      distinct: isNumber ? distinct(numbers) : distinct(all, (row) => (isFilled(row) ? row[at] : null)),
      isWhole: isNumber && numbers.every(Number.isInteger),
      isIndex:
        numbers.length === filled.length &&
        counts(
          numbers,
          places.filter((_, row) => isFilled(sample[row])),
        ),
      isPercent: percents,
    };
  });
}

/** How many different values there are, but no more than MOST_DISTINCT + 1. read: gives one, or null for none. */
function distinct(items, read = (item) => item) {
  const values = new Set();
  for (const item of items) {
    const value = read(item);
    if (value !== null) values.add(value);
    if (values.size > MOST_DISTINCT) break;
  }
  return values.size;
}

/** Whether numbers count the rows, from 0 or 1. places: of their rows. */
function counts(numbers, places) {
  if (numbers.length < 3 || (numbers[0] !== 0 && numbers[0] !== 1)) return false;
  const step = (numbers.at(-1) - numbers[0]) / (places.at(-1) - places[0]);
  const isThere = (value, at) => Math.abs(value - numbers[0] - (places[at] - places[0]) * step) <= 1;
  return step >= 1 && numbers.every(isThere);
}

function sampleOf(rows) {
  const places = spread(rows.length, SAMPLE);
  return { sample: places.map((at) => rows[at]), places };
}

/** Names that can be shown and told apart: cut, without what is not seen; one that is empty is the column's letter. */
export function namesOf(texts) {
  const used = new Set();
  return texts.map((text, at) => {
    const name = cutName(text) || letter(at);
    let own = name;
    for (let count = 2; used.has(own); count++) own = cutName(name, ` (${count})`);
    used.add(own);
    return own;
  });
}

/** The column's letter in a spreadsheet: A, ..., Z, AA, ... */
function letter(at) {
  return (at >= 26 ? letter(Math.floor(at / 26) - 1) : "") + String.fromCharCode(65 + (at % 26));
}

/**
 * Which columns are likely to be x, y and the label: {x, y, label, kind}, indices; kind: "classes" or "value". y is null
 * where there is none: the points lie on a line then. null: no column is a number, or there is no other.
 *
 * @param {Column[]} columns
 */
export function guessChoice(columns) {
  const all = columns.map((_, at) => at);
  const numbers = ranked(columns, all);
  const label = guessLabel(columns, all, numbers);
  const free = numbers.filter((at) => at !== label);
  if (label === null || free.length === 0) return null;
  const named = (pattern) => free.find((at) => pattern.test(columns[at].name));
  const x = named(AXES[0]) ?? free.find((at) => at !== named(AXES[1])) ?? free[0];
  const y = [named(AXES[1]), ...free].find((at) => at !== undefined && at !== x) ?? null;
  return { x, y, label, kind: kindOf(columns[label]) };
}

/** Whether a label names classes or is a value, by itself. */
export function kindOf({ isNumber, isWhole, distinct }) {
  return !isNumber || (isWhole && distinct <= MOST_CLASSES) ? "classes" : "value";
}

/** Columns of numbers in their order; those that only count the rows last. */
function ranked(columns, all) {
  const numbers = all.filter((at) => columns[at].isNumber);
  const counts = (at) => columns[at].isIndex || INDEX_NAMES.test(columns[at].name);
  return [...numbers.filter((at) => !counts(at)), ...numbers.filter(counts)];
}

function guessLabel(columns, all, numbers) {
  const last = (is) => [...all].reverse().find(is);
  const hasClasses = (most) => (at) =>
    !columns[at].isNumber && columns[at].distinct >= 2 && columns[at].distinct <= most;
  const values = numbers.filter((at) => !columns[at].isIndex);
  const isNamed = (pattern) => columns.findIndex(({ name }) => pattern.test(name));
  const [x1, x2, y] = [/^x_?1$/i, /^x_?2$/i, /^y$/i].map(isNamed);
  if (x1 >= 0 && x2 >= 0 && y >= 0) return y;
  return (
    last((at) => LABEL_NAMES.test(columns[at].name) && columns[at].distinct > 0) ??
    last(hasClasses(MOST_CLASSES)) ??
    last(hasClasses(MANY_CLASSES)) ??
    last((at) => values.includes(at) && kindOf(columns[at]) === "classes" && columns[at].distinct >= 2) ??
    (numbers.length < 2 ? null : values.length < 2 ? numbers[0] : Math.max(...values))
  );
}
