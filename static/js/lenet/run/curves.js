// The two charts of a run: the loss of every batch and of every epoch, and the accuracy of every epoch.

import { h } from "../../base/dom.js";
import { say, sayLabel, t } from "../../base/i18n.js";
import { savePicture } from "../../base/save.js";
import { axisAround } from "../../parts/axis.js";
import { Chart } from "../../parts/chart.js";
import { pinButton } from "../../parts/pin-button.js";
import { lossText, percentText } from "../format.js";
import { thin } from "./thin.js";

const PICTURE = [800, 400]; // pixels of a saved one; a PNG has twice as many
const MOST_POINTS = 1200; // of the curve of batches: more than the chart is wide

export class Curves {
  #loss;
  #accuracy;
  #log;
  #differs = h("p", { class: "muted curve-note", testid: "curve-note", hidden: true });
  #state = null;

  /** source: address of plotly.min.js. choose(epoch): a point was clicked. */
  constructor(source, choose) {
    const on = { click: ({ x }) => choose(Math.max(1, Math.round(x))) };
    this.#loss = new Chart({ source, testid: "chart-loss", on });
    this.#accuracy = new Chart({ source, testid: "chart-accuracy", on });
    this.#log = h("input", { type: "checkbox", testid: "log-scale", on: { change: () => this.#loss.redraw() } });
    this.element = h(
      "div",
      { class: "curves" },
      h(
        "figure",
        { class: "curve surface" },
        h(
          "figcaption",
          { class: "curve-head" },
          h("h3", { text: "curve.loss" }),
          h("label", { class: "check" }, this.#log, h("span", { text: "curve.log" })),
          this.#savers("loss", this.#loss),
          pinButton("lenet.curves", () => ({ score: "loss", isLog: this.#log.checked })),
        ),
        this.#loss.element,
        this.#differs,
      ),
      h(
        "figure",
        { class: "curve surface" },
        h(
          "figcaption",
          { class: "curve-head" },
          h("h3", { text: "curve.accuracy" }),
          this.#savers("accuracy", this.#accuracy),
          pinButton("lenet.curves", () => ({ score: "accuracy" })),
        ),
        this.#accuracy.element,
      ),
    );
  }

  update({ log, run, epoch }) {
    this.#state = { log, run, epoch };
    this.redraw();
  }

  redraw() {
    if (this.#state === null) return;
    this.#explain(this.#state.run);
    this.#loss.show(() => this.#lossContent(this.#state));
    this.#accuracy.show(() => this.#accuracyContent(this.#state));
  }

  /** The buttons that save a chart. */
  #savers(name, chart) {
    const save = async (format) => {
      const picture = await chart.picture(...PICTURE, t(`curve.${name}`));
      if (picture) await savePicture(`${this.#state.run.run}-${name}`, picture, format);
    };
    return h(
      "span",
      { class: "savers" },
      ["png", "svg"].map((format) => {
        const testid = `save-${name}-${format}`;
        const button = h("button", { type: "button", class: "plain", testid, on: { click: () => save(format) } });
        button.textContent = format.toUpperCase();
        sayLabel(button, "curve.save", { chart: [`curve.${name}`], format: format.toUpperCase() });
        return button;
      }),
    );
  }

  /** Where the batches' curve is of another loss than the others, it says so. */
  #explain({ config }) {
    const isDistorted = ["shift", "rotate", "scale", "shear", "elastic"].some((name) => config[name] > 0);
    const isSmoothed = config.label_smoothing > 0;
    this.#differs.hidden = !isDistorted && !isSmoothed;
    const how = isDistorted && isSmoothed ? "both" : isDistorted ? "distorted" : "smoothed";
    if (!this.#differs.hidden) say(this.#differs, `curve.${how}`);
  }

  #lossContent({ log, run, epoch }) {
    const batches = thin(log.losses, MOST_POINTS);
    const perEpoch = log.stepsPerEpoch ?? 1;
    const hover = "%{y:.4g}";
    const curves = [
      {
        x: batches.x.map((step) => (step + 1) / perEpoch),
        y: batches.y,
        name: t("curve.batch"),
        color: "--batch",
        width: 1,
        hovertemplate: hover,
      },
      ...this.#perEpoch(log, "loss", hover),
    ];
    const y = this.#log.checked
      ? { type: "log", exponentformat: "power", nticks: 5 }
      : { rangemode: "tozero", nticks: 5, tickformat: ".3~g" };
    const values = { epoch: log.newest?.epoch ?? 0, batch: lossText(log.losses.at(-1)) };
    return {
      curves,
      x: { title: t("curve.epoch"), ...epochAxis(log, run) },
      y,
      marker: epoch,
      label: ["curve.describeLoss", { ...values, test: lossText(log.newest?.test.loss) }],
    };
  }

  #accuracyContent({ log, run, epoch }) {
    const curves = this.#perEpoch(log, "accuracy", "%{y:.2%}");
    const y = axisAround(
      curves.flatMap((curve) => curve.y),
      { isShare: true },
    );
    return {
      curves,
      x: { title: t("curve.epoch"), ...epochAxis(log, run) },
      y: { ...y, tickformat: y.dtick < 0.01 ? ".1%" : ".0%" },
      marker: epoch,
      label: [
        "curve.describeAccuracy",
        {
          epoch: log.newest?.epoch ?? 0,
          train: percentText(log.newest?.train.accuracy),
          test: percentText(log.newest?.test.accuracy),
        },
      ],
    };
  }

  #perEpoch(log, score, hovertemplate) {
    const x = log.epochs.map(({ epoch }) => epoch);
    const curve = (part, color, symbol, dash) => ({
      x,
      y: log.epochs.map((record) => record[part][score]),
      name: t(`curve.${part}`),
      color,
      symbol,
      dash,
      hovertemplate,
    });
    return [
      curve("train", "--train", "circle-open", "dot"),
      ...(log.newest?.holdout ? [curve("holdout", "--holdout", "diamond-open", "dash")] : []),
      curve("test", "--test", "square"),
    ];
  }
}

/** From 0 to the last epoch while it is near enough to see something; else as far as there is something. */
function epochAxis(log, run) {
  const reached = log.stepsPerEpoch ? log.step / log.stepsPerEpoch : 0;
  const last = run.config.epochs <= 20 ? run.config.epochs : Math.max(5, Math.ceil(reached * 1.1));
  return { range: [0, last * 1.02], nticks: Math.min(8, last + 1), tickformat: "d" };
}
