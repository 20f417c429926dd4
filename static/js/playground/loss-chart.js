// The chart of losses or accuracies over the epochs, drawn by Plotly. Plotly is large: it is loaded when the page is idle,
// and the chart is redrawn a few times a second, never within a frame.

import { h } from "../base/dom.js";
import { onLanguage, say, sayLabel, t } from "../base/i18n.js";
import { accuracyText, epochText, lossText } from "./format.js";
import { LossHistory } from "./loss-history.js";

const INTERVAL = 400; // ms between two drawings
/* eslint-disable compat/compat -- Safari has none, and takes the timer */
const idle = (work) =>
  window.requestIdleCallback ? requestIdleCallback(work, { timeout: 500 }) : setTimeout(work, 50);
/* eslint-enable compat/compat */

export class LossChart {
  /** @type {any} */ // Plotly makes more of it
  #plot = h("div", { class: "chart-plot", testid: "losschart", role: "img", label: "chart.loading" });
  #message = h("p", { class: "chart-message", text: "chart.loading" });
  #point = h("p", { class: "chart-point", testid: "chart-point" }); // what the pointer is on: a box would cover the curve
  #accuracy;
  #log;
  #history = new LossHistory();
  #source;
  #loading = null;
  #plotly = null;
  #timer = null;
  #drawn = 0;

  /** source: address of plotly.min.js. */
  constructor(host, source) {
    this.#source = source;
    const redraw = { change: () => this.#draw() };
    this.#accuracy = h("input", { type: "checkbox", testid: "check-accuracy", on: redraw });
    this.#log = h("input", { type: "checkbox", testid: "check-log", on: redraw });
    const option = (input, key) => h("label", { class: "check" }, input, h("span", { text: key }));
    const options = h(
      "div",
      { class: "chart-options" },
      option(this.#accuracy, "chart.accuracy"),
      option(this.#log, "chart.log"),
    );
    host.append(h("div", { class: "chart" }, this.#plot, this.#message, this.#point), options);
    onLanguage(() => this.#draw());
    new ResizeObserver(() => this.#plotly && this.#plotly.Plots.resize(this.#plot)).observe(this.#plot);
  }

  update({ problem }) {
    const regression = problem === "regression";
    this.#accuracy.disabled = regression; // it has none
    if (regression) this.#accuracy.checked = false;
  }

  add(frame) {
    this.#load();
    if (this.#history.add(frame)) this.#later();
  }

  /** A copy of what is drawn, as `replace` takes it. */
  get curve() {
    return this.#history.copy();
  }

  replace(history) {
    this.#history.replace(history);
    this.#later();
  }

  recolor() {
    this.#later();
  }

  #load() {
    if (this.#loading) return;
    this.#loading = new Promise((resolve, reject) => {
      idle(() => {
        const script = h("script", { src: this.#source, async: true, on: { load: resolve, error: reject } });
        document.head.append(script);
      });
    }).then(
      () => {
        this.#plotly = window.Plotly;
        this.#draw();
      },
      () => {
        say(this.#message, "chart.failed");
        sayLabel(this.#plot, "chart.failed");
      },
    );
  }

  #later() {
    if (this.#plotly === null || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      idle(() => this.#draw());
    }, INTERVAL);
  }

  #draw() {
    if (this.#plotly === null) return;
    const accuracy = this.#accuracy.checked;
    this.#log.disabled = accuracy;
    const series = accuracy ? ["trainAccuracy", "testAccuracy"] : ["trainLoss", "testLoss"];
    const style = getComputedStyle(this.#plot);
    const color = (name) => style.getPropertyValue(name).trim();
    const line = (name, key, stroke) => ({
      x: this.#history.epochs,
      y: this.#history[name],
      name: t(key),
      mode: "lines",
      line: { color: stroke, width: 1.8 },
      hoverinfo: "none",
    });
    const traces = [line(series[0], "chart.train", color("--train")), line(series[1], "chart.test", color("--test"))];
    this.#plotly.react(this.#plot, traces, this.#layout(accuracy, color), { displayModeBar: false, responsive: false });
    if (this.#message.isConnected) {
      this.#message.remove();
      this.#plot.on("plotly_hover", ({ points }) => this.#tell(points));
      this.#plot.on("plotly_unhover", () => (this.#point.textContent = ""));
    }
    const [train, test] = series.map((name) => this.#history[name].at(-1) ?? NaN);
    const values = { train: lossText(train), test: lossText(test), epoch: this.#history.epochs.at(-1) ?? 0 };
    sayLabel(this.#plot, accuracy ? "chart.describeAccuracy" : "chart.describeLoss", values);
  }

  #tell(points) {
    const text = this.#accuracy.checked ? accuracyText : lossText;
    const [train, test] = [0, 1].map((curve) => points.find(({ curveNumber }) => curveNumber === curve)?.y ?? NaN);
    const values = { epoch: epochText(points[0].x), train: text(train), test: text(test) };
    this.#point.textContent = t("chart.point", values);
  }

  #layout(accuracy, color) {
    const small = parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.66;
    const axis = {
      color: color("--muted"),
      gridcolor: color("--line"),
      zeroline: false,
      fixedrange: true,
      tickfont: { size: small },
    };
    const log = this.#log.checked && !accuracy;
    const y = accuracy
      ? {
          range: [Math.min(0.5, ...this.#history.testAccuracy, ...this.#history.trainAccuracy), 1.01],
          tickformat: ".0%",
        }
      : log
        ? { type: "log", autorange: true, dtick: 1, exponentformat: "power" }
        : linear(this.#history.top());
    return {
      datarevision: ++this.#drawn, // the arrays are the same ones, grown
      margin: { l: 3.6 * small, r: small, t: 6, b: 2.9 * small },
      paper_bgcolor: "transparent",
      plot_bgcolor: "transparent",
      font: { family: getComputedStyle(document.body).fontFamily },
      showlegend: false, // the figures beside the chart carry the same colours
      hovermode: "x",
      xaxis: {
        ...axis,
        showspikes: true,
        spikemode: "across",
        spikethickness: 1,
        spikedash: "solid",
        spikecolor: color("--line-strong"),
        title: { text: t("chart.epoch"), font: { size: small }, standoff: 2 },
        nticks: 6,
        rangemode: "tozero",
      },
      yaxis: { ...axis, automargin: true, ...y },
    };
  }
}

/** A loss axis from 0 to `top`; its ticks keep their digits, however large or small. */
function linear(top) {
  const plain = top >= 0.01 && top < 10_000;
  return { range: [0, top], nticks: 5, ...(!plain && { tickformat: ".1e" }) };
}
