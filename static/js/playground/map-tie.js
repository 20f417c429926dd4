// A dashed line from the output neuron to the large map, which shows what it computes, where they stand side by side.

import { svg } from "../base/dom.js";
import { linkPath } from "./network-layout.js";

const END = 56; // pixels from the upper and lower end of the map and its axes at least

export class MapTie {
  #path = svg("path");
  #root = svg("svg", { class: "map-tie", "data-testid": "map-tie", "aria-hidden": "true" }, arrow(), this.#path);
  #host;
  #map;

  /** host: what it is drawn over and measured in. map: where it leads. */
  constructor(host, map) {
    [this.#host, this.#map] = [host, map];
    host.append(this.#root);
  }

  /** Draws it from a point in the host, in CSS pixels. `seen`: whether the neuron is there. */
  place(x, y, seen) {
    const host = this.#host.getBoundingClientRect();
    const map = this.#map.getBoundingClientRect();
    const beside = seen && map.left > host.right;
    this.#root.toggleAttribute("hidden", !beside);
    if (!beside) return;
    const [top, bottom] = [map.top - host.top + END, map.bottom - host.top - END];
    const ends = { x0: x, y0: y, x1: map.left - host.left - 4, y1: Math.min(Math.max(y, top), bottom) };
    this.#path.setAttribute("d", linkPath(ends));
  }
}

function arrow() {
  const head = svg("path", { d: "M0 0L7 4L0 8z" });
  const shape = { id: "map-tie-end", markerWidth: 7, markerHeight: 8, refX: 7, refY: 4, markerUnits: "userSpaceOnUse" };
  return svg("defs", {}, svg("marker", shape, head));
}
