// The data sets' test images, fetched once each. Owns the copies; draws nothing.

import { fromBase64 } from "../../base/base64.js";

const MOST = 200; // images a question, as the server allows

export class Pictures {
  #api;
  #known = new Map(); // "dataset/row" -> {image, label, pixels: Uint8Array}

  constructor(api) {
    this.#api = api;
  }

  /** The test images `rows` of `dataset`: [{image, label, pixels}], pixels 28 times 28 bytes, 255 is ink. */
  async get(dataset, rows) {
    const missing = [...new Set(rows)].filter((row) => !this.#known.has(`${dataset}/${row}`));
    for (let start = 0; start < missing.length; start += MOST)
      this.keep(dataset, await this.#api.images(dataset, missing.slice(start, start + MOST)));
    return rows.map((row) => this.#known.get(`${dataset}/${row}`));
  }

  /** Remembers images that came with another answer, and returns them decoded. */
  keep(dataset, images) {
    return images.map(({ image, label, pixels }) => {
      const picture = { image, label, pixels: fromBase64(pixels) };
      this.#known.set(`${dataset}/${image}`, picture);
      return picture;
    });
  }
}
