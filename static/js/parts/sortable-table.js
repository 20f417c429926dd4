// A table whose columns' heads sort it. Owns the order of its rows; knows nothing of what is in them.

import { h } from "../base/dom.js";
import { sorted } from "../base/sorted.js";
import { scrolling } from "./scrolling.js";

export class SortableTable {
  #testid;
  #by;
  #content = null;

  /** by: {name, down}, the column it is sorted by at first. testid: of the table; of a head, with "sort-NAME" after it. */
  constructor({ testid, by }) {
    this.#testid = testid;
    this.#by = by;
    this.element = scrolling();
  }

  /**
   * columns: [{name, text, value(row), cell(row), marked, largeFirst}], text and what cell gives as they are to be read,
   * or an element. head: {text, cell(row)} of the column that names the rows. rows: with {run}, an id; end(row): what
   * stands after a row, if anything; best: the id of the row that is marked.
   */
  update(label, content) {
    this.element.setAttribute("aria-label", label);
    this.#content = content;
    this.#draw();
  }

  /** What it shows as texts, in its order: {columns, rows}. */
  get texts() {
    const { columns, rows, head } = this.#content;
    const by = columns.find(({ name }) => name === this.#by.name) ?? columns[0];
    const read = (part) => h("span", {}, part).textContent.trim();
    const text = (cell) => [cell].flat().map(read).filter(Boolean).join(" ");
    return {
      columns: [head.text, ...columns.map((column) => column.text)],
      rows: sorted(rows, by.value, this.#by.down).map((row) =>
        [head, ...columns].map((column) => text(column.cell(row))),
      ),
    };
  }

  #draw() {
    const { columns, rows, head } = this.#content;
    const by = columns.find(({ name }) => name === this.#by.name) ?? columns[0];
    const focused = /** @type {HTMLElement} */ (this.element.querySelector(":focus"));
    const inRow = /** @type {HTMLElement} */ (focused?.closest("[data-run]"))?.dataset.run;
    this.element.replaceChildren(
      h(
        "table",
        { class: "table sortable", testid: this.#testid },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "col" }, head.text),
            columns.map((column) => this.#head(column)),
            h("td"),
          ),
        ),
        h(
          "tbody",
          {},
          sorted(rows, by.value, this.#by.down).map((row) => this.#row(row)),
        ),
      ),
    );
    if (focused) this.#focus(inRow, focused.dataset.testid);
  }

  /** To what has this testid, in the row of that run where it still is. */
  #focus(run, testid) {
    const row = run && this.element.querySelector(`[data-run="${run}"]`);
    /** @type {HTMLElement} */ ((row || this.element).querySelector(`[data-testid="${testid}"]`))?.focus();
  }

  #head({ name, text, marked, largeFirst = false }) {
    const isBy = name === this.#by.name;
    const sort = () => {
      this.#by = { name, down: isBy ? !this.#by.down : largeFirst };
      this.#draw();
    };
    const arrow = h("span", { "aria-hidden": "true" }, isBy ? (this.#by.down ? " ↓" : " ↑") : "");
    const testid = `${this.#testid}-sort-${name}`;
    const button = h("button", { type: "button", class: "sort", testid, on: { click: sort } }, text, arrow);
    const order = isBy ? (this.#by.down ? "descending" : "ascending") : "none";
    return h("th", { scope: "col", class: marked ? "marked" : "", "aria-sort": order }, button);
  }

  #row(row) {
    const { columns, head, best = null, end = () => null } = this.#content;
    return h(
      "tr",
      { class: row.run === best ? "best" : "", data: { run: row.run } },
      h("th", { scope: "row" }, head.cell(row)),
      columns.map((column) => h("td", { class: column.marked ? "number marked" : "number" }, column.cell(row))),
      h("td", {}, end(row)),
    );
  }
}
