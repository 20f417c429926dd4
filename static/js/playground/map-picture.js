// The large map as a picture that stands alone, with its points, its axes in their own units, and the names of the classes.

import { h, svg } from "../base/dom.js";
import { axisOf } from "./heatmap.js";
import { classOf, nameText } from "./own/description.js";
import { share } from "./points.js";

const PIXELS = 2; // of the picture of the cells for each of CSS
const RADIUS = 0.0094; // of a point, in the map's side
const NUMBERS = 34; // pixels for the y axis's, at least
const DIGIT = 6.7; // of each of their characters
const LINE = 18; // of a text
const LETTER = 7; // of each of a name's
const WIDE = 2; // letters that a sign takes that is no Latin one

/**
 * shown: {cells, points, css, shape, told, classes}, as `HeatMap` has it. color(name): a CSS variable's value.
 *
 * @returns {SVGSVGElement}
 */
export function mapPicture(shown, color, side) {
  const { told } = shown;
  const axes = [0, 1].map((at) => axisOf(told, at));
  const numbers = axes[1].ticks.reduce((most, { text }) => Math.max(most, 14 + DIGIT * text.length), NUMBERS);
  const marks = told ? marksOf(shown) : [];
  const [left, top] = [numbers + (axes[1].name ? LINE : 0), 10];
  const below = 24 + (axes[0].name ? LINE : 0) + (marks.length > 0 ? LINE : 0);
  const size = side - Math.max(left + 14, top + below);
  const [x, y] = [(value) => left + share(value) * size, (value) => top + (1 - share(value)) * size];
  const fill = color("--muted");
  return svg(
    "svg",
    { width: side, height: side, viewBox: `0 0 ${side} ${side}`, "font-family": "sans-serif", "font-size": 12 },
    svg("rect", { width: side, height: side, fill: color("--surface") }),
    cellsPicture(shown.cells, left, top, size, true),
    ...dots(shown.points.train, "#ffffff", 0.9),
    ...dots(shown.points.test, "#000000", 0.8),
    ...axes[0].ticks.map(({ place, text }) => label(text, x(place), top + size + 16, "middle")),
    ...axes[1].ticks.map(({ place, text }) => label(text, left - 6, y(place) + 4, "end")),
    ...(axes[0].name ? [label(cut(axes[0].name, size), left + size / 2, top + size + 16 + LINE, "middle")] : []),
    ...(axes[1].name ? [upright(cut(axes[1].name, size), LINE - 4, top + size / 2)] : []),
    ...legend(),
  );

  function dots(points, stroke, opacity) {
    const look = { stroke, "stroke-opacity": opacity, "stroke-width": 0.8 };
    return Array.from({ length: points.length / 3 }, (_, index) => {
      const [at, height, value] = points.slice(3 * index, 3 * index + 3);
      return mark(value, x(at), y(height), RADIUS * size, look);
    });
  }

  function mark(value, cx, cy, radius, more) {
    const look = { fill: shown.css(value), ...more };
    const corners = shown.shape(value);
    if (corners === null) return svg("circle", { cx: cx.toFixed(2), cy: cy.toFixed(2), r: radius, ...look });
    const places = corners.map((corner, axis) => ((axis % 2 ? cy : cx) + radius * corner).toFixed(2));
    return svg("polygon", { points: places.join(" "), ...look });
  }

  function label(text, at, height, anchor) {
    return svg("text", { x: at, y: height, "text-anchor": anchor, fill }, text);
  }

  function upright(text, at, height) {
    return svg("text", { "text-anchor": "middle", fill, transform: `translate(${at} ${height}) rotate(-90)` }, text);
  }

  /** What the marks mean, in one line. */
  function legend() {
    const room = size / marks.length;
    const height = top + size + below - 6;
    return marks.flatMap(({ value, text }, index) => [
      mark(value, left + 6 + index * room, height - 4, 5, {}),
      label(cut(text, room - 24), left + 16 + index * room, height, "start"),
    ]);
  }
}

/** What the colours and shapes of the points mean: [{value, text}]. */
function marksOf({ told, classes }) {
  if (classes > 0)
    return Array.from({ length: classes }, (_, value) => ({ value, text: nameText(classOf(told, value)) }));
  const name = nameText(told.name(2));
  return [-1, 0, 1].map((value) => ({ value, text: told.text(2, value) + (value > 0 && name ? ` ${name}` : "") }));
}

/** As much of a name as there is room for. */
function cut(name, room) {
  const signs = [...name];
  let width = 0;
  const fits = signs.findIndex((sign) => (width += LETTER * (sign > "\u2e7f" ? WIDE : 1)) > room);
  return fits < 0 ? name : `${signs.slice(0, Math.max(1, fits - 1)).join("")}…`;
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
