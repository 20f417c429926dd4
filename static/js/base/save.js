// Giving the visitor a file.

import { h } from "./dom.js";

/** What a canvas shows, as a Blob. */
export function pngOf(canvas) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

const DENSITY = 2; // pixels of a saved picture for each of CSS

/** An SVG element as a file's text, which stands alone. */
function svgText(element) {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(element)}\n`;
}

/** The SVG element of a file's text. */
export function svgElement(text) {
  return /** @type {SVGSVGElement} */ (
    /** @type {unknown} */ (new DOMParser().parseFromString(text, "image/svg+xml").documentElement)
  );
}

/** An SVG element that has a width and a height, as a PNG for a screen or a page of twice the usual density; a Blob. */
async function pngOfSvg(element) {
  const address = URL.createObjectURL(new Blob([svgText(element)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const [width, height] = ["width", "height"].map((name) => DENSITY * Number(element.getAttribute(name)));
    const canvas = h("canvas", { width, height });
    canvas.getContext("2d").drawImage(image, 0, 0, width, height);
    return await pngOf(canvas);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Gives an SVG element as a file of that format, "png" or "svg"; name: without its ending. */
export async function savePicture(name, element, format) {
  if (format === "svg") saveFile(`${name}.svg`, svgText(element), "image/svg+xml");
  else saveFile(`${name}.png`, await pngOfSvg(element));
}

/** content: a text or a Blob. */
export function saveFile(name, content, type = "text/plain") {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // some browsers read it later
}
