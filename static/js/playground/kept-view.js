// The runs that are kept: a table of what differs, two of them side by side, and the way back to each.

import { setDisabled } from "../base/disable.js";
import { h, renew } from "../base/dom.js";
import { onLanguage, say, sayLabel, t } from "../base/i18n.js";
import { icon } from "../parts/icons.js";
import { pinButton } from "../parts/pin-button.js";
import { scrolling } from "../parts/scrolling.js";
import { ofKept } from "./besides.js";
import { Cells, cellsOf } from "./cells.js";
import { editsOf, ratesText } from "./edits.js";
import { lossText } from "./format.js";
import { usedText } from "./in-use.js";
import { differing, keep, load, MOST, save, STORE, strokeOf } from "./kept.js";
import { nameText } from "./setting-text.js";
import { outcomeScale } from "./sizes.js";

const SIDE = 100; // cells a side of a map

export class KeptView {
  text = "drawer.kept";
  #fields;
  #store;
  #on;
  #kept;
  #isStored = true; // whether the store has what is kept here
  #beside = []; // numbers of the runs that are seen side by side
  #scale = null;
  #forgotten = 0; // the row of the run that was forgotten last
  #button = h("button", { type: "button", class: "plain primary", testid: "keep", text: "kept.keep" });
  #said = h("span", { class: "muted", role: "status", testid: "kept-said" });
  #table = scrolling({ label: "kept.table" });
  #pins = pinButton(
    "playground.compared",
    () => ({ runs: this.#kept }),
    () => this.#table,
  );
  #pinMaps = pinButton(
    "playground.kept",
    () => ({ runs: this.#seen }),
    () => this.#maps,
  );
  #maps = h("div", { class: "kept-maps row", testid: "kept-maps" });
  #offered = h("div", { class: "kept-offered stack", hidden: true, testid: "kept-offered" });

  /**
   * store: localStorage, or null. on: {present() resolves to what `keep` of kept.js takes, or null where no link leads to
   * it, open(link), changed(runs)}.
   */
  constructor(fields, store, on) {
    this.#fields = fields;
    this.#store = store;
    this.#on = on;
    this.#kept = load(store);
    this.#button.addEventListener("click", () => this.#keep());
    this.element = h(
      "div",
      { class: "kept stack" },
      this.#offered,
      h("p", { class: "muted", text: ["kept.help", { most: MOST }] }),
      h("div", { class: "row" }, this.#button, this.#said, this.#pins),
      this.#table,
      this.#maps,
    );
    onLanguage(() => this.#show());
    window.addEventListener("storage", ({ key }) => {
      if (key === STORE || key === null) this.#has(load(store)); // another page of this browser has changed it
    });
  }

  get runs() {
    return this.#kept;
  }

  /** The runs of a comparison that a link has, [{number, link}]: each can be opened, and kept here again. */
  offer(all) {
    const own = new Set(this.#kept.map((run) => ofKept([run], this.#fields)));
    const runs = all.filter((run) => !own.has(ofKept([run], this.#fields))); // those that are kept here stand in the table
    const open = ({ number, link }) =>
      h("button", {
        type: "button",
        class: "plain small",
        testid: `kept-offered-${number}`,
        text: ["kept.name", { number }],
        on: { click: () => this.#on.open(link) },
      });
    this.#offered.hidden = runs.length === 0;
    this.#offered.replaceChildren(h("p", { text: "kept.offered" }), h("div", { class: "row" }, runs.map(open)));
  }

  recolor(scale) {
    this.#scale = scale;
    this.#show();
  }

  async #keep() {
    const present = await this.#on.present();
    if (present === null) return say(this.#said, "kept.none");
    this.#change((kept) => [...kept, keep(kept, present)].slice(0, MOST));
  }

  /** change(runs) gives the runs that are kept from now on. Other pages of this browser keep theirs in the same place. */
  #change(change) {
    const kept = change(this.#isStored ? load(this.#store) : this.#kept);
    this.#isStored = save(this.#store, kept);
    say(this.#said, this.#isStored ? "kept.kept" : "kept.blocked", { runs: kept.length, most: MOST });
    this.#has(kept);
  }

  #forget(number) {
    this.#forgotten = this.#kept.findIndex((run) => run.number === number);
    this.#change((kept) => kept.filter((run) => run.number !== number));
  }

  /** The button that forgets the run below the one that is gone, or else the last one; undefined: there is none. */
  get #nextToForget() {
    const buttons = [...this.#table.querySelectorAll(".kept-forget")];
    return /** @type {HTMLElement | undefined} */ (buttons[this.#forgotten] ?? buttons.at(-1));
  }

  #has(kept) {
    this.#kept = kept;
    this.#beside = this.#beside.filter((number) => kept.some((run) => run.number === number));
    this.#show();
    this.#on.changed(kept);
  }

  #show() {
    setDisabled(this.#button, this.#kept.length >= MOST);
    this.#table.hidden = this.#pins.hidden = this.#kept.length === 0;
    const keys = differing(this.#kept, this.#fields);
    const isEdited = this.#kept.some(({ link }) => editsOf(link).others > 0);
    const heads = [...keys.map((key) => ({ textContent: nameText(key) })), ...(isEdited ? [EDITS] : []), ...RESULTS];
    const table = h(
      "table",
      { class: "table", testid: "kept-table" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col", text: "kept.run" }),
          heads.map((head) => h("th", { scope: "col", ...head })),
          h("th", { scope: "col", text: "kept.beside" }),
          h("td"),
        ),
      ),
      h(
        "tbody",
        {},
        this.#kept.map((run, index) => this.#row(run, index, keys, isEdited)),
      ),
    );
    renew(this.#table, [table], () => this.#nextToForget ?? this.#button);
    this.#showMaps();
  }

  #row(run, index, keys, isEdited) {
    const { number, link, epoch, scores } = run;
    const { others } = editsOf(link);
    const { color, isDashed } = strokeOf(index);
    const open = h(
      "button",
      {
        type: "button",
        class: "plain small",
        testid: `kept-${number}`,
        label: ["kept.open", { number }],
        on: { click: () => this.#on.open(link) },
      },
      h("span", { class: `swatch run-${color} ${isDashed ? "dashed" : ""}` }),
      h("span", { text: ["kept.name", { number }] }),
    );
    const beside = h("input", {
      type: "checkbox",
      checked: this.#beside.includes(number),
      label: ["kept.besideHelp", { number }],
      testid: `beside-${number}`,
      on: { change: () => this.#toggle(number) },
    });
    const forget = h(
      "button",
      {
        type: "button",
        class: "round small kept-forget",
        label: ["kept.forget", { number }],
        testid: `forget-${number}`,
        on: { click: () => this.#forget(number) },
      },
      icon("trash"),
    );
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, open),
      keys.map((key) => h("td", { textContent: this.#value(key, run) })),
      isEdited ? h("td", { textContent: others ? t("edits.others", { count: others }) : "–" }) : null,
      h("td", { class: "number", textContent: epoch.toLocaleString("en-US") }),
      h("td", { class: "number", textContent: lossText(scores.testLoss ?? NaN) }),
      h("td", { class: "number", textContent: lossText(scores.trainLoss ?? NaN) }),
      h("td", {}, h("label", { class: "check" }, beside)),
      h("td", {}, forget),
    );
  }

  #value(key, { link, config }) {
    const rates = key === "learningRate" ? ratesText(link) : null;
    return rates ? t(...rates) : usedText(this.#fields.get(key), config);
  }

  #toggle(number) {
    this.#beside = this.#beside.includes(number)
      ? this.#beside.filter((other) => other !== number)
      : [...this.#beside, number].slice(-2);
    this.#show();
  }

  /** The runs that are seen side by side. */
  get #seen() {
    return this.#kept.filter(({ number }) => this.#beside.includes(number));
  }

  #showMaps() {
    const runs = this.#seen;
    this.#maps.replaceChildren(
      ...runs.map(({ number, map, config }) => {
        const canvas = h("canvas", { class: "kept-map", role: "img" });
        sayLabel(canvas, "kept.map", { number });
        if (this.#scale) new Cells(canvas, SIDE).draw(cellsOf(map), outcomeScale(config, this.#scale).map);
        return h("figure", {}, canvas, h("figcaption", { text: ["kept.name", { number }] }));
      }),
      ...(runs.length > 0 ? [this.#pinMaps] : []),
    );
  }
}

const EDITS = { text: "edits.byHand" };
const RESULTS = [{ text: "run.epoch" }, { text: "output.testLoss" }, { text: "output.trainLoss" }];
