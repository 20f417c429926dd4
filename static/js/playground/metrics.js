// The four figures beside the chart: losses, and for classification the accuracies.

import { h, setText } from "../base/dom.js";
import { accuracyText, lossText } from "./format.js";

export class Metrics {
  #values = {};

  constructor(host) {
    for (const [set, key] of [
      ["test", "output.testLoss"],
      ["train", "output.trainLoss"],
    ]) {
      const loss = (this.#values[`${set}Loss`] = h("output", {
        class: "metric-value",
        testid: `loss-${set}`,
        textContent: "–",
      }));
      const accuracy = (this.#values[`${set}Accuracy`] = h("output", { testid: `accuracy-${set}`, textContent: "–" }));
      const share = h("span", { class: "metric-accuracy" }, h("span", { text: "output.accuracy" }), " ", accuracy);
      host.append(
        h("div", { class: `metric metric-${set}` }, h("span", { class: "metric-name row", text: key }), loss, share),
      );
    }
  }

  draw(frame) {
    for (const set of ["test", "train"]) {
      setText(this.#values[`${set}Loss`], lossText(frame[`${set}Loss`]));
      setText(this.#values[`${set}Accuracy`], accuracyText(frame[`${set}Accuracy`]));
    }
  }

  update({ problem }) {
    for (const set of ["test", "train"]) {
      this.#values[`${set}Accuracy`].parentElement.classList.toggle("absent", problem === "regression");
    }
  }
}
