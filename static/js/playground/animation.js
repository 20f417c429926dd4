// How the output formed, as an animated GIF: the one animation that browsers, Word, PowerPoint and chats all show. Of a frame only
// the pixels are written that differ from the one before, and the map has as few colours as the size allows.

import { SURE } from "../base/color.js";
import { paintPoints } from "./points.js";

export const MOST_BYTES = 2_000_000;
const CELLS = 50; // a side of a frame's map
const SIDE = 240; // pixels of the map
const TEXT = 24; // pixels below it
const PIXELS = SIDE * (SIDE + TEXT);
const TRIES = [
  { levels: 32, every: 1 },
  { levels: 16, every: 1 },
  { levels: 8, every: 1 },
  { levels: 8, every: 2 },
  { levels: 8, every: 4 },
]; // the first that is small enough is taken
const SECONDS = 15; // of a whole one
const HOLD = 2000; // ms of the last frame
const BUSY = 10; // ms without a pause

/**
 * The bytes of the GIF, a Uint8Array; null where it is not wanted any more.
 *
 * library: gifenc. frames: [{cells, points, text}], cells an Int8Array of 50 x 50, points {train, test}, the same object where they are
 * the same. look: {scale: {css, map, steps}, shape: as `shapesOf` has it, classes: how many there are, or 0, showTest, discretize}. progress(share) is called now and then, and says whether to go on.
 */
export async function encode(library, frames, look, progress) {
  for (const [index, { levels, every }] of TRIES.entries()) {
    const isLast = index === TRIES.length - 1;
    const some = frames.filter((_, at) => at % every === 0 || at === frames.length - 1);
    const bytes = await write(
      library,
      some,
      new Painter(library, look, levels),
      isLast ? Infinity : MOST_BYTES,
      progress,
    );
    if (bytes !== "too large") return bytes;
  }
  return null;
}

async function write(library, frames, painter, most, progress) {
  const gif = library.GIFEncoder();
  const delay = Math.min(500, Math.max(50, (1000 * SECONDS) / frames.length));
  let before = null;
  let begun = performance.now();
  for (const [index, frame] of frames.entries()) {
    const pixels = painter.paint(frame);
    gif.writeFrame(before ? changed(before, pixels, painter.transparent) : pixels, SIDE, SIDE + TEXT, {
      palette: before ? null : painter.palette,
      colorDepth: painter.depth,
      delay: index === frames.length - 1 ? HOLD : delay,
      transparent: before !== null,
      transparentIndex: painter.transparent,
      dispose: 1, // it stays, for the next one to change it
    });
    before = pixels;
    if (gif.bytesView().length > most) return "too large";
    if (performance.now() - begun < BUSY) continue;
    if (!progress((index + 1) / frames.length)) return null;
    if (!document.hidden) await new Promise((resolve) => setTimeout(resolve)); // a page that nobody sees is woken once a second
    begun = performance.now();
  }
  gif.finish();
  return gif.bytes();
}

/** `pixels` with `transparent` where they are those before. */
export function changed(before, pixels, transparent) {
  return pixels.map((pixel, at) => (pixel === before[at] ? transparent : pixel));
}

/** `cells`, an Int8Array of `side` x `side`, as `size` x `size` levels of so many: read between the cells. */
export function enlarged(cells, side, size, levels, out = new Uint8Array(size * size)) {
  const place = (at) => Math.min(side - 1, Math.max(0, ((at + 0.5) / size) * side - 0.5));
  const from = Uint8Array.from({ length: size }, (_, at) => Math.min(side - 2, place(at)));
  const share = Float64Array.from(from, (start, at) => place(at) - start);
  for (let y = 0; y < size; y++) {
    const row = from[y] * side;
    for (let x = 0; x < size; x++) {
      const at = row + from[x];
      const upper = cells[at] + (cells[at + 1] - cells[at]) * share[x];
      const lower = cells[at + side] + (cells[at + side + 1] - cells[at + side]) * share[x];
      out[y * size + x] = ((upper + (lower - upper) * share[y] + 128) / 256) * levels;
    }
  }
  return out;
}

/** `cells`, an Int8Array of `side` x `side` that name classes, as `size` x `size` of their `codes`: nothing lies between two classes. */
function repeated(cells, side, size, codes, out) {
  for (let at = 0; at < size * size; at++) {
    const [row, column] = [Math.floor(at / size), at % size];
    out[at] = codes[cells[Math.floor((row * side) / size) * side + Math.floor((column * side) / size)] + 128];
  }
}

/** Which colour the cell q = `cell` - 128 of a map of classes has, of so many levels for each. */
function codeOf(cell, levels) {
  return Math.floor(cell / SURE) * levels + Math.floor(((cell % SURE) / SURE) * levels);
}

/** The pixels of those colours. */
function classColors({ scale, classes, discretize }, levels) {
  const pixels = discretize ? scale.steps : scale.map;
  return Array.from({ length: classes * levels }, (_, code) => {
    const level = ((code % levels) + 0.5) / levels;
    return pixels[Math.floor(code / levels) * SURE + Math.floor(level * SURE)];
  });
}

/** Paints frames in few colours: those of the map's levels, then white to black for what stands on and below it. */
class Painter {
  #library;
  #look;
  #levels;
  #context = contextOf(SIDE, SIDE + TEXT);
  #points = null;
  #overlay = null; // of each pixel 0, or one more than its colour
  #codes = null; // of each cell of a map of classes, its colour

  constructor(library, look, levels) {
    this.#library = library;
    this.#look = look;
    const { map, css } = look.scale;
    const each = look.classes ? Math.max(1, Math.floor(levels / look.classes)) : 0; // levels of a class
    this.#levels = look.discretize ? 2 : levels;
    if (look.classes) this.#codes = Uint8Array.from(map, (_, cell) => codeOf(cell, look.discretize ? 1 : each));
    const colors = look.classes
      ? classColors(look, look.discretize ? 1 : each)
      : Array.from({ length: this.#levels }, (_, level) => map[Math.floor(((level + 0.5) / this.#levels) * 256)]);
    const ends = look.discretize && !look.classes ? [map[0], map[255]] : colors;
    const labels = look.classes ? Array.from({ length: look.classes }, (_, label) => label) : [-1, 1];
    const full = labels.map((label) => css(label).match(/\d+/g).map(Number));
    const greys = [255, 170, 85, 0].map((grey) => [grey, grey, grey]);
    this.palette = [
      ...ends.map((color) => [color & 255, (color >> 8) & 255, (color >> 16) & 255]),
      ...full,
      ...greys,
      [0, 0, 0],
    ];
    this.transparent = this.palette.length - 1;
    this.depth = Math.ceil(Math.log2(this.palette.length));
  }

  /** A new array of palette indices. */
  paint({ cells, points, text }) {
    if (points !== this.#points) this.#paintPoints(points);
    const pixels = new Uint8Array(PIXELS);
    if (this.#codes) repeated(cells, CELLS, SIDE, this.#codes, pixels);
    else enlarged(cells, CELLS, SIDE, this.#levels, pixels);
    for (let at = 0; at < SIDE * SIDE; at++) if (this.#overlay[at]) pixels[at] = this.#overlay[at] - 1;
    this.#paintText(text, pixels);
    return pixels;
  }

  #paintPoints(points) {
    this.#points = points;
    const { scale, shape, showTest } = this.#look;
    this.#context.clearRect(0, 0, SIDE, SIDE);
    paintPoints(this.#context, SIDE, points, { css: scale.css, shape, showTest, scale: SIDE / 320, line: 1 });
    const { data } = this.#context.getImageData(0, 0, SIDE, SIDE);
    const colors = this.palette.slice(0, this.transparent);
    const known = new Map();
    this.#overlay = new Uint8Array(SIDE * SIDE);
    for (let at = 0; at < SIDE * SIDE; at++) {
      if (data[4 * at + 3] < 128) continue;
      const color = [data[4 * at], data[4 * at + 1], data[4 * at + 2]];
      const key = color.join();
      if (!known.has(key)) known.set(key, this.#library.nearestColorIndex(colors, color));
      this.#overlay[at] = known.get(key) + 1;
    }
  }

  #paintText(text, pixels) {
    const context = this.#context;
    context.fillStyle = "#fff";
    context.fillRect(0, SIDE, SIDE, TEXT);
    context.fillStyle = "#000";
    context.font = "15px sans-serif";
    context.fillText(text, 6, SIDE + 17, SIDE - 12);
    const { data } = context.getImageData(0, SIDE, SIDE, TEXT);
    const white = this.transparent - 4;
    for (let at = 0; at < SIDE * TEXT; at++) pixels[SIDE * SIDE + at] = white + Math.round((255 - data[4 * at]) / 85);
  }
}

function contextOf(width, height) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  return canvas.getContext("2d", { willReadFrequently: true });
}
