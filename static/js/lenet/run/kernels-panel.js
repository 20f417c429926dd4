// The kernels of both convolution layers after the chosen epoch.

import { h } from "../../base/dom.js";
import { say, sayLabel } from "../../base/i18n.js";
import { onLook } from "../../base/theme.js";
import { pinButton } from "../../parts/pin-button.js";
import { numberText } from "../format.js";
import { OneAtATime } from "../drawing/one-at-a-time.js";
import { drawSheet, peakOf } from "./pixels.js";
import { isSameNetwork, noNetworkText } from "./saved-network.js";
import { refusalText } from "../refusals.js";
import { signLegend } from "./sign-legend.js";

export class KernelsPanel {
  #api;
  #questions = new OneAtATime();
  #first = h("canvas", { class: "sheet", role: "img", testid: "kernels-conv1" });
  #second = h("canvas", { class: "sheet", role: "img", testid: "kernels-conv2" });
  #pin = pinButton(
    "lenet.kernels",
    () => this.#kernels,
    () => this.#sheets,
  );
  #message = h("p", { class: "muted" });
  #sheets;
  #kernels = null;
  #shown = null;

  constructor(api) {
    this.#api = api;
    this.#sheets = h(
      "div",
      { class: "kernel-sheets" },
      h(
        "figure",
        {},
        h("figcaption", {}, h("h3", { text: "kernels.conv1" }), h("p", { class: "muted", text: "kernels.conv1Note" })),
        this.#first,
      ),
      h(
        "figure",
        {},
        h("figcaption", {}, h("h3", { text: "kernels.conv2" }), h("p", { class: "muted", text: "kernels.conv2Note" })),
        this.#second,
      ),
    );
    this.element = h(
      "div",
      { class: "kernels" },
      this.#message,
      this.#sheets,
      h("div", { class: "row" }, signLegend(), this.#pin),
    );
    onLook(() => this.#draw());
  }

  show({ run, epoch }) {
    const same = isSameNetwork(this.#shown, { run, epoch });
    this.#shown = { run, epoch };
    if (same) return;
    if (epoch === null) {
      this.#questions.cancel();
      this.#none(noNetworkText(run));
      return;
    }
    this.#questions.ask(
      () => this.#api.kernels(run.run, epoch),
      (kernels) => {
        this.#kernels = kernels;
        this.#draw();
      },
      (error) => this.#none(...refusalText(error)),
    );
  }

  #none(key, values = {}) {
    this.#kernels = null;
    this.#sheets.hidden = true;
    this.#message.hidden = false;
    say(this.#message, key, values);
  }

  #draw() {
    if (this.#kernels === null) return;
    this.#message.hidden = true;
    this.#sheets.hidden = false;
    const first = this.#kernels.conv1.map(([kernel]) => kernel);
    // A column for each of the 16 maps, a row for each of the 6 it looks at.
    const second = this.#kernels.conv2[0].flatMap((_, input) => this.#kernels.conv2.map((map) => map[input]));
    drawSheet(this.#first, first, { columns: first.length, cell: 14, gap: 10 });
    drawSheet(this.#second, second, { columns: this.#kernels.conv2.length, cell: 8, gap: 7, blanks: true });
    sayLabel(this.#first, "kernels.describe", { count: first.length, peak: numberText(peakOf(first)) });
    sayLabel(this.#second, "kernels.describe", { count: second.length, peak: numberText(peakOf(second)) });
  }
}
