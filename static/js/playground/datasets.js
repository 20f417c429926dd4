// The data sets' pictures in the data panel: a typical sample of each, without noise, right way up. The points a run
// trains on come with its frames.

import { fromBase64 } from "../base/base64.js";
import { h } from "../base/dom.js";
import { SAMPLES } from "./samples.js";

/** name -> {key, problem}; `key` is the setting that chooses it. */
export const DATASETS = {
  circle: { key: "dataset", problem: "classification" },
  xor: { key: "dataset", problem: "classification" },
  gauss: { key: "dataset", problem: "classification" },
  spiral: { key: "dataset", problem: "classification" },
  "reg-plane": { key: "regDataset", problem: "regression" },
  "reg-gauss": { key: "regDataset", problem: "regression" },
};

/** Points of a data set: [x, y, label] each. */
export function sample(name) {
  const bytes = new Int8Array(fromBase64(SAMPLES[name]).buffer);
  return Array.from({ length: bytes.length / 3 }, (_, index) => {
    const [x, y, label] = bytes.subarray(3 * index);
    return [x / 20, y / 20, label / 100];
  });
}

/** The row of data sets to choose from. `onChoose(changes)` gets the setting to change. */
export class DatasetPicker {
  #buttons = new Map();

  constructor(host, onChoose) {
    for (const [name, { key, problem }] of Object.entries(DATASETS)) {
      const canvas = h("canvas", { class: "dataset-picture" });
      const button = h(
        "button",
        {
          type: "button",
          class: "dataset",
          testid: `dataset-${name}`,
          label: `dataset.${name}`,
          "aria-pressed": "false",
          on: { click: () => onChoose({ [key]: name }) },
        },
        canvas,
      );
      this.#buttons.set(name, { button, canvas, key, problem });
      host.append(button);
    }
  }

  update(config) {
    for (const [name, { button, key, problem }] of this.#buttons) {
      button.hidden = problem !== config.problem;
      button.setAttribute("aria-pressed", config[key] === name);
    }
  }

  recolor(scale) {
    for (const [name, { canvas }] of this.#buttons) drawSample(canvas, sample(name), scale);
  }
}

function drawSample(canvas, points, scale) {
  const size = (canvas.width = canvas.height = 144); // fine enough for any screen at the size CSS shows it
  const context = canvas.getContext("2d");
  const place = (value) => ((value + 6) / 12) * size;
  for (const [x, y, label] of points) {
    context.fillStyle = scale.css(label);
    context.beginPath();
    context.arc(place(x), size - place(y), 4, 0, 2 * Math.PI);
    context.fill();
  }
}
