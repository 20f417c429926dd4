// Tells a screen reader where a training rests: what the picture shows once no further one comes.

import { say, sayNothing } from "../base/i18n.js";
import { lossText } from "./format.js";

const SETTLED = 300; // ms without a new picture after which a paused training is at rest

export class Announcer {
  #element;
  #timer;

  constructor(element) {
    this.#element = element;
  }

  /** After every picture, and when the training begins or ends; frame: the newest, or null. */
  update(frame, playing) {
    clearTimeout(this.#timer);
    if (playing || !frame) return;
    this.#timer = setTimeout(() => {
      const { epoch, testLoss } = frame;
      const values = { epoch: epoch.toLocaleString("en-US"), loss: lossText(testLoss) };
      if (epoch > 0) say(this.#element, "run.announcePaused", values);
      else sayNothing(this.#element);
    }, SETTLED);
  }
}
