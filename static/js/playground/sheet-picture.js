// A run on one sheet for a report: map, network, chart, settings and link.

import { svg } from "../base/dom.js";

const SHEET = { width: 1200, height: 800 };
export const PARTS = { map: 410, network: [740, 400], chart: [740, 290] }; // pixels
const MARGIN = 24;
const LINES = 7; // of the link
const LINE_HEIGHT = 10;
const ROWS = { from: 492, names: 792, values: 960, apart: 22 };

/**
 * map, network, chart: SVG elements; chart may be null. title: a text. rows: [name, value] texts. address: the link, which may
 * be null. color(name): a CSS variable's value. widthOf(text, size): how wide a text of that size is written, both in pixels.
 *
 * @returns {SVGSVGElement}
 */
export function sheetPicture({ map, network, chart, title, rows, address }, color, widthOf = widthOnPage) {
  const right = SHEET.width - MARGIN;
  const lines = address === null ? [] : linesOf(address, right - MARGIN, (sign) => widthOf(sign, 9));
  const linkTop = SHEET.height - LINE_HEIGHT * (lines.length + 1);
  const apart = Math.min(ROWS.apart, (linkTop - LINE_HEIGHT - ROWS.from) / Math.max(1, rows.length - 1));
  const size = Math.min(13, 0.85 * apart); // of the rows
  return svg(
    "svg",
    { ...SHEET, viewBox: `0 0 ${SHEET.width} ${SHEET.height}`, "font-family": "sans-serif" },
    svg("title", {}, title),
    svg("desc", {}, address ?? ""),
    svg("rect", { ...SHEET, fill: color("--surface") }),
    text(title, MARGIN, 36, 22, "--ink", right, { "font-weight": "bold" }),
    placed(network, 16, 52, ...PARTS.network),
    placed(map, 772, 52, PARTS.map, PARTS.map),
    ...(chart ? [placed(chart, 16, 452, ...PARTS.chart)] : []),
    ...rows.flatMap(([name, value], index) => [
      text(name, ROWS.names, ROWS.from + apart * index, size, "--muted", ROWS.values - 8),
      text(value, ROWS.values, ROWS.from + apart * index, size, "--ink", right),
    ]),
    ...lines.map((line, index) => text(line, MARGIN, linkTop + LINE_HEIGHT * (index + 1), 9, "--muted", right)),
  );

  /** From x to `end` at most: what would be longer is written narrower, also in the font of who opens the file. */
  function text(content, x, y, size, name, end, more = {}) {
    const [width, room] = [widthOf(content, size), end - x];
    const fitted = width > 0.97 * room ? { textLength: Math.min(width, room), lengthAdjust: "spacingAndGlyphs" } : {};
    return svg("text", { x, y, "font-size": size, fill: color(name), ...fitted, ...more }, content);
  }
}

function widthOnPage(text, size) {
  const context = document.createElement("canvas").getContext("2d");
  context.font = `${size}px sans-serif`;
  return context.measureText(text).width;
}

/** A picture within another, as large as there is room for. */
function placed(picture, x, y, width, height) {
  const [own, high] = ["width", "height"].map((name) => Number(picture.getAttribute(name)));
  if (!picture.hasAttribute("viewBox")) picture.setAttribute("viewBox", `0 0 ${own} ${high}`);
  for (const [name, value] of Object.entries({ x, y, width, height })) picture.setAttribute(name, String(value));
  return picture;
}

/**
 * The link in lines; its beginning where it is long: all of it is in the picture's description.
 *
 * @param {string} address
 * @param {number} most how wide a line may be
 * @param {(sign: string) => number} widthOf
 */
export function linesOf(address, most, widthOf) {
  const lines = [""];
  const widths = new Map();
  let width = 0;
  for (const sign of address) {
    if (!widths.has(sign)) widths.set(sign, widthOf(sign));
    width += widths.get(sign);
    if (width > most) {
      if (lines.length === LINES) return [...lines.slice(0, LINES - 1), "…"];
      lines.push("");
      width = widths.get(sign);
    }
    lines[lines.length - 1] += sign;
  }
  return lines;
}
