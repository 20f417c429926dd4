// A run on one sheet for a report: map, network, chart, settings and link.

import { svg } from "../base/dom.js";

const SHEET = { width: 1200, height: 800 };
export const PARTS = { map: 410, network: [740, 400], chart: [740, 290] }; // pixels
const LINE = 205; // characters of a line of the link
const LINES = 7;

/**
 * map, network, chart: SVG elements; chart may be null. title: a text. rows: [name, value] texts. address: the link, which may
 * be null. color(name): a CSS variable's value.
 *
 * @returns {SVGSVGElement}
 */
export function sheetPicture({ map, network, chart, title, rows, address }, color) {
  const lines = address === null ? [] : linesOf(address);
  return svg(
    "svg",
    { ...SHEET, viewBox: `0 0 ${SHEET.width} ${SHEET.height}`, "font-family": "sans-serif" },
    svg("title", {}, title),
    svg("desc", {}, address ?? ""),
    svg("rect", { ...SHEET, fill: color("--surface") }),
    text(title, 24, 36, 22, "--ink", { "font-weight": "bold" }),
    placed(network, 16, 52, ...PARTS.network),
    placed(map, 772, 52, PARTS.map, PARTS.map),
    ...(chart ? [placed(chart, 16, 452, ...PARTS.chart)] : []),
    ...rows.flatMap(([name, value], index) => [
      text(name, 792, 492 + 22 * index, 13, "--muted"),
      text(value, 960, 492 + 22 * index, 13, "--ink"),
    ]),
    ...lines.map((line, index) => text(line, 24, SHEET.height - 6 - 10 * (lines.length - index - 1) - 4, 9, "--muted")),
  );

  function text(content, x, y, size, name, more = {}) {
    return svg("text", { x, y, "font-size": size, fill: color(name), ...more }, content);
  }
}

/** A picture within another, as large as there is room for. */
function placed(picture, x, y, width, height) {
  const [own, high] = ["width", "height"].map((name) => Number(picture.getAttribute(name)));
  if (!picture.hasAttribute("viewBox")) picture.setAttribute("viewBox", `0 0 ${own} ${high}`);
  for (const [name, value] of Object.entries({ x, y, width, height })) picture.setAttribute(name, String(value));
  return picture;
}

/** The link's beginning where it is long: all of it is in the picture's description. */
function linesOf(address) {
  const lines = address.match(new RegExp(`.{1,${LINE}}`, "gsu")) ?? [];
  return lines.length > LINES ? [...lines.slice(0, LINES - 1), "…"] : lines;
}
