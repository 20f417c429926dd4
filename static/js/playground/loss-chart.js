// The chart of losses or accuracies over the epochs.

import { h } from "../base/dom.js";
import { onLanguage, t } from "../base/i18n.js";
import { powerTicks, wholeTicks } from "../parts/axis.js";
import { Chart } from "../parts/chart.js";
import { accuracyText, epochText, lossText } from "./format.js";
import { namePlaces, strokeOf } from "./kept.js";
import { LossHistory } from "./loss-history.js";

const TEXT_SIZE = 0.66; // rem

export class LossChart {
  #chart;
  #point = h("p", { class: "chart-point", testid: "chart-point" }); // what the pointer is on: a box would cover the curve
  #accuracy;
  #log;
  #history = new LossHistory();

  #marker = null; // the epoch that is shown, if it is not the newest
  #kept = [];
  #others = []; // runs that share the beginning of this one
  /** Where buttons that change the training may stand. */
  changes = h("span", { class: "chart-changes row" });

  /**
   * source: address of plotly.min.js. look(epoch): the visitor points at it, and presses. drawn({left, right, last}): the
   * axes' area is so far from the sides, in pixels, and that of epochs goes from 0 to `last`.
   */
  constructor(host, source, { look, drawn }) {
    const on = {
      drawn: (sides) => drawn({ ...sides, last: this.#last }),
      press: ({ x }) => look(x),
      hover: (points, event) => {
        this.#tell(points);
        if (event?.buttons === 1) look(points[0].x);
      },
      unhover: () => (this.#point.textContent = ""),
    };
    this.#chart = new Chart({ source, testid: "losschart", textSize: TEXT_SIZE, on });
    this.#chart.element.append(this.#point);
    const redraw = () => this.#chart.redraw();
    this.#accuracy = h("input", { type: "checkbox", testid: "check-accuracy", on: { change: redraw } });
    this.#log = h("input", { type: "checkbox", testid: "check-log", on: { change: redraw } });
    const option = (input, key) => h("label", { class: "check" }, input, h("span", { text: key }));
    const options = h(
      "div",
      { class: "chart-options" },
      option(this.#accuracy, "chart.accuracy"),
      option(this.#log, "chart.log"),
      this.changes,
    );
    host.append(this.#chart.element, options);
    onLanguage(redraw);
  }

  update({ problem }) {
    const regression = problem === "regression";
    this.#accuracy.disabled = regression; // it has none
    if (regression) this.#accuracy.checked = false;
  }

  add(frame) {
    if (this.#history.add(frame)) this.#show();
  }

  /** A copy of what is drawn, as `replace` takes it. */
  get curve() {
    return this.#history.copy();
  }

  get element() {
    return this.#chart.element;
  }

  /** What is drawn, as pins.js takes it. */
  get pinned() {
    return {
      curve: this.curve,
      isAccuracy: this.#accuracy.checked,
      isLog: this.#log.checked,
      others: this.#others,
      kept: this.#kept,
      marker: this.#marker,
    };
  }

  replace(history) {
    this.#history.replace(history);
    this.#show();
  }

  /** Another network, of which nothing is known. */
  begin(generation) {
    this.replace({ generation, epochs: [] });
  }

  /** Whether the curve goes so far. */
  reaches(epoch) {
    return (this.#history.epochs.at(-1) ?? -1) >= epoch;
  }

  /** The network goes on under this generation: its curve too. */
  goOn(generation) {
    this.#history.generation = generation;
  }

  /** kept: runs as kept.js has them, each in the colour that it has in their table. */
  setKept(kept) {
    this.#kept = kept;
    this.#show();
  }

  /** runs: {number, epochs, trainLoss, ...}, which share the beginning of this one. */
  setOthers(runs) {
    if (runs.length === 0 && this.#others.length === 0) return;
    this.#others = runs;
    this.#show();
  }

  /** Marks the epoch that is shown; null: the newest, which needs none. */
  mark(epoch) {
    if (epoch === this.#marker) return;
    this.#marker = epoch;
    this.#show();
  }

  recolor() {
    this.#chart.redraw();
  }

  /** What it shows as an SVG; null where that cannot be had. */
  picture(width, height) {
    return this.#chart.picture(width, height, t(this.#accuracy.checked ? "chart.accuracy" : "chart.loss"));
  }

  #show() {
    this.#chart.show((color) => this.#content(color));
  }

  #content(color) {
    const isAccuracy = this.#accuracy.checked;
    this.#log.disabled = isAccuracy;
    const series = isAccuracy ? ["trainAccuracy", "testAccuracy"] : ["trainLoss", "testLoss"];
    const curve = (name, key, stroke) => ({
      x: this.#history.epochs,
      y: this.#history[name],
      name: t(key),
      color: stroke,
      hoverinfo: "none",
    });
    const last = this.#last;
    const places = namePlaces(this.#kept, last, this.#history.top());
    const small = parseFloat(getComputedStyle(document.documentElement).fontSize) * TEXT_SIZE;
    const [train, test] = series.map((name) => this.#history[name].at(-1) ?? NaN);
    return {
      curves: [
        curve(series[0], "chart.train", "--train"),
        curve(series[1], "chart.test", "--test"),
        ...this.#others.flatMap((run) => pale(run, series)),
        ...(isAccuracy ? [] : this.#kept.map((run, index) => keptCurve(run, index, places[index]))),
      ],
      marker: this.#marker,
      x: {
        title: t("chart.epoch"),
        standoff: 2,
        automargin: false,
        showspikes: true,
        spikemode: "across",
        spikethickness: 1,
        spikedash: "solid",
        spikecolor: color("--line-strong"),
        ...wholeTicks(last, 6),
        range: [0, Math.max(1, last)],
      },
      y: this.#scale(isAccuracy),
      layout: {
        margin: { l: 3.6 * small, r: 4 * small, t: 6, b: 2.9 * small },
        showlegend: false, // the figures beside the chart carry the same colours
        hovermode: "x",
      },
      label: [
        isAccuracy ? "chart.describeAccuracy" : "chart.describeLoss",
        {
          train: lossText(train),
          test: lossText(test),
          epoch: (this.#history.epochs.at(-1) ?? 0).toLocaleString("en-US"),
        },
      ],
    };
  }

  /** The last epoch of any of the curves. */
  get #last() {
    const curves = [this.#history, ...this.#others, ...this.#kept.map((run) => run.curve)];
    return Math.max(...curves.map(({ epochs }) => epochs.at(-1) ?? 0));
  }

  #scale(isAccuracy) {
    const { testAccuracy, trainAccuracy } = this.#history;
    if (isAccuracy) return { range: [Math.min(0.5, ...testAccuracy, ...trainAccuracy), 1.01], tickformat: ".0%" };
    if (this.#log.checked) {
      const losses = [...this.#history.trainLoss, ...this.#history.testLoss];
      return { type: "log", autorange: true, exponentformat: "power", ...powerTicks(losses, 3) };
    }
    return linear(this.#history.top());
  }

  #tell(points) {
    const text = this.#accuracy.checked ? accuracyText : lossText;
    const [train, test] = [0, 1].map((curve) => points.find(({ curveNumber }) => curveNumber === curve)?.y ?? NaN);
    const values = { epoch: epochText(points[0].x), train: text(train), test: text(test) };
    this.#point.textContent = t("chart.point", values);
  }
}

/** The test loss of a kept run, with its name where kept.js puts it. */
function keptCurve({ number, curve }, index, place) {
  const name = t("kept.name", { number });
  const { color, isDashed } = strokeOf(index);
  return {
    x: curve.epochs,
    y: curve.testLoss,
    name,
    color: `--run-${color}`,
    dash: isDashed ? "dash" : "solid",
    width: 1.2,
    hoverinfo: "skip",
    ...named(curve.epochs, name, place),
  };
}

/** What writes a curve's name at a point of it, by default at its end. */
function named(epochs, name, { place = epochs.length - 1, lines = 0, position = "top left" } = {}) {
  const away = "<br>".repeat(lines);
  const text = position.startsWith("top") ? name + away : away + name;
  return {
    mode: "lines+text",
    text: epochs.map((_, at) => (at === place ? text : "")),
    textposition: position,
    textfont: { size: 10 },
  };
}

/** The curves of a run that was left, with its name where it ends. */
function pale({ number, epochs, ...scores }, series) {
  const name = t("time.run", { number });
  return series.map((one, index) => ({
    x: epochs,
    y: scores[one],
    name,
    color: index === 0 ? "--train" : "--test",
    width: 1,
    opacity: 0.4,
    hoverinfo: "skip",
    ...(index === 0 ? { mode: "lines" } : named(epochs, name)),
  }));
}

/** A loss axis from 0 to `top`; its ticks keep their digits, however large or small. */
function linear(top) {
  const plain = top >= 0.01 && top < 10_000;
  return { range: [0, top], nticks: 5, ...(!plain && { tickformat: ".1e" }) };
}
