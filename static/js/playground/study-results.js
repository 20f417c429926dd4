// What a study's runs came to: small maps from the best to the worst, the curves of their losses, and how soon they solved it.

import { h, setText } from "../base/dom.js";
import { say, t } from "../base/i18n.js";
import { wholeAxis, wholeTicks } from "../parts/axis.js";
import { Chart } from "../parts/chart.js";
import { Cells, cellsOf } from "./cells.js";
import { lossBesideText } from "./format.js";
import { histogram, quartiles, SOLVED, sorted, summary } from "./seeds.js";
import { outcomeScale } from "./sizes.js";

const SMALL = 25; // cells a side of a run's map

export class StudyResults {
  #open;
  #runs = [];
  #of = 0;
  #config = null;
  #problem = null; // which its threshold is for
  #scale = null;
  #threshold = h("input", { type: "number", min: 0, step: 0.01, testid: "seeds-threshold" });
  #said = h("p", { class: "seeds-said", role: "status", testid: "seeds-said" });
  #maps = h("div", { class: "seeds-maps", testid: "seeds-maps" });
  #curves;
  #took;

  /** source: address of plotly.min.js. open(link): a run was chosen. pin: the button that pins them. */
  constructor(source, open, pin) {
    this.#open = open;
    this.#threshold.addEventListener("input", () => this.redraw());
    this.#curves = new Chart({ source, testid: "seeds-curves" });
    this.#took = new Chart({ source, testid: "seeds-took" });
    this.element = h(
      "div",
      { class: "stack" },
      h(
        "div",
        { class: "seeds-solved row" },
        this.#said,
        h("label", { class: "field" }, h("span", { class: "field-label", text: "seeds.threshold" }), this.#threshold),
        pin,
      ),
      this.#maps,
      h("p", { class: "muted", text: "seeds.mapsHelp" }),
      h("h3", { text: "seeds.curves" }),
      this.#curves.element,
      h("h3", { text: "seeds.took" }),
      this.#took.element,
    );
  }

  /** The test loss below which a run has solved it. */
  get threshold() {
    return Number(this.#threshold.value);
  }

  set threshold(loss) {
    this.#threshold.value = String(loss);
    this.redraw();
  }

  /** runs: those that are done of so many. config: their settings. */
  show(runs, of, config) {
    const { problem } = config;
    this.#config = config;
    if (problem !== this.#problem) [this.#problem, this.#threshold.value] = [problem, SOLVED[problem]];
    [this.#runs, this.#of] = [runs, of];
    this.redraw();
  }

  recolor(scale) {
    this.#scale = scale;
    this.redraw();
  }

  /** The server failed on the study. */
  fail() {
    say(this.#said, "seeds.failed");
  }

  redraw() {
    if (this.#runs.length === 0) {
      say(this.#said, "seeds.waiting");
      this.#maps.replaceChildren();
      return;
    }
    const { threshold } = this;
    const { solved, failed, took } = summary(this.#runs, threshold);
    const key = failed ? "seeds.solvedFailed" : "seeds.solved";
    const values = { solved, failed, runs: this.#runs.length };
    if (this.#runs.length < this.#of) say(this.#said, "seeds.soFar", { said: [key, values], of: this.#of });
    else say(this.#said, key, values);
    this.#maps.replaceChildren(...sorted(this.#runs).map((run) => this.#map(run, threshold)));
    const runs = this.#runs; // another study may have begun when they are drawn
    this.#curves.show(() => curvesOf(runs, threshold));
    this.#took.show(() => tookOf(runs, took));
  }

  #map(run, threshold) {
    const canvas = h("canvas", { class: "seeds-map" });
    if (this.#scale && !run.failed)
      new Cells(canvas, SMALL).draw(cellsOf(run.map), outcomeScale(this.#config, this.#scale).map);
    const loss = run.failed ? "NaN" : lossBesideText(run.scores[1], threshold);
    const solved = !run.failed && run.scores[1] < threshold;
    const name = ["seeds.open", { number: run.run + 1, loss }];
    const caption = h("span", { class: "seeds-loss" });
    setText(caption, loss);
    const button = h(
      "button",
      { type: "button", class: "seeds-run", label: name, testid: `seeds-run-${run.run}` },
      canvas,
      caption,
    );
    button.classList.toggle("solved", solved);
    button.addEventListener("click", () => this.#open(run.link));
    return button;
  }
}

function curvesOf(runs, threshold) {
  const { epochs, lower, median, upper } = quartiles(runs);
  const band = { width: 0, color: "--accent", hoverinfo: "skip" };
  const each = runs.map((run) => ({
    x: run.epochs,
    y: run.test,
    name: "",
    color: "--muted",
    width: 0.7,
    opacity: 0.35,
    hoverinfo: "skip",
    showlegend: false,
  }));
  return {
    curves: [
      ...each,
      { ...band, x: epochs, y: lower.map(finite), name: "", showlegend: false },
      { ...band, x: epochs, y: upper.map(finite), name: t("seeds.quartiles"), fill: "tonexty" },
      { x: epochs, y: median.map(finite), name: t("seeds.median"), color: "--accent", width: 2.2 },
      {
        x: [0, epochs.at(-1)],
        y: [threshold, threshold],
        name: "",
        showlegend: false,
        color: "--ink",
        dash: "dot",
        width: 1,
        hoverinfo: "skip",
      },
    ],
    x: { title: t("chart.epoch"), rangemode: "tozero", ...wholeTicks(epochs.at(-1), 6) },
    y: { title: t("seeds.testLoss"), rangemode: "tozero" },
    label: ["seeds.describeCurves", { runs: runs.length, median: lossBesideText(median.at(-1), threshold) }],
  };
}

function tookOf(runs, took) {
  const end = Math.max(...runs.map(({ epochs }) => epochs.at(-1)));
  const { width, counts } = histogram(took, end);
  const x = counts.map((_, at) => (at + 0.5) * width);
  return {
    curves: [
      { type: "bar", x, y: counts, width: counts.map(() => 0.9 * width), name: t("seeds.runs"), color: "--accent" },
    ],
    x: { title: t("chart.epoch"), range: [0, counts.length * width], ...wholeTicks(counts.length * width, 6) },
    y: { title: t("seeds.runs"), ...wholeAxis(Math.max(...counts), 5) },
    layout: { showlegend: false, hovermode: false },
    label: [
      "seeds.describeTook",
      { solved: took.length, epoch: took.length ? Math.min(...took).toLocaleString("en-US") : "–" },
    ],
  };
}

function finite(value) {
  return Number.isFinite(value) ? value : null;
}
