// Drawing points: the palette below the map, whose brushes are the tools, and the plane over it. What is drawn is the drawing's
// (drawing.js), what the training is told of it is outgoing.js'; here both meet the page.

import { h, setText } from "../../base/dom.js";
import { onLanguage, say, sayLabel, sayNothing } from "../../base/i18n.js";
import { icon } from "../../parts/icons.js";
import { chosenIn, OWN } from "../datasets.js";
import { classMark } from "../legend.js";
import { Drawing, FEWEST_CLASSES, flat, hundredths, placeOf, startFrom, unflat } from "./drawing.js";
import { DrawPlane } from "./draw-plane.js";
import { Outgoing } from "./outgoing.js";
import { MOST, MOST_CLASSES } from "./point-set.js";

const SIZES = [
  { name: "point", text: "palette.pointSize", radius: 0, count: 1 },
  { name: "small", text: "palette.smallSize", radius: 0.4, count: 3 },
  { name: "medium", text: "palette.mediumSize", radius: 0.8, count: 6 },
  { name: "large", text: "palette.largeSize", radius: 1.4, count: 10 },
];
const ERASER = 0.2; // reaches as far at least: a point is as large
const VALUE_STEP = 0.05;
const TYPING = 'input:not([type="range"]), textarea, dialog';

export class DrawView {
  #on;
  #host;
  #plane;
  #outgoing;
  /** The drawing of either problem. @type {Record<string, Drawing | null>} */
  #drawings = { classification: null, regression: null };
  #config = null;
  #chosen = ""; // the data set in use
  #there = { points: [], areClasses: false }; // what the training has
  #scale = null;
  #label = 0; // of the brush
  #value = 0.5; // of the brush of a regression
  #isEraser = false;
  #size = SIZES[0];
  #isForeign = false; // the last change came from elsewhere
  #isToPaint = false;
  #random;

  // what is asked first
  #starts = h("div", { class: "draw-starts", role: "group", label: "palette.startWith" });
  #start = h(
    "div",
    { class: "draw-start stack", testid: "draw-start", hidden: true },
    h("p", { text: "palette.startWith" }),
    this.#starts,
  );

  // the palette
  #brushes = h("div", { class: "draw-brushes row", role: "group", label: "palette.brushes" });
  #marks = []; // buttons of the brushes, then the eraser
  #slider = h("input", {
    type: "range",
    class: "draw-value",
    min: -1,
    max: 1,
    step: VALUE_STEP,
    value: this.#value,
    testid: "draw-value",
    label: "palette.value",
    on: { input: () => this.#setValue(Number(this.#slider.value)) },
  });
  #swatch = h("span", { class: "draw-swatch" });
  #number = h("span", { class: "draw-number" });
  #sizes = SIZES.map((size, index) =>
    this.#button(`draw-size-${size.name}`, size.text, () => this.#setSize(size), dot(index)),
  );
  #undo = this.#button("draw-undo", "palette.undo", () => this.#strokes("undo"), icon("undo"));
  #redo = this.#button("draw-redo", "palette.redo", () => this.#strokes("redo"), icon("redo"));
  #clear = this.#button("draw-clear", "palette.clear", () => this.#strokes("clear"), icon("trash"));
  #done = h("button", {
    type: "button",
    class: "plain draw-done",
    testid: "draw-done",
    text: "palette.done",
    on: { click: () => this.close() },
  });
  #said = h("p", { class: "draw-said", testid: "draw-said", role: "status" });
  #again = h("button", {
    type: "button",
    class: "plain",
    testid: "draw-again",
    text: "palette.again",
    hidden: true,
    on: { click: () => this.#outgoing.again() },
  });
  #at = h("span", { class: "draw-at", testid: "draw-at", role: "status" });
  #place = h("input", {
    type: "text",
    inputMode: "text",
    autocomplete: "off",
    spellcheck: false,
    class: "draw-place",
    testid: "draw-place",
    label: "palette.place",
    placeholder: "x, y",
    "aria-describedby": "draw-wrong",
  });
  #wrong = h("p", { class: "field-error", id: "draw-wrong", testid: "draw-wrong", role: "alert" });
  #palette = h(
    "div",
    { class: "draw-palette stack", testid: "draw-palette", role: "group", label: "palette.title", hidden: true },
    this.#brushes,
    h(
      "div",
      { class: "draw-line row" },
      h("div", { class: "draw-sizes row", role: "group", label: "palette.sizes" }, this.#sizes),
      h("div", { class: "draw-strokes row" }, this.#undo, this.#redo, this.#clear),
    ),
    h("div", { class: "draw-line row" }, this.#said, this.#at),
    this.#again,
    h(
      "form",
      { class: "draw-line row", on: { submit: (event) => this.#typed(event) } },
      h(
        "div",
        { class: "draw-typed row" },
        this.#place,
        h("button", { class: "plain", testid: "draw-put", text: "palette.put" }),
      ),
      this.#done,
    ),
    this.#wrong,
    h("p", { class: "hidden-visually", id: "draw-keys", text: "palette.keys" }),
  );

  /**
   * host: where the palette stands. map: what the plane lies over.
   * on: {onUse(PointSet), onAdd(label, places), onDrop(places)} are asked for the training, and resolve to whether it took it; places are x
   *   and y in turn. show({points, classes, isLoose} | null): these points are to be seen on the map in place of the training's;
   *   isLoose: the map below them is not of them. opened(isOpen).
   *
   * @param {HTMLElement} host
   * @param {HTMLElement} map
   * @param {any} on
   */
  constructor(host, map, on, random = Math.random) {
    this.#on = on;
    this.#host = host;
    this.#random = random;
    this.#plane = new DrawPlane({
      begin: () => this.#drawing.begin(),
      at: (x, y) => this.#use(x, y, this.#isEraser),
      erase: (x, y) => this.#use(x, y, true),
      end: () => (this.#drawing.end(), this.#changed()),
      moved: (x, y) => say(this.#at, "palette.at", { x: twoDecimals(x), y: twoDecimals(y) }),
    });
    this.#outgoing = new Outgoing({
      use: (drawing, classes) => on.onUse(pointSetOf(drawing, classes)),
      add: on.onAdd,
      drop: on.onDrop,
      stale: () => this.#show(),
      foreign: (points) => this.#takeOver(points),
    });
    map.append(this.#plane.element);
    host.append(this.#start, this.#palette);
    for (const part of [this.#start, this.#palette, this.#plane.element])
      part.addEventListener("keydown", (event) => this.#escape(event));
    document.addEventListener("keydown", (event) => this.#command(event), { capture: true });
    onLanguage(() => this.#setValue(this.#value));
  }

  get isOpen() {
    return !this.#start.hidden || !this.#palette.hidden;
  }

  get #isDrawing() {
    return !this.#palette.hidden;
  }

  get #drawing() {
    return this.#drawings[this.#config.problem];
  }

  set #drawing(drawing) {
    this.#drawings[this.#config.problem] = drawing;
  }

  get #isRegression() {
    return this.#config.problem === "regression";
  }

  /** Asks what to start with, or goes on with what trains. */
  open() {
    if (this.isOpen) return this.#focus();
    if (this.#chosen !== OWN) return this.#ask();
    if (!this.#outgoing.isUsed || this.#drawing === null) {
      const { points } = this.#there;
      this.#drawing = new Drawing(this.#isRegression ? 0 : this.#config.classes, points);
      this.#outgoing.begin(this.#drawing, points);
    }
    this.#begin();
  }

  close() {
    if (!this.isOpen) return;
    this.#drawing?.end();
    this.#start.hidden = this.#palette.hidden = this.#plane.element.hidden = true;
    this.#on.show(null);
    this.#on.opened(false);
  }

  /** The settings in force. Another data set ends the drawing, which is kept: the next time it can be gone on with. */
  update(config) {
    const chosen = chosenIn(config);
    const isOther = chosen !== this.#chosen || (this.#config !== null && config.problem !== this.#config.problem);
    if (isOther && this.isOpen && (chosen !== OWN || config.problem !== this.#config.problem)) this.close();
    this.#config = config;
    this.#chosen = chosen;
    if (chosen === OWN) this.#outgoing.classes = this.#isRegression ? 0 : config.classes;
    else this.#outgoing.leave();
  }

  /** The training's points as the server tells them. areClasses: their labels are the numbers of classes. */
  setPoints({ train, test }, areClasses) {
    this.#there = { points: [...unflat(train), ...unflat(test)], areClasses };
    if (this.#chosen === OWN) this.#outgoing.heard(this.#there.points);
  }

  recolor(scale) {
    this.#scale = scale;
    const { negative, zero, positive } = scale;
    this.#slider.style.setProperty("--scale", `linear-gradient(90deg, ${negative}, ${zero}, ${positive})`);
    if (this.#isDrawing) this.#showBrushes();
  }

  // --- what to start with

  #ask() {
    const { points } = this.#there;
    const kept = this.#drawing;
    const start = (name, text, run) =>
      h("button", { type: "button", class: "plain", testid: `draw-from-${name}`, text, on: { click: run } });
    this.#starts.replaceChildren(
      start("there", ["palette.fromThere", { count: points.length.toLocaleString("en-US") }], () =>
        this.#startWith(points),
      ),
      start("empty", "palette.fromEmpty", () => this.#startWith([])),
      ...(kept && kept.size > 0
        ? [
            start("kept", ["palette.fromKept", { count: kept.size.toLocaleString("en-US") }], () =>
              this.#goOnWith(kept),
            ),
          ]
        : []),
      start("none", "palette.cancel", () => this.close()),
    );
    this.#start.hidden = false;
    this.#on.opened(true);
    this.#focus();
  }

  #startWith(points) {
    const { areClasses } = this.#there;
    const start = startFrom(points, this.#isRegression, areClasses);
    const classes = this.#isRegression
      ? 0
      : Math.max(FEWEST_CLASSES, 1 + Math.max(0, ...start.map(({ label }) => label)));
    this.#goOnWith(new Drawing(classes, start));
  }

  #goOnWith(drawing) {
    this.#drawing = drawing;
    this.#outgoing.begin(drawing);
    this.#begin();
    this.#changed();
  }

  #begin() {
    this.#start.hidden = true;
    this.#palette.hidden = this.#plane.element.hidden = false;
    this.#isForeign = this.#isEraser = false;
    this.#label = Math.min(this.#label, Math.max(0, this.#drawing.classes - 1));
    this.#setSize(this.#size);
    this.#showBrushes();
    this.#on.opened(true);
    this.#show();
    this.#focus();
  }

  /** To where it goes on; on a phone that is far below. */
  #focus() {
    if (this.#isDrawing) this.#plane.element.focus({ preventScroll: true });
    else /** @type {HTMLElement} */ (this.#starts.firstElementChild).focus({ preventScroll: true });
    this.#host.scrollIntoView({ block: "nearest" });
    const { top } = this.#plane.element.getBoundingClientRect();
    if (this.#isDrawing && top < 0) this.#plane.element.scrollIntoView({ block: "start" }); // there is no room for both
  }

  // --- drawing

  #use(x, y, isErased) {
    const drawing = this.#drawing;
    const { radius, count } = this.#size;
    if (isErased) drawing.erase(x, y, Math.max(ERASER, radius));
    else if (radius === 0) drawing.put(hundredths(x), hundredths(y), this.#brush);
    else
      for (let point = 0; point < count; point++) {
        const [angle, distance] = [2 * Math.PI * this.#random(), radius * Math.sqrt(this.#random())];
        const place = [x + distance * Math.cos(angle), y + distance * Math.sin(angle)].map(hundredths);
        drawing.put(place[0], place[1], this.#brush);
      }
    this.#changed();
  }

  get #brush() {
    return this.#isRegression ? this.#value : this.#label;
  }

  #strokes(name) {
    this.#drawing[name]();
    this.#changed();
  }

  #typed(event) {
    event.preventDefault();
    const place = placeOf(this.#place.value);
    this.#place.toggleAttribute("aria-invalid", place === null);
    if (place === null) return say(this.#wrong, "palette.wrongPlace");
    sayNothing(this.#wrong);
    if (this.#isEraser) this.#drawing.erase(place.x, place.y, ERASER);
    else this.#drawing.put(place.x, place.y, this.#brush);
    this.#place.select();
    this.#changed();
  }

  #changed() {
    this.#isForeign = false;
    this.#outgoing.changed();
    this.#show();
  }

  /** The training has got other points: they are drawn here too, as a stroke, which can be undone. */
  #takeOver(points) {
    const drawing = this.#drawing;
    if (drawing === null) return;
    while (drawing.classes > 0 && drawing.classes < this.#config.classes) drawing.addClass();
    drawing.replace(points);
    this.#isForeign = true;
    if (!this.#isDrawing) return;
    this.#showBrushes();
    this.#show();
  }

  // --- what is seen

  /** Once before the next picture, however many points there were. */
  #show() {
    if (this.#isToPaint) return;
    this.#isToPaint = true;
    requestAnimationFrame(() => {
      this.#isToPaint = false;
      if (this.#isDrawing) this.#paint();
    });
  }

  #paint() {
    const drawing = this.#drawing;
    const isLoose = !this.#outgoing.isUsed || drawing.missing > 0;
    this.#on.show({ points: flat(drawing.points.values()), classes: drawing.classes, isLoose });
    disable(this.#undo, !drawing.canUndo, this.#plane.element);
    disable(this.#redo, !drawing.canRedo, this.#plane.element);
    disable(this.#clear, drawing.size === 0, this.#plane.element);
    this.#again.hidden = !this.#outgoing.isStale;
    const values = { count: drawing.size.toLocaleString("en-US"), missing: drawing.missing };
    say(this.#said, this.#state(drawing), values);
  }

  #state(drawing) {
    if (drawing.missing > 0) return this.#outgoing.isUsed ? "palette.missingAgain" : "palette.missing";
    if (this.#outgoing.isStale) return "palette.stale";
    if (this.#isForeign) return "palette.foreign";
    return drawing.size === MOST ? "palette.full" : "palette.count";
  }

  #showBrushes() {
    if (this.#scale === null) return;
    const { classes } = this.#drawing;
    const mark = (label) => classMark(label, this.#scale);
    const eraser = this.#button("draw-eraser", "palette.eraser", () => this.#take(null), icon("eraser"));
    const labels = Array.from({ length: classes }, (_, label) => label);
    const brushes = labels.map((label) =>
      this.#button(`draw-brush-${label}`, ["palette.brush", { label }], () => this.#take(label), mark(label)),
    );
    const add = this.#button("draw-add-class", "palette.addClass", () => this.#addClass(), icon("plus"));
    add.hidden = classes === MOST_CLASSES;
    const value = this.#button("draw-brush", "palette.brushOfValue", () => this.#take(0), this.#swatch);
    this.#marks = classes > 0 ? [...brushes, eraser] : [value, eraser];
    const hadFocus = this.#brushes.contains(document.activeElement) && document.activeElement !== this.#slider;
    this.#brushes.replaceChildren(...(classes > 0 ? [...brushes, add] : [value, this.#slider, this.#number]), eraser);
    this.#press();
    this.#setValue(this.#value);
    if (hadFocus) this.#marks[this.#isEraser ? this.#marks.length - 1 : classes > 0 ? this.#label : 0].focus();
  }

  #addClass() {
    this.#drawing.addClass();
    this.#label = this.#drawing.classes - 1;
    this.#isEraser = false;
    this.#showBrushes();
  }

  /** label: of the brush; null: the eraser. */
  #take(label) {
    this.#isEraser = label === null;
    if (label !== null) this.#label = label;
    this.#press();
    this.#setSize(this.#size);
  }

  #press() {
    const taken = this.#isEraser ? this.#marks.length - 1 : this.#isRegression ? 0 : this.#label;
    this.#marks.forEach((button, index) => button.setAttribute("aria-pressed", String(index === taken)));
  }

  #setSize(size) {
    this.#size = size;
    this.#plane.radius = this.#isEraser ? Math.max(ERASER, size.radius) : size.radius;
    this.#sizes.forEach((button, index) => button.setAttribute("aria-pressed", String(SIZES[index] === size)));
  }

  #setValue(value) {
    this.#value = value;
    const text = twoDecimals(value);
    setText(this.#number, text);
    this.#slider.setAttribute("aria-valuetext", text);
    if (this.#scale) this.#swatch.style.background = this.#scale.css(value);
  }

  #button(testid, label, run, ...children) {
    const [key, values] = [label].flat();
    const button = h("button", { type: "button", class: "draw-tool", testid, on: { click: run } }, children);
    sayLabel(button, key, values);
    return button;
  }

  // --- keys

  #escape(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.close();
  }

  /** While something is drawn, undo and redo are those of its strokes. */
  #command(event) {
    const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (!isCommand || !this.#isDrawing || /** @type {Element} */ (event.target).closest(TYPING)) return;
    const name = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[event.key.toLowerCase()];
    if (!name) return;
    event.preventDefault();
    this.#strokes(name);
  }
}

/** @returns {import("./point-set.js").PointSet} */
function pointSetOf(drawing, classes) {
  const points = [...drawing.points.values()];
  const of = (name) => Float32Array.from(points, (point) => point[name]);
  const labels = classes > 0 ? Uint8Array.from(of("label")) : of("label");
  const own = /** @type {[string, number, number]} */ (["", 0, 1]);
  return { classes, columns: [own, own, own], names: Array(classes).fill(""), x: of("x"), y: of("y"), labels };
}

/** A button that has nothing to do; the focus goes from it to `next`. */
function disable(button, isDisabled, next) {
  if (isDisabled && document.activeElement === button) next.focus({ preventScroll: true });
  button.disabled = isDisabled;
}

const twoDecimals = (value) => value.toFixed(2).replace("-", "−");

function dot(index) {
  return h("span", { class: `draw-dot draw-dot-${index}` });
}
