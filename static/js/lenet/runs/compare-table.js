// The table of compared runs: settings that differ, marked, then results, then the other settings.

import { h } from "../../base/dom.js";
import { t } from "../../base/i18n.js";
import { columnsOf, distinctNames } from "./comparison.js";
import { durationText } from "../duration.js";
import { countText, lossText, percentText } from "../format.js";
import { formatRoute } from "../route.js";
import { shortTitle, startedText } from "../run/run-title.js";
import { fieldOf, nameText, valueText } from "../launch/setting-text.js";
import { SortableTable } from "../../parts/sortable-table.js";

const WRITE = {
  best_accuracy: percentText,
  accuracy: percentText,
  test_loss: lossText,
  train_accuracy: percentText,
  epoch: countText,
  train_s: durationText,
  trained_images_per_s: (speed) => (speed === null ? "–" : t("watch.perSecond", { images: countText(speed) })),
};
const SMALL_IS_GOOD = ["test_loss", "train_s"];

export class CompareTable {
  #fields;
  #remove;
  #all;
  #table = new SortableTable({ testid: "compare-table", by: { name: "best_accuracy", down: true } });
  #runs = [];
  #colors = [];
  #started = [];

  /** fields: the schema's rows. remove(id): a run is to be taken out. pin: the button that pins it. */
  constructor(fields, remove, pin) {
    this.#fields = new Map(fields.map((field) => [field.name, field]));
    this.#remove = remove;
    this.#all = h("input", { type: "checkbox", testid: "all-columns", on: { change: () => this.#draw() } });
    this.element = h(
      "div",
      {},
      h("div", { class: "row" }, h("label", { class: "check" }, this.#all, h("span", { text: "compare.all" })), pin),
      this.#table.element,
    );
  }

  /** colors: CSS variables of the curves, in the order of `runs`. */
  update(runs, colors) {
    this.#runs = runs;
    this.#colors = colors;
    this.#started = distinctNames(runs, [startedText, (run) => startedText(run, true)]);
    this.#draw();
  }

  /** What it shows, as texts. */
  get texts() {
    return this.#table.texts;
  }

  #draw() {
    if (this.#runs.length === 0) return;
    this.#table.update(t("compare.table"), {
      columns: columnsOf(this.#runs, this.#all.checked).map((column) => this.#column(column)),
      rows: this.#runs,
      head: { text: t("compare.run"), cell: (run) => this.#name(run) },
      end: (run) => this.#removal(run),
    });
  }

  #column({ name, kind, value, differs }) {
    const isResult = kind === "result";
    const field = fieldOf(this.#fields, name);
    return {
      name,
      text: isResult ? t(`compare.${name}`) : name === "epochs" ? t("compare.epochs-set") : nameText(name),
      value,
      cell: (run) => (isResult ? WRITE[name](value(run)) : valueText(field, value(run), run.config)),
      marked: differs,
      largeFirst: isResult && !SMALL_IS_GOOD.includes(name),
    };
  }

  #name(run) {
    const swatch = h("span", { class: "swatch" });
    swatch.style.background = `var(${this.#colors[this.#runs.indexOf(run)]})`;
    const link = h("a", { href: formatRoute({ run: run.run }) }, shortTitle(run));
    return [swatch, link, h("small", { class: "muted" }, ` ${this.#started[this.#runs.indexOf(run)]}`)];
  }

  #removal({ run }) {
    const label = t("compare.remove");
    return h(
      "button",
      {
        type: "button",
        class: "quiet",
        testid: "compare-remove",
        "aria-label": label,
        title: label,
        on: { click: () => this.#remove(run) },
      },
      "×",
    );
  }
}
