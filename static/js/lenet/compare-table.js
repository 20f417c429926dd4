// The table of compared runs: results, and settings, those that differ marked. A column's head sorts by it.

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { columnsOf } from "./comparison.js";
import { countText, durationText, lossText, percentText } from "./format.js";
import { formatRoute } from "./route.js";
import { sorted } from "./run-order.js";
import { startedText } from "./run-title.js";
import { valueText } from "./settings-card.js";

const WRITE = {
  best_accuracy: percentText,
  last_accuracy: percentText,
  test_loss: lossText,
  train_accuracy: percentText,
  epoch: countText,
  train_s: durationText,
  images_per_s: countText,
};
const SMALL_IS_GOOD = ["test_loss", "train_s"];

export class CompareTable {
  #fields;
  #all;
  #host = h("div");
  #runs = [];
  #colors = [];
  #by = { name: "best_accuracy", down: true };

  /** fields: the schema's rows. remove(id): a run is to be taken out. */
  constructor(fields, remove) {
    this.#fields = new Map(fields.map((field) => [field.name, field]));
    this.#all = h("input", { type: "checkbox", testid: "all-columns", on: { change: () => this.#draw() } });
    this.remove = remove;
    this.element = h(
      "div",
      {},
      h("label", { class: "check" }, this.#all, h("span", { text: "compare.all" })),
      this.#host,
    );
  }

  /** colors: CSS variables of the curves, in the order of `runs`. */
  update(runs, colors) {
    this.#runs = runs;
    this.#colors = colors;
    this.#draw();
  }

  #draw() {
    if (this.#runs.length === 0) return;
    const columns = columnsOf(this.#runs, this.#all.checked);
    const by = columns.find(({ name }) => name === this.#by.name) ?? columns[0];
    const rows = sorted(this.#runs, by.value, this.#by.down);
    const focused = this.#host.querySelector(":focus")?.dataset.testid;
    this.#host.replaceChildren(
      h(
        "div",
        { class: "scrolling", tabIndex: 0, role: "region", "aria-label": t("compare.table") },
        h(
          "table",
          { class: "table compare-table", testid: "compare-table" },
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              h("th", { scope: "col" }, t("compare.run")),
              columns.map((column) => this.#head(column)),
              h("td"),
            ),
          ),
          h(
            "tbody",
            {},
            rows.map((run) => this.#row(run, columns)),
          ),
        ),
      ),
    );
    if (focused) this.#host.querySelector(`[data-testid="${focused}"]`)?.focus();
  }

  #head({ name, kind, differs }) {
    const isBy = name === this.#by.name;
    const text = t(kind === "result" ? `compare.${name}` : `setting.${name}`);
    const button = h(
      "button",
      { type: "button", class: "sort", testid: `sort-${name}`, on: { click: () => this.#sort(name) } },
      text,
      h("span", { "aria-hidden": "true" }, isBy ? (this.#by.down ? " ↓" : " ↑") : ""),
    );
    const order = isBy ? (this.#by.down ? "descending" : "ascending") : "none";
    return h("th", { scope: "col", class: differs ? "differs" : "", "aria-sort": order }, button);
  }

  #sort(name) {
    const down = this.#by.name === name ? !this.#by.down : name in WRITE && !SMALL_IS_GOOD.includes(name);
    this.#by = { name, down };
    this.#draw();
  }

  #row(run, columns) {
    const swatch = h("span", { class: "swatch" });
    swatch.style.background = `var(${this.#colors[this.#runs.indexOf(run)]})`;
    const remove = h(
      "button",
      {
        type: "button",
        class: "quiet",
        testid: "compare-remove",
        "aria-label": t("compare.remove"),
        title: t("compare.remove"),
        on: { click: () => this.remove(run.run) },
      },
      "×",
    );
    return h(
      "tr",
      { data: { run: run.run } },
      h(
        "th",
        { scope: "row" },
        swatch,
        h("a", { href: formatRoute({ run: run.run }) }, t(`preset.${run.preset}`)),
        h("small", { class: "muted" }, ` ${startedText(run)}`),
      ),
      columns.map((column) =>
        h("td", { class: column.differs ? "number differs" : "number" }, this.#text(column, column.value(run))),
      ),
      h("td", {}, remove),
    );
  }

  #text({ name, kind }, value) {
    return kind === "result" ? WRITE[name](value) : valueText(this.#fields.get(name), value);
  }
}
