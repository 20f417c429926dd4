// Small pictures of images in a row or grid, each a button.

import { h } from "../../base/dom.js";
import { onLanguage, say, sayLabel } from "../../base/i18n.js";
import { onLook } from "../../base/theme.js";
import { drawGrey } from "./pixels.js";

const LONG = 7; // characters of a caption that need more room than the picture

export class PictureGrid {
  #choose;
  #shown = [];
  #buttons = [];
  #marked = null;

  /** choose(picture). */
  constructor({ testid, choose }) {
    this.#choose = choose;
    this.element = h("div", { class: "picture-grid", testid });
    onLook(() => this.#draw());
    onLanguage(() => this.#shown.length > 0 && this.show(...this.#shown));
  }

  /** pictures: [{image, pixels, ...}]. label(picture): [key, values] that names one; caption(picture): below it. */
  show(pictures = [], label = null, caption = null) {
    this.#shown = [pictures, label, caption];
    this.#buttons = pictures.map((picture) => {
      const canvas = h("canvas", { class: "picture" });
      const button = h(
        "button",
        { type: "button", class: "picture-button", on: { click: () => this.#choose(picture) } },
        canvas,
        caption ? h("small", {}, caption(picture)) : null,
      );
      sayLabel(button, ...label(picture));
      button.dataset.image = picture.image;
      return { picture, canvas, button };
    });
    const isWorded = caption !== null && pictures.some((picture) => caption(picture).length > LONG);
    this.element.classList.toggle("worded", isWorded);
    this.element.replaceChildren(...this.#buttons.map(({ button }) => button));
    this.mark(this.#marked);
    this.#draw();
  }

  /** Nothing but a text; its key. */
  say(key, values = {}) {
    this.#shown = [];
    this.#buttons = [];
    this.element.classList.remove("worded");
    const text = h("p", { class: "muted" });
    say(text, key, values);
    this.element.replaceChildren(text);
  }

  /** What is seen: [{picture, caption}]. */
  get pictures() {
    const [pictures = [], , caption] = this.#shown;
    return pictures.map((picture) => ({ picture, caption: caption?.(picture) ?? "" }));
  }

  mark(image) {
    this.#marked = image;
    for (const { picture, button } of this.#buttons) button.classList.toggle("marked", picture.image === image);
  }

  #draw() {
    for (const { canvas, picture } of this.#buttons) drawGrey(canvas, picture.pixels);
  }
}
