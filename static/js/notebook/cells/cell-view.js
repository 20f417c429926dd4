// A cell on the page: what is in it, by its kind, and what can be done to it. It shows what `update` gives and tells what is
// wanted; it changes nothing.

import { h } from "../../base/dom.js";
import { language, say, t } from "../../base/i18n.js";
import { icon } from "../../parts/icons.js";
import { wordsOf } from "../kinds.js";
import { BODIES } from "./bodies.js";

const MOST_NAMED = 60; // characters of a cell's text in its name

export class CellView {
  id;
  cell = null;
  #shown = null;
  #body = null;
  #type = null;
  #on;
  #word = h("p", { class: "cell-word", testid: "cell-word", role: "status", hidden: true });
  #content = h("div", { class: "cell-content" });
  #up;
  #down;

  /**
   * on: {changed(id, cell, act), begin(id), end(id), move(id, by), remove(id), release(id), add(id, host): something is wanted below, drag(
   * event, id), pins(): all of the notebook, say(word)}.
   */
  constructor(id, on) {
    this.id = id;
    this.#on = on;
    const tool = (name, picture, act) =>
      h(
        "button",
        { type: "button", class: "round bare", label: `cell.${name}`, testid: `cell-${name}`, on: { click: act } },
        icon(picture),
      );
    this.#up = tool("up", "up", () => on.move(this.id, -1));
    this.#down = tool("down", "down", () => on.move(this.id, 1));
    const handle = h(
      "span",
      {
        class: "handle",
        testid: "cell-handle",
        "aria-hidden": "true",
        on: { pointerdown: (event) => on.drag(event, this.id) },
      },
      icon("grip"),
    );
    const add = h(
      "button",
      {
        type: "button",
        class: "insert",
        label: "cell.add",
        testid: "cell-add",
        "aria-expanded": "false",
        on: { click: () => on.add(this.id) },
      },
      h("span", { class: "insert-sign" }, icon("plus")),
    );
    this.add = add;
    this.tools = h(
      "div",
      { class: "cell-tools" },
      this.#up,
      this.#down,
      tool("remove", "trash", () => on.remove(this.id)),
    );
    this.element = h(
      "li",
      { class: "cell", testid: "cell", tabIndex: 0, on: { keydown: (event) => this.#key(event) } },
      h("div", { class: "cell-frame" }, handle, this.#content, this.tools),
      this.#word,
      add,
    );
  }

  /** A conflict: what is typed here is the cell `id` from now on. */
  rename(id) {
    this.id = id;
    this.element.dataset.cell = id;
  }

  /**
   * state: as `Content` has it. pin: what it holds, if it holds one. fits: the pins that fit into it. ends: which ends of the
   * notebook it is at. marked: whether it is among what is sought; null where nothing is.
   */
  update(state, { pin = null, fits = [], ends, marked = null }) {
    this.element.hidden = marked === false;
    this.element.classList.toggle("found", marked === true);
    this.#up.disabled = ends.first;
    this.#down.disabled = ends.last;
    const key = [state, pin, language(), ...fits];
    if (this.#shown && key.length === this.#shown.length && key.every((part, at) => part === this.#shown[at])) return;
    this.#shown = key;
    this.cell = state.cell;
    this.element.dataset.cell = this.id;
    this.element.dataset.type = state.cell.type;
    if (this.#type !== state.cell.type) this.#make(state.cell.type);
    this.#body.update(state, { pin, fits });
    this.element.setAttribute("aria-label", this.#named(state, pin));
  }

  /** Begins to write in it. */
  edit() {
    this.#body.edit?.();
  }

  focus() {
    this.element.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  get isTyping() {
    return this.#body?.isOpen ?? false;
  }

  /** Says something of the cell: key and values, or null for nothing. */
  say(word) {
    this.#word.hidden = word === null;
    if (word !== null) say(this.#word, ...[word].flat());
  }

  #make(type) {
    this.#type = type;
    this.tools.querySelector(".cell-own")?.remove();
    const on = {
      changed: (fields, act = null) => this.#changed(fields, act),
      replace: (cell) => this.#on.changed(this.id, cell, null),
      release: () => this.#on.release(this.id),
      begin: () => this.#on.begin(this.id),
      end: (isChanged) => this.#on.end(this.id, isChanged),
      pins: this.#on.pins,
    };
    const hadFocus = this.#content.contains(document.activeElement);
    this.#body = new BODIES[type](on);
    this.#content.replaceChildren(this.#body.element);
    if (hadFocus) this.element.focus({ preventScroll: true });
    if (this.#body.tools) this.tools.prepend(h("div", { class: "cell-own row" }, this.#body.tools));
  }

  #changed(fields, act) {
    this.cell = { ...this.cell, ...fields };
    this.#on.changed(this.id, this.cell, act);
  }

  #named({ cell, figure, table }, pin) {
    const words = wordsOf(cell, pin).replace(/\s+/g, " ").trim();
    const number = figure
      ? t("cell.figure", { n: figure })
      : table
        ? t("cell.table", { n: table })
        : t(`cell.${cell.type}`);
    const short = words.length > MOST_NAMED ? `${words.slice(0, MOST_NAMED)}…` : words;
    return short === "" ? number : t("cell.named", { kind: number, words: short });
  }

  #key(event) {
    const isOn = event.target === this.element;
    const isMove = event.altKey && event.target.closest("input, textarea, select") === null; // also on one of its buttons
    if (!isOn && !isMove) return;
    const act = event.altKey
      ? { ArrowUp: () => this.#on.move(this.id, -1), ArrowDown: () => this.#on.move(this.id, 1) }[event.key]
      : {
          ArrowUp: () => this.#step("previousElementSibling"),
          ArrowDown: () => this.#step("nextElementSibling"),
          Enter: () => this.edit(),
          Delete: () => this.#on.remove(this.id),
        }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    act();
  }

  #step(way) {
    let next = /** @type {HTMLElement} */ (this.element[way]);
    while (next?.hidden) next = /** @type {HTMLElement} */ (next[way]);
    next?.focus();
  }
}
