// The data sets' pictures in the data panel: a typical sample of each, without noise, right way up. The points a run
// trains on come with its frames.

import { fromBase64 } from "../base/base64.js";
import { h } from "../base/dom.js";
import { icon } from "../parts/icons.js";
import { SettingSet } from "../parts/setting-set.js";
import { hasEffect } from "../parts/setting-value.js";
import { SAMPLES } from "./samples.js";
import { WORDS } from "./settings.js";

/** name -> {key, problem, more, classes, measured}; `key` is the setting that chooses it, `more` has a set that the original has not, `classes` one whose
 *  labels are the numbers of classes: how many there are, or "any" for as many as are set,
 *  `measured` one that somebody has measured: a point set. */
export const DATASETS = {
  circle: { key: "dataset", problem: "classification" },
  xor: { key: "dataset", problem: "classification" },
  gauss: { key: "dataset", problem: "classification" },
  spiral: { key: "dataset", problem: "classification" },
  "reg-plane": { key: "regDataset", problem: "regression" },
  "reg-gauss": { key: "regDataset", problem: "regression" },
  moons: { key: "dataset", problem: "classification", more: true },
  rings: { key: "dataset", problem: "classification", more: true },
  checkerboard: { key: "dataset", problem: "classification", more: true },
  sine: { key: "dataset", problem: "classification", more: true },
  cubic: { key: "dataset", problem: "classification", more: true },
  absolute: { key: "dataset", problem: "classification", more: true },
  "reg-wave": { key: "regDataset", problem: "regression", more: true },
  "reg-saddle": { key: "regDataset", problem: "regression", more: true },
  blobs: { key: "dataset", problem: "classification", more: true, classes: "any" },
  arms: { key: "dataset", problem: "classification", more: true, classes: "any" },
  iris: { key: "dataset", problem: "classification", more: true, classes: 3, measured: true },
  penguins: { key: "dataset", problem: "classification", more: true, classes: 3, measured: true },
  cars: { key: "regDataset", problem: "regression", more: true, measured: true },
};

/** The data set of points that somebody has drawn or brought along, of either problem. */
export const OWN = "own";

/** Points of a data set: [x, y, label] each. */
export function sample(name) {
  const bytes = new Int8Array(fromBase64(SAMPLES[name]).buffer);
  return Array.from({ length: bytes.length / 3 }, (_, index) => {
    const [x, y, label] = bytes.subarray(3 * index);
    return [x / 20, y / 20, label / (DATASETS[name].classes ? 20 : 100)];
  });
}

/**
 * The data sets to choose from: the original's, and below a button the others, which it folds away. One that is in use
 * is never folded away. field: the number of classes, as the schema has it. `onChoose(changes)` gets the setting to change.
 * own: buttons that lead to own points.
 */
export class DatasetPicker {
  #buttons = new Map();
  #more;
  #config = null;
  #chosen = "";
  #isOpen = false;
  #own; // what leads to own points
  #host;
  #classes; // how many there are, where a data set has any number
  #settings;

  constructor(host, field, onChoose, own = []) {
    this.#host = host;
    this.#own = h("div", { class: "datasets-own" }, own);
    this.#classes = { ...field, name: field.key };
    this.#settings = new SettingSet([this.#classes], WORDS, (key, value) => onChoose({ [key]: value }));
    for (const [name, { key }] of Object.entries(DATASETS)) {
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
      this.#buttons.set(name, { button, canvas });
    }
    this.#more = h(
      "button",
      {
        type: "button",
        class: "plain datasets-more",
        testid: "datasets-more",
        label: "data.moreHelp",
        on: { click: () => this.#fold(!this.#isOpen) },
      },
      h("span", { text: "data.more" }),
      icon("fold"),
    );
    const [originals, others] = [false, true].map((more) =>
      Object.keys(DATASETS)
        .filter((name) => Boolean(DATASETS[name].more) === more)
        .map((name) => this.#buttons.get(name).button),
    );
    host.append(...originals, this.#more, ...others, this.#own, this.#settings.element(this.#classes.name));
  }

  update(config) {
    this.#config = config;
    this.#settings.update(config);
    this.#settings.element(this.#classes.name).hidden = !hasEffect(this.#classes, config);
    const chosen = chosenIn(config);
    const isOpen = this.#isOpen || (chosen !== this.#chosen && Boolean(DATASETS[chosen]?.more));
    this.#chosen = chosen;
    this.#fold(isOpen);
  }

  #fold(isOpen) {
    this.#isOpen = isOpen;
    this.#host.classList.toggle("unfolded", isOpen);
    this.#more.setAttribute("aria-expanded", isOpen);
    this.#own.hidden = !isOpen && this.#chosen !== OWN;
    for (const [name, { button }] of this.#buttons) {
      const { key, problem, more } = DATASETS[name];
      const isChosen = this.#config[key] === name;
      button.hidden = problem !== this.#config.problem || (more && !isOpen && !isChosen);
      button.setAttribute("aria-pressed", isChosen);
    }
  }

  recolor(scale) {
    for (const [name, { canvas }] of this.#buttons)
      drawSample(canvas, sample(name), DATASETS[name].classes ? scale.classes : scale);
  }
}

/** The data set in use. */
export function chosenIn(config) {
  return config.problem === "classification" ? config.dataset : config.regDataset;
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
