// A square of map cells on a canvas: one look-up and one putImageData a frame, with buffers made once.

import { fromBase64 } from "../base/base64.js";

/** The cells of a map that came as text. */
export function cellsOf(text) {
  return new Int8Array(fromBase64(text).buffer);
}

export class Cells {
  #context;
  #image;
  #pixels;
  #size;

  /** Takes over `canvas`; `size` is cells a side. CSS scales it. */
  constructor(canvas, size) {
    canvas.width = canvas.height = size;
    this.#size = size;
    this.#context = canvas.getContext("2d");
    this.#image = this.#context.createImageData(size, size);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
  }

  /** Draws size * size cells of `values` (Int8Array) from `start` on through `colors` (Uint32Array of 256). */
  draw(values, colors, start = 0) {
    const pixels = this.#pixels;
    for (let index = 0; index < pixels.length; index++) pixels[index] = colors[values[start + index] + 128];
    this.#context.putImageData(this.#image, 0, 0);
  }

  clear() {
    this.#context.clearRect(0, 0, this.#size, this.#size);
  }
}
