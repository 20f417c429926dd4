// The sheets of an XLSX file: a ZIP archive of XML, which fflate unpacks and the browser parses. Only what a table needs is
// read: texts, numbers and the results of formulas. A date is the number that it is in the file.

import { MOST_ROWS } from "./table.js";

const MOST_UNPACKED = 60_000_000; // bytes; an archive can be far larger unpacked than packed
const FOLDER = "xl/";

/**
 * {sheets: [{name, rows()}]}, rows(): of texts; or {fault}: "archive", it is something else, "workbookBroken" or "workbookLarge".
 *
 * @param {Uint8Array} bytes
 * @param {typeof window.fflate} fflate
 * @returns {{sheets?: {name: string, rows: () => string[][]}[], fault?: string}}
 */
export function readWorkbook(bytes, fflate) {
  try {
    const archive = new Archive(bytes, fflate);
    if (!archive.has("workbook.xml")) return { fault: "archive" };
    const targets = new Map(
      all(archive.xml("_rels/workbook.xml.rels"), "Relationship").map((one) => [
        one.getAttribute("Id"),
        one.getAttribute("Target").replace(/^\/?xl\//, ""),
      ]),
    );
    let strings = null; // what the cells of all sheets name by number
    const sheets = all(archive.xml("workbook.xml"), "sheet")
      .map((sheet) => ({
        name: sheet.getAttribute("name"),
        path: targets.get([...sheet.attributes].find(({ localName, prefix }) => prefix && localName === "id")?.value),
      }))
      .filter(({ path }) => path?.startsWith("worksheets/") && archive.has(path))
      .map(({ name, path }) => ({
        name,
        rows: () => rowsOf(archive.xml(path), (strings ??= stringsOf(archive))),
      }));
    return sheets.length > 0 ? { sheets } : { fault: "workbookBroken" };
  } catch (error) {
    return { fault: error instanceof RangeError ? "workbookLarge" : "workbookBroken" };
  }
}

class Archive {
  #bytes;
  #fflate;
  #sizes = new Map();

  constructor(bytes, fflate) {
    this.#bytes = bytes;
    this.#fflate = fflate;
    const note = ({ name, originalSize }) => {
      this.#sizes.set(name, originalSize);
      return false;
    };
    fflate.unzipSync(bytes, { filter: note });
  }

  has(path) {
    return this.#sizes.has(FOLDER + path);
  }

  /** A part as a document. Throws a RangeError where it is too large, an Error where it is broken. */
  xml(path) {
    const name = FOLDER + path;
    if (this.#sizes.get(name) > MOST_UNPACKED) throw new RangeError(path);
    const parts = this.#fflate.unzipSync(this.#bytes, { filter: (part) => part.name === name });
    const text = new TextDecoder().decode(parts[name]);
    const read = new DOMParser().parseFromString(text, "text/xml");
    if (read.getElementsByTagName("parsererror").length > 0) throw new Error(path);
    return read;
  }
}

/** @returns {Element[]} */
function all(node, name) {
  return [...node.getElementsByTagNameNS("*", name)];
}

function stringsOf(archive) {
  return archive.has("sharedStrings.xml") ? all(archive.xml("sharedStrings.xml"), "si").map(textOf) : [];
}

/** A text, whose parts may look different; not how it is pronounced. */
function textOf(element) {
  const isSpoken = (part) => part.parentElement.localName === "rPh";
  return all(element, "t")
    .filter((part) => !isSpoken(part))
    .map((part) => part.textContent)
    .join("");
}

function rowsOf(sheet, strings) {
  const rows = [];
  for (const row of all(sheet, "row")) {
    const at = Number(row.getAttribute("r") ?? rows.length + 1) - 1;
    if (!(at <= MOST_ROWS)) break;
    while (rows.length <= at) rows.push([]);
    let column = 0;
    for (const cell of row.children) {
      const letters = cell.getAttribute("r")?.match(/^[A-Z]{1,3}/)?.[0];
      if (letters) column = [...letters].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - 64, 0) - 1;
      rows[at][column++] = cellText(cell, strings);
    }
  }
  return rows;
}

function cellText(cell, strings) {
  const type = cell.getAttribute("t");
  if (type === "inlineStr") return textOf(cell);
  const value = all(cell, "v")[0]?.textContent ?? "";
  if (type === "s") return strings[Number(value)] ?? "";
  return type === "b" ? (value === "1" ? "TRUE" : "FALSE") : value;
}
