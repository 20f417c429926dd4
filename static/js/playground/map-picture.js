// The large map as a picture that stands alone, with its points and axes.

import { h, svg } from "../base/dom.js";
import { TICKS } from "./heatmap.js";
import { share } from "./points.js";

const PIXELS = 2; // of the picture of the cells for each of CSS
const RADIUS = 0.0094; // of a point, in the map's side

/**
 * shown: {cells, points, css, shape}, as `HeatMap` has it. color(name): a CSS variable's value.
 *
 * @returns {SVGSVGElement}
 */
export function mapPicture(shown, color, side) {
  const [left, top] = [34, 10];
  const size = side - left - 14;
  const [x, y] = [(value) => left + share(value) * size, (value) => top + (1 - share(value)) * size];
  return svg(
    "svg",
    { width: side, height: side, viewBox: `0 0 ${side} ${side}`, "font-family": "sans-serif", "font-size": 12 },
    svg("rect", { width: side, height: side, fill: color("--surface") }),
    cellsPicture(shown.cells, left, top, size, true),
    ...dots(shown.points.train, "#ffffff", 0.9),
    ...dots(shown.points.test, "#000000", 0.8),
    ...TICKS.flatMap((tick) => [
      label(tick, x(tick), top + size + 16, "middle"),
      label(tick, left - 6, y(tick) + 4, "end"),
    ]),
  );

  function dots(points, stroke, opacity) {
    const radius = RADIUS * size;
    return Array.from({ length: points.length / 3 }, (_, index) => {
      const [at, height, value] = points.slice(3 * index, 3 * index + 3);
      const look = { fill: shown.css(value), stroke, "stroke-opacity": opacity, "stroke-width": 0.8 };
      const corners = shown.shape(value);
      const [cx, cy] = [x(at), y(height)];
      if (corners === null) return svg("circle", { cx: cx.toFixed(2), cy: cy.toFixed(2), r: radius, ...look });
      const places = corners.map((corner, axis) => ((axis % 2 ? cy : cx) + radius * corner).toFixed(2));
      return svg("polygon", { points: places.join(" "), ...look });
    });
  }

  function label(tick, at, height, anchor) {
    const place = { x: at, y: height, "text-anchor": anchor, fill: color("--muted") };
    return svg("text", place, String(tick).replace("-", "−"));
  }
}

/** A canvas of cells as a part of a picture. */
export function cellsPicture(cells, x, y, side, isSmooth = false) {
  const size = Math.round(PIXELS * side);
  const canvas = h("canvas", { width: size, height: size });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = isSmooth;
  context.drawImage(cells, 0, 0, size, size);
  return svg("image", { x, y, width: side, height: side, href: canvas.toDataURL("image/png") });
}
