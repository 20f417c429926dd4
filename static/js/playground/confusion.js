// Which classes the network takes for which, and how well it knows each: counts of the points, live; a cell marks its points on the map.

import { h, setText } from "../base/dom.js";
import { onLanguage, sayLabel } from "../base/i18n.js";
import { accuracyText } from "./format.js";
import { pinButton } from "../parts/pin-button.js";
import { scrolling } from "../parts/scrolling.js";
import { classMark, className } from "./legend.js";
import { classOf } from "./own/description.js";
import { confusion, pointsOf } from "./classified.js";
import { outputs } from "./sizes.js";

export class ConfusionView {
  #mark;
  #element;
  #table = h("table", { class: "confusion-table", testid: "confusion" });
  #sets = ["test", "train"].map((set) =>
    h("input", { type: "radio", name: "confusion-set", checked: set === "test", testid: `confusion-${set}` }),
  );
  #cells = []; // [label][taken for] {button}
  #rates = []; // of each label
  #points = null;
  #frame = null;
  #scale = null;
  #count = 1;
  #chosen = null; // {label, taken}
  #told = null; // a Description of the data

  /** mark({train, test}) draws a ring around points, given as indices; null: around none. */
  constructor(host, mark) {
    this.#mark = mark;
    const option = (input, key) => h("label", { class: "check" }, input, h("span", { text: key }));
    for (const input of this.#sets) input.addEventListener("change", () => this.#show());
    this.#element = h(
      "details",
      { class: "confusion", testid: "confusion-panel", hidden: true, on: { toggle: () => this.#show() } },
      h("summary", { text: "confusion.title" }),
      h(
        "div",
        { class: "confusion-sets row", role: "group", label: "confusion.which" },
        option(this.#sets[0], "confusion.test"),
        option(this.#sets[1], "confusion.train"),
        pinButton(
          "playground.confusion",
          () => this.#counted,
          () => this.#table,
        ),
      ),
      scrolling({ label: "confusion.caption" }, this.#table),
      h("p", { class: "muted", text: "confusion.help" }),
    );
    host.append(this.#element);
    onLanguage(() => this.#rename());
  }

  update(config) {
    const count = outputs(config);
    this.#element.hidden = count === 1;
    if (count === this.#count) return;
    this.#count = count;
    this.#frame = null;
    this.#build();
  }

  /** told: a Description of the data in use, or null. */
  describe(told) {
    this.#told = told;
    this.#rename();
  }

  #rename() {
    const chosen = this.#chosen;
    this.#build();
    this.#choose(chosen);
  }

  recolor(scale) {
    this.#scale = scale;
    this.#build();
  }

  setPoints(points) {
    this.#points = points;
    this.#show();
  }

  draw(frame) {
    this.#frame = frame;
    this.#show();
  }

  #build() {
    this.#choose(null);
    if (this.#scale === null || this.#count === 1) return;
    const labels = Array.from({ length: this.#count }, (_, label) => label);
    const head = (label, scope) => {
      const name = className(this.#told, label);
      if (this.#told && scope === "col") name.classList.add("hidden-visually"); // the rows have it, beside the same mark
      return h("th", { scope, title: name.title }, classMark(label, this.#scale), " ", name);
    };
    this.#rates = labels.map(() => h("td", { class: "confusion-rate" }));
    this.#cells = labels.map((label) =>
      labels.map((taken) =>
        h("button", {
          type: "button",
          class: "confusion-cell",
          "aria-pressed": "false",
          testid: `confusion-${label}-${taken}`,
          on: { click: () => this.#choose({ label, taken }) },
        }),
      ),
    );
    this.#table.replaceChildren(
      h("caption", { class: "hidden-visually", text: "confusion.caption" }),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("td"),
          ...labels.map((label) => head(label, "col")),
          h("th", { scope: "col", text: "confusion.right" }),
        ),
      ),
      h(
        "tbody",
        {},
        ...labels.map((label) =>
          h(
            "tr",
            {},
            head(label, "row"),
            ...this.#cells[label].map((button, taken) => h("td", { class: label === taken ? "right" : "" }, button)),
            this.#rates[label],
          ),
        ),
      ),
    );
    this.#show();
  }

  /** The cell whose points are marked; the same again marks none. */
  #choose(cell) {
    const same = cell && this.#chosen && cell.label === this.#chosen.label && cell.taken === this.#chosen.taken;
    this.#chosen = same ? null : cell;
    this.#show();
  }

  get #set() {
    return this.#sets[0].checked ? "test" : "train";
  }

  /** {labels, taken, set}: what is counted; null: nothing, or the points are those of another network. */
  get #counted() {
    const isShown = this.#element.open && this.#count > 1 && this.#frame !== null && this.#points !== null;
    const labels = isShown ? labelsOf(this.#points) : null;
    if (labels === null || labels.train.length + labels.test.length !== this.#frame.classified.length) return null;
    const classified = {
      train: this.#frame.classified.subarray(0, labels.train.length),
      test: this.#frame.classified.subarray(labels.train.length),
    };
    const set = this.#set;
    return { labels: labels[set], taken: classified[set], set };
  }

  #show() {
    const counted = this.#counted;
    if (counted === null) {
      this.#mark(null);
      return;
    }
    const { labels, taken: takenFor, set } = counted;
    const { counts, rates } = confusion(labels, takenFor, this.#count);
    const names = this.#cells.map((_, label) => classOf(this.#told, label));
    this.#cells.forEach((row, label) => {
      setText(this.#rates[label], accuracyText(rates[label]));
      row.forEach((button, taken) => {
        const isChosen = this.#chosen !== null && this.#chosen.label === label && this.#chosen.taken === taken;
        setText(button, String(counts[label][taken]));
        sayLabel(button, "confusion.cell", { count: counts[label][taken], label: names[label], taken: names[taken] });
        button.setAttribute("aria-pressed", String(isChosen));
        button.classList.toggle("none", counts[label][taken] === 0);
      });
    });
    const found = this.#chosen && pointsOf(labels, takenFor, this.#chosen);
    this.#mark(found && { train: [], test: [], [set]: found });
  }
}

function labelsOf({ train, test }) {
  const every = (points) => Uint8Array.from({ length: points.length / 3 }, (_, index) => points[3 * index + 2]);
  return { train: every(train), test: every(test) };
}
