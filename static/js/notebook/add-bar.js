// What can be put into a notebook: a button for each kind of cell, and below them what there is to choose from.

import { h } from "../base/dom.js";
import { icon } from "../parts/icons.js";
import { chooser } from "./cells/chooser.js";
import { DERIVED } from "./kinds.js";
import { VIEWS } from "./views.js";

const KINDS = { text: "pen", heading: "heading", pin: "pin", derived: "table", picture: "picture", slot: "slot" };

export class AddBar {
  #on;
  #choices = h("div", { class: "add-choices", hidden: true });
  #buttons;
  #open = null;
  #file;

  /** on: {add(cell), upload(files), pins(): those of the notebook, the newest first}. */
  constructor(on) {
    this.#on = on;
    this.#buttons = Object.entries(KINDS).map(([kind, picture]) =>
      h(
        "button",
        {
          type: "button",
          class: "plain",
          testid: `add-${kind}`,
          on: { click: () => this.#chosen(kind) },
        },
        icon(picture),
        h("span", { text: `add.${kind}` }),
      ),
    );
    const given = () => {
      const files = [...this.#file.files];
      this.#file.value = "";
      on.upload(files);
    };
    this.#file = h("input", {
      type: "file",
      accept: "image/png,image/jpeg,image/gif,image/webp",
      multiple: true,
      class: "hidden-visually",
      tabIndex: -1,
      label: "add.pictureFile",
      testid: "picture-file",
      on: { change: given },
    });
    this.element = h(
      "div",
      { class: "add-bar", role: "group", label: "add.title" },
      h("div", { class: "row add-kinds" }, this.#buttons, this.#file),
      this.#choices,
    );
  }

  focus() {
    this.#buttons[0].focus();
  }

  close() {
    this.#open = null;
    this.#choices.hidden = true;
    for (const button of this.#buttons) button.removeAttribute("aria-expanded");
  }

  #chosen(kind) {
    if (kind === "text") this.#add({ type: "text", text: "", hint: "" });
    else if (kind === "heading") this.#add({ type: "heading", text: "", level: 1 });
    else if (kind === "picture") this.#file.click();
    else if (this.#open === kind) this.close();
    else this.#show(kind);
  }

  #show(kind) {
    this.close();
    this.#open = kind;
    const button = this.#buttons[Object.keys(KINDS).indexOf(kind)];
    button.setAttribute("aria-expanded", "true");
    this.#choices.replaceChildren(this.#choicesOf(kind));
    this.#choices.hidden = false;
  }

  #choicesOf(kind) {
    if (kind === "pin")
      return chooser(
        this.#on.pins(),
        (pin) => this.#add({ type: "pin", pin, caption: "", note: "", slot: null }),
        "add.noPins",
      );
    /** @type {[string, any][]} */
    const choices =
      kind === "derived"
        ? DERIVED.map((of) => [`cell.of-${of}`, { type: "derived", of, tab: null, run: "", sort: "", caption: "" }])
        : VIEWS.map((view) => [`views.${view}`, { type: "slot", view, where: {}, hint: "" }]);
    return h(
      "div",
      { class: "add-list" },
      choices.map(([text, cell]) =>
        h("button", { type: "button", class: "plain", text, on: { click: () => this.#add(cell) } }),
      ),
    );
  }

  #add(cell) {
    this.close();
    this.#on.add(cell);
  }
}
