// The data sets' pictures in the data panel: a typical sample of each, without noise, right way up. The points a run
// trains on come with its frames.

import { fromBase64 } from "../base/base64.js";
import { h } from "../base/dom.js";
import { icon } from "../parts/icons.js";
import { SettingSet } from "../parts/setting-set.js";
import { hasEffect } from "../parts/setting-value.js";
import { SAMPLES } from "./samples.js";
import { WORDS } from "./settings.js";

/** name -> {key, problem, noise, more, classes, measured}; `noise` says what that does and how far, as `noiseText` has it; `key` is the setting that chooses it, `more` has a set that the original has not, `classes` one whose
 *  labels are the numbers of classes: how many there are, or "any" for as many as are set,
 *  `measured` one that somebody has measured: a point set. */
export const DATASETS = {
  circle: { key: "dataset", problem: "classification", noise: ["label", 5] },
  xor: { key: "dataset", problem: "classification", noise: ["label", 5] },
  gauss: { key: "dataset", problem: "classification", noise: ["clouds"] },
  spiral: { key: "dataset", problem: "classification", noise: ["points", 1] },
  "reg-plane": { key: "regDataset", problem: "regression", noise: ["label", 6] },
  "reg-gauss": { key: "regDataset", problem: "regression", noise: ["label", 6] },
  moons: { key: "dataset", problem: "classification", more: true, noise: ["points", 1.75] },
  rings: { key: "dataset", problem: "classification", more: true, noise: ["label", 2] },
  checkerboard: { key: "dataset", problem: "classification", more: true, noise: ["label", 3] },
  sine: { key: "dataset", problem: "classification", more: true, noise: ["label", 3] },
  cubic: { key: "dataset", problem: "classification", more: true, noise: ["label", 3] },
  absolute: { key: "dataset", problem: "classification", more: true, noise: ["label", 3] },
  "reg-wave": { key: "regDataset", problem: "regression", more: true, noise: ["label", 6] },
  "reg-saddle": { key: "regDataset", problem: "regression", more: true, noise: ["label", 6] },
  blobs: { key: "dataset", problem: "classification", more: true, classes: "any", noise: ["clouds"] },
  arms: { key: "dataset", problem: "classification", more: true, classes: "any", noise: ["points", 1] },
  iris: { key: "dataset", problem: "classification", more: true, classes: 3, measured: true, noise: ["map"] },
  penguins: { key: "dataset", problem: "classification", more: true, classes: 3, measured: true, noise: ["map"] },
  cars: { key: "regDataset", problem: "regression", more: true, measured: true, noise: ["map"] },
};

/** The data set of points that somebody has drawn or brought along, of either problem. */
export const OWN = "own";

/** What noise does to a data set: the key of its text and the values in it. Own points are moved as measured ones are. */
export function noiseText(name) {
  const [kind, length] = (DATASETS[name] ?? DATASETS.iris).noise;
  return [`noise.${kind}`, { length }];
}

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
 * is never folded away, and where a link hides `moreDatasets` it is the only one of them. field: the number of classes, as the schema has it. `onChoose(changes)` gets the setting to change.
 * own: buttons that lead to own points. save: one that is there for points that nobody generates.
 */
export class DatasetPicker {
  #buttons = new Map();
  #more;
  #config = null;
  #chosen = "";
  #isOpen = false;
  #own; // what leads to own points
  #save;
  #ownChoice; // its button and canvas: the own data that are there
  #ownThere = null; // {problem, points}
  #scale = null;
  #host;
  #classes; // how many there are, where a data set has any number
  #settings;

  constructor(host, field, onChoose, own = [], save = null) {
    this.#host = host;
    this.#save = save;
    this.#own = h("div", { class: "datasets-own" }, own);
    this.#classes = { ...field, name: field.key };
    this.#settings = new SettingSet([this.#classes], WORDS, (key, value) => onChoose({ [key]: value }));
    for (const [name, { key }] of Object.entries(DATASETS))
      this.#buttons.set(
        name,
        choice(name, () => onChoose({ [key]: name })),
      );
    this.#ownChoice = choice(OWN, () =>
      onChoose({ [this.#config.problem === "classification" ? "dataset" : "regDataset"]: OWN }),
    );
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
    const classes = this.#settings.element(this.#classes.name);
    host.append(...originals, this.#more, ...others, this.#ownChoice.button, this.#own);
    host.append(...(save ? [save] : []), classes);
  }

  update(config) {
    this.#config = config;
    this.#settings.update(config);
    this.#settings.element(this.#classes.name).hidden = !hasEffect(this.#classes, config);
    const chosen = chosenIn(config);
    const isOpen = this.#isOpen || (chosen !== this.#chosen && Boolean(DATASETS[chosen]?.more));
    this.#chosen = chosen;
    this.#more.hidden = config.hide.includes("moreDatasets");
    this.#fold(isOpen);
  }

  /** The training's points. */
  setPoints({ train, test }) {
    if (this.#chosen !== OWN) return;
    this.#takeOwn({ problem: this.#config.problem, points: Float64Array.from([...train, ...test]) });
  }

  /** Own data that are there while another data set is in use: {problem, points: x, y and label one after the other}; null: there
   *  are none. */
  setOwn(there) {
    this.#takeOwn(there);
    this.#fold(this.#isOpen);
  }

  #takeOwn(there) {
    this.#ownThere = there;
    this.#drawOwn();
  }

  #drawOwn() {
    if (this.#ownThere === null || this.#scale === null) return;
    const { problem, points } = this.#ownThere;
    const rows = Array.from({ length: points.length / 3 }, (_, at) => points.subarray(3 * at, 3 * at + 3));
    drawSample(this.#ownChoice.canvas, rows, problem === "classification" ? this.#scale.classes : this.#scale);
  }

  #fold(isAsked) {
    const isHidden = this.#more.hidden;
    const isOpen = isAsked && !isHidden;
    this.#isOpen = isOpen;
    this.#host.classList.toggle("unfolded", isOpen);
    this.#more.setAttribute("aria-expanded", isOpen);
    const isOwn = this.#chosen === OWN;
    this.#own.hidden = isHidden || (!isOpen && !isOwn);
    this.#ownChoice.button.hidden = !isOwn && (isHidden || this.#ownThere?.problem !== this.#config.problem);
    this.#ownChoice.button.setAttribute("aria-pressed", isOwn);
    if (this.#save) this.#save.hidden = !isOwn && !DATASETS[this.#chosen].measured;
    for (const [name, { button }] of this.#buttons) {
      const { key, problem, more } = DATASETS[name];
      const isChosen = this.#config[key] === name;
      button.hidden = problem !== this.#config.problem || (more && !isOpen && !isChosen);
      button.setAttribute("aria-pressed", isChosen);
    }
  }

  recolor(scale) {
    this.#scale = scale;
    this.#drawOwn();
    for (const [name, { canvas }] of this.#buttons)
      drawSample(canvas, sample(name), DATASETS[name].classes ? scale.classes : scale);
  }
}

/** The button of a data set: {button, canvas}. */
function choice(name, choose) {
  const canvas = h("canvas", { class: "dataset-picture" });
  const button = h(
    "button",
    {
      type: "button",
      class: "dataset",
      testid: `dataset-${name}`,
      label: `dataset.${name}`,
      "aria-pressed": "false",
      on: { click: choose },
    },
    canvas,
  );
  return { button, canvas };
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
