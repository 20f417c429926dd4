// Puts numbers onto canvases: grey pictures, and sheets of maps in the palette's colours. Knows nothing of what they are.

import { cellOf, colorScale } from "../../base/color.js";
import { look } from "../../base/theme.js";

const LEVELS = 256; // of a map cell
const GREYS = { light: [255, 20], dark: [24, 240] }; // of no ink and of full ink

/** A picture of `side` by `side` bytes, 255 is ink, a pixel each; CSS makes it larger. */
export function drawGrey(canvas, bytes, side = 28) {
  const [paper, ink] = GREYS[look().theme] ?? GREYS.light;
  const image = new ImageData(side, side);
  for (let index = 0; index < side * side; index += 1) {
    const grey = paper + ((ink - paper) * bytes[index]) / 255;
    image.data.set([grey, grey, grey, 255], 4 * index);
  }
  canvas.width = canvas.height = side;
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/**
 * Maps (each rows of numbers) side by side, `columns` a row, `cell` CSS pixels a number, `gap` between two.
 * `peak` has the strongest colour; a map that is null, or zero throughout with `blanks`, stays empty.
 */
export function drawSheet(canvas, maps, { columns, cell, gap = 4, peak = peakOf(maps), blanks = false }) {
  const colors = colorTable();
  const dense = Math.min(3, Math.max(1, Math.ceil(window.devicePixelRatio || 1)));
  const first = maps.find((map) => map !== null);
  const [height, width] = [first.length, first[0].length];
  const [across, down] = [Math.min(columns, maps.length), Math.ceil(maps.length / columns)];
  const size = { width: across * (width * cell + gap) - gap, height: down * (height * cell + gap) - gap };
  canvas.width = size.width * dense;
  canvas.height = size.height * dense;
  canvas.style.width = `${size.width}px`;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  const image = new ImageData(width, height);
  const memory = new Uint32Array(image.data.buffer);
  const small = Object.assign(document.createElement("canvas"), { width, height });
  maps.forEach((map, index) => {
    if (map === null || (blanks && map.every((row) => row.every((value) => value === 0)))) return;
    map.forEach((row, y) => row.forEach((value, x) => (memory[y * width + x] = colors[cellOf(value / peak) + 128])));
    small.getContext("2d").putImageData(image, 0, 0);
    const left = (index % columns) * (width * cell + gap);
    const top = Math.floor(index / columns) * (height * cell + gap);
    context.drawImage(small, left * dense, top * dense, width * cell * dense, height * cell * dense);
  });
}

/** The palette's full colours, packed as canvas memory has them, index `cellOf(value) + 128`. */
function colorTable() {
  const { css } = colorScale(look());
  return Uint32Array.from({ length: LEVELS }, (_, index) => {
    const [red, green, blue] = css((index - 128) / 128)
      .match(/\d+/g)
      .map(Number);
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
}

/** The largest absolute value; 1 where all are zero. */
export function peakOf(maps) {
  let peak = 0;
  for (const map of maps) for (const row of map ?? []) for (const value of row) peak = Math.max(peak, Math.abs(value));
  return peak || 1;
}
