// What stands in a cell, by its kind: a class each, with `element`, `update(state, {pin, fits})`, and where something is
// written in it `edit()` and `isOpen`. on: {changed(fields, act), replace(cell), release(), begin(), end(), pins()}.

import { h } from "../../base/dom.js";
import { say, t, textOr } from "../../base/i18n.js";
import { icon } from "../../parts/icons.js";
import { scrolling } from "../../parts/scrolling.js";
import { Api } from "../api.js";
import { MOST } from "../kinds.js";
import { viewTab } from "../views.js";
import { chooser } from "./chooser.js";
import { Editable } from "./editable.js";
import { pinPicture } from "./pin-picture.js";

const SENTENCE = 25; // characters from which what stands in a table is no value any more

/** What is written in a field of the cell. */
function writing(on, field, { lines = false, name = `cell.${field}`, tag = /** @type {any} */ ("div") } = {}) {
  return new Editable({
    lines,
    most: MOST[field],
    name,
    tag,
    testid: `cell-${field}`,
    on: { begin: on.begin, end: on.end, input: (value) => on.changed({ [field]: value }, field) },
  });
}

class HeadingBody {
  #level;
  #text;
  #shown = 0;

  constructor(on) {
    this.#text = writing(on, "text", { name: "cell.headingText" });
    this.element = this.#text.element;
    this.#level = h(
      "select",
      {
        label: "cell.level",
        testid: "cell-level",
        on: { change: () => on.changed({ level: Number(this.#level.value) }) },
      },
      [1, 2, 3].map((level) => h("option", { value: level, text: `cell.level${level}` })),
    );
    this.tools = this.#level;
  }

  update({ cell }) {
    const { text, level = 1 } = cell;
    if (level !== this.#shown) {
      this.#shown = level;
      this.#text.use(h(/** @type {any} */ (`h${level + 1}`), { class: `heading heading-${level}` }));
      this.#level.value = String(level);
    }
    this.#text.update({ text });
  }

  edit() {
    this.#text.edit();
  }

  get isOpen() {
    return this.#text.isOpen;
  }
}

class TextBody {
  #text;
  #hint = h("p", { class: "hint-text muted", testid: "cell-hint-text" });

  constructor(on) {
    this.#text = writing(on, "text", { lines: true, name: "cell.editText" });
    this.element = h("div", { class: "prose" }, this.#hint, this.#text.element);
  }

  update({ cell, html }) {
    const { text = "", hint = "" } = cell;
    this.#hint.hidden = hint === "" || text !== "";
    this.#hint.textContent = hint;
    this.#text.update({ text, html, empty: hint ? "cell.answer" : "cell.write" });
  }

  edit() {
    this.#text.edit();
  }

  get isOpen() {
    return this.#text.isOpen;
  }
}

/** A number and a caption: that of a pin, a picture or a table. */
class Caption {
  #number = h("span", { class: "figure-number" });
  #text;

  constructor(on, tag = "figcaption") {
    this.#text = writing(on, "caption");
    this.element = h(/** @type {any} */ (tag), { class: "caption" }, this.#number, this.#text.element);
  }

  update({ figure, table, cell }, own = "") {
    this.#number.hidden = !figure && !table;
    if (figure) say(this.#number, "cell.figure", { n: figure });
    else if (table) say(this.#number, "cell.table", { n: table });
    this.#text.update({ text: cell.caption ?? "", other: own, empty: "cell.writeCaption" });
  }

  edit() {
    this.#text.edit();
  }

  get isOpen() {
    return this.#text.isOpen;
  }
}

class PinBody {
  #on;
  #view = h("div", { class: "pin-view" });
  #caption;
  #note;
  #open = h("a", { class: "plain", testid: "open-again" }, icon("back"), h("span", { text: "cell.openAgain" }));
  #back;
  #missing = h("p", { class: "muted", text: "cell.pinGone", hidden: true });
  #lost = h("p", { class: "muted", text: "cell.pinLost", hidden: true, testid: "pin-lost" });
  #shown = null;

  constructor(on) {
    this.#on = on;
    this.#caption = new Caption(on);
    this.#note = writing(on, "note", { lines: true });
    this.#back = h("button", {
      type: "button",
      class: "quiet",
      text: "cell.release",
      testid: "cell-release",
      on: { click: () => this.#on.release() },
    });
    this.element = h(
      "figure",
      { class: "pin" },
      this.#view,
      this.#missing,
      this.#caption.element,
      h("div", { class: "prose note" }, this.#note.element),
      this.#lost,
      h("div", { class: "pin-foot row" }, this.#open, this.#back),
    );
  }

  update(state, { pin }) {
    this.#missing.hidden = pin !== null;
    this.#lost.hidden = !pin?.lost;
    this.#view.hidden = this.#open.hidden = pin === null;
    this.#back.hidden = !state.cell.slot;
    const isTable = Boolean(pin?.table);
    if (pin !== null) {
      const alt = state.cell.caption || pin.caption || pin.title;
      this.#open.href = pin.place;
      if (isTable) this.#showTable(pin.table, alt);
      else this.#showPicture(pin, alt);
    }
    this.#caption.update(state, pin?.caption ?? "");
    const note = isTable ? null : state.html; // that of a table has the table in it
    this.#note.update({ text: state.cell.note ?? "", html: note, empty: "cell.writeNote" });
  }

  #showPicture(pin, alt) {
    if (this.#shown !== pin.id) this.#view.replaceChildren(pinPicture(pin, { alt }));
    this.#shown = pin.id;
    /** @type {HTMLImageElement} */ (this.#view.firstChild).alt = alt;
  }

  #showTable(table, name) {
    if (this.#shown !== table) this.#view.replaceChildren(tableOf(table));
    this.#shown = table;
    /** @type {HTMLElement} */ (this.#view.firstChild).setAttribute("aria-label", name);
  }

  edit() {
    this.#caption.edit();
  }

  get isOpen() {
    return this.#caption.isOpen || this.#note.isOpen;
  }
}

/** Where in a table sentences stand: they may be broken into lines. */
function tellSentences(box) {
  for (const cell of box.querySelectorAll("td")) cell.classList.toggle("sentence", cell.textContent.length >= SENTENCE);
  return box;
}

/** A table of a pin, which scrolls where it is wide. */
function tableOf({ columns, rows }) {
  const box = scrolling(
    {},
    h(
      "table",
      { class: "table" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          columns.map((column) => h("th", { scope: "col" }, column)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            {},
            row.map((value) => h("td", {}, value === null ? "" : String(value))),
          ),
        ),
      ),
    ),
  );
  return tellSentences(box);
}

class SlotBody {
  #on;
  #cell = null;
  #fits = [];
  #what = h("p", { class: "slot-what" });
  #hint;
  #newest;
  #choose;
  #menu = h("div", { class: "slot-menu", hidden: true });
  #none = h("span", { class: "muted", text: "cell.noFit" });
  #go = h("a", { class: "plain", testid: "slot-go" });

  constructor(on) {
    this.#on = on;
    this.#hint = writing(on, "hint");
    this.#newest = h(
      "button",
      { type: "button", class: "plain", testid: "fill-newest", on: { click: () => this.#fill(this.#fits[0].id) } },
      icon("pin"),
      h("span", { text: "cell.fillNewest" }),
    );
    this.#choose = h("button", {
      type: "button",
      class: "plain",
      testid: "choose-pin",
      "aria-expanded": "false",
      on: { click: () => this.#toggle() },
    });
    this.element = h(
      "div",
      { class: "slot" },
      this.#what,
      this.#hint.element,
      h("div", { class: "row slot-tools" }, this.#newest, this.#choose, this.#go, this.#none),
      this.#menu,
    );
  }

  update({ cell }, { fits }) {
    this.#cell = cell;
    this.#fits = fits;
    say(this.#what, "cell.slotFor", { view: [`views.${cell.view}`] });
    this.#what.hidden = textOr(`views.${cell.view}`, "") === "";
    this.#hint.update({ text: cell.hint ?? "", empty: "cell.writeHint" });
    this.#newest.hidden = this.#choose.hidden = fits.length === 0;
    this.#none.hidden = fits.length > 0;
    if (fits.length > 0) say(this.#choose, "cell.choose", { n: fits.length });
    else this.#open(false);
    const tab = viewTab(cell.view);
    this.#go.hidden = tab === null;
    if (tab !== null) {
      this.#go.href = tab.place;
      say(this.#go, "cell.goTo", { tab: [tab.name] });
    }
    if (!this.#menu.hidden) this.#fillMenu();
  }

  #toggle() {
    this.#open(this.#menu.hidden);
    if (!this.#menu.hidden) this.#fillMenu();
  }

  #open(isOpen) {
    this.#menu.hidden = !isOpen;
    this.#choose.setAttribute("aria-expanded", String(isOpen));
  }

  #fillMenu() {
    this.#menu.replaceChildren(chooser(this.#fits, (id) => this.#fill(id), "cell.noFit"));
  }

  #fill(pin) {
    this.#on.replace({ type: "pin", pin, caption: "", note: "", slot: this.#cell });
  }

  edit() {
    this.#hint.edit();
  }

  get isOpen() {
    return this.#hint.isOpen;
  }
}

class PictureBody {
  #picture = h("img", { class: "own-picture", loading: "lazy", decoding: "async" });
  #caption;

  constructor(on) {
    this.#caption = new Caption(on);
    this.element = h("figure", { class: "pin" }, this.#picture, this.#caption.element);
  }

  update(state) {
    const source = Api.picture(state.cell.picture);
    if (this.#picture.getAttribute("src") !== source) this.#picture.src = source;
    this.#picture.alt = state.cell.caption || t("cell.picture");
    this.#caption.update(state);
  }

  edit() {
    this.#caption.edit();
  }

  get isOpen() {
    return this.#caption.isOpen;
  }
}

class DerivedBody {
  #on;
  #cell = null;
  #box = scrolling({ class: "derived-table" });
  #wait = h("p", { class: "muted", text: "cell.makesItself" });
  #caption;
  #html = null;

  constructor(on) {
    this.#on = on;
    this.#caption = new Caption(on, "div");
    this.element = h("div", { class: "derived" }, this.#caption.element, this.#box, this.#wait);
  }

  update(state) {
    this.#cell = state.cell;
    const isTable = state.cell.of !== "accuracy";
    this.#caption.element.hidden = !isTable;
    this.#caption.update(state, t(`cell.of-${state.cell.of}`));
    this.#box.setAttribute("aria-label", state.cell.caption || t(`cell.of-${state.cell.of}`));
    this.#wait.hidden = Boolean(state.html) || this.#html !== null;
    if (!state.html || state.html === this.#html) return; // what it was stays until there is more
    this.#html = state.html;
    this.#box.innerHTML = state.html; // the server makes it
    for (const table of this.#box.querySelectorAll("table")) table.className = "table sortable-by-server";
    tellSentences(this.#box);
    for (const head of this.#box.querySelectorAll("th[data-sort]")) this.#makeSorting(head);
    if (this.#focused !== null)
      /** @type {HTMLElement} */ (
        this.#box.querySelector(`th[data-sort="${CSS.escape(this.#focused)}"] button`)
      )?.focus();
    this.#focused = null;
  }

  #focused = null;

  #makeSorting(head) {
    const key = head.dataset.sort;
    const order = head.getAttribute("aria-sort");
    const sort = () => {
      this.#focused = key;
      this.#on.changed({ sort: this.#cell.sort === key ? `-${key}` : key });
    };
    const arrow = { ascending: " ↑", descending: " ↓" }[order] ?? "";
    const button = h("button", { type: "button", class: "sort", testid: `derived-sort-${key}`, on: { click: sort } });
    button.append(...head.childNodes, h("span", { "aria-hidden": "true" }, arrow));
    head.replaceChildren(button);
  }

  edit() {
    if (!this.#caption.element.hidden) this.#caption.edit();
  }

  get isOpen() {
    return this.#caption.isOpen;
  }
}

/** What a newer version wrote: it can be moved and removed. */
class UnknownBody {
  element = h("p", { class: "muted", text: "cell.unknownWhat" });

  update() {}
}

/** @type {Record<string, any>} */
export const BODIES = {
  heading: HeadingBody,
  text: TextBody,
  pin: PinBody,
  slot: SlotBody,
  picture: PictureBody,
  derived: DerivedBody,
  unknown: UnknownBody,
};
