// A table that was read: how it is read, its first rows, which of its columns are x, y and the label, and what becomes of it. All
// of it can be changed; what was chosen is looked for in the next table.

import { h } from "../../base/dom.js";
import { say, sayNothing } from "../../base/i18n.js";
import { scrolling } from "../../parts/scrolling.js";
import { columnsOf, firstRow, guessChoice, hasHeader, kindOf } from "./columns.js";
import { ENCODINGS } from "./encoding.js";
import { gather } from "./gather.js";
import { ImportPicture } from "./import-picture.js";
import { boundsTexts, choiceFault, foundText, oneClassTexts, resultTexts } from "./report.js";
import { asEncoded, tableOf } from "./source.js";

const PREVIEW = 5; // rows
const SHOWN = 60; // characters of a cell
const LABELS = {
  sheet: "file.sheet",
  encoding: "file.encoding",
  separator: "file.separator",
  decimal: "file.decimal",
  x: "file.x",
  y: "file.y",
  label: "file.label",
  kind: "file.kind",
};
const SEPARATORS = {
  comma: "separator.comma",
  semicolon: "separator.semicolon",
  fullComma: "separator.fullComma",
  fullSemicolon: "separator.fullSemicolon",
  tab: "separator.tab",
  bar: "separator.bar",
  wide: "separator.wide",
  spaces: "separator.spaces",
};
const DECIMALS = { point: "decimal.point", comma: "decimal.comma" };
const KINDS = { classes: "file.aClass", value: "file.aNumber" };
const AUTOMATIC = { separator: null, decimal: null, isHeaded: null, sheet: 0 };
const NONE = ""; // the value of "no y"

export class ImportTable {
  #changed;
  #papa = null;
  #preview = h("table", { class: "file-preview", testid: "file-preview" });
  #notes = h("ul", { class: "file-notes", testid: "file-notes" });
  #fault = h("p", { class: "form-error", role: "alert", testid: "file-choice-fault" });
  #picture = new ImportPicture();
  #header = h("input", {
    type: "checkbox",
    testid: "file-header",
    on: { change: () => this.#change({ isHeaded: this.#header.checked }) },
  });
  #selects;
  #source = null;
  #how = AUTOMATIC;
  #table = null;
  #isHeaded = false;
  #columns = [];
  #choice = null;
  #wanted = null; // the names of the columns that somebody has chosen, for the next table
  #gathered = null;

  /** changed(fault): it is read or used otherwise; fault: or cannot be, and stays as it was. */
  constructor(changed) {
    this.#changed = changed;
    const choose = (change) => (event) => this.#choose(change(event.target.value));
    const index = (value) => (value === NONE ? null : Number(value));
    this.#selects = {
      separator: this.#select("separator", (event) => this.#change({ separator: event.target.value })),
      decimal: this.#select("decimal", (event) => this.#change({ decimal: event.target.value })),
      encoding: this.#select("encoding", (event) => this.#reread(event.target.value)),
      sheet: this.#select("sheet", (event) => this.#change({ ...AUTOMATIC, sheet: Number(event.target.value) })),
      x: this.#select(
        "x",
        choose((value) => ({ x: index(value) })),
      ),
      y: this.#select(
        "y",
        choose((value) => ({ y: index(value) })),
      ),
      label: this.#select(
        "label",
        choose((value) => ({ label: index(value), kind: null })),
      ),
      kind: this.#select(
        "kind",
        choose((kind) => ({ kind })),
      ),
    };
    const { encoding, separator, decimal, sheet, x, y, label, kind } = this.#selects;
    const header = h("label", { class: "check" }, this.#header, h("span", { text: "file.header" }));
    const choice = h("div", { class: "file-choice" }, x.element, y.element, label.element, kind.element);
    this.element = h(
      "div",
      { class: "stack", hidden: true },
      h("div", { class: "file-options" }, sheet.element, encoding.element, separator.element, decimal.element, header),
      scrolling({ label: "file.preview" }, this.#preview),
      h(
        "div",
        { class: "file-columns" },
        h("div", { class: "stack" }, choice, this.#fault, this.#notes),
        this.#picture.element,
      ),
    );
  }

  #select(name, change) {
    const select = h("select", { id: `file-${name}`, testid: `file-${name}`, on: { change } });
    const element = h("div", { class: "field" }, h("label", { htmlFor: select.id, text: LABELS[name] }), select);
    return { select, element };
  }

  /** What was found in the source, as a text; null: there is none yet. */
  get found() {
    return this.#table && foundText(this.#source, this.#table, this.#isHeaded);
  }

  /** The points that are chosen, or null. */
  get set() {
    return this.#gathered?.set ?? null;
  }

  /** Shows a source, of a workbook the first sheet with something in it. Gives the fault for which it cannot, or null. */
  take(source, papa) {
    this.#papa = papa;
    let how = AUTOMATIC;
    let tried = this.#try(source, how);
    while (tried.fault === "empty" && how.sheet + 1 < source.sheets?.length) {
      how = { ...how, sheet: how.sheet + 1 };
      tried = this.#try(source, how);
    }
    if (tried.fault) return tried.fault;
    this.#source = source;
    this.#setTable(tried.table, how);
    return null;
  }

  /** Shows no source any more. The columns that somebody has chosen are looked for in the next one. */
  clear() {
    this.#source = this.#table = this.#gathered = null;
    this.element.hidden = true;
  }

  /** Says why the points are not taken elsewhere. */
  refuse(text) {
    say(this.#fault, ...text);
  }

  recolor(scale, safe) {
    this.#picture.recolor(scale, safe);
  }

  /** {table} or {fault}. */
  #try(source, how) {
    try {
      const table = tableOf(source, this.#papa, how);
      return firstRow(table.rows) < 0 ? { fault: "empty" } : { table };
    } catch (error) {
      return { fault: error instanceof RangeError ? "workbookLarge" : "workbookBroken" };
    }
  }

  // --- how it is read

  #change(changes) {
    const how = { ...this.#how, ...changes };
    const { fault = null, table } = this.#try(this.#source, how);
    if (fault) this.#showOptions();
    else this.#setTable(table, how);
    this.#changed(fault && { ...this.#source, fault });
  }

  #reread(encoding) {
    const source = asEncoded(this.#source, encoding);
    const { fault = null, table } = this.#try(source, AUTOMATIC);
    if (fault) {
      this.#showOptions();
    } else {
      this.#source = source;
      this.#setTable(table, AUTOMATIC);
    }
    this.#changed(fault && { ...source, fault });
  }

  #setTable(table, how) {
    this.#how = how;
    this.#table = { ...table, decimal: how.decimal ?? table.decimal };
    this.#isHeaded = how.isHeaded ?? hasHeader(this.#table);
    this.#columns = columnsOf(this.#table, this.#isHeaded);
    this.#choice = this.#wantedChoice() ?? guessChoice(this.#columns);
    this.element.hidden = false;
    this.#showOptions();
    this.#show();
  }

  /** What was chosen in a table before, where this one has the same columns. */
  #wantedChoice() {
    if (this.#wanted === null) return null;
    const find = (name) => this.#columns.findIndex((column) => column.name === name);
    const { x, y, label, kind } = this.#wanted;
    const [atX, atY, atLabel] = [find(x), y === null ? null : find(y), find(label)];
    const isNumber = (at) => at === null || this.#columns[at]?.isNumber;
    if (!isNumber(atX) || !isNumber(atY) || atLabel < 0) return null;
    return { x: atX, y: atY, label: atLabel, kind: this.#columns[atLabel].isNumber ? kind : "classes" };
  }

  #choose(changes) {
    const choice = { ...this.#choice, ...changes };
    choice.kind ??= kindOf(this.#columns[choice.label]);
    this.#choice = choice;
    const name = (at) => (at === null ? null : this.#columns[at].name);
    this.#wanted = { x: name(choice.x), y: name(choice.y), label: name(choice.label), kind: choice.kind };
    this.#show();
    this.#changed(null);
  }

  // --- what is shown of it

  #showOptions() {
    const { encoding, separator, decimal, sheet } = this.#selects;
    const { sheets, bytes } = this.#source;
    separator.element.hidden = Boolean(sheets);
    sheet.element.hidden = !(sheets?.length > 1);
    encoding.element.hidden = !bytes;
    fill(
      encoding.select,
      Object.entries(ENCODINGS).map(([value, textContent]) => h("option", { value, textContent })),
      this.#source.encoding,
    );
    fill(separator.select, named(SEPARATORS), this.#table.separator);
    fill(decimal.select, named(DECIMALS), this.#table.decimal);
    const option = ({ name }, at) => h("option", { value: at, textContent: name });
    fill(sheet.select, (sheets ?? []).map(option), this.#how.sheet);
    this.#header.checked = this.#isHeaded;
  }

  #show() {
    this.#showChoice();
    this.#showPreview();
    const notes = [...boundsTexts(this.#table), ...oneClassTexts(this.#columns, this.#choice)];
    this.#notes.replaceChildren(...notes.map((text) => h("li", { text })));
    this.#gathered = this.#choice && gather(this.#table, this.#isHeaded, this.#columns, this.#choice);
    this.#picture.element.hidden = !this.#gathered;
    sayNothing(this.#fault);
    if (!this.#gathered) return void say(this.#fault, this.#hopeless());
    const fault = choiceFault(this.#gathered, this.#columns);
    if (fault) say(this.#fault, ...fault);
    const texts = resultTexts(this.#gathered, this.#columns, this.#choice);
    this.#notes.append(...texts.map((text) => h("li", { text })));
    this.#picture.draw(this.#gathered);
  }

  /** Why there is nothing to choose from. */
  #hopeless() {
    return this.#columns.length < 2 ? "nopoints.oneColumn" : "nopoints.noNumbers";
  }

  #showChoice() {
    const { x, y, label, kind } = this.#selects;
    for (const { element } of [x, y, label, kind]) element.hidden = this.#choice === null;
    if (this.#choice === null) return;
    const options = (is) =>
      this.#columns.flatMap((column, at) => (is(column) ? h("option", { value: at, textContent: column.name }) : []));
    const isNumber = (column) => column.isNumber;
    fill(x.select, options(isNumber), this.#choice.x);
    fill(y.select, [...options(isNumber), h("option", { value: NONE, text: "file.noY" })], this.#choice.y ?? NONE);
    fill(
      label.select,
      options(() => true),
      this.#choice.label,
    );
    fill(kind.select, named(KINDS), this.#choice.kind);
    kind.select.disabled = !this.#columns[this.#choice.label].isNumber;
  }

  #showPreview() {
    const used = this.#choice ?? { x: -1, y: -1, label: -1 };
    const roles = ["x", "y", "label"].filter((role) => used[role] !== null);
    const roleOf = (at) => roles.find((role) => used[role] === at);
    const start = firstRow(this.#table.rows) + (this.#isHeaded ? 1 : 0);
    const rows = this.#table.rows
      .slice(start)
      .filter((row) => row.some(Boolean))
      .slice(0, PREVIEW);
    const look = (at) => (roleOf(at) ? "file-used" : "");
    const head = ({ name }, at) => {
      const role = roleOf(at);
      const mark = role ? h("span", { class: "file-role" }, h("span", { text: LABELS[role] })) : null;
      return h("th", { scope: "col", class: look(at) }, h("span", { textContent: name }), mark);
    };
    const cell = (text, at) => h("td", { class: look(at), textContent: text.slice(0, SHOWN) });
    this.#preview.replaceChildren(
      h("thead", {}, h("tr", {}, this.#columns.map(head))),
      h(
        "tbody",
        {},
        rows.map((row) => h("tr", {}, row.map(cell))),
      ),
    );
  }
}

/** Options by their values, with the keys of their texts. */
function named(texts) {
  return Object.entries(texts).map(([value, text]) => h("option", { value, text }));
}

/** Gives a list its options, and chooses one. */
function fill(select, options, value) {
  select.replaceChildren(...options);
  select.value = String(value);
}
