// The name that its owner gives a run: shown as text, and changed in place. Owns its form; the server checks the name.

import { h } from "../../base/dom.js";
import { say } from "../../base/i18n.js";
import { icon } from "../../parts/icons.js";
import { refusalText } from "../server-errors.js";

const LONGEST = 60; // characters, as the server has it

export class RunName {
  #run = null;
  #input;
  #fault = h("p", { class: "field-error", id: "name-error", testid: "name-error", role: "alert" });
  #form;

  /** rename(run, name): rejects where the name is refused. */
  constructor(rename) {
    this.#input = h("input", {
      type: "text",
      class: "name-input",
      testid: "name-input",
      label: "name.label",
      maxLength: LONGEST,
      autocomplete: "off",
      "aria-describedby": "name-error",
    });
    const submit = async (event) => {
      event.preventDefault();
      try {
        await rename(this.#run, this.#input.value);
        this.#close();
      } catch (error) {
        say(this.#fault, ...refusalText(error));
      }
    };
    const button = (type, text, testid, run) =>
      h("button", { type, class: "plain", text, testid, on: run ? { click: run } : {} });
    this.#form = h(
      "form",
      { class: "name-form row", hidden: true, on: { submit, keydown: ({ key }) => key === "Escape" && this.#close() } },
      this.#input,
      button("submit", "name.save", "name-save"),
      button("button", "action.cancel", "name-cancel", () => this.#close()),
      h("small", { class: "muted", text: "name.who" }),
      this.#fault,
    );
    this.button = h(
      "button",
      {
        type: "button",
        class: "round small bare",
        testid: "rename",
        label: "name.change",
        on: { click: () => this.#open() },
      },
      icon("pen"),
    );
    this.element = this.#form;
  }

  /** allowed: whether it may be named from here. */
  update(run, allowed) {
    if (run.run !== this.#run?.run || !allowed) this.#close();
    this.#run = run;
    this.button.hidden = !allowed;
  }

  #open() {
    this.#input.value = this.#run.name ?? "";
    this.#form.hidden = false;
    this.#input.focus();
  }

  #close() {
    this.#form.hidden = true;
    this.#fault.textContent = "";
    delete this.#fault.dataset.i18n;
  }
}
