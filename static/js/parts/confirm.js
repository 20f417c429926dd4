// Asks before something is lost, in a dialog.

import { h } from "../base/dom.js";
import { say } from "../base/i18n.js";

export class Confirm {
  #text = h("p", { id: "confirm-text" });
  #yes = h("button", { type: "submit", value: "yes", class: "plain danger", testid: "confirm-yes" });
  #dialog;

  constructor(host) {
    const no = h("button", {
      type: "submit",
      value: "no",
      class: "plain",
      testid: "confirm-no",
      text: "action.cancel",
    });
    this.#dialog = h(
      "dialog",
      { class: "dialog floating", testid: "confirm", "aria-labelledby": "confirm-text" },
      h(
        "form",
        { method: "dialog", class: "stack" },
        this.#text,
        h("div", { class: "dialog-buttons row" }, no, this.#yes),
      ),
    );
    host.append(this.#dialog);
  }

  /** Resolves to whether the answer was yes. question: [key, values]; yes: the key of the button's text. */
  ask(question, yes) {
    say(this.#text, ...question);
    say(this.#yes, yes);
    this.#dialog.returnValue = "no";
    this.#dialog.showModal();
    return new Promise((resolve) => {
      this.#dialog.addEventListener("close", () => resolve(this.#dialog.returnValue === "yes"), { once: true });
    });
  }
}
