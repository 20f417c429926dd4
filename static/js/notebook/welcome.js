// What stands in place of a notebook where there is none yet: what it is for, and the exercise's template in one click.

import { h } from "../base/dom.js";
import { language } from "../base/i18n.js";
import { icon } from "../parts/icons.js";

const EXERCISE = "exercise"; // the template

export class Welcome {
  /** on: {create(template, language), elsewhere()}: there are notebooks in another browser, or in a file. */
  constructor(on) {
    const begin = h(
      "button",
      { type: "button", class: "plain primary", testid: "begin", on: { click: () => on.create(EXERCISE, language()) } },
      icon("pen"),
      h("span", { text: "notebook.begin" }),
    );
    this.element = h(
      "section",
      { class: "notebook-welcome surface stack", testid: "welcome", hidden: true },
      h("h1", { text: "notebook.welcome" }),
      h("p", { class: "lead", text: "notebook.welcomeLead" }),
      h("p", { class: "row" }, icon("pin"), h("span", { text: "notebook.welcomePin" })),
      h("p", {}, begin),
      h(
        "p",
        {},
        h("button", {
          type: "button",
          class: "quiet",
          text: "notebook.elsewhere",
          testid: "elsewhere",
          on: { click: on.elsewhere },
        }),
      ),
    );
  }
}
