// The network as a picture that stands alone: nodes as maps of what they compute, links as wide as their weights.

import { h, svg } from "../base/dom.js";
import { Cells } from "./cells.js";
import { featureMap, featureText, inputs } from "./features.js";
import { cellsPicture } from "./map-picture.js";
import { colorOf, widthOf } from "./network-links.js";
import { layout, linkEnds, linkPath } from "./network-layout.js";
import { sizesOf } from "./sizes.js";

const SIDE = 10; // cells of a node
const BIAS = 10; // pixels
const MARGIN = 12;

/**
 * config, frame: of one run. scale: of colours. color(name): a CSS variable's value. The picture is wider than `width` where
 * the columns need it.
 *
 * @returns {SVGSVGElement}
 */
export function networkPicture(config, frame, scale, color, width, height) {
  const features = inputs(config);
  const sizes = sizesOf(config);
  const last = sizes.length - 1;
  const geometry = layout(sizes, width, height - 2 * MARGIN);
  const { columns, node } = geometry;
  const colors = config.discretize ? scale.steps : scale.map;
  const box = { width: Math.ceil(geometry.width), height: Math.ceil(geometry.height) + 2 * MARGIN };
  return svg(
    "svg",
    { ...box, viewBox: `0 ${-MARGIN} ${box.width} ${box.height}`, "font-family": "sans-serif", "font-size": 15 },
    svg("rect", { y: -MARGIN, ...box, fill: color("--surface") }),
    svg("g", { fill: "none" }, ...links()),
    ...nodes(),
  );

  function links() {
    return sizes.slice(1).flatMap((count, layer) =>
      Array.from({ length: count * sizes[layer] }, (_, index) => {
        const [to, from] = [Math.floor(index / sizes[layer]), index % sizes[layer]];
        const weight = frame.weights.weight(layer, to, from);
        const ends = linkEnds(geometry, layer, from, to, from, sizes[layer]);
        const stroke = colorOf(weight, layer === last - 1 && sizes[last] > 1 ? to : null, scale);
        return svg("path", { d: linkPath(ends), stroke, "stroke-width": widthOf(weight) });
      }),
    );
  }

  function nodes() {
    let start = 0;
    return columns.flatMap(({ x, nodes: rows }, column) =>
      rows.flatMap((y, row) => {
        const [left, top] = [x - node / 2, y - node / 2];
        const edge = { x: left, y: top, width: node, height: node, fill: "none", stroke: color("--line-strong") };
        const frameOf = svg("rect", { ...edge, "stroke-width": 1.5, rx: 3 });
        if (column === 0) {
          const label = { x: left - 8, y: y + 5, "text-anchor": "end", fill: color("--ink") };
          const map = picture(featureMap(features[row], SIDE), 0, left, top, colors);
          return [map, frameOf, svg("text", label, featureText(features[row]))];
        }
        const isClass = column === last && sizes[last] > 1;
        const map = picture(frame.thumbnails, start, left, top, isClass ? scale.classes.outputs[row] : colors);
        start += SIDE * SIDE;
        const fill = scale.css(frame.weights.bias(column - 1, row));
        const place = { x: left - BIAS / 2, y: top + node - BIAS / 2, width: BIAS, height: BIAS };
        return [map, frameOf, svg("rect", { ...place, fill, stroke: color("--line-strong"), rx: 2 })];
      }),
    );
  }

  function picture(values, start, x, y, shades) {
    const canvas = h("canvas");
    new Cells(canvas, SIDE).draw(values, shades, start);
    return cellsPicture(canvas, x, y, node);
  }
}
