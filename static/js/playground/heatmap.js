// The large map: a neuron's output over the plane, the points on it, and the axes. Draws what it is given.

import { h } from "../base/dom.js";
import { Cells } from "./cells.js";
import { outputs } from "./sizes.js";
import { paintPoints, shapesOf, share } from "./points.js";

const CELLS = 100;
export const TICKS = [-6, -4, -2, 0, 2, 4, 6];

export class HeatMap {
  #canvas;
  #cells;
  #overlay;
  #scale = null;
  #map = null; // Int8Array of the cells shown
  #points = { train: new Float64Array(), test: new Float64Array() };
  #discretize = false;
  #showTest = false;
  #safe = false;
  #isOfClasses = false; // what is trained
  #of = "outcome"; // what the map is of
  #marked = null; // points with a ring
  #lent = null; // what is seen in place of the points, as `lend` gets it
  #host;
  #drawn;

  /** drawn() hears that the picture has changed. */
  constructor(host, drawn = () => {}) {
    this.#drawn = drawn;
    this.#host = host;
    const map = h("canvas", { class: "heatmap-cells" });
    this.#overlay = h("canvas", { class: "heatmap-points" });
    const plane = h(
      "div",
      { class: "heatmap-plane", testid: "heatmap", role: "img", label: "output.map" },
      map,
      this.#overlay,
    );
    host.append(
      plane,
      axis("x", "left", (tick) => share(tick)),
      axis("y", "top", (tick) => 1 - share(tick)),
    );
    this.#canvas = map;
    this.#cells = new Cells(map, CELLS);
    new ResizeObserver(() => this.#drawPoints()).observe(plane);
  }

  /** Shows `map`; null where there is none yet. of: "outcome", what the network says; "node", a neuron or feature; or the number of a class. */
  draw(map, of = this.#of) {
    this.#map = map;
    this.#of = of;
    if (map === null || this.#scale === null) this.#cells.clear();
    else this.#cells.draw(map, this.#colors);
    this.#drawn();
  }

  get #colors() {
    if (typeof this.#of === "number") return this.#scale.classes.outputs[this.#of];
    const { map, steps } = this.#of === "outcome" ? this.#outcome : this.#scale;
    return this.#discretize ? steps : map;
  }

  /** The colours of what the network says, and of the points. */
  get #outcome() {
    return this.#isOfClasses ? this.#scale.classes : this.#scale;
  }

  /** x, y, label of each point, one after the other: {train, test}. */
  get points() {
    return this.#points;
  }

  /** What is shown, as map-picture.js takes it. */
  get shown() {
    const { train, test } = this.#points;
    const { css, shape } = this.#lookOf(this.#isOfClasses);
    return { cells: this.#canvas, points: { train, test: this.#showTest ? test : [] }, css, shape };
  }

  #lookOf(areClasses) {
    const { css } = areClasses ? this.#scale.classes : this.#scale;
    return { css, shape: shapesOf(areClasses, this.#safe), showTest: this.#showTest, marked: this.#marked };
  }

  /**
   * Shows points that are being drawn in place of the training's; null: no more. {points: x, y, label one after the other; classes:
   * of their labels, 0 where these are values; isLoose: the network has not been trained with them}.
   */
  lend(lent) {
    this.#lent = lent;
    this.#host.classList.toggle("loose", lent?.isLoose ?? false);
    this.#drawPoints();
  }

  /** Draws a ring around points: {train, test}, each a list of indices; null: around none. */
  mark(marked) {
    if (marked === null && this.#marked === null) return; // which is said with every frame
    this.#marked = marked;
    this.#drawPoints();
  }

  setPoints({ train, test }) {
    this.#points = { train, test };
    if (this.#lent === null) this.#drawPoints();
  }

  update(config) {
    const { discretize, showTestData } = config;
    if (outputs(config) > 1 !== this.#isOfClasses) {
      this.#isOfClasses = !this.#isOfClasses;
      this.#points = { train: new Float64Array(), test: new Float64Array() }; // their labels mean something else
      this.draw(null, "outcome");
      this.#drawPoints();
    }
    if (discretize !== this.#discretize) {
      this.#discretize = discretize;
      this.draw(this.#map);
    }
    if (showTestData !== this.#showTest) {
      this.#showTest = showTestData;
      this.#drawPoints();
    }
  }

  /** safe: as `shapesOf` has it. */
  recolor(scale, safe) {
    this.#scale = scale;
    this.#safe = safe;
    this.draw(this.#map);
    this.#drawPoints();
  }

  #drawPoints() {
    const canvas = this.#overlay;
    const ratio = window.devicePixelRatio;
    const size = Math.round(canvas.clientWidth * ratio);
    if (size === 0 || this.#scale === null) return;
    canvas.width = canvas.height = size; // also clears it
    const scale = ratio * Math.max(1, canvas.clientWidth / 320);
    const look = this.#lent
      ? { ...this.#lookOf(this.#lent.classes > 0), showTest: false, marked: null }
      : this.#lookOf(this.#isOfClasses);
    const points = this.#lent ? { train: this.#lent.points, test: [] } : this.#points;
    paintPoints(canvas.getContext("2d"), size, points, { ...look, scale, line: ratio });
    this.#drawn();
  }
}

function axis(name, side, place) {
  const line = h("div", { class: `axis axis-${name}`, "aria-hidden": "true" });
  for (const tick of TICKS) {
    const label = h("span", {}, String(tick).replace("-", "−"));
    label.style[side] = `${100 * place(tick)}%`;
    line.append(label);
  }
  return line;
}
