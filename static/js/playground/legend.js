// What the colours mean: the scale from -1 to 1, or the classes.

import { h, svg } from "../base/dom.js";
import { shapesOf } from "./points.js";
import { outputs } from "./sizes.js";

export class Legend {
  #bar = h("div", { class: "legend-bar" });
  #numbers = h("div", { class: "legend-scale row" }, h("span", {}, "−1"), this.#bar, h("span", {}, "1"));
  #text = h("span", { class: "legend-text", text: "output.legend" });
  #classes = h("div", { class: "legend-classes row", testid: "legend-classes", hidden: true });
  #scale = null;
  #count = 1;

  constructor(host) {
    host.append(this.#text, this.#numbers, this.#classes);
  }

  update(config) {
    this.#count = outputs(config);
    this.#numbers.hidden = this.#text.hidden = this.#count > 1;
    this.#classes.hidden = this.#count === 1;
    this.#drawClasses();
  }

  #drawClasses() {
    if (this.#scale === null) return;
    const marks = Array.from({ length: this.#count }, (_, label) =>
      h("span", { class: "legend-class row" }, classMark(label, this.#scale), h("span", {}, String(label))),
    );
    this.#classes.replaceChildren(h("span", { text: "output.classes" }), ...marks);
  }

  recolor(scale) {
    const { negative, zero, positive } = scale;
    this.#scale = scale;
    this.#drawClasses();
    this.#bar.style.background = `linear-gradient(90deg, ${negative}, ${zero}, ${positive})`;
  }
}

/** The colour and the shape of a class, as its points have them. */
export function classMark(label, scale) {
  const corners = shapesOf(true, false)(label);
  const look = { fill: scale.classes.css(label), stroke: "#fff", "stroke-width": 0.25 };
  const shape = corners ? svg("polygon", { points: corners.join(" "), ...look }) : svg("circle", { r: 1, ...look });
  return svg("svg", { class: "class-mark", viewBox: "-1.5 -1.5 3 3", "aria-hidden": "true" }, shape);
}
