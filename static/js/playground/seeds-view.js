// The present settings with many seeds: asks for the study, and shows its runs as they come.

import { h, setText } from "../base/dom.js";
import { onLanguage, say, t } from "../base/i18n.js";
import { Chart } from "../parts/chart.js";
import { Cells, cellsOf } from "./cells.js";
import { lossText } from "./format.js";
import { histogram, quartiles, sorted, summary } from "./seeds.js";

const SMALL = 25; // cells a side of a run's map
const VARY = { both: "seeds.both", weights: "seeds.weights", data: "seeds.data" };
const THRESHOLD = 0.05; // test loss below which a run has solved its data

export class SeedsView {
  text = "drawer.seeds";
  #on;
  #runs = [];
  #number = null; // of the study that is shown
  #of = 0;
  #scale = null;
  #seeds = number("seeds-count", 30, 5, 100);
  #epochs = number("seeds-epochs", 500, 1, 10_000);
  #vary = h("select", { testid: "seeds-vary" });
  #begin = h("button", { type: "button", class: "plain primary", testid: "seeds-begin", text: "seeds.begin" });
  #end = h("button", { type: "button", class: "plain", testid: "seeds-end", text: "seeds.end", hidden: true });
  #threshold = h("input", { type: "number", min: 0, step: 0.01, value: THRESHOLD, testid: "seeds-threshold" });
  #said = h("p", { class: "seeds-said", role: "status", testid: "seeds-said" });
  #maps = h("div", { class: "seeds-maps", testid: "seeds-maps" });
  #results;
  #curves;
  #took;

  /** source: address of plotly.min.js. on: {begin({seeds, epochs, vary}) resolves to the reply, end(), open(link)}. */
  constructor(source, on) {
    this.#on = on;
    for (const [value, text] of Object.entries(VARY)) this.#vary.append(h("option", { value, text }));
    this.#begin.addEventListener("click", () => this.#start());
    this.#end.addEventListener("click", () => this.#stop());
    this.#threshold.addEventListener("input", () => this.#show());
    this.#curves = new Chart({ source, testid: "seeds-curves" });
    this.#took = new Chart({ source, testid: "seeds-took" });
    const field = (key, input) => h("label", { class: "field" }, h("span", { class: "field-label", text: key }), input);
    this.#results = h(
      "div",
      { class: "stack", hidden: true },
      h("div", { class: "seeds-solved row" }, this.#said, field("seeds.threshold", this.#threshold)),
      this.#maps,
      h("p", { class: "muted", text: "seeds.mapsHelp" }),
      h("h3", { text: "seeds.curves" }),
      this.#curves.element,
      h("h3", { text: "seeds.took" }),
      this.#took.element,
    );
    this.element = h(
      "div",
      { class: "seeds stack" },
      h("p", { class: "muted", text: "seeds.help" }),
      h(
        "div",
        { class: "seeds-form row" },
        field("seeds.count", this.#seeds),
        field("seeds.epochs", this.#epochs),
        field("seeds.vary", this.#vary),
        this.#begin,
        this.#end,
      ),
      this.#results,
    );
    onLanguage(() => this.#show());
  }

  /** A run of a study is done. */
  add(told) {
    if (this.#number === null) this.#adopt(told); // of the page before this one
    if (told.number !== this.#number) return;
    if ("error" in told) return this.#over("seeds.failed");
    this.#of = told.of;
    this.#runs = [...this.#runs.filter(({ run }) => run !== told.run), told];
    if (this.#runs.length === told.of) this.#over(null);
    this.#show();
  }

  recolor(scale) {
    this.#scale = scale;
    this.#show();
  }

  async #start() {
    for (const input of [this.#seeds, this.#epochs]) if (!input.reportValidity()) return;
    const asked = { seeds: Number(this.#seeds.value), epochs: Number(this.#epochs.value), vary: this.#vary.value };
    const reply = await this.#on.begin(asked);
    if (!reply.ok) return;
    [this.#number, this.#runs, this.#of] = [reply.number, [], asked.seeds];
    this.#end.hidden = false;
    this.#results.hidden = false;
    this.#show();
  }

  #adopt({ number, of }) {
    [this.#number, this.#of] = [number, of];
    this.#end.hidden = false;
    this.#results.hidden = false;
  }

  #stop() {
    this.#number = -1; // of none
    this.#on.end();
    this.#over(null);
  }

  #over(why) {
    if (document.activeElement === this.#end) this.#begin.focus();
    this.#end.hidden = true;
    if (why) say(this.#said, why);
  }

  #show() {
    if (this.#runs.length === 0) {
      say(this.#said, "seeds.waiting");
      this.#maps.replaceChildren();
      return;
    }
    const threshold = Number(this.#threshold.value);
    const { solved, failed, took } = summary(this.#runs, threshold);
    say(this.#said, failed ? "seeds.solvedFailed" : "seeds.solved", {
      solved,
      failed,
      runs: this.#runs.length,
      of: this.#of,
    });
    this.#maps.replaceChildren(...sorted(this.#runs).map((run) => this.#map(run, threshold)));
    this.#curves.show(() => this.#curvesContent(threshold));
    this.#took.show(() => this.#tookContent(took));
  }

  #map(run, threshold) {
    const canvas = h("canvas", { class: "seeds-map" });
    if (this.#scale && !run.failed) new Cells(canvas, SMALL).draw(cellsOf(run.map), this.#scale.map);
    const loss = run.failed ? "NaN" : lossText(run.scores[1]);
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
    button.addEventListener("click", () => this.#on.open(run.link));
    return button;
  }

  #curvesContent(threshold) {
    const { epochs, lower, median, upper } = quartiles(this.#runs);
    const band = { width: 0, color: "--accent", hoverinfo: "skip" };
    const each = this.#runs.map((run) => ({
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
      x: { title: t("chart.epoch"), rangemode: "tozero" },
      y: { title: t("seeds.testLoss"), rangemode: "tozero" },
      label: ["seeds.describeCurves", { runs: this.#runs.length, median: lossText(median.at(-1)) }],
    };
  }

  #tookContent(took) {
    const end = Math.max(...this.#runs.map(({ epochs }) => epochs.at(-1)));
    const { width, counts } = histogram(took, end);
    const x = counts.map((_, at) => (at + 0.5) * width);
    return {
      curves: [
        { type: "bar", x, y: counts, width: counts.map(() => 0.9 * width), name: t("seeds.runs"), color: "--accent" },
      ],
      x: { title: t("chart.epoch"), range: [0, counts.length * width] },
      y: { title: t("seeds.runs"), rangemode: "tozero", tickformat: "d", nticks: 5 },
      layout: { showlegend: false, hovermode: false },
      label: ["seeds.describeTook", { solved: took.length, epoch: took.length ? Math.min(...took) : "–" }],
    };
  }
}

function number(testid, value, min, max) {
  return h("input", { type: "number", testid, value, min, max, step: 1, required: true });
}

function finite(value) {
  return Number.isFinite(value) ? value : null;
}
