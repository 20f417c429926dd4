// The data sets' pictures in the data panel: a typical sample of each, without noise, right way up. The points a run
// trains on come from the server.

import { h } from "../base/dom.js";

const SAMPLES = 220;
const TURN = 2 * Math.PI;

/** A fixed low-discrepancy sequence in [0, 1): a picture needs evenness, not chance. */
const spread = (index, step) => (0.5 + index * step) % 1;
const u = (index) => spread(index, 0.7548776662466927);
const v = (index) => spread(index, 0.5698402909980532);
const bell = (index, shift) => Math.sqrt(-2 * Math.log(1 - u(index + shift))) * Math.cos(TURN * v(index + shift));

/** name -> {key, problem, point(i) -> [x, y, label]}; `key` is the setting that chooses it. */
export const DATASETS = {
  circle: {
    key: "dataset",
    problem: "classification",
    point: (i) => {
      const radius = i % 2 ? 2.5 * u(i) : 3.5 + 1.5 * u(i);
      return [radius * Math.sin(TURN * v(i)), radius * Math.cos(TURN * v(i)), i % 2 ? 1 : -1];
    },
  },
  xor: {
    key: "dataset",
    problem: "classification",
    point: (i) => {
      const [x, y] = [u(i), v(i)].map((r) => 10 * r - 5).map((r) => r + (r > 0 ? 0.3 : -0.3));
      return [x, y, x * y >= 0 ? 1 : -1];
    },
  },
  gauss: {
    key: "dataset",
    problem: "classification",
    point: (i) => {
      const label = i % 2 ? 1 : -1;
      return [2 * label + 0.8 * bell(i, 0), 2 * label + 0.8 * bell(i, 1000), label];
    },
  },
  spiral: {
    key: "dataset",
    problem: "classification",
    point: (i) => {
      const along = i / SAMPLES;
      const label = i % 2 ? 1 : -1;
      const angle = 1.75 * TURN * along + (label > 0 ? 0 : Math.PI);
      return [5 * along * Math.sin(angle), 5 * along * Math.cos(angle), label];
    },
  },
  "reg-plane": {
    key: "regDataset",
    problem: "regression",
    point: (i) => {
      const [x, y] = [12 * u(i) - 6, 12 * v(i) - 6];
      return [x, y, (x + y) / 10];
    },
  },
  "reg-gauss": {
    key: "regDataset",
    problem: "regression",
    point: (i) => {
      const [x, y] = [12 * u(i) - 6, 12 * v(i) - 6];
      const hills = [[-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1]]; // prettier-ignore
      const heights = hills.map(([hx, hy, sign]) => sign * Math.max(0, 1 - Math.hypot(x - hx, y - hy) / 2));
      return [x, y, heights.reduce((best, height) => (Math.abs(height) > Math.abs(best) ? height : best))];
    },
  },
};

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
    for (const [name, { canvas }] of this.#buttons) drawSample(canvas, DATASETS[name].point, scale);
  }
}

function drawSample(canvas, point, scale) {
  const size = (canvas.width = canvas.height = 144); // fine enough for any screen at the size CSS shows it
  const context = canvas.getContext("2d");
  const place = (value) => ((value + 6) / 12) * size;
  for (let index = 0; index < SAMPLES; index++) {
    const [x, y, label] = point(index);
    context.fillStyle = scale.css(label);
    context.beginPath();
    context.arc(place(x), size - place(y), 4, 0, TURN);
    context.fill();
  }
}
