// What the batch size alone does not say: that every step takes all points, or that a batch is never full, so that there
// are no steps at all. With a button for the way out.

import { h } from "../base/dom.js";
import { say } from "../base/i18n.js";

export class BatchNote {
  #text = h("span");
  #button = h("button", { type: "button", class: "plain", testid: "full-batch" });
  #element = h("p", { class: "batch-note", testid: "batch-note", role: "status" }, this.#text, this.#button);
  #config = null;
  #points = null; // how many there are to train on

  /** host: the batch size's setting. configure({key: value}) asks for a change. */
  constructor(host, configure) {
    this.#button.addEventListener("click", () => configure({ fullBatch: !this.#config.fullBatch }));
    this.#element.hidden = true;
    host.append(this.#element);
  }

  setPoints({ train }) {
    this.#points = train.length / 3; // x, y and label of each
    this.#show();
  }

  update(config) {
    this.#config = config;
    this.#show();
  }

  #show() {
    if (this.#points === null || this.#config === null) return;
    const { fullBatch, batchSize } = this.#config;
    const points = this.#points;
    const isNeverFull = !fullBatch && batchSize > points;
    this.#element.hidden = !(fullBatch || isNeverFull);
    this.#element.classList.toggle("edited", isNeverFull);
    say(this.#text, isNeverFull ? "batch.neverFull" : "batch.full", { points });
    say(this.#button, fullBatch ? "batch.useBatches" : "batch.useAll");
  }
}
