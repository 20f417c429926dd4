// Own data from a file: a dialog in which a file is chosen, dropped or pasted, seen, and made into a point set. What is chosen
// stays until another file can be read. Nothing leaves the browser before "Use these points" is pressed.

import { colorScale } from "../../base/color.js";
import { h } from "../../base/dom.js";
import { say, sayNothing, t } from "../../base/i18n.js";
import { saveFile } from "../../base/save.js";
import { loadScript } from "../../base/script.js";
import { look, onLook } from "../../base/theme.js";
import { icon } from "../../parts/icons.js";
import { scrolling } from "../../parts/scrolling.js";
import { columnsOf, firstRow, guessChoice, hasHeader, kindOf } from "./columns.js";
import { gather } from "./gather.js";
import { ImportPicture } from "./import-picture.js";
import { pack } from "./point-set.js";
import { boundsTexts, choiceFault, faultText, foundText, resultTexts } from "./report.js";
import { sampleCsv } from "./sample.js";
import { openFile, openText, tableOf } from "./source.js";

const PREVIEW = 5; // rows
const SHOWN = 60; // characters of a cell
const EDITABLE = 10_000; // characters of what is pasted that the field shows
const ACCEPTED = ".csv,.tsv,.tab,.txt,.dat,.xlsx,.xlsm,text/csv,text/plain,text/tab-separated-values";
const SAMPLE = ["sample.area", "sample.age", "sample.kind", "sample.flat", "sample.house"];
const LABELS = {
  sheet: "file.sheet",
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
  tab: "separator.tab",
  bar: "separator.bar",
  wide: "separator.wide",
  spaces: "separator.spaces",
};
const DECIMALS = { point: "decimal.point", comma: "decimal.comma" };
const KINDS = { classes: "file.aClass", value: "file.aNumber" };
const AUTOMATIC = { separator: null, decimal: null, isHeaded: null, sheet: 0 };
const NONE = ""; // the value of "no y"

export class ImportView {
  #papaAddress;
  #papa = null;
  #onUse;
  #dialog;
  #file = h("input", {
    type: "file",
    accept: ACCEPTED,
    hidden: true,
    testid: "file-input",
    on: { change: () => this.#openFile(this.#file.files[0]) },
  });
  #paste = h("textarea", {
    class: "file-paste",
    id: "file-paste",
    rows: 2,
    testid: "file-paste",
    spellcheck: false,
    on: { input: () => this.#paste.value.trim() && this.#take(openText(this.#paste.value)) },
  });
  #found = h("p", { role: "status", testid: "file-found" });
  #fault = h("p", { class: "form-error", role: "alert", testid: "file-fault" });
  #result = h("div", { class: "stack", hidden: true, testid: "file-result" });
  #preview = h("table", { class: "file-preview", testid: "file-preview" });
  #notes = h("ul", { class: "file-notes", testid: "file-notes" });
  #choiceFault = h("p", { class: "form-error", role: "alert", testid: "file-choice-fault" });
  #picture = new ImportPicture();
  #header = h("input", {
    type: "checkbox",
    testid: "file-header",
    on: { change: () => this.#change({ isHeaded: this.#header.checked }) },
  });
  #selects;
  #use;
  #attempt = 0; // which file counts: one that is opened later
  #source = null;
  #how = AUTOMATIC;
  #table = null;
  #isHeaded = false;
  #columns = [];
  #choice = null;
  #wanted = null; // the names of the columns that somebody has chosen, for the next file
  #gathered = null;

  /**
   * papa: address of papaparse. onUse(bytes, pointSet) gives the points on, and resolves to null, or to why they are not taken:
   * [translation key, values].
   *
   * @param {{papa: string, onUse: (bytes: Uint8Array, set: import("./point-set.js").PointSet) => Promise<any>}} options
   */
  constructor({ papa, onUse }) {
    this.#papaAddress = papa;
    this.#onUse = onUse;
    const choose = (change) => (event) => this.#choose(change(event.target.value));
    const index = (value) => (value === NONE ? null : Number(value));
    this.#selects = {
      separator: this.#select("separator", (event) => this.#change({ separator: event.target.value })),
      decimal: this.#select("decimal", (event) => this.#change({ decimal: event.target.value })),
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
    this.#use = h("button", {
      type: "button",
      class: "plain primary",
      testid: "file-use",
      text: "file.use",
      disabled: true,
      on: { click: () => this.#give() },
    });
    this.#build();
    const recolor = () => this.#picture.recolor(colorScale(look()), look().palette === "safe");
    recolor();
    onLook(recolor);
  }

  open() {
    this.#dialog.showModal();
    this.#load();
  }

  /** papaparse, which is asked for again where it did not load. */
  async #load() {
    try {
      this.#papa ??= await loadScript(this.#papaAddress, "Papa");
    } catch {
      // told when a file is to be read
    }
    return this.#papa;
  }

  // --- what it looks like

  #select(name, change) {
    const select = h("select", { id: `file-${name}`, testid: `file-${name}`, on: { change } });
    const element = h("div", { class: "field" }, h("label", { htmlFor: select.id, text: LABELS[name] }), select);
    return { select, element };
  }

  #build() {
    const button = (testid, text, name, click) =>
      h("button", { type: "button", class: "plain", testid, on: { click } }, icon(name), h("span", { text }));
    const { separator, decimal, sheet, x, y, label, kind } = this.#selects;
    this.#result.append(
      h(
        "div",
        { class: "file-options" },
        sheet.element,
        separator.element,
        decimal.element,
        h("label", { class: "check" }, this.#header, h("span", { text: "file.header" })),
      ),
      scrolling({ label: "file.preview" }, this.#preview),
      h(
        "div",
        { class: "file-columns" },
        h(
          "div",
          { class: "stack" },
          h("div", { class: "file-choice" }, x.element, y.element, label.element, kind.element),
          this.#choiceFault,
          this.#notes,
        ),
        this.#picture.element,
      ),
    );
    const cancel = h("button", {
      type: "button",
      class: "plain",
      testid: "file-cancel",
      text: "file.cancel",
      on: { click: () => this.#dialog.close() },
    });
    this.#dialog = h(
      "dialog",
      {
        class: "dialog floating file-dialog",
        testid: "file-dialog",
        "aria-labelledby": "file-title",
        on: {
          paste: (event) => this.#pasted(event),
          dragover: (event) => this.#drag(event, true),
          dragleave: (event) => this.#drag(event, false),
          drop: (event) => this.#dropped(event),
        },
      },
      h(
        "div",
        { class: "stack" },
        h("h2", { id: "file-title", text: "file.title" }),
        h("p", { text: "file.privacy" }),
        h(
          "div",
          { class: "file-source row" },
          button("file-choose", "file.choose", "plus", () => this.#file.click()),
          button("file-sample", "file.sample", "download", () => this.#saveSample()),
          h("span", { class: "muted", text: "file.formats" }),
        ),
        h("div", { class: "field" }, h("label", { htmlFor: "file-paste", text: "file.paste" }), this.#paste),
        this.#file,
        this.#fault,
        this.#found,
        this.#result,
        h("div", { class: "dialog-buttons row" }, cancel, this.#use),
      ),
    );
    document.body.append(this.#dialog);
  }

  #saveSample() {
    const names = SAMPLE.map((name) => t(name));
    saveFile("playlab_points.csv", sampleCsv(names), "text/csv");
  }

  // --- how a file comes

  #pasted(event) {
    const [file] = event.clipboardData.files;
    const text = event.clipboardData.getData("text/plain");
    if (event.target === this.#paste && this.#paste.value !== "" && !file) return; // what stands there is edited
    if (!file && text.trim() === "") return;
    event.preventDefault();
    if (file && text === "") return void this.#openFile(file);
    this.#paste.value = text.length <= EDITABLE ? text : "";
    this.#take(openText(text));
  }

  #drag(event, isOver) {
    if (isOver) event.preventDefault(); // or the browser would leave the page for the file
    this.#dialog.classList.toggle("file-over", isOver);
  }

  #dropped(event) {
    event.preventDefault();
    this.#drag(event, false);
    const [file] = event.dataTransfer.files;
    const text = event.dataTransfer.getData("text/plain");
    if (file) this.#openFile(file);
    else if (text.trim() !== "") this.#take(openText(text));
  }

  async #openFile(file) {
    if (!file) return;
    const attempt = ++this.#attempt;
    say(this.#found, "file.reading");
    const source = await openFile(file, window.fflate);
    this.#file.value = ""; // the same file may be chosen again, changed
    if (attempt === this.#attempt) this.#take(source, attempt);
  }

  async #take(source, attempt = ++this.#attempt) {
    const papa = source.fault ? null : await this.#load();
    if (attempt !== this.#attempt) return;
    const fault = source.fault ?? (papa ? null : "library");
    if (fault) return this.#refuse({ ...source, fault });
    let how = AUTOMATIC;
    let tried = this.#try(source, how);
    while (tried.fault === "empty" && how.sheet + 1 < source.sheets?.length) {
      how = { ...how, sheet: how.sheet + 1 };
      tried = this.#try(source, how);
    }
    if (tried.fault) return this.#refuse({ ...source, fault: tried.fault });
    sayNothing(this.#fault);
    this.#source = source;
    this.#how = how;
    this.#setTable(tried.table);
  }

  #refuse(source) {
    say(this.#fault, ...faultText(source));
    if (this.#table) say(this.#found, ...foundText(this.#source, this.#table, this.#isHeaded));
    else sayNothing(this.#found);
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
    const tried = this.#try(this.#source, how);
    if (tried.fault) {
      this.#refuse({ ...this.#source, fault: tried.fault });
      return this.#showOptions();
    }
    this.#how = how;
    sayNothing(this.#fault);
    this.#setTable(tried.table);
  }

  #setTable(table) {
    const { decimal, isHeaded } = this.#how;
    this.#table = { ...table, decimal: decimal ?? table.decimal };
    this.#isHeaded = isHeaded ?? hasHeader(this.#table);
    this.#columns = columnsOf(this.#table, this.#isHeaded);
    this.#choice = this.#wantedChoice() ?? guessChoice(this.#columns);
    say(this.#found, ...foundText(this.#source, this.#table, this.#isHeaded));
    this.#result.hidden = false;
    this.#showOptions();
    this.#show();
  }

  /** What was chosen in a file before, where this one has the same columns. */
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
  }

  // --- what is shown of it

  #showOptions() {
    const { separator, decimal, sheet } = this.#selects;
    const { sheets } = this.#source;
    separator.element.hidden = Boolean(sheets);
    sheet.element.hidden = !(sheets?.length > 1);
    fill(separator.select, named(SEPARATORS), this.#table.separator);
    fill(decimal.select, named(DECIMALS), this.#table.decimal);
    const option = ({ name }, at) => h("option", { value: at, textContent: name });
    fill(sheet.select, (sheets ?? []).map(option), this.#how.sheet);
    this.#header.checked = this.#isHeaded;
  }

  #show() {
    this.#showChoice();
    this.#showPreview();
    this.#notes.replaceChildren(...boundsTexts(this.#table).map((text) => h("li", { text })));
    this.#gathered = this.#choice && gather(this.#table, this.#isHeaded, this.#columns, this.#choice);
    this.#use.disabled = !this.#gathered?.set;
    this.#picture.element.hidden = !this.#gathered;
    sayNothing(this.#choiceFault);
    if (!this.#gathered) return void say(this.#choiceFault, this.#hopeless());
    const fault = choiceFault(this.#gathered);
    if (fault) say(this.#choiceFault, ...fault);
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
    if (this.#table === null) return;
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

  // --- where it goes

  async #give() {
    const { set } = this.#gathered;
    this.#use.disabled = true;
    say(this.#use, "file.giving");
    const refusal = await this.#onUse(pack(set), set);
    say(this.#use, "file.use");
    this.#use.disabled = !this.#gathered?.set;
    if (refusal) say(this.#choiceFault, ...refusal);
    else this.#dialog.close();
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
