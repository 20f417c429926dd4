// From what was drawn on a canvas to the grey values that are sent. Pure.

/**
 * The ink of an RGBA image (bytes, row by row), `factor` by `factor` pixels made into one by their mean.
 * Ink is the alpha channel: a canvas is transparent where nothing was drawn, whatever the colour of the pen.
 * Gives {width, height, pixels: Uint8Array}.
 */
export function inkOf(rgba, width, height, factor) {
  const [w, h] = [Math.floor(width / factor), Math.floor(height / factor)];
  const pixels = new Uint8Array(w * h);
  for (let y = 0; y < h; y += 1) {
    for (let x = 0; x < w; x += 1) {
      let sum = 0;
      for (let dy = 0; dy < factor; dy += 1)
        for (let dx = 0; dx < factor; dx += 1) sum += rgba[4 * ((y * factor + dy) * width + x * factor + dx) + 3];
      pixels[y * w + x] = Math.round(sum / factor ** 2);
    }
  }
  return { width: w, height: h, pixels };
}

/** Whether anything was drawn. */
export function isBlank({ pixels }) {
  return pixels.every((value) => value === 0);
}
