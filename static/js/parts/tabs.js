// Panels of which one is shown, behind tabs that arrow keys move between (the ARIA pattern). Knows nothing of the panels.

import { h } from "../base/dom.js";
import { fading } from "./scrolling.js";

export class Tabs {
  #tabs;
  #open;
  #changed;

  /** panels: {name: {element, text}}; text, a key, is `look.` and the name by default. changed(name): another one is shown. */
  constructor(panels, changed, label = "look.title") {
    this.#changed = changed;
    this.#tabs = Object.entries(panels).map(([name, { element, text = `look.${name}` }]) => {
      const tab = h("button", {
        type: "button",
        role: "tab",
        id: `tab-${name}`,
        testid: `look-${name}`,
        text,
        "aria-controls": `panel-${name}`,
        on: { click: () => this.open(name), keydown: (event) => this.#key(event) },
      });
      const panel = h(
        "div",
        { role: "tabpanel", id: `panel-${name}`, class: "tab-panel", "aria-labelledby": tab.id },
        element,
      );
      return { name, tab, panel };
    });
    this.element = h(
      "section",
      { class: "tabs-box" },
      fading(
        h(
          "div",
          { class: "tab-list", role: "tablist", label },
          this.#tabs.map(({ tab }) => tab),
        ),
      ),
      this.#tabs.map(({ panel }) => panel),
    );
    this.#show(Object.keys(panels)[0]);
  }

  get name() {
    return this.#open;
  }

  open(name) {
    if (name === this.#open) return;
    this.#show(name);
    this.#changed(name);
  }

  #show(name) {
    this.#open = name;
    for (const { name: other, tab, panel } of this.#tabs) {
      tab.setAttribute("aria-selected", other === name);
      tab.tabIndex = other === name ? 0 : -1;
      panel.hidden = other !== name;
    }
  }

  #key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const index = this.#tabs.findIndex(({ name }) => name === this.#open);
    const { name, tab } = this.#tabs[(index + step + this.#tabs.length) % this.#tabs.length];
    this.open(name);
    tab.focus();
  }
}
