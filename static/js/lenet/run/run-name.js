// The name that its owner gives a run: shown as text, and changed in place. Owns its form; the server checks the name.

import { h } from "../../base/dom.js";
import { icon } from "../../parts/icons.js";
import { FaultLine } from "../fault-line.js";

const LONGEST = 60; // characters, as the server has it, which refuses a longer one; none is cut short here

export class RunName {
  #run = null;
  #input;
  #fault = new FaultLine({ class: "field-error", id: "name-error", testid: "name-error" });
  #form;

  /** rename(run, name): rejects where the name is refused. */
  constructor(rename) {
    this.#input = h("input", {
      type: "text",
      class: "name-input",
      testid: "name-input",
      label: "name.label",
      autocomplete: "off",
      "aria-describedby": "name-hint name-error",
    });
    const submit = async (event) => {
      event.preventDefault();
      try {
        await rename(this.#run, this.#input.value);
        this.#close();
      } catch (error) {
        this.#fault.show(error);
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
      h("small", { class: "muted", id: "name-hint", text: ["name.who", { most: LONGEST }] }),
      this.#fault.element,
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
    this.#fault.clear();
  }
}
