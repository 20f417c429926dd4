// The four figures beside the chart: losses, and for classification the accuracies.

import { h, setText } from "../base/dom.js";
import { accuracyText, lossBesideText, lossText } from "./format.js";

export class Metrics {
  #values = {};
  #stopLoss = 0; // the test loss below which the training pauses; 0: it does not
  #frame = null; // that is shown

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
    this.#frame = frame;
    const { testLoss, trainLoss, testAccuracy, trainAccuracy } = frame;
    setText(this.#values.testLoss, lossBesideText(testLoss, this.#stopLoss));
    setText(this.#values.trainLoss, lossText(trainLoss));
    setText(this.#values.testAccuracy, accuracyText(testAccuracy));
    setText(this.#values.trainAccuracy, accuracyText(trainAccuracy));
  }

  update({ problem, stopLoss }) {
    this.#stopLoss = stopLoss;
    if (this.#frame) this.draw(this.#frame);
    for (const set of ["test", "train"]) {
      this.#values[`${set}Accuracy`].parentElement.classList.toggle("absent", problem === "regression");
    }
  }
}
