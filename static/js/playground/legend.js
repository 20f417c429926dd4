// What the colours mean: the scale from -1 to 1, or the classes.

import { h, setText, svg } from "../base/dom.js";
import { onLanguage, say } from "../base/i18n.js";
import { classOf, nameText } from "./own/description.js";
import { shapesOf } from "./points.js";
import { outputs } from "./sizes.js";

const SHORT = 8; // characters that are never cut

export class Legend {
  #bar = h("div", { class: "legend-bar" });
  #ends = [-1, 1].map(() => h("span"));
  #numbers = h("div", { class: "legend-scale row", testid: "legend-scale" }, this.#ends[0], this.#bar, this.#ends[1]);
  #text = h("span", { class: "legend-text", text: "output.legend" });
  #classes = h("div", { class: "legend-classes row", testid: "legend-classes", hidden: true });
  #scale = null;
  #count = 1;
  #isRegression = false;
  #told = null; // a Description of the data

  constructor(host) {
    host.append(this.#text, this.#numbers, this.#classes);
    this.#drawEnds();
    onLanguage(() => this.describe(this.#told));
  }

  /** told: a Description of the data in use, or null. */
  describe(told) {
    this.#told = told;
    this.#drawClasses();
    this.#drawEnds();
  }

  update(config) {
    this.#count = outputs(config);
    this.#numbers.hidden = this.#text.hidden = this.#count > 1;
    this.#classes.hidden = this.#count === 1;
    this.#isRegression = config.problem === "regression";
    this.#drawClasses();
    this.#drawEnds();
  }

  #drawClasses() {
    if (this.#scale === null) return;
    const marks = Array.from({ length: this.#count }, (_, label) =>
      h("span", { class: "legend-class row" }, classMark(label, this.#scale), className(this.#told, label)),
    );
    this.#classes.replaceChildren(h("span", { text: "output.classes" }), ...marks);
  }

  /** The values of a regression at the ends of the colours. */
  #drawEnds() {
    const told = this.#isRegression ? this.#told : null;
    const name = told ? nameText(told.name(2)) : "";
    [-1, 1].forEach((end, at) => setText(this.#ends[at], told?.text(2, end) ?? String(end).replace("-", "−")));
    this.#text.title = name;
    if (name) {
      delete this.#text.dataset.i18n;
      setText(this.#text, name);
    } else say(this.#text, "output.legend");
  }

  recolor(scale) {
    const { negative, zero, positive } = scale;
    this.#scale = scale;
    this.#drawClasses();
    this.#bar.style.background = `linear-gradient(90deg, ${negative}, ${zero}, ${positive})`;
  }
}

/** What a class is called, cut by CSS where that is long. */
export function className(told, label) {
  const name = nameText(classOf(told, label));
  return h("span", { class: "class-name", title: name.length > SHORT ? name : "" }, name);
}

/** The colour and the shape of a class, as its points have them. */
export function classMark(label, scale) {
  const corners = shapesOf(true, false)(label);
  const look = { fill: scale.classes.css(label), stroke: "#fff", "stroke-width": 0.25 };
  const shape = corners ? svg("polygon", { points: corners.join(" "), ...look }) : svg("circle", { r: 1, ...look });
  return svg("svg", { class: "class-mark", viewBox: "-1.5 -1.5 3 3", "aria-hidden": "true" }, shape);
}
