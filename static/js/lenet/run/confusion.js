// The confusion matrix of an epoch: what the test images of each class were taken for. A cell can be chosen.

import { h, setText } from "../../base/dom.js";
import { sayLabel } from "../../base/i18n.js";
import { className } from "./classes.js";
import { countText, percentText } from "../format.js";

const CLASSES = 10;
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class ConfusionMatrix {
  #cells = [];
  #heads = { rows: [], columns: [] };
  #right = [];
  #at = [0, 0];
  #choose;

  /** choose(label, predicted). */
  constructor(choose) {
    this.#choose = choose;
    const indices = [...Array(CLASSES).keys()];
    const columns = indices.map(() => h("th", { scope: "col" }, h("span")));
    this.#heads.columns = columns.map((head) => head.firstChild);
    const body = indices.map((label) => {
      const head = h("th", { scope: "row" });
      this.#heads.rows.push(head);
      const cells = indices.map((predicted) => this.#cell(label, predicted));
      this.#cells.push(cells);
      const right = h("td", { class: "recall" });
      this.#right.push(right);
      return h(
        "tr",
        {},
        head,
        cells.map((button) => h("td", {}, button)),
        right,
      );
    });
    this.element = h(
      "table",
      { class: "confusion", testid: "confusion" },
      h("caption", { text: "matrix.caption" }),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("td", { class: "corner", text: "matrix.corner" }),
          columns,
          h("th", { scope: "col", text: "matrix.right" }),
        ),
      ),
      h("tbody", { on: { keydown: (event) => this.#key(event) } }, body),
    );
  }

  /** counts: ten rows, one a class, of how many of its images were taken for each class. */
  update(counts, dataset) {
    this.element.classList.toggle("worded", dataset !== "mnist");
    const worst = Math.max(1, ...counts.flatMap((row, label) => row.filter((_, predicted) => predicted !== label)));
    counts.forEach((row, label) => {
      const all = row.reduce((sum, count) => sum + count, 0);
      for (const heads of [this.#heads.rows, this.#heads.columns]) setText(heads[label], className(dataset, label));
      setText(this.#right[label], percentText(all ? row[label] / all : NaN, 1));
      row.forEach((count, predicted) => {
        const cell = this.#cells[label][predicted];
        setText(cell, count === 0 ? "·" : countText(count));
        cell.classList.toggle("right", label === predicted);
        const strength = label === predicted ? count / (all || 1) : Math.sqrt(count / worst);
        cell.style.setProperty("--strength", `${Math.round(100 * strength)}%`);
        cell.classList.toggle("none", count === 0);
        const values = { count: countText(count), label: className(dataset, label) };
        sayLabel(cell, "matrix.cell", { ...values, predicted: className(dataset, predicted) });
      });
    });
  }

  mark(label, predicted) {
    this.#cells.forEach((row, r) =>
      row.forEach((cell, c) => cell.setAttribute("aria-pressed", r === label && c === predicted)),
    );
  }

  #cell(label, predicted) {
    return h("button", {
      type: "button",
      class: "cell",
      testid: `cell-${label}-${predicted}`,
      tabIndex: label === 0 && predicted === 0 ? 0 : -1,
      "aria-pressed": "false",
      on: { click: () => this.#choose(label, predicted), focus: () => this.#stand(label, predicted) },
    });
  }

  #key(event) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const [label, predicted] = this.#at.map((at, axis) => Math.min(CLASSES - 1, Math.max(0, at + step[axis])));
    this.#cells[label][predicted].focus();
  }

  #stand(label, predicted) {
    this.#cells[this.#at[0]][this.#at[1]].tabIndex = -1;
    this.#at = [label, predicted];
    this.#cells[label][predicted].tabIndex = 0;
  }
}
