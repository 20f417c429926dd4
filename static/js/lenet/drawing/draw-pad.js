// A canvas to draw a digit on, with mouse, touch, pen or keyboard. Owns the strokes; knows nothing of networks.

import { h } from "../../base/dom.js";
import { onLook } from "../../base/theme.js";
import { inkOf } from "./drawing.js";
import { placed, strokesOf, textOf } from "./strokes.js";

const SIDE = 336; // canvas pixels
const FACTOR = 3; // of them become one that is sent
const PEN_REST = 1000; // ms after a pen in which a touch is the hand that holds it
const STEP = { plain: 8, shifted: 32 }; // canvas pixels that an arrow key moves the cursor
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const KEYS = Symbol("the keyboard, in place of a pointer's number");
export const BRUSHES = { min: 12, max: 48, usual: 28 }; // canvas pixels; MNIST's strokes are a tenth of the digit wide

export class DrawPad {
  #canvas;
  #context;
  #strokes = []; // each {width, points: [[x, y], ...]}
  #active = null; // {pointer, isPen, stroke} while it is drawn
  #cursor = h("div", { class: "pad-cursor", testid: "pad-cursor", hidden: true }); // of the keyboard
  #at = [SIDE / 2, SIDE / 2]; // the cursor, in canvas pixels
  #penSeen = -Infinity; // when a pen last drew, in ms
  #changed;
  brush = BRUSHES.usual;

  /** changed(): something was drawn or wiped away. */
  constructor(changed) {
    this.#changed = changed;
    this.#canvas = h("canvas", {
      class: "pad",
      width: SIDE,
      height: SIDE,
      testid: "pad",
      tabIndex: 0,
      role: "application",
      label: "draw.pad",
    });
    this.#context = this.#canvas.getContext("2d", { willReadFrequently: true });
    this.#context.lineCap = this.#context.lineJoin = "round";
    this.#canvas.addEventListener("pointerdown", (event) => this.#down(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#move(event));
    this.#canvas.addEventListener("pointerup", (event) => this.#up(event));
    this.#canvas.addEventListener("pointercancel", (event) => this.#up(event, true));
    this.#canvas.addEventListener("keydown", (event) => this.#key(event));
    this.#canvas.addEventListener("blur", () => {
      this.#lift();
      this.#cursor.hidden = true;
    });
    this.element = h("div", { class: "pad-box" }, this.#canvas, this.#cursor);
    onLook(() => this.#redraw());
  }

  /** What stands on it: {width, height, pixels}, 255 is ink. */
  get ink() {
    return inkOf(this.#context.getImageData(0, 0, SIDE, SIDE).data, SIDE, SIDE, FACTOR);
  }

  get isEmpty() {
    return this.#strokes.length === 0;
  }

  /** What stands on it as a text for the address; empty where nothing does, or too much. */
  get text() {
    return textOf(this.#strokes);
  }

  /** Draws such a text in place of what stands there. */
  set text(text) {
    this.#strokes = text === "" ? [] : strokesOf(text, BRUSHES);
    this.#active = null;
    this.#redraw();
    this.#changed();
  }

  clear() {
    this.#strokes = [];
    this.#active = null;
    this.#redraw();
    this.#changed();
  }

  undo() {
    this.#strokes.pop();
    this.#active = null;
    this.#redraw();
    this.#changed();
  }

  #down(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    const isPen = event.pointerType === "pen";
    if (event.pointerType === "touch" && event.timeStamp - this.#penSeen < PEN_REST) return; // the hand that holds it
    this.#lift();
    if (this.#active !== null) {
      if (!isPen || this.#active.isPen) return; // a second finger
      this.#strokes.pop(); // the hand came down before its pen
      this.#redraw();
    }
    if (isPen) this.#penSeen = event.timeStamp;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#begin(event.pointerId, isPen, this.#place(event));
  }

  #begin(pointer, isPen, point) {
    this.#active = { pointer, isPen, stroke: { width: this.brush, points: [point] } };
    this.#strokes.push(this.#active.stroke);
    this.#dot(this.#active.stroke);
    this.#changed();
  }

  #move(event) {
    if (this.#active?.pointer !== event.pointerId) return; // hovering, or a second finger
    const { stroke, isPen } = this.#active;
    if (isPen) this.#penSeen = event.timeStamp;
    const first = stroke.points.length;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const part of events.length > 0 ? events : [event]) stroke.points.push(this.#place(part));
    this.#line(stroke, first - 1);
    this.#changed();
  }

  /** isCancelled: the system takes it for a hand that rests, or for a gesture: then it was no stroke. */
  #up({ pointerId, timeStamp }, isCancelled = false) {
    if (this.#active?.pointer !== pointerId) return; // another finger: the stroke goes on
    if (this.#active.isPen) this.#penSeen = timeStamp;
    this.#active = null;
    if (!isCancelled) return;
    this.#strokes.pop();
    this.#redraw();
    this.#changed();
  }

  /** The arrow keys move the cursor, the space bar and Enter put the pen down there and lift it again. */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) {
      const step = event.shiftKey ? STEP.shifted : STEP.plain;
      this.#at = this.#at.map((at, axis) => Math.max(0, Math.min(SIDE, at + step * ARROWS[event.key][axis])));
      if (this.#active?.pointer === KEYS) {
        this.#active.stroke.points.push(this.#at.map(placed));
        this.#line(this.#active.stroke, this.#active.stroke.points.length - 2);
        this.#changed();
      }
    } else if (event.key === " " || event.key === "Enter") {
      if (this.#active?.pointer === KEYS) this.#lift();
      else if (this.#active === null && !event.repeat) this.#begin(KEYS, false, this.#at.map(placed));
    } else return;
    event.preventDefault();
    this.#showCursor();
  }

  /** Ends the keyboard's stroke, if there is one. */
  #lift() {
    if (this.#active?.pointer !== KEYS) return;
    this.#active = null;
    this.#cursor.classList.remove("down");
  }

  #showCursor() {
    const [x, y] = this.#at.map((at) => `${(100 * at) / SIDE}%`);
    this.#cursor.hidden = false;
    this.#cursor.style.left = x;
    this.#cursor.style.top = y;
    this.#cursor.style.width = `${(100 * this.brush) / SIDE}%`;
    this.#cursor.classList.toggle("down", this.#active?.pointer === KEYS);
  }

  /** A place on the page as one on the canvas. */
  #place({ clientX, clientY }) {
    const box = this.#canvas.getBoundingClientRect();
    return [((clientX - box.left) / box.width) * SIDE, ((clientY - box.top) / box.height) * SIDE].map(placed);
  }

  /** Begins a stroke: a line to itself is none, a tap is a dot. */
  #dot({ width, points: [first] }) {
    const context = this.#pen(width);
    context.beginPath();
    context.arc(...first, width / 2, 0, 2 * Math.PI);
    context.fill();
  }

  /** From a point on, a line from each to the next: in whichever parts a stroke is drawn, the ink is the same. */
  #line({ width, points }, from) {
    const context = this.#pen(width);
    for (let at = from + 1; at < points.length; at += 1) {
      context.beginPath();
      context.moveTo(...points[at - 1]);
      context.lineTo(...points[at]);
      context.stroke();
    }
  }

  #pen(width) {
    const context = this.#context;
    context.strokeStyle = context.fillStyle = getComputedStyle(this.#canvas).color;
    context.lineWidth = width;
    return context;
  }

  #redraw() {
    this.#context.clearRect(0, 0, SIDE, SIDE);
    for (const stroke of this.#strokes) {
      this.#dot(stroke);
      this.#line(stroke, 0);
    }
  }
}
