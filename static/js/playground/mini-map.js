// A small copy of the large map, for screens on which that one lies below the network: what a tapped neuron or a moved
// slider does to it shows at once. A tap on it goes to the large one.

import { h } from "../base/dom.js";

const SIDE = 192; // pixels; CSS shows it at half of that

export class MiniMap {
  #plane;
  #canvas = h("canvas", { width: SIDE, height: SIDE });
  #button;
  #observer = null;

  /** plane: the large map, whose canvases are copied. */
  constructor(host, plane) {
    this.#plane = plane;
    const toMap = () => plane.scrollIntoView({ block: "center" });
    this.#button = h(
      "button",
      {
        type: "button",
        class: "mini-map",
        testid: "mini-map",
        label: "output.toMap",
        hidden: true,
        on: { click: toMap },
      },
      this.#canvas,
    );
    host.append(this.#button);
    this.cover(0);
  }

  /** The lowest `height` pixels of the window are covered: what of the large map lies there is not seen. */
  cover(height) {
    this.#observer?.disconnect();
    const options = { threshold: 0.5, rootMargin: `0px 0px -${Math.round(height)}px 0px` };
    this.#observer = new IntersectionObserver(([entry]) => this.#moved(entry), options);
    this.#observer.observe(this.#plane);
  }

  /** Shows what the large map shows now. */
  draw() {
    if (this.#button.hidden) return;
    const context = this.#canvas.getContext("2d");
    context.clearRect(0, 0, SIDE, SIDE);
    for (const layer of this.#plane.querySelectorAll("canvas")) context.drawImage(layer, 0, 0, SIDE, SIDE);
  }

  #moved({ isIntersecting, boundingClientRect }) {
    this.#button.hidden = isIntersecting || boundingClientRect.top < 0;
    this.draw();
  }
}
