// Numbers as people and spreadsheets write them in a table. Pure.

import { halfWidth } from "../../base/half-width.js";

const FORMS = {
  // sign of the decimals -> numbers with them, and numbers whose thousands are kept apart
  point: [/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, /^[+-]?\d{1,3}([, '’])\d{3}(\1\d{3})*(\.\d+)?$/],
  comma: [/^[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i, /^[+-]?\d{1,3}([. '’])\d{3}(\1\d{3})*(,\d+)?$/],
};
const MISSING = /^(|nan|na|n\/a|#n\/a|nil|null|missing|[-–—?.]|缺失)$/i; // not "none" or 无, which may be a class
const ENDLESS = /^([+-]?)(inf|infinity|∞)$/i;
const SIGNS = /^[$€£¥]\s*|\s*[%‰$€£¥元]$/g; // beside a number
const LONGEST = 100; // characters of a number
const NOT_ASCII = /[^ -~]/;

/**
 * What stands in a cell: a number in float32's range, an infinity beyond it, NaN for anything else; null: nothing.
 *
 * @param {string} cell
 * @param {"point" | "comma"} decimal
 */
export function readNumber(cell, decimal) {
  const value = readExactly(cell, decimal);
  return value === null ? null : Math.fround(value) + 0; // no zero has a sign
}

/**
 * The same before it is a float32.
 *
 * @param {string} cell
 * @param {"point" | "comma"} decimal
 */
export function readExactly(cell, decimal) {
  if (cell.length > LONGEST) return NaN;
  const text = plain(cell);
  if (MISSING.test(text)) return null;
  const endless = ENDLESS.exec(text);
  if (endless) return endless[1] === "-" ? -Infinity : Infinity;
  const [plainForm, groupedForm] = FORMS[decimal];
  const digits = text.replace(SIGNS, "");
  const isPlain = plainForm.test(digits);
  if (!isPlain && !groupedForm.test(digits)) return NaN;
  const ungrouped = isPlain ? digits : digits.replace(decimal === "point" ? /[, '’]/g : /[. '’]/g, "");
  return Number(ungrouped.replace(",", "."));
}

/** Whether a cell says that there is nothing in it. */
export function isMissing(cell) {
  return cell.length <= LONGEST && MISSING.test(plain(cell));
}

/** Whether a cell has a percent sign behind its number. */
export function isPercent(cell) {
  return cell.length <= LONGEST && plain(cell).endsWith("%");
}

/** Full-width digits and signs, the minus of typesetters and every kind of space as a program has them. */
function plain(cell) {
  if (!NOT_ASCII.test(cell)) return cell.trim();
  return halfWidth(cell).replace(/￥/g, "¥").replace(/\s/g, " ").trim();
}

/**
 * The sign that the decimals of a table have: that by which more of its cells are numbers.
 *
 * @param {string[]} cells
 * @param {boolean} isContinental whether it is likely to be the comma where nothing tells
 * @returns {"point" | "comma"}
 */
export function guessDecimal(cells, isContinental) {
  let [points, commas, either] = [0, 0, 0];
  for (const cell of cells) {
    const [point, comma] = [readNumber(cell, "point"), readNumber(cell, "comma")].map((value) => !Number.isNaN(value));
    if (point && !comma) points++;
    else if (comma && !point) commas++;
    else if (point && cell.includes(",")) either++;
  }
  if (commas === points) return isContinental && either > 0 ? "comma" : "point";
  return commas > points ? "comma" : "point";
}
