// A canvas to draw a digit on, with mouse, touch or pen. Owns the strokes; knows nothing of networks.

import { h } from "../dom.js";
import { onLook } from "../theme.js";
import { inkOf } from "./drawing.js";

const SIDE = 336; // canvas pixels
const FACTOR = 3; // of them become one that is sent
export const BRUSHES = { min: 12, max: 48, usual: 28 }; // canvas pixels; MNIST's strokes are a tenth of the digit wide

export class DrawPad {
  #canvas;
  #context;
  #strokes = []; // each {width, points: [[x, y], ...]}
  #active = null;
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
      role: "img",
      label: "draw.pad",
    });
    this.#context = this.#canvas.getContext("2d", { willReadFrequently: true });
    this.#context.lineCap = this.#context.lineJoin = "round";
    this.#canvas.addEventListener("pointerdown", (event) => this.#down(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) this.#canvas.addEventListener(end, () => (this.#active = null));
    this.element = this.#canvas;
    onLook(() => this.#redraw());
  }

  /** What stands on it: {width, height, pixels}, 255 is ink. */
  get ink() {
    return inkOf(this.#context.getImageData(0, 0, SIDE, SIDE).data, SIDE, SIDE, FACTOR);
  }

  get isEmpty() {
    return this.#strokes.length === 0;
  }

  clear() {
    this.#strokes = [];
    this.#redraw();
    this.#changed();
  }

  undo() {
    this.#strokes.pop();
    this.#redraw();
    this.#changed();
  }

  #down(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#canvas.setPointerCapture(event.pointerId);
    const point = this.#place(event);
    this.#active = { pointer: event.pointerId, stroke: { width: this.brush, points: [point] } };
    this.#strokes.push(this.#active.stroke);
    this.#line(this.#active.stroke, 0);
    this.#changed();
  }

  #move(event) {
    if (this.#active?.pointer !== event.pointerId) return; // hovering, or a second finger
    const { stroke } = this.#active;
    const first = stroke.points.length;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const part of events.length > 0 ? events : [event]) stroke.points.push(this.#place(part));
    this.#line(stroke, first - 1);
    this.#changed();
  }

  /** A place on the page as one on the canvas. */
  #place({ clientX, clientY }) {
    const box = this.#canvas.getBoundingClientRect();
    return [((clientX - box.left) / box.width) * SIDE, ((clientY - box.top) / box.height) * SIDE];
  }

  #line({ width, points }, from) {
    const context = this.#context;
    context.strokeStyle = getComputedStyle(this.#canvas).color;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(...points[from]);
    for (const point of points.slice(from)) context.lineTo(...point); // to itself: a dot
    context.stroke();
  }

  #redraw() {
    this.#context.clearRect(0, 0, SIDE, SIDE);
    for (const stroke of this.#strokes) this.#line(stroke, 0);
  }
}
