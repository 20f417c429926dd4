// What somebody has chosen, dropped or pasted, opened: a text, or the sheets of a workbook. Never more than the page can bear.

import { decode } from "./encoding.js";
import { asTable, readTable } from "./table.js";
import { readWorkbook } from "./workbook.js";

export const MOST_BYTES = 20_000_000;

/**
 * @typedef {object} Source
 * @property {string | null} name of the file; null: it was pasted
 * @property {string} [text]
 * @property {string | null} [encoding]
 * @property {Uint8Array} [bytes] of a text
 * @property {{name: string, rows: () => string[][]}[]} [sheets]
 * @property {string} [fault] why it is none: `report` has a text for each
 * @property {number} [size] of the file in bytes
 */

/**
 * @param {File} file
 * @param {typeof window.fflate} fflate
 * @returns {Promise<Source>}
 */
export async function openFile(file, fflate) {
  const { name, size } = file;
  if (size > MOST_BYTES) return { name, size, fault: "tooLarge" };
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return { name, fault: "unreadable" }; // it is a folder, or no longer there
  }
  const read = decode(bytes);
  return { name, ...(read.fault === "workbook" ? readWorkbook(bytes, fflate) : { ...read, bytes }) };
}

/**
 * The same file in the encoding that somebody says.
 *
 * @param {Source} source
 * @param {string} encoding
 * @returns {Source}
 */
export function asEncoded(source, encoding) {
  return { ...source, ...decode(source.bytes, encoding) };
}

/**
 * @param {string} text
 * @returns {Source}
 */
export function openText(text) {
  if (text.length > MOST_BYTES) return { name: null, size: text.length, fault: "tooLarge" };
  return { name: null, ...decode(new TextEncoder().encode(text)), encoding: null };
}

/**
 * The table of a source. separator: null where it is to be guessed. sheet: its number.
 *
 * @param {Source} source
 * @param {any} papa
 * @param {{separator: any, sheet: number}} how
 */
export function tableOf({ text, sheets }, papa, { separator, sheet }) {
  return sheets ? asTable(sheets[sheet].rows()) : readTable(text, papa, separator);
}
