// The cells of a notebook from top to bottom: a view for each, what is added between them, and how they are moved. It shows
// what `update` gives and tells what is wanted.

import { arrange, h } from "../base/dom.js";
import { onLanguage } from "../base/i18n.js";
import { sorted } from "../base/sorted.js";
import { AddBar } from "./add-bar.js";
import { CellView } from "./cells/cell-view.js";
import { Drag } from "./drag.js";

export class Sheet {
  #on;
  #views = new Map();
  #content = null;
  #list = h("ol", { class: "cells", testid: "cells", label: "notebook.cells" });
  #empty = h("p", { class: "muted sheet-empty", text: "notebook.empty", testid: "sheet-empty" });
  #end;
  #between;
  #betweenAfter = null; // the id of the cell below which the bar is open
  #drag;
  #found = null; // ids; null: nothing is sought
  #words = new Map(); // what is said of cells, by their ids

  /**
   * on: {changed(id, cell, act), begin(id), end(id, isChanged), add(cell, after): after the cell of that id, null: at the end,
   * upload(files, after), move(id, before): before the cell of that id, null: to the end, remove(id), release(id): its pin out of the slot}.
   */
  constructor(on) {
    this.#on = on;
    const pins = () => sorted([...(this.#content?.pins.values() ?? [])], ({ at }) => at, true);
    this.#end = new AddBar({ pins, add: (cell) => on.add(cell, null), upload: (files) => on.upload(files, null) });
    const after = () => {
      const id = this.#betweenAfter;
      this.closeBar();
      return id;
    };
    this.#between = new AddBar({
      pins,
      add: (cell) => on.add(cell, after()),
      upload: (files) => on.upload(files, after()),
    });
    this.#drag = new Drag(this.#list, (element, before) => on.move(element.dataset.cell, before?.dataset.cell ?? null));
    this.element = h(
      "div",
      { class: "sheet" },
      this.#empty,
      this.#list,
      h("div", { class: "sheet-end" }, this.#end.element),
    );
    const escape = (event) => {
      if (event.key !== "Escape" || this.#betweenAfter === null) return;
      const view = this.#views.get(this.#betweenAfter);
      this.closeBar();
      view?.add.focus();
    };
    this.#between.element.addEventListener("keydown", escape);
    onLanguage(() => this.#content && this.update());
  }

  /** content: a Content; another notebook begins with no cell of the one before. */
  show(content) {
    this.closeBar();
    this.#end.close();
    this.#content = content;
    this.#views.clear();
    this.#words.clear();
    this.#found = null;
    this.#list.replaceChildren();
    this.update();
  }

  /** found: the ids of what was found, null: nothing is sought. */
  find(found) {
    this.#found = found;
    this.update();
  }

  update() {
    const cells = this.#content.cells();
    const { pins } = this.#content;
    const there = new Set(cells.map(({ id }) => id));
    for (const id of this.#views.keys()) if (!there.has(id)) this.#views.delete(id);
    const elements = cells.map((state, index) => {
      const view = this.#view(state.id);
      const pin = state.cell.type === "pin" ? (pins.get(state.cell.pin) ?? null) : null;
      const fits = (state.fits ?? []).map((id) => pins.get(id)).filter(Boolean);
      view.update(state, {
        pin,
        fits: sorted(fits, ({ at }) => at, true),
        ends: { first: index === 0, last: index === cells.length - 1 },
        marked: this.#found === null ? null : this.#found.has(state.id),
      });
      return view.element;
    });
    arrange(this.#list, elements);
    this.#empty.hidden = cells.length > 0;
  }

  /** Gives the focus to the first cell, or to what adds one. */
  focus() {
    const [first] = this.#content.cells();
    if (first) this.view(first.id).focus();
    else this.#end.focus();
  }

  view(id) {
    return this.#views.get(id) ?? null;
  }

  /** A conflict: what is typed in the view of `id` is the cell `copy`. */
  rename(id, copy) {
    const view = this.#views.get(id);
    if (!view?.isTyping) return;
    this.#views.delete(id);
    this.#views.set(copy, view);
    view.rename(copy);
  }

  /** Says something of a cell, until another is said: a text as `say` has it, or null. */
  say(id, word) {
    if (word === null) this.#words.delete(id);
    else this.#words.set(id, word);
    this.#views.get(id)?.say(word);
  }

  /** That is no longer said of the cell: what was said with this key. */
  unsay(id, key) {
    if ([this.#words.get(id)].flat()[0] === key) this.say(id, null);
  }

  closeBar() {
    if (this.#betweenAfter === null) return;
    this.#views.get(this.#betweenAfter)?.add.setAttribute("aria-expanded", "false");
    this.#betweenAfter = null;
    this.#between.close();
    this.#between.element.remove();
  }

  /** The id of the cell that has the focus, or null. */
  get focused() {
    const cell = /** @type {HTMLElement} */ (document.activeElement?.closest("[data-cell]"));
    return cell?.dataset.cell ?? null;
  }

  #view(id) {
    if (!this.#views.has(id)) {
      const view = new CellView(id, {
        changed: this.#on.changed,
        begin: this.#on.begin,
        end: this.#on.end,
        remove: this.#on.remove,
        release: this.#on.release,
        move: (cell, by) => this.#step(cell, by),
        add: (cell) => this.#toggleBar(cell),
        drag: (event, cell) => this.#drag.begin(event, this.#views.get(cell).element),
      });
      if (this.#words.has(id)) view.say(this.#words.get(id));
      this.#views.set(id, view);
    }
    return this.#views.get(id);
  }

  #step(id, by) {
    const ids = this.#content.cells().map((cell) => cell.id);
    const to = ids.indexOf(id) + (by > 0 ? 2 : -1);
    if (to < 0 || to > ids.length) return;
    const focused = document.activeElement;
    this.#on.move(id, ids[to] ?? null);
    const { element } = this.#views.get(id);
    const isOff = /** @type {any} */ (focused).disabled;
    if (element.contains(focused) && !isOff) /** @type {HTMLElement} */ (focused).focus({ preventScroll: true });
    else element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  }

  #toggleBar(id) {
    const isOpen = this.#betweenAfter === id;
    this.closeBar();
    if (isOpen) return;
    const view = this.#views.get(id);
    this.#betweenAfter = id;
    view.add.setAttribute("aria-expanded", "true");
    view.element.append(this.#between.element);
    this.#between.focus();
  }
}
