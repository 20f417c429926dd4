// The network as a picture: each layer's maps as squares of their relative size, vectors as bars. Our own drawing.

import { svg } from "../../base/dom.js";
import { say } from "../../base/i18n.js";
import { shapeText } from "../format.js";

const [WIDTH, HEIGHT, MIDDLE] = [920, 190, 82];
const MOST_DRAWN = 6; // maps behind each other; more look like a smear

export class LayerDiagram {
  #groups = new Map();
  #lit;

  /** lit(name or null): the pointer is on a layer. */
  constructor(layers, lit = () => {}) {
    this.#lit = lit;
    const parts = [];
    const slot = WIDTH / layers.length;
    layers.forEach((layer, index) => {
      if (index > 0) parts.push(arrow(slot * index));
      const group = drawLayer(layer, slot * (index + 0.5));
      group.addEventListener("pointerenter", () => this.#lit(layer.name));
      group.addEventListener("pointerleave", ({ pointerType }) => {
        if (pointerType !== "touch") this.#lit(null); // a finger leaves at once: what it tapped stays lit
      });
      this.#groups.set(layer.name, group);
      parts.push(group);
    });
    this.element = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "diagram", role: "img" }, ...parts);
    this.element.dataset.testid = "diagram";
    this.element.dataset.i18nLabel = "layer.diagram";
  }

  light(name) {
    for (const [layer, group] of this.#groups) group.classList.toggle("lit", layer === name);
  }
}

function drawLayer({ name, shape }, x) {
  const drawing = shape.length === 3 ? drawMaps(shape, x) : drawVector(shape[0], x);
  const kind = svg("text", { x, y: HEIGHT - 8, class: "diagram-kind" });
  say(kind, `layer.${name}-kind`);
  return svg(
    "g",
    { class: `diagram-layer diagram-${name.replace(/\d/, "")}` },
    svg("rect", { x: x - 54, y: 0, width: 108, height: HEIGHT, class: "diagram-hit" }),
    ...drawing,
    text(name, x, HEIGHT - 42, "diagram-name"),
    text(shapeText(shape), x, HEIGHT - 25, "diagram-shape"),
    kind,
  );
}

function drawMaps([count, side], x) {
  const size = 16 + side * 1.7;
  const drawn = Math.min(count, MOST_DRAWN);
  const shift = 4.5;
  const left = x - (size + (drawn - 1) * shift) / 2;
  const top = MIDDLE - (size + (drawn - 1) * shift) / 2;
  return Array.from({ length: drawn }, (_, index) =>
    svg("rect", {
      x: left + index * shift,
      y: top + index * shift,
      width: size,
      height: size,
      rx: 2,
      class: "diagram-map",
    }),
  );
}

function drawVector(count, x) {
  const height = 24 + 11 * Math.log2(count);
  const cells = Math.min(count, 10);
  const step = height / cells;
  return Array.from({ length: cells }, (_, index) =>
    svg("rect", {
      x: x - 7,
      y: MIDDLE - height / 2 + index * step,
      width: 14,
      height: Math.max(2, step - 2),
      rx: 2,
      class: "diagram-map",
    }),
  );
}

function arrow(x) {
  return svg("path", { d: `M${x - 6} ${MIDDLE - 5}l6 5-6 5`, class: "diagram-arrow" });
}

function text(content, x, y, name) {
  const element = svg("text", { x, y, class: name });
  element.textContent = content;
  return element;
}
