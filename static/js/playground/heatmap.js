// The large map: a neuron's output over the plane, the points on it, and the axes. Draws what it is given.

import { h } from "../base/dom.js";
import { Cells } from "./cells.js";
import { paintPoints, share } from "./points.js";

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
  #shapes = false;
  #drawn;

  /** drawn() hears that the picture has changed. */
  constructor(host, drawn = () => {}) {
    this.#drawn = drawn;
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

  /** Shows `map`; null where there is none yet. */
  draw(map) {
    this.#map = map;
    if (map === null || this.#scale === null) this.#cells.clear();
    else this.#cells.draw(map, this.#discretize ? this.#scale.steps : this.#scale.map);
    this.#drawn();
  }

  /** x, y, label of each point, one after the other: {train, test}. */
  get points() {
    return this.#points;
  }

  /** What is shown, as map-picture.js takes it. */
  get shown() {
    const { train, test } = this.#points;
    return { cells: this.#canvas, points: { train, test: this.#showTest ? test : [] }, shapes: this.#shapes };
  }

  get #look() {
    return { css: this.#scale.css, shapes: this.#shapes, showTest: this.#showTest };
  }

  setPoints({ train, test }) {
    this.#points = { train, test };
    this.#drawPoints();
  }

  update({ discretize, showTestData }) {
    if (discretize !== this.#discretize) {
      this.#discretize = discretize;
      this.draw(this.#map);
    }
    if (showTestData !== this.#showTest) {
      this.#showTest = showTestData;
      this.#drawPoints();
    }
  }

  /** shapes: draw negative points as diamonds, for those who cannot tell the colours. */
  recolor(scale, shapes) {
    this.#scale = scale;
    this.#shapes = shapes;
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
    paintPoints(canvas.getContext("2d"), size, this.#points, { ...this.#look, scale, line: ratio });
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
