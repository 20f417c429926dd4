// A sweep as parallel coordinates: a line for each trial through its settings to its accuracy, which also colours it.
// Drawn with Plotly's SVG lines: its own parallel coordinates need WebGL and code that is made at run time, which the
// page's content security policy forbids.

import { between } from "../../base/color.js";
import { t } from "../../base/i18n.js";
import { scrolling } from "../../parts/scrolling.js";
import { Chart } from "../../parts/chart.js";
import { percentText } from "../format.js";
import { parallelOf } from "./parallel.js";
import { fieldOf, nameText, settingText, valueText } from "../launch/setting-text.js";

const AXIS_WIDTH = 0.06; // of a tick, in axes

export class SweepChart {
  #fields;
  #chart;
  #sweep = null;
  #told = "";

  /** fields: the schema's rows. source: address of plotly.min.js. open(run): a trial's line was clicked. */
  constructor(fields, source, open) {
    this.#fields = new Map(fields.map((field) => [field.name, field]));
    this.#chart = new Chart({ source, testid: "chart-sweep", on: { click: ({ customdata }) => open(customdata) } });
    this.element = scrolling({ class: "parallel", label: "sweep.chart" }, this.#chart.element);
  }

  update(sweep) {
    const told = JSON.stringify(sweep.trials.map(({ run, status, accuracy }) => [run, status, accuracy]));
    this.#sweep = sweep;
    if (told === this.#told) return;
    this.#told = told;
    this.redraw();
  }

  redraw() {
    if (this.#sweep === null) return;
    this.element.style.setProperty("--axes", String(Object.keys(this.#sweep.axes).length + 1));
    this.#chart.show((color) => this.#content(color));
  }

  #content(color) {
    const { best, trials } = this.#sweep;
    const { axes, lines } = parallelOf(this.#sweep);
    const [low, high] = [color("--negative"), color("--positive")];
    const curves = lines.map(({ run, x, y, share }) => ({
      x,
      y,
      name: t("sweep.trial", { number: run.sweep.number }),
      color: share === null ? "--line-strong" : between(low, high, share),
      width: run.run === best?.run ? 4 : 1.8,
      dash: share === null ? "dot" : "solid",
      customdata: x.map(() => run.run),
      hovertemplate: `${this.#hover(run)}<extra></extra>`,
    }));
    const small = 0.69 * parseFloat(getComputedStyle(document.documentElement).fontSize);
    const ink = color("--ink");
    const last = axes.length - 1;
    const rail = (x0, x1, y0, y1) => ({
      type: "line",
      x0,
      x1,
      y0,
      y1,
      line: { color: color("--line-strong"), width: 1 },
      layer: "below",
    });
    const note = (x, y, text, rest) => ({ x, y, text, showarrow: false, font: { size: small, color: ink }, ...rest });
    return {
      curves,
      x: { visible: false, range: [-0.55, last + 0.4] },
      y: { visible: false, range: [-0.06, 1.06] },
      layout: {
        showlegend: false,
        hovermode: "closest",
        hoverdistance: 12,
        margin: { l: 0, r: 0, t: 2.6 * small, b: small },
        shapes: axes.flatMap(({ ticks }, index) => [
          rail(index, index, 0, 1),
          ...ticks.map(({ at }) => rail(index - AXIS_WIDTH / 2, index + AXIS_WIDTH / 2, at, at)),
        ]),
        annotations: axes.flatMap(({ name, ticks }, index) => [
          note(index, 1.06, `<b>${name === "accuracy" ? t("sweep.accuracy") : nameText(name)}</b>`, {
            yanchor: "bottom",
          }),
          ...ticks.map(({ at, value }) =>
            note(index - AXIS_WIDTH, at, this.#tick(name, value), {
              xanchor: "right",
              bgcolor: color("--surface"), // or the lines strike it through
            }),
          ),
        ]),
      },
      label: ["sweep.describe", { count: trials.length, accuracy: percentText(best?.accuracy) }],
    };
  }

  #tick(name, value) {
    return name === "accuracy" ? percentText(value) : valueText(fieldOf(this.#fields, name), value);
  }

  #hover({ sweep, config, accuracy }) {
    const settings = Object.keys(this.#sweep.axes).map((name) => settingText(fieldOf(this.#fields, name), config));
    const result = `${t("sweep.accuracy")} <b>${percentText(accuracy)}</b>`;
    return [`<b>${t("sweep.trial", { number: sweep.number })}</b>`, ...settings, result].join("<br>");
  }
}
