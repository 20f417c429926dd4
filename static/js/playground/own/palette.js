// The palette below the map: brushes, eraser, sizes, strokes to undo, a place to type, and how many points there are. Which tool is
// taken is its own; what is drawn with it is not.

import { h, setText } from "../../base/dom.js";
import { onLanguage, say, sayLabel, sayNothing } from "../../base/i18n.js";
import { icon } from "../../parts/icons.js";
import { classMark } from "../legend.js";
import { classOf } from "./description.js";
import { placeOf, SIDE } from "./drawing.js";
import { cutName, MOST_CLASSES, MOST_NAME } from "./point-set.js";

/** radius: in the plane's units; count: points of a spray. */
const SIZES = [
  { name: "point", text: "palette.pointSize", radius: 0, count: 1 },
  { name: "small", text: "palette.smallSize", radius: 0.4, count: 3 },
  { name: "medium", text: "palette.mediumSize", radius: 0.8, count: 6 },
  { name: "large", text: "palette.largeSize", radius: 1.4, count: 10 },
];
const VALUE_STEP = 0.05;

export class Palette {
  #on;
  #classes = 2; // 0: of a regression
  #told = null; // a Description of what is drawn
  #scale = null;
  #label = 0; // of the brush
  #value = 0.5; // of the brush of a regression
  #isEraser = false;
  #size = SIZES[0];

  #brushes = h("div", { class: "draw-brushes row", role: "group", label: "palette.brushes" });
  #tools = []; // buttons of the brushes, then of the eraser
  #naming = h("span");
  #name = h("input", {
    type: "text",
    autocomplete: "off",
    spellcheck: false,
    maxLength: MOST_NAME,
    testid: "draw-name",
    on: { change: () => this.#rename(), keydown: (event) => this.#nameKey(event) },
  });
  #called = h("label", { class: "draw-name row" }, this.#naming, this.#name);
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
    tool(`draw-size-${size.name}`, [size.text], () => this.#takeSize(size), dot(index)),
  );
  #undo = tool("draw-undo", ["palette.undo"], () => this.#on.stroke("undo"), icon("undo"));
  #redo = tool("draw-redo", ["palette.redo"], () => this.#on.stroke("redo"), icon("redo"));
  #clear = tool("draw-clear", ["palette.clear"], () => this.#on.stroke("clear"), icon("trash"));
  #said = h("p", { class: "draw-said", testid: "draw-said", role: "status" });
  #anew = h("p", { class: "draw-anew", testid: "draw-anew", role: "status" });
  #at = h("span", { class: "draw-at", testid: "draw-at", role: "status" });
  #again = h("button", {
    type: "button",
    class: "plain",
    testid: "draw-again",
    text: "palette.again",
    hidden: true,
    on: { click: () => this.#on.again() },
  });
  #place = h("input", {
    type: "text",
    autocomplete: "off",
    spellcheck: false,
    class: "draw-place",
    testid: "draw-place",
    label: "palette.place",
    placeholder: "x, y",
    "aria-describedby": "draw-wrong",
    on: { input: () => this.#blame(null) },
  });
  #wrong = h("p", { class: "field-error", id: "draw-wrong", testid: "draw-wrong", role: "alert" });

  element = h(
    "div",
    { class: "draw-palette stack", testid: "draw-palette", role: "group", label: "palette.title", hidden: true },
    this.#brushes,
    this.#called,
    h(
      "div",
      { class: "draw-line row" },
      h("div", { class: "draw-sizes row", role: "group", label: "palette.sizes" }, this.#sizes),
      h("div", { class: "draw-strokes row" }, this.#undo, this.#redo, this.#clear),
    ),
    h("div", { class: "draw-line row" }, this.#said, this.#at),
    this.#anew,
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
      h("button", {
        type: "button",
        class: "plain draw-done",
        testid: "draw-done",
        text: "palette.done",
        on: { click: () => this.#on.done() },
      }),
    ),
    this.#wrong,
    h("p", { class: "hidden-visually", id: "draw-keys", text: "palette.keys" }),
  );

  /**
   * on: {taken(): another tool; stroke("undo" | "redo" | "clear"), addClass(), name(label, text), put(x, y): a place was typed; again(): the training is to begin
   * anew; done(), focus(): the focus has to go elsewhere}.
   */
  constructor(on) {
    this.#on = on;
    onLanguage(() => this.#setValue(this.#value));
  }

  /** What it draws with: {isEraser, label: of a point, radius, count}. */
  get tool() {
    const { radius, count } = this.#size;
    return { isEraser: this.#isEraser, label: this.#classes > 0 ? this.#label : this.#value, radius, count };
  }

  /** Begins with a brush for each of so many classes; 0: with one for the values of a regression. told: a Description of them, or null. */
  begin(classes, told) {
    this.describe(told);
    this.#isEraser = false;
    this.#label = 0;
    this.#takeSize(this.#size);
    this.setClasses(classes);
    sayNothing(this.#at);
    this.stroke();
  }

  /** told: a Description of what is drawn, or null. */
  describe(told) {
    if (told === this.#told) return;
    this.#told = told;
    const name = (at) => told.name(at) || "xy"[at];
    if (told) sayLabel(this.#place, "palette.placeOf", { x: name(0), y: name(1) });
    else sayLabel(this.#place, "palette.place");
    this.#nameBrushes();
    this.#setValue(this.#value);
  }

  setClasses(classes) {
    this.#classes = classes;
    this.#showBrushes();
  }

  /** Takes the brush of a class. */
  take(label) {
    this.#take(label);
  }

  recolor(scale) {
    const { negative, zero, positive } = scale;
    this.#scale = scale;
    this.#slider.style.setProperty("--scale", `linear-gradient(90deg, ${negative}, ${zero}, ${positive})`);
    this.#showBrushes();
  }

  /** drawing: what there is to undo. said: [key, values], how many points there are. isStale: the training can be begun anew. */
  update(drawing, said, isStale) {
    this.#disable(this.#undo, !drawing.canUndo);
    this.#disable(this.#redo, !drawing.canRedo);
    this.#disable(this.#clear, drawing.size === 0);
    this.#again.hidden = !isStale;
    say(this.#said, ...said);
  }

  /** A stroke begins: what was said of those before it is history. */
  stroke() {
    sayNothing(this.#anew);
    this.#blame(null);
  }

  /** The training has begun anew, as it has more classes than before, or other points. */
  anew(hasMoreClasses) {
    say(this.#anew, hasMoreClasses ? "palette.anewClass" : "palette.anewPoints");
  }

  /** Tells where the cursor is. */
  at(x, y) {
    say(this.#at, "palette.at", { x: this.#text(0, x), y: this.#text(1, y) });
  }

  #text(at, place) {
    return this.#told?.text(at, place) ?? twoDecimals(place);
  }

  #showBrushes() {
    if (this.#scale === null) return;
    const isRegression = this.#classes === 0;
    const eraser = tool("draw-eraser", ["palette.eraser"], () => this.#take(null), icon("eraser"));
    const brush = (label) =>
      tool(`draw-brush-${label}`, ["palette.brush", { label }], () => this.#take(label), classMark(label, this.#scale));
    const brushes = isRegression
      ? [tool("draw-brush", ["palette.brushOfValue"], () => this.#take(0), this.#swatch)]
      : Array.from({ length: this.#classes }, (_, label) => brush(label));
    const add = tool("draw-add-class", ["palette.addClass"], () => this.#on.addClass(), icon("plus"));
    add.hidden = this.#classes === MOST_CLASSES;
    const hadFocus = this.#brushes.contains(document.activeElement);
    this.#tools = [...brushes, eraser];
    this.#brushes.replaceChildren(...brushes, ...(isRegression ? [this.#slider, this.#number] : [add]), eraser);
    this.#nameBrushes();
    this.#press();
    this.#setValue(this.#value);
    if (hadFocus) this.#tools[this.#taken].focus();
  }

  /** In place: whoever leaves the field for a brush presses one that stays. */
  #nameBrushes() {
    this.#called.hidden = this.#classes === 0;
    for (let label = 0; label < Math.min(this.#classes, this.#tools.length - 1); label++)
      sayLabel(this.#tools[label], "palette.brush", { label: classOf(this.#told, label) });
    this.#showName();
  }

  #showName() {
    say(this.#naming, "palette.className", { label: this.#label });
    const name = this.#nameThere;
    if (this.#name.value !== name) this.#name.value = name;
  }

  get #nameThere() {
    return this.#told?.names(this.#classes)[this.#label] ?? "";
  }

  #rename() {
    this.#on.name(this.#label, cutName(this.#name.value));
    this.#showName();
  }

  /** Keys of an input method are its own. Escape first takes back what was typed. */
  #nameKey(event) {
    const isEscape = event.key === "Escape" && this.#name.value !== this.#nameThere;
    if (event.isComposing || isEscape) event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter") this.#rename();
    if (isEscape) {
      event.preventDefault();
      this.#showName();
    }
  }

  /** label: of the brush; null: the eraser. */
  #take(label) {
    this.#isEraser = label === null;
    if (label !== null) this.#label = label;
    this.#showName();
    this.#press();
    this.#on.taken();
  }

  get #taken() {
    if (this.#isEraser) return this.#tools.length - 1;
    return this.#classes > 0 ? this.#label : 0;
  }

  #press() {
    press(this.#tools, this.#taken);
  }

  #takeSize(size) {
    this.#size = size;
    press(this.#sizes, SIZES.indexOf(size));
    this.#on.taken();
  }

  #setValue(value) {
    this.#value = value;
    const text = this.#text(2, value);
    setText(this.#number, text);
    this.#slider.setAttribute("aria-valuetext", text);
    if (this.#scale) this.#swatch.style.background = this.#scale.css(value);
  }

  #typed(event) {
    event.preventDefault();
    const place = placeOf(this.#place.value, this.#told);
    if (place === null) return this.#blame(this.#wrongPlace);
    this.#on.put(place.x, place.y);
    this.#place.select();
  }

  /** @returns {[string, any]} */
  get #wrongPlace() {
    if (!this.#told) return ["palette.wrongPlace", {}];
    const [[left, right], [bottom, top]] = [0, 1].map((at) => [-SIDE, SIDE].map((edge) => this.#told.text(at, edge)));
    return ["palette.wrongPlaceOf", { left, right, bottom, top }];
  }

  /** Says what is wrong with the place that was typed: [key, values], or null. */
  #blame(text) {
    if (text === null) {
      sayNothing(this.#wrong);
      this.#place.removeAttribute("aria-invalid");
      return;
    }
    say(this.#wrong, ...text);
    this.#place.setAttribute("aria-invalid", "true");
  }

  /** A button that has nothing to do cannot keep the focus. */
  #disable(button, isDisabled) {
    if (isDisabled && document.activeElement === button) this.#on.focus();
    button.disabled = isDisabled;
  }
}

/** label: a key with its values. @param {any[]} label */
function tool(testid, label, run, ...children) {
  const button = h("button", { type: "button", class: "draw-tool", testid, on: { click: run } }, children);
  sayLabel(button, ...label);
  return button;
}

function press(buttons, pressed) {
  buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(index === pressed)));
}

function dot(index) {
  return h("span", { class: `draw-dot draw-dot-${index}` });
}

const twoDecimals = (value) => value.toFixed(2).replace("-", "−");
