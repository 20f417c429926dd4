// Drawing points: the palette below the map, the plane over it, and what to start with. What is drawn is the drawing's (drawing.js),
// what the training is told of it is outgoing.js'; here they meet the page.

import { h } from "../../base/dom.js";
import { say } from "../../base/i18n.js";
import { chosenIn, DATASETS, OWN } from "../datasets.js";
import { DrawPlane } from "./draw-plane.js";
import { describe, Description } from "./description.js";
import { Drawing, FEWEST_CLASSES, flat, hundredths, pointSetOf, startFrom, unflat } from "./drawing.js";
import { Outgoing } from "./outgoing.js";
import { Palette } from "./palette.js";
import { inPlane } from "./point-set.js";

const ERASER = 0.2; // reaches as far at least: a point is as large
const TYPING = 'input:not([type="range"]), textarea, dialog';

export class DrawView {
  #on;
  #host;
  #plane;
  #palette;
  #outgoing;
  /** The drawing of either problem. @type {Record<string, Drawing | null>} */
  #drawings = { classification: null, regression: null };
  #config = null;
  #chosen = ""; // the data set in use
  #shown = { points: [], areClasses: false }; // the training's points, as the map has them
  #told = null; // a Description of the training's data
  #known = ""; // the own data in use, as the settings name them
  #asked = 0; // questions what the training has
  #isForeign = false; // the last stroke came from elsewhere
  #isToPaint = false;
  #random;
  #starts = h("div", { class: "draw-starts", role: "group", label: "palette.startWith" });
  #fewer = h("p", { class: "draw-fewer", testid: "draw-fewer" });
  #start = h(
    "div",
    { class: "draw-start stack", testid: "draw-start", hidden: true },
    h("p", { text: "palette.startWith" }),
    this.#starts,
    this.#fewer,
  );

  /**
   * host: where the palette stands. map: what the plane lies over.
   * on: {onUse(PointSet), onAdd(label, places), onDrop(places), onName(names of the classes)} tell the training, and resolve to whether it took it; places are x and y in
   *   turn. onAsk() resolves to the PointSet that it has, or null. show({points, classes, isLoose, told} | null): these points are to be seen on
   *   the map in place of the training's, and told of as `told` does; isLoose: the map below them is not of them. left(): it is closed, and the focus was in it.
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
      begin: () => (this.#palette.stroke(), this.#drawing.begin()),
      at: (x, y) => this.#use(x, y, this.#palette.tool),
      erase: (x, y) => this.#use(x, y, { ...this.#palette.tool, isEraser: true }),
      end: () => (this.#drawing.end(), this.#show()),
      moved: (x, y) => this.#palette.at(x, y),
    });
    this.#palette = new Palette({
      taken: () => this.#reach(),
      stroke: (name) => this.#stroke(name),
      addClass: () => this.#addClass(),
      name: (label, name) => this.#name(label, name),
      put: (x, y) => (this.#palette.stroke(), this.#use(x, y, { ...this.#palette.tool, radius: 0 })),
      again: () => this.#outgoing.again(),
      done: () => this.close(),
      focus: () => this.#plane.element.focus({ preventScroll: true }),
    });
    this.#outgoing = new Outgoing({
      use: (drawing, classes) => on.onUse(pointSetOf(drawing, classes)),
      add: on.onAdd,
      drop: on.onDrop,
      name: on.onName,
      news: () => this.#show(),
      anew: (hasMoreClasses) => this.#palette.anew(hasMoreClasses),
    });
    map.append(this.#plane.element);
    host.append(this.#start, this.#palette.element);
    for (const part of this.#parts) part.addEventListener("keydown", (event) => this.#escape(event));
    document.addEventListener("keydown", (event) => this.#command(event), { capture: true });
  }

  get isOpen() {
    return !this.#start.hidden || this.#isDrawing;
  }

  get #isDrawing() {
    return !this.#palette.element.hidden;
  }

  get #parts() {
    return [this.#start, this.#palette.element, this.#plane.element];
  }

  get #isRegression() {
    return this.#config.problem === "regression";
  }

  get #drawing() {
    return this.#drawings[this.#config.problem];
  }

  set #drawing(drawing) {
    this.#drawings[this.#config.problem] = drawing;
  }

  /** Asks what to start with, or goes on with what trains. */
  async open() {
    if (this.isOpen) return this.#focus();
    if (this.#chosen !== OWN) return this.#ask();
    if (await this.#learn()) this.#begin();
  }

  close() {
    if (!this.isOpen) return;
    this.#drawing?.end();
    const hadFocus = this.#parts.some((part) => part.contains(document.activeElement));
    for (const part of [...this.#parts, this.#host]) part.hidden = true; // of the empty host a gap would stay
    this.#on.show(null);
    if (hadFocus) this.#on.left();
  }

  /**
   * The settings in force. Another data set ends the drawing, which is kept: the next time it can be gone on with. isOurs: they follow from
   * what was sent from here.
   */
  update(config, isOurs = false) {
    const chosen = chosenIn(config);
    const isOfOther = this.#config !== null && config.problem !== this.#config.problem;
    if (isOfOther || (chosen !== this.#chosen && chosen !== OWN)) this.close();
    this.#config = config;
    this.#chosen = chosen;
    const own = chosen === OWN ? config.ownData : "";
    const isNews = own !== this.#known && !isOurs;
    this.#known = own;
    if (own === "") this.#outgoing.leave();
    else if (isNews && this.#drawing !== null) this.#learn();
  }

  /** told: a Description of the training's data, or null. */
  describe(told) {
    this.#told = told;
  }

  /** The training's points as the map has them. areClasses: their labels are the numbers of classes. */
  setPoints({ train, test }, areClasses) {
    this.#shown = { points: [...unflat(train), ...unflat(test)], areClasses };
  }

  recolor(scale) {
    this.#palette.recolor(scale);
  }

  // --- what to start with

  #ask() {
    const { points } = this.#shown;
    const kept = this.#drawing;
    const there = this.#drawingOf(points, this.#told);
    const start = (name, text, run) =>
      h("button", { type: "button", class: "plain", testid: `draw-from-${name}`, text, on: { click: run } });
    const asText = (number) => number.toLocaleString("en-US");
    const count = (number) => ({ count: asText(number) });
    this.#starts.replaceChildren(
      start("there", ["palette.fromThere", count(there.size)], () => this.#goOnWith(there)),
      start("empty", "palette.fromEmpty", () => this.#goOnWith(this.#drawingOf([]))),
      ...(kept?.size ? [start("kept", ["palette.fromKept", count(kept.size)], () => this.#goOnWith(kept))] : []),
      start("none", "palette.cancel", () => this.close()),
    );
    this.#fewer.hidden = there.size === points.length;
    say(this.#fewer, "palette.fewer", { all: asText(points.length), fewer: asText(points.length - there.size) });
    this.#start.hidden = this.#host.hidden = false;
    this.#focus();
  }

  /** told: the units that it keeps, or null. */
  #drawingOf(points, told = null) {
    const areMeasured = Boolean(DATASETS[this.#chosen]?.measured);
    const start = startFrom(points, this.#isRegression, this.#shown.areClasses, areMeasured);
    const most = start.reduce((most, { label }) => Math.max(most, label + 1), FEWEST_CLASSES);
    return new Drawing(this.#isRegression ? 0 : most, start, told && withNames(told, most));
  }

  #goOnWith(drawing) {
    this.#drawing = drawing;
    this.#outgoing.begin(drawing);
    this.#isForeign = false;
    this.#begin();
    this.#outgoing.changed();
  }

  #begin() {
    this.#start.hidden = true;
    this.#palette.element.hidden = this.#plane.element.hidden = this.#host.hidden = false;
    this.#palette.begin(this.#drawing.classes, this.#drawing.told);
    this.#show();
    this.#focus();
  }

  /** To where it goes on; on a phone that is far below. */
  #focus() {
    const first = this.#isDrawing ? this.#plane.element : /** @type {HTMLElement} */ (this.#starts.firstElementChild);
    first.focus({ preventScroll: true });
    this.#host.scrollIntoView({ block: "nearest" });
    const { top } = this.#plane.element.getBoundingClientRect();
    if (this.#isDrawing && top < 0) this.#plane.element.scrollIntoView({ block: "start" }); // there is no room for both
  }

  // --- drawing

  #use(x, y, { isEraser, label, radius, count }) {
    const drawing = this.#drawing;
    if (isEraser) drawing.erase(x, y, Math.max(ERASER, radius));
    else if (radius === 0) drawing.put(x, y, label);
    else
      for (let point = 0; point < count; point++) {
        const [angle, distance] = [2 * Math.PI * this.#random(), radius * Math.sqrt(this.#random())];
        drawing.put(hundredths(x + distance * Math.cos(angle)), hundredths(y + distance * Math.sin(angle)), label);
      }
    this.#changed();
  }

  #stroke(name) {
    this.#palette.stroke();
    this.#drawing[name]();
    this.#palette.describe(this.#drawing.told);
    this.#changed();
  }

  #name(label, name) {
    if (!this.#drawing.name(label, name)) return;
    this.#palette.describe(this.#drawing.told);
    this.#changed();
  }

  #addClass() {
    this.#drawing.addClass();
    this.#palette.setClasses(this.#drawing.classes);
    this.#palette.take(this.#drawing.classes - 1);
    this.#host.scrollIntoView({ block: "nearest" }); // it may have become higher
  }

  #changed() {
    this.#isForeign = false;
    this.#outgoing.changed();
    this.#show();
  }

  /** Takes over what the training has. Gives whether that is known. */
  async #learn() {
    const asked = ++this.#asked;
    this.#outgoing.hold();
    const set = await this.#on.onAsk();
    if (asked !== this.#asked) return false;
    const isOurs = set !== null && this.#chosen === OWN && set.classes > 0 !== this.#isRegression;
    const there = isOurs ? new Drawing(set.classes, unflat(inPlane(set)), describe(set)) : null;
    if (there !== null) this.#adopt(there);
    this.#outgoing.resume(there);
    if (this.#outgoing.isUsed) this.#outgoing.changed();
    this.#show();
    return there !== null;
  }

  /** Draws what the training has, as a stroke, which can be undone. A drawing of too few points the page keeps as it is. */
  #adopt(there) {
    this.#drawing ??= there;
    const drawing = this.#drawing;
    if (!this.#outgoing.isOf(drawing)) this.#outgoing.begin(drawing);
    while (drawing.classes < there.classes) drawing.addClass();
    drawing.told = there.told;
    if (this.#isDrawing) this.#palette.describe(there.told);
    if (drawing.size > 0 && drawing.missing > 0) return;
    this.#isForeign = drawing.replace(there.points.values());
    if (this.#isDrawing) this.#palette.setClasses(drawing.classes);
  }

  // --- what is seen

  #reach() {
    const { isEraser, radius } = this.#palette.tool;
    this.#plane.radius = isEraser ? Math.max(ERASER, radius) : radius;
  }

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
    this.#on.show({ points: flat(drawing.points.values()), classes: drawing.classes, isLoose, told: drawing.told });
    const values = { count: drawing.size.toLocaleString("en-US"), missing: drawing.missing };
    this.#palette.update(drawing, [this.#state, values], this.#outgoing.isStale);
  }

  get #state() {
    const drawing = this.#drawing;
    if (drawing.missing > 0) return this.#outgoing.isUsed ? "palette.missingAgain" : "palette.missing";
    if (this.#outgoing.isStale) return "palette.stale";
    if (this.#isForeign) return "palette.foreign";
    return drawing.isFull ? "palette.full" : "palette.count";
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
    this.#stroke(name);
  }
}

/** With the names as they read now: from here on they are the drawing's own. */
function withNames(told, classes) {
  return new Description({ columns: told.columns, names: told.names(classes) });
}
