// A line that says what the server has refused, for as long as that is so.

import { h } from "../base/dom.js";
import { say, sayNothing } from "../base/i18n.js";
import { isOutage, onReturn } from "./outage.js";
import { refusalText } from "./refusals.js";

export class FaultLine {
  #error = null;

  /** props: of its element. */
  constructor(props) {
    this.element = h("p", { role: "alert", ...props });
    onReturn(() => this.clearIf(isOutage));
  }

  /** error: an ApiError. */
  show(error) {
    this.#error = error;
    say(this.element, ...refusalText(error));
  }

  clear() {
    this.#error = null;
    sayNothing(this.element);
  }

  /** Clears it where `isOver(error)` of what it says. */
  clearIf(isOver) {
    if (this.#error !== null && isOver(this.#error)) this.clear();
  }
}
