// The links of the network's picture: one SVG path a weight. Width and colour show the weight, moving dashes the training.

import { svg } from "../base/dom.js";
import { linkEnds, linkPath, nearestLink } from "./network-layout.js";

const WIDTH = { least: 1, most: 10, at: 5 }; // pixels; the most at |weight| >= 5
const AGAINST = "#9aa5b1";
const DASH = { length: 11, most: 4 }; // the pattern's period in CSS; pixels it moves a frame at most

const stillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** How wide the link of a weight is, in pixels. */
export function widthOf(weight) {
  const strength = Math.min(Math.abs(weight) / WIDTH.at, 1) || 0;
  return (WIDTH.least + (WIDTH.most - WIDTH.least) * strength).toFixed(1);
}

/** The colour of a link: of its weight's sign; into an output of several that of its class, or grey where it speaks against it. */
export function colorOf(weight, output, scale) {
  if (output === null) return scale.css(weight);
  return weight >= 0 ? scale.classes.css(output) : AGAINST;
}

export class Links {
  #svg;
  #group = svg("g", { class: "links" });
  #links = []; // {path, from, layer, node, input, count, output: the class it leads to or null, x0, y0, x1, y1, width, color}
  #marked = null;
  #epoch = 0;
  #offset = 0;

  constructor(element) {
    this.#svg = element;
    element.append(this.#group);
  }

  /** sources: rows of the first column that feed the network; sizes: nodes of each computed layer. */
  build(sources, sizes) {
    this.#links = [];
    this.#marked = null;
    sizes.forEach((size, layer) => {
      const rows = layer === 0 ? sources : Array.from({ length: sizes[layer - 1] }, (_, row) => row);
      for (let node = 0; node < size; node++) {
        rows.forEach((from, input) => {
          const path = svg("path", { "data-testid": `link-${layer}-${node}-${input}` });
          const output = layer === sizes.length - 1 && size > 1 ? node : null;
          this.#links.push({ path, from, layer, node, input, count: rows.length, output });
        });
      }
    });
    this.#group.replaceChildren(...this.#links.map(({ path }) => path));
  }

  place(geometry) {
    this.#svg.setAttribute("width", geometry.width);
    this.#svg.setAttribute("height", geometry.height);
    for (const link of this.#links) {
      Object.assign(link, linkEnds(geometry, link.layer, link.from, link.node, link.input, link.count));
      link.path.setAttribute("d", linkPath(link));
    }
  }

  draw(frame, scale) {
    for (const link of this.#links) {
      const weight = frame.weights.weight(link.layer, link.node, link.input);
      const width = widthOf(weight);
      const color = colorOf(weight, link.output, scale);
      if (link.width !== width) link.path.setAttribute("stroke-width", (link.width = width));
      if (link.color !== color) link.path.setAttribute("stroke", (link.color = color));
    }
    this.#move(frame.epoch);
  }

  /** The link at a point, or null. */
  at(x, y) {
    return nearestLink(this.#links, x, y);
  }

  /** Marks one link, or none. */
  mark(link) {
    if (link === this.#marked) return;
    this.#marked?.path.classList.remove("marked");
    link?.path.classList.add("marked");
    this.#marked = link;
  }

  /** The paths inherit the offset from their group: one attribute moves them all. */
  #move(epoch) {
    const passed = epoch - this.#epoch;
    this.#epoch = epoch;
    if (passed <= 0 || stillness()) return;
    this.#offset = (this.#offset + Math.min(passed, DASH.most)) % DASH.length;
    this.#group.setAttribute("stroke-dashoffset", String(-this.#offset));
  }
}
