// Moving a cell with the pointer, mouse or finger: it follows its handle, a line shows where it would go, and the page scrolls
// at its edges. Knows elements, not what is in them.

import { h } from "../base/dom.js";

const EDGE = 60; // pixels of the window's ends in which it scrolls
const FASTEST = 18; // pixels a frame

/**
 * list: the element with the cells. dropped(element, before): let go before that element, null: at the end.
 */
export class Drag {
  #list;
  #dropped;
  #line = h("div", { class: "drop-line", hidden: true });
  #dragged = null;
  #index = null;
  #y = 0;
  #ends = null;

  constructor(list, dropped) {
    this.#list = list;
    this.#dropped = dropped;
    document.body.append(this.#line);
  }

  /** event: the pointer that goes down on a handle of `element`. */
  begin(event, element) {
    if (event.button !== 0 || this.#dragged !== null) return;
    event.preventDefault();
    const handle = /** @type {HTMLElement} */ (event.currentTarget);
    handle.setPointerCapture(event.pointerId);
    this.#dragged = element;
    this.#y = event.clientY;
    this.#ends = new AbortController();
    const { signal } = this.#ends;
    const moved = ({ clientY }) => {
      this.#y = clientY;
      this.#show();
    };
    handle.addEventListener("pointermove", moved, { signal });
    handle.addEventListener("pointerup", () => this.#end(true), { signal });
    handle.addEventListener("pointercancel", () => this.#end(false), { signal });
    addEventListener("keydown", ({ key }) => key === "Escape" && this.#end(false), { signal });
    element.classList.add("dragged");
    this.#show();
    this.#scroll();
  }

  #others() {
    return /** @type {HTMLElement[]} */ ([...this.#list.children]).filter(
      (child) => child !== this.#dragged && !child.hidden,
    );
  }

  #show() {
    const others = this.#others();
    const boxes = others.map((other) => other.getBoundingClientRect());
    this.#index = boxes.findIndex(({ top, height }) => this.#y < top + height / 2);
    if (this.#index < 0) this.#index = others.length;
    const list = this.#list.getBoundingClientRect();
    const at = boxes[this.#index]?.top ?? boxes.at(-1)?.bottom ?? list.top;
    this.#line.hidden = false;
    this.#line.style.top = `${at}px`;
    this.#line.style.left = `${list.left}px`;
    this.#line.style.width = `${list.width}px`;
  }

  #scroll() {
    if (this.#dragged === null) return;
    const up = EDGE - this.#y;
    const down = this.#y - (innerHeight - EDGE);
    const by = up > 0 ? -up : Math.max(0, down);
    if (by !== 0) {
      scrollBy(0, (FASTEST * Math.max(-EDGE, Math.min(EDGE, by))) / EDGE);
      this.#show();
    }
    requestAnimationFrame(() => this.#scroll());
  }

  #end(isDropped) {
    const [element, index] = [this.#dragged, this.#index];
    const before = this.#others()[index] ?? null;
    this.#ends.abort();
    this.#line.hidden = true;
    element.classList.remove("dragged");
    this.#dragged = this.#index = null;
    if (isDropped) this.#dropped(element, before);
  }
}
