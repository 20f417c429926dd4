// The large map: a neuron's output over the plane, the points on it, and the axes. Draws what it is given.

import { h } from "../base/dom.js";
import { onLanguage, sayLabel } from "../base/i18n.js";
import { Cells } from "./cells.js";
import { nameText } from "./own/description.js";
import { outputs } from "./sizes.js";
import { paintPoints, shapesOf, share } from "./points.js";

const CELLS = 100;
const EDGE = 6; // of the plane
const TICKS = [-6, -4, -2, 0, 2, 4, 6].map((place) => ({ place, text: String(place).replace("-", "−") }));
const ROOM = 34; // characters beside one another below the smallest map
const CHARACTER = 0.46; // rem, of a tick's label

/** The ticks and the name of an axis of the plane. told: a Description of the data; null: they are in the plane's units. */
export function axisOf(told, at) {
  return { ticks: told?.ticks(at, at === 0 ? ROOM : undefined) ?? TICKS, name: told ? nameText(told.name(at)) : "" };
}

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
  #classes = 0; // how many; 0: labels are numbers
  #of = "outcome"; // what the map is of
  #marked = null; // points with a ring
  #lent = null; // what is seen in place of the points, as `lend` gets it
  #told = null; // a Description of what is trained
  #axes = [];
  #plane;
  #host;
  #drawn;

  /** drawn() hears that the picture has changed. */
  constructor(host, drawn = () => {}) {
    this.#drawn = drawn;
    this.#host = host;
    const map = h("canvas", { class: "heatmap-cells" });
    this.#overlay = h("canvas", { class: "heatmap-points" });
    const plane = h("div", { class: "heatmap-plane", testid: "heatmap", role: "img" }, map, this.#overlay);
    this.#plane = plane;
    this.#axes = ["x", "y"].map((name) =>
      h("div", { class: `axis axis-${name}`, testid: `axis-${name}`, "aria-hidden": "true" }),
    );
    host.append(plane, ...this.#axes);
    this.#drawAxes();
    onLanguage(() => this.#drawAxes());
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

  /** What is told of the data that are trained: a Description, or null. */
  describe(told) {
    this.#told = told;
    this.#drawAxes();
  }

  /** The units of the points that are seen. */
  #drawAxes() {
    const told = this.#lent ? this.#lent.told : this.#told;
    const [x, y] = [0, 1].map((at) => axisOf(told, at));
    const digits = y.ticks.reduce((most, { text }) => Math.max(most, text.length), 0);
    this.#host.style.setProperty("--numbers", `${Math.max(1.25, CHARACTER * digits + 0.25)}rem`);
    this.#host.classList.toggle("named-x", x.name !== "");
    this.#host.classList.toggle("named-y", y.name !== "");
    fillAxis(this.#axes[0], x, "left", share);
    fillAxis(this.#axes[1], y, "top", (place) => 1 - share(place));
    if (x.name || y.name) sayLabel(this.#plane, "output.mapOf", { x: told.name(0) || "x", y: told.name(1) || "y" });
    else sayLabel(this.#plane, "output.map");
  }

  /** x, y, label of each point, one after the other: {train, test}. */
  get points() {
    return this.#points;
  }

  /** What is shown, as map-picture.js takes it. */
  get shown() {
    const { train, test } = this.#points;
    const { css, shape } = this.#lookOf(this.#isOfClasses);
    const seen = { train, test: this.#showTest ? test : [] };
    return { cells: this.#canvas, points: seen, css, shape, told: this.#told, classes: this.#classes };
  }

  /** The same as numbers, as pins.js takes them; map: null where there is none yet. */
  get plane() {
    const { train, test } = this.#points;
    const points = { train, test: this.#showTest ? test : new Float64Array() };
    return { map: this.#map && Int8Array.from(this.#map), of: this.#of, points, discretize: this.#discretize };
  }

  #lookOf(areClasses) {
    const { css } = areClasses ? this.#scale.classes : this.#scale;
    return { css, shape: shapesOf(areClasses, this.#safe), showTest: this.#showTest, marked: this.#marked };
  }

  /**
   * Shows points that are being drawn in place of the training's; null: no more. {points: x, y, label one after the other; classes:
   * of their labels, 0 where these are values; isLoose: the network has not been trained with them; told: a Description of them, or null}.
   */
  lend(lent) {
    const isOther = (lent ? lent.told : this.#told) !== (this.#lent ? this.#lent.told : this.#told);
    this.#lent = lent;
    if (isOther) this.#drawAxes();
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
    this.#classes = outputs(config) > 1 ? outputs(config) : 0;
    if (this.#classes > 0 !== this.#isOfClasses) {
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

/** side: from which side a tick is placed; placeOf: how far, as a share of it. */
function fillAxis(element, { ticks, name }, side, placeOf) {
  const labels = ticks.map(({ place, text }) => {
    const label = h("span", { class: "axis-tick" }, text);
    label.style[side] = `${100 * placeOf(place)}%`;
    if (Math.abs(place) === EDGE) label.classList.add(place < 0 ? "lowest" : "highest");
    return label;
  });
  element.replaceChildren(...labels, ...(name ? [h("span", { class: "axis-name", title: name }, name)] : []));
}
