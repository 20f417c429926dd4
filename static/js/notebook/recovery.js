// The code that opens a student's notebooks in another browser: made here, shown once, and used there.

import { copyText } from "../base/clipboard.js";
import { h } from "../base/dom.js";
import { say, sayNothing } from "../base/i18n.js";
import { icon } from "../parts/icons.js";
import { refusalText } from "../parts/refusals.js";

export class Recovery {
  #api;
  #opened;
  #code = h("code", { class: "code", testid: "recovery-code", tabIndex: 0 });
  #shown;
  #said = h("p", { role: "status", testid: "recovery-said" });
  #make;
  #input;
  #isMade = false;
  #count = null; // how many notebooks there were when their number was said

  /** opened(count): notebooks of another browser are here now. confirm: a Confirm. */
  constructor(api, confirm, opened) {
    this.#api = api;
    this.#opened = opened;
    this.#make = h(
      "button",
      { type: "button", class: "plain", testid: "recovery-make", on: { click: () => this.#made(confirm) } },
      icon("key"),
      h("span", { text: "recovery.make" }),
    );
    const copy = h("button", {
      type: "button",
      class: "plain",
      text: "recovery.copy",
      testid: "recovery-copy",
      on: { click: () => this.#copy() },
    });
    this.#shown = h(
      "div",
      { class: "stack", hidden: true },
      h("p", { text: "recovery.once" }),
      h("div", { class: "row recovery-row" }, this.#code, copy),
    );
    this.#input = h("input", {
      type: "text",
      id: "recovery-input",
      testid: "recovery-input",
      autocomplete: "off",
      maxLength: 100,
    });
    const submit = (event) => {
      event.preventDefault();
      if (this.#input.value.trim() !== "") this.#use();
    };
    this.element = h(
      "div",
      { class: "stack" },
      h("p", { class: "muted", text: "recovery.explain" }),
      h("div", { class: "row" }, this.#make),
      this.#shown,
      h(
        "form",
        { class: "field", on: { submit } },
        h("label", { htmlFor: "recovery-input", text: "recovery.input" }),
        h(
          "div",
          { class: "row recovery-row" },
          this.#input,
          h("button", { type: "submit", class: "plain", text: "recovery.use", testid: "recovery-use" }),
        ),
      ),
      this.#said,
    );
  }

  /** count: how many notebooks there are now; what was said of another number is said no more. */
  update({ made }, count) {
    this.#isMade = made;
    if (this.#said.dataset.i18n === "recovery.opened" && count !== (this.#count ??= count)) sayNothing(this.#said);
    say(this.#make.lastElementChild, made ? "recovery.makeAnother" : "recovery.make");
  }

  async #made(confirm) {
    if (this.#isMade && !(await confirm.ask(["recovery.question"], "recovery.makeAnother"))) return;
    await this.#ask(async () => {
      const { code } = await this.#api.makeCode();
      this.update({ made: true }, this.#count);
      this.#code.textContent = code;
      this.#shown.hidden = false;
      this.#code.focus();
    });
  }

  async #copy() {
    say(this.#said, (await copyText(this.#code.textContent)) ? "recovery.copied" : "recovery.copyByHand");
  }

  async #use() {
    await this.#ask(async () => {
      const { notebooks } = await this.#api.useCode(this.#input.value.trim());
      this.#input.value = "";
      this.#shown.hidden = true; // it was of another owner
      this.#count = null;
      say(this.#said, "recovery.opened", { n: notebooks });
      await this.#opened();
    });
  }

  async #ask(question) {
    sayNothing(this.#said);
    try {
      await question();
    } catch (error) {
      if (!(error.status >= 0)) throw error;
      say(this.#said, ...refusalText(error));
    }
  }
}
