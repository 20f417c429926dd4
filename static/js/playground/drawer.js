// What is one click away: a drawer at the window's edge, beside which the page can still be used.

import { h } from "../base/dom.js";
import { icon } from "../parts/icons.js";
import { Tabs } from "../parts/tabs.js";

const NARROW = 0.35; // of the window's width

export class Drawer {
  #element;
  #button;
  #tabs;
  #changed;

  /** button: opens and closes it. panels: as `Tabs` takes them. changed(name of the panel that is seen, or null). */
  constructor(button, panels, changed) {
    this.#button = button;
    this.#changed = changed;
    this.#tabs = new Tabs(panels, changed, "drawer.title");
    const close = h(
      "button",
      {
        type: "button",
        class: "round small drawer-close",
        testid: "drawer-close",
        label: "drawer.close",
        on: { click: () => this.toggle(false) },
      },
      icon("close"),
    );
    this.#element = h(
      "aside",
      { class: "drawer floating", testid: "drawer", label: "drawer.title", hidden: true },
      close,
      this.#tabs.element,
    );
    document.body.append(this.#element);
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => this.toggle(this.#element.hidden));
    document.addEventListener("keydown", (event) => {
      const isElsewhere = event.defaultPrevented || document.querySelector("dialog[open]") !== null;
      if (event.key === "Escape" && this.open && !isElsewhere) this.toggle(false);
    });
  }

  /** The name of the panel that is seen; null while it is closed. */
  get open() {
    return this.#element.hidden ? null : this.#tabs.name;
  }

  /** Opens it at a panel. */
  show(name) {
    this.#tabs.open(name);
    this.toggle(true);
  }

  /** Makes room for what is chosen in it, where it covers the output. */
  step() {
    if (this.#element.offsetWidth > NARROW * document.documentElement.clientWidth) this.toggle(false);
  }

  toggle(isOpen) {
    this.#element.hidden = !isOpen;
    document.body.classList.toggle("drawer-open", isOpen);
    this.#button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) /** @type {HTMLElement} */ (this.#element.querySelector('[role="tab"][aria-selected="true"]')).focus();
    else this.#button.focus();
    this.#changed(this.open);
  }
}
