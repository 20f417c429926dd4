// The plane that is drawn on: lies over the large map while there is something to draw, and says where a mouse, a finger, a pen or
// the arrow keys want a point. It shows how far the tool reaches. What a point is it does not know.

import { h } from "../../base/dom.js";
import { share, valueAt } from "../points.js";
import { hundredths, SIDE } from "./drawing.js";

const STEP = { plain: 0.2, shifted: 1 };
const SPACING = 0.25; // between two points of a stroke, where the tool puts one at a time
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class DrawPlane {
  #on;
  #reach = h("div", { class: "draw-reach", hidden: true });
  #cursor = h("div", { class: "draw-cursor", testid: "draw-cursor", hidden: true });
  #radius = 0;
  #at = { x: 0, y: 0 }; // the cursor
  #last = null; // where the stroke has come; null: there is none

  element = h(
    "div",
    {
      class: "draw-plane",
      testid: "draw-plane",
      tabIndex: 0,
      role: "application",
      label: "palette.plane",
      "aria-describedby": "draw-keys",
      hidden: true,
    },
    this.#reach,
    this.#cursor,
  );

  /** on: {begin(), at(x, y), erase(x, y), end(), moved(x, y)}: between `begin` and `end` is a stroke. */
  constructor(on) {
    this.#on = on;
    const { element } = this;
    element.addEventListener("pointerdown", (event) => this.#down(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    for (const event of ["pointerup", "pointercancel"]) element.addEventListener(event, () => this.#up());
    element.addEventListener("pointerleave", () => this.#last === null && (this.#reach.hidden = true));
    element.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("blur", () => (this.#cursor.hidden = true));
  }

  /** How far the tool reaches, in the plane's units; 0: one point. */
  set radius(radius) {
    this.#radius = radius;
    for (const element of [this.#reach, this.#cursor])
      element.style.setProperty("--reach", `${100 * (share(2 * radius) - share(0))}%`);
    this.#reach.classList.toggle("point", radius === 0);
  }

  #down(event) {
    if (event.button !== 0 || !event.isPrimary || this.#last !== null) return;
    this.element.setPointerCapture(event.pointerId);
    this.#cursor.hidden = true;
    this.#last = this.#placeOf(event);
    this.#show(this.#reach, this.#last);
    this.#on.begin();
    this.#on.at(this.#last.x, this.#last.y);
  }

  #move(event) {
    if (!event.isPrimary) return;
    const to = this.#placeOf(event);
    this.#show(this.#reach, to);
    if (this.#last === null) return;
    const spacing = Math.max(SPACING, this.#radius / 2);
    const distance = Math.hypot(to.x - this.#last.x, to.y - this.#last.y);
    const steps = Math.floor(distance / spacing);
    if (steps === 0) return;
    const [dx, dy] = [to.x - this.#last.x, to.y - this.#last.y].map((way) => (way * spacing) / distance);
    for (let step = 0; step < steps; step++) {
      this.#last = { x: this.#last.x + dx, y: this.#last.y + dy };
      this.#on.at(this.#last.x, this.#last.y);
    }
  }

  #up() {
    if (this.#last === null) return;
    this.#last = null;
    this.#reach.hidden = !matchMedia("(hover: hover)").matches;
    this.#on.end();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { x, y } = this.#at;
    if (event.key in ARROWS) {
      const [dx, dy] = ARROWS[event.key].map((way) => way * (event.shiftKey ? STEP.shifted : STEP.plain));
      this.#at = { x: inPlane(x + dx), y: inPlane(y + dy) };
      this.#on.moved(this.#at.x, this.#at.y);
    } else if (event.key === " " || event.key === "Enter") this.#stroke(() => this.#on.at(x, y));
    else if (event.key === "Delete" || event.key === "Backspace") this.#stroke(() => this.#on.erase(x, y));
    else return;
    event.preventDefault();
    this.#show(this.#cursor, this.#at);
  }

  #stroke(work) {
    this.#on.begin();
    work();
    this.#on.end();
  }

  #show(element, { x, y }) {
    element.hidden = false;
    element.style.left = `${100 * share(x)}%`;
    element.style.top = `${100 * (1 - share(y))}%`;
  }

  #placeOf(event) {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    return {
      x: inPlane(valueAt((event.clientX - left) / width)),
      y: inPlane(valueAt(1 - (event.clientY - top) / height)),
    };
  }
}

const inPlane = (value) => hundredths(Math.max(-SIDE, Math.min(SIDE, value)));
