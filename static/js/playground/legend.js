// What the colours mean: the scale from -1 to 1.

import { h } from "../base/dom.js";

export class Legend {
  #bar = h("div", { class: "legend-bar" });

  constructor(host) {
    host.append(
      h("span", { class: "legend-text", text: "output.legend" }),
      h("div", { class: "legend-scale row" }, h("span", {}, "−1"), this.#bar, h("span", {}, "1")),
    );
  }

  recolor({ negative, zero, positive }) {
    this.#bar.style.background = `linear-gradient(90deg, ${negative}, ${zero}, ${positive})`;
  }
}
