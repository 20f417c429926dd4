// One notebook: its title, whether it is saved, undo and find, what it is set to, and its cells.

import { setDisabled } from "../base/disable.js";
import { h } from "../base/dom.js";
import { say, sayNothing, t } from "../base/i18n.js";
import { icon } from "../parts/icons.js";
import { Editable } from "./cells/editable.js";
import { dateText } from "./dates.js";
import { isEnding } from "./ending.js";
import { foundIn, matches } from "./kinds.js";

const STATES = { saved: "running", saving: "connecting", lost: "lost", full: "failed", refused: "failed" }; // header.css
const MOST_TITLE = 200; // characters

export class NotebookView {
  #sheet;
  #title;
  #state = h("span", { class: "state", testid: "save-state" });
  #undo;
  #redo;
  #find;
  #count = h("span", { class: "muted", role: "status", testid: "find-count" });
  #fills;
  #offered;
  #offer;
  #ending = h("p", { class: "notebook-ending", testid: "ending", hidden: true });
  #content = null;

  /** sheet: the Sheet. on: {rename(title), undo(), redo(), fills(yes), offered(yes)}. */
  constructor(sheet, on) {
    this.#sheet = sheet;
    this.#title = new Editable({
      most: MOST_TITLE,
      name: "notebook.title",
      testid: "title",
      on: { input: () => {}, end: (isChanged) => isChanged && on.rename(this.#title.value) },
    });
    this.#title.use(h("h1"));
    const tool = (name, act) =>
      h(
        "button",
        { type: "button", class: "round small", label: `notebook.${name}`, testid: name, on: { click: act } },
        icon(name),
      );
    this.#undo = tool("undo", on.undo);
    this.#redo = tool("redo", on.redo);
    this.#find = h("input", {
      type: "search",
      class: "find",
      label: "find.label",
      testid: "find",
      on: {
        input: () => this.#sought(),
        keydown: (event) => {
          if (event.key === "Escape") this.endFind();
        },
      },
    });
    const check = (name, changed) =>
      h("input", { type: "checkbox", testid: name, on: { change: ({ target }) => changed(target.checked) } });
    this.#fills = check("fills", on.fills);
    this.#offered = check("offered", on.offered);
    this.#offered.setAttribute("aria-describedby", "offer-about");
    this.#offer = h(
      "div",
      { testid: "offer" },
      h("label", { class: "check" }, this.#offered, h("span", { text: "notebook.offer" })),
      h("p", { id: "offer-about", class: "offer-about", text: "notebook.offerAbout" }),
    );
    this.element = h(
      "section",
      { class: "notebook surface", testid: "notebook", hidden: true },
      h("div", { class: "notebook-head" }, this.#title.element),
      h(
        "div",
        { class: "notebook-tools row" },
        this.#undo,
        this.#redo,
        h("label", { class: "finder row" }, icon("search"), this.#find),
        this.#count,
        this.#state,
      ),
      this.#ending,
      sheet.element,
      h(
        "div",
        { class: "notebook-settings" },
        h("label", { class: "check" }, this.#fills, h("span", { text: "notebook.fills" })),
        this.#offer,
      ),
    );
  }

  /** content: a Content, of another notebook or null. */
  show(content) {
    this.#content = content;
    this.element.hidden = content === null;
    this.#find.value = "";
    if (content === null) return;
    this.#sheet.show(content);
  }

  update({ history, isTeacher }) {
    const { summary } = this.#content;
    this.#title.update({ text: summary.title, other: t("notebook.untitled") });
    this.#fills.checked = summary.fills;
    this.#offered.checked = summary.offered;
    this.#offer.hidden = !isTeacher;
    this.#ending.hidden = !isEnding(summary);
    if (!this.#ending.hidden) say(this.#ending, "notebook.ending", { date: dateText(summary.deleted_on) });
    this.updateTools(history);
    this.#sought();
  }

  updateTools(history) {
    setDisabled(this.#undo, !history.canUndo);
    setDisabled(this.#redo, !history.canRedo);
  }

  /** state: of the Saver. */
  showState(state) {
    this.#state.dataset.state = STATES[state];
    say(this.#state, `save.${state}`);
  }

  focusFind() {
    this.#find.focus();
    this.#find.select();
  }

  endFind() {
    this.#find.value = "";
    this.#sought();
  }

  #sought() {
    const wanted = this.#find.value.trim();
    if (wanted === "") {
      sayNothing(this.#count);
      this.#sheet.find(null);
      return;
    }
    const { pins } = this.#content;
    const found = this.#content.cells().filter(({ cell, html }) => {
      const made = cell.type === "derived" ? textOf(html ?? "") : "";
      return matches(foundIn(cell, pins.get(cell.pin) ?? null, made), wanted);
    });
    this.#sheet.find(new Set(found.map(({ id }) => id)));
    say(this.#count, "find.count", { n: found.length });
  }
}

/** What is read of a table or a sentence that the server made, a cell a line. */
function textOf(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  return [...made.content.querySelectorAll("th, td, p")].map(({ textContent }) => textContent).join("\n");
}
