// Messages above the page, one a topic: a newer one on the same topic takes the older one's place.

import { h } from "../base/dom.js";
import { icon } from "./icons.js";

export class Notices {
  #host;
  #topics = new Map();

  constructor(host) {
    this.#host = host;
  }

  /**
   * topic: what it is about. text: translation key or [key, values]. kind: "info", "warning" or "error".
   * actions: [{text, run}], buttons; each also closes the notice. details: lines below the text, given as it is.
   */
  show(topic, { text, kind = "info", actions = [], details = [], dismissible = true }) {
    this.hide(topic);
    const buttons = actions.map(({ text: key, run, testid }) =>
      h("button", {
        type: "button",
        class: "plain",
        text: key,
        testid,
        on: { click: () => (this.hide(topic), run()) },
      }),
    );
    const close = h(
      "button",
      { type: "button", class: "notice-close", label: "notice.close", on: { click: () => this.hide(topic) } },
      icon("close"),
    );
    const element = h(
      "div",
      {
        class: `notice row floating notice-${kind}`,
        testid: `notice-${topic}`,
        role: kind === "info" ? "status" : "alert",
      },
      h(
        "div",
        { class: "notice-body" },
        h("p", { text }),
        details.length > 0
          ? h(
              "ul",
              {},
              details.map((line) => h("li", { text: line })),
            )
          : null,
      ),
      buttons.length > 0 ? h("div", { class: "notice-actions" }, buttons) : null,
      dismissible ? close : null,
    );
    this.#topics.set(topic, element);
    this.#host.append(element);
  }

  /** Shows it while `on`. */
  toggle(topic, on, message) {
    if (on) this.show(topic, message);
    else this.hide(topic);
  }

  shows(topic) {
    return this.#topics.has(topic);
  }

  hide(topic) {
    this.#topics.get(topic)?.remove();
    this.#topics.delete(topic);
  }
}
