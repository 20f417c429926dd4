// The chosen points as they will lie in the plane, and what their colours mean.

import { h } from "../../base/dom.js";
import { sayLabel } from "../../base/i18n.js";
import { classMark } from "../legend.js";
import { paintPoints, shapesOf } from "../points.js";
import { inPlane } from "./point-set.js";
import { numberText } from "./report.js";

const SIZE = 480; // pixels of the canvas, whose size CSS gives
const NOTHING = new Float64Array(0);

export class ImportPicture {
  #canvas = h("canvas", { class: "file-plane", width: SIZE, height: SIZE, role: "img", testid: "file-plane" });
  #legend = h("ul", { class: "file-legend", testid: "file-legend" });
  #gathered = null;
  #scale = null;
  #isSafe = false;

  constructor() {
    this.element = h("div", { class: "file-picture stack" }, this.#canvas, this.#legend);
  }

  /** safe: negative labels of a regression are told by their shape too. */
  recolor(scale, safe) {
    this.#scale = scale;
    this.#isSafe = safe;
    if (this.#gathered) this.draw(this.#gathered);
  }

  /** @param {import("./gather.js").Gathered} gathered */
  draw(gathered) {
    this.#gathered = gathered;
    const { set, counts } = gathered;
    const context = this.#canvas.getContext("2d");
    context.clearRect(0, 0, SIZE, SIZE);
    this.#legend.replaceChildren();
    if (set === null) return sayLabel(this.#canvas, "file.noPicture");
    const isClass = set.classes > 0;
    const css = isClass ? this.#scale.classes.css : this.#scale.css;
    const look = { css, shape: shapesOf(isClass, this.#isSafe), showTest: false, scale: SIZE / 320, line: 1 };
    paintPoints(context, SIZE, { train: inPlane(set), test: NOTHING }, look);
    sayLabel(this.#canvas, "file.picture", { points: set.x.length.toLocaleString("en-US") });
    this.#legend.append(...(isClass ? this.#classes(set, counts) : this.#ends(set)));
  }

  #classes({ names }, counts) {
    return names.map((name, label) =>
      h("li", { class: "row" }, classMark(label, this.#scale), `${name} (${counts[label]})`),
    );
  }

  #ends({ columns }) {
    const [, centre, step] = columns[2];
    const swatch = (value) => {
      const mark = h("span", { class: "file-swatch" });
      mark.style.background = this.#scale.css(value);
      return h("li", { class: "row" }, mark, numberText(centre + value * step));
    };
    return [-1, 0, 1].map(swatch);
  }
}
