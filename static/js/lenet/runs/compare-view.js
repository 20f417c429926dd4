// Runs beside each other: their curves in one chart, and the table.

import { h } from "../../base/dom.js";
import { say, sayNothing, t, translate } from "../../base/i18n.js";
import { icon } from "../../parts/icons.js";
import { axisAround, wholeAxis } from "../../parts/axis.js";
import { Chart } from "../../parts/chart.js";
import { pinButton } from "../../parts/pin-button.js";
import { CompareTable } from "./compare-table.js";
import { differing, distinctNames, placesOf } from "./comparison.js";
import { OneAtATime } from "../drawing/one-at-a-time.js";
import { shortTitle, startedText } from "../run/run-title.js";
import { refusalText } from "../refusals.js";
import { settingText } from "../launch/setting-text.js";

const COLORS = ["--run-1", "--run-2", "--run-3", "--run-4", "--run-5", "--run-6"];
const DASHES = ["solid", "dash", "dot", "dashdot"]; // six more runs each
const MOST_NAMED = 3; // settings in a curve's name
const SCORES = {
  test_accuracy: ".1%",
  test_loss: ".3~g",
  train_accuracy: ".1%",
  train_loss: ".3~g",
  holdout_accuracy: ".1%",
};

export class CompareView {
  #api;
  #fields;
  #questions = new OneAtATime();
  #chart;
  #table;
  #score;
  #against;
  #message = h("p", { class: "form-error", role: "alert", testid: "compare-missing" });
  #parts = h("div", { class: "compare-parts" });
  #ids = [];
  #runs = [];
  #missing = [];
  #known = new Map(); // all runs that were shown, by id: one that is deleted is named as it was
  #names = new Map();
  #places = new Map(); // by id, of the runs' colours: each keeps its own while it is compared

  /** plotly: its address. remove(id): a run is to be taken out. */
  constructor({ api, schema, plotly, remove }) {
    this.#api = api;
    this.#fields = schema.fields;
    this.#chart = new Chart({ source: plotly, testid: "chart-compare" });
    const pinOf = (part) => pinButton("lenet.compared", () => this.#pinned(part));
    this.#table = new CompareTable(schema.fields, remove, pinOf("table"));
    const select = (testid, names, label) =>
      h(
        "select",
        { testid, label, on: { change: () => this.recolor() } },
        names.map((name) => h("option", { value: name, text: `compare.${name}` })),
      );
    this.#score = select("compare-score", Object.keys(SCORES), "compare.score");
    this.#against = select("compare-against", ["by-epoch", "by-time"], "compare.against");
    this.element = h(
      "article",
      { class: "compare-view stack", testid: "compare-view", hidden: true },
      h(
        "header",
        { class: "run-head-line row" },
        h("a", { href: "#", class: "to-list" }, icon("back"), h("span", { text: "watch.back" })),
        h("h2", { class: "run-title", text: "compare.title", tabIndex: -1 }),
        h("div", { class: "run-head-actions row" }, this.#score, this.#against),
      ),
      this.#message,
      this.#parts,
    );
    this.#parts.append(
      h("section", { class: "compare-chart surface" }, h("div", { class: "row" }, pinOf("chart")), this.#chart.element),
      h("section", { class: "surface" }, this.#table.element),
    );
    translate(this.element);
  }

  focus() {
    this.element.querySelector("h2").focus({ preventScroll: true });
  }

  /** ids: the runs to compare; again where one of them has changed. */
  show(ids) {
    this.#ids = ids;
    this.#places = placesOf(ids, this.element.hidden ? new Map() : this.#places);
    this.#questions.ask(
      () => this.#api.compare(ids),
      ({ runs, missing }) => {
        this.#runs = runs;
        this.#missing = missing;
        for (const run of runs) this.#known.set(run.run, run);
        this.#nameAll();
        this.#told(missing);
        this.recolor();
      },
      (error) => say(this.#message, ...refusalText(error)),
    );
  }

  /** News of a run came. */
  heard(id) {
    if (!this.element.hidden && this.#ids.includes(id)) this.show(this.#ids);
  }

  /** Writes the texts anew, in the page's language. */
  relabel() {
    this.#nameAll();
    if (this.#missing.length > 0) this.#told(this.#missing);
    this.recolor();
  }

  recolor() {
    this.#parts.hidden = this.#runs.length === 0;
    if (this.#runs.length === 0) return;
    this.#chart.show(() => this.#content());
    this.#table.update(
      this.#runs,
      this.#runs.map(({ run }) => COLORS[this.#places.get(run) % COLORS.length]),
    );
  }

  /** The chart or the table, as pins.js takes them. */
  #pinned(part) {
    if (this.#runs.length === 0) return null;
    const ids = this.#runs.map(({ run }) => run);
    if (part === "table") return { ids, table: this.#table.texts };
    const { curves, x, y } = this.#content();
    return { ids, curves, x: x.title, y: y.title };
  }

  /** Says which runs are not there to be compared, and why. */
  #told(missing) {
    if (missing.length === 0) {
      sayNothing(this.#message);
      return;
    }
    const why = (refusal) => (refusal.code === "no-files" ? ["compare.noFiles"] : refusalText(refusal));
    const line = ({ run, ...refusal }) => t("text.of", { name: this.#names.get(run) ?? run, why: why(refusal) });
    const lines = missing.map(line).join("\n");
    say(this.#message, this.#runs.length > 0 ? "compare.missing" : "compare.allMissing", { lines });
  }

  /** Each by what sets it apart from the others, where that is short and does; else by its time too. */
  #nameAll() {
    const all = this.#ids.map((id) => this.#known.get(id)).filter(Boolean);
    const fields = this.#fields.filter(({ name }) => differing(all).includes(name));
    const short = fields.length > 0 && fields.length <= MOST_NAMED;
    const settings = ({ config }) => fields.map((field) => settingText(field, config));
    const named = (run, ...parts) => [shortTitle(run), ...(short ? settings(run) : []), ...parts].join(" · ");
    const names = distinctNames(all, [
      ...(short ? [(run) => named(run)] : []),
      (run) => named(run, startedText(run)),
      (run) => named(run, startedText(run, true)),
      (run) => named(run, run.run),
    ]);
    all.forEach(({ run }, index) => this.#names.set(run, names[index]));
  }

  #content() {
    const score = this.#score.value;
    const byTime = this.#against.value === "by-time";
    const places = this.#runs.map(({ run }) => this.#places.get(run));
    const curves = this.#runs.map((run, index) => ({
      x: byTime ? run.curves.train_s : run.curves.epoch,
      y: run.curves[score],
      name: this.#names.get(run.run),
      color: COLORS[places[index] % COLORS.length],
      dash: DASHES[Math.floor(places[index] / COLORS.length) % DASHES.length],
      symbol: ["circle", "square", "diamond", "triangle-up", "cross", "x"][places[index] % COLORS.length],
      hovertemplate: score.endsWith("loss") ? "%{y:.4g}" : "%{y:.2%}",
    }));
    const [x, y] = ["x", "y"].map((name) => curves.flatMap((curve) => curve[name]));
    const last = Math.max(0, ...x.filter(Number.isFinite));
    return {
      curves,
      x: byTime
        ? { title: t("compare.seconds"), range: [0, 1.02 * last || 1], nticks: 8 }
        : { title: t("curve.epoch"), ...wholeAxis(last) },
      y: {
        title: t(`compare.${score}`),
        ...axisAround(y, { isShare: score.endsWith("accuracy") }),
        tickformat: SCORES[score],
      },
      label: ["compare.describe", { count: this.#runs.length, score: t(`compare.${score}`) }],
    };
  }
}
