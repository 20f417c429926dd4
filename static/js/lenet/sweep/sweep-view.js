// A sweep: how far it is and what can be done to it, its trials as parallel coordinates, and their table.

import { h, setText } from "../../base/dom.js";
import { say, sayLabel, t, translate } from "../../base/i18n.js";
import { sorted } from "../../base/sorted.js";
import { icon } from "../../parts/icons.js";
import { pinButton } from "../../parts/pin-button.js";
import { durationText } from "../duration.js";
import { percentText } from "../format.js";
import { ActionButtons } from "../run/run-actions.js";
import { StatusPill } from "../runs/run-status.js";
import { presetText, startedText } from "../run/run-title.js";
import { formatRoute } from "../route.js";
import { fieldOf, listText, nameText, optionText, settingText, valueText } from "../launch/setting-text.js";
import { signLegend } from "../run/sign-legend.js";
import { shareOf } from "./sweep.js";
import { SweepChart } from "./sweep-chart.js";
import { SweepTable } from "./sweep-table.js";

const FACTS = ["trials", "best", "time", "search", "axes"];

export class SweepView {
  #title = h("h2", { class: "run-title", testid: "sweep-title", tabIndex: -1 });
  #started = h("span", { class: "muted" });
  #pill = new StatusPill();
  #actions;
  #bar = h("progress", { testid: "sweep-progress", max: 1, value: 0 });
  #facts = Object.fromEntries(FACTS.map((name) => [name, h("dd", { testid: `sweep-fact-${name}` })]));
  #curves = h("a", { class: "plain", testid: "sweep-curves", text: "sweep.curves" });
  #chart;
  #table;
  #mostCompared;
  #fields;
  #shown = null;

  /** schema: the server's. plotly: its address. on: {perform(action, sweep), copyLink(), open(run)}. */
  constructor({ schema, plotly, on }) {
    this.#mostCompared = schema.most_compared;
    this.#fields = new Map(schema.fields.map((field) => [field.name, field]));
    this.#actions = new ActionButtons(on.perform, { wide: true });
    this.#chart = new SweepChart(schema.fields, plotly, on.open);
    this.#table = new SweepTable(schema.fields);
    const copy = h(
      "button",
      {
        type: "button",
        class: "round small",
        testid: "sweep-link",
        label: "sweep.copyLink",
        on: { click: on.copyLink },
      },
      icon("link"),
    );
    const facts = FACTS.map((name) =>
      h("div", { class: `fact fact-${name}` }, h("dt", { text: `sweep.fact-${name}` }), this.#facts[name]),
    );
    this.element = h(
      "article",
      { class: "sweep-view stack", testid: "sweep-view", hidden: true },
      h(
        "header",
        { class: "run-head surface stack" },
        h(
          "div",
          { class: "run-head-line row" },
          h("a", { href: "#", class: "to-list" }, icon("back"), h("span", { text: "watch.back" })),
          this.#title,
          this.#pill.element,
          this.#started,
          h("div", { class: "run-head-actions row" }, this.#actions.element, copy),
        ),
        h("div", { class: "bars" }, this.#bar),
        h("dl", { class: "facts" }, facts),
      ),
      h(
        "section",
        { class: "surface" },
        h(
          "div",
          { class: "card-head row" },
          h("h3", { text: "sweep.chartTitle" }),
          signLegend("sweep.lowest", "sweep.highest"),
          pinButton("lenet.sweep", () => this.#pinned("chart")),
        ),
        this.#chart.element,
        h("p", { class: "muted", text: "sweep.chartNote" }),
      ),
      h(
        "section",
        { class: "surface" },
        h(
          "div",
          { class: "card-head row" },
          h("h3", { text: "sweep.table" }),
          this.#curves,
          pinButton("lenet.sweep", () => this.#pinned("table")),
        ),
        this.#table.element,
      ),
    );
    translate(this.element);
  }

  focus() {
    this.#title.focus({ preventScroll: true });
  }

  update(sweep, { allowed }) {
    this.#shown = sweep;
    this.#pill.update(sweep);
    this.#actions.update(sweep, allowed);
    this.#bar.value = shareOf(sweep);
    sayLabel(this.#bar, "sweep.share", { percent: percentOf(sweep) });
    this.#showTexts(sweep);
    this.#showTrials();
  }

  recolor() {
    this.#chart.redraw();
    if (this.#shown) this.#showTrials();
  }

  /** The chart or the table, as pins.js takes them. */
  #pinned(part) {
    if (this.#shown === null) return null;
    const table = part === "table" ? this.#table.texts : null;
    return { sweep: this.#shown, title: this.#title.textContent, fields: this.#fields, table };
  }

  #showTexts(sweep) {
    say(this.#title, "sweep.title", {
      preset: presetText(sweep),
      dataset: optionText(sweep.config.dataset),
    });
    setText(this.#started, startedText(sweep));
    const { best, failed, trials, axes, search } = sweep;
    const done = t("sweep.done", { done: sweep.done, size: trials.length });
    const deleted = sweep.size - trials.length;
    const parts = [done];
    if (sweep.done < trials.length) parts.push(t("sweep.trained", { percent: percentOf(sweep) }));
    if (failed > 0) parts.push(t("sweep.failed", { count: failed }));
    if (deleted > 0) parts.push(t("sweep.deleted", { count: deleted }));
    setText(this.#facts.trials, parts.join(" · "));
    this.#facts.best.replaceChildren(
      best
        ? h("a", { href: formatRoute({ run: best.run }) }, `${percentText(best.accuracy)} · ${this.#settings(best)}`)
        : "–",
    );
    setText(this.#facts.time, durationText(sweep.train_s || null));
    setText(this.#facts.search, t(`sweep.${search}`));
    setText(
      this.#facts.axes,
      Object.entries(axes)
        .map(([name, axis]) => this.#axis(name, axis))
        .join(" · "),
    );
    const compared = sorted(trials, ({ accuracy }) => accuracy, true).slice(0, this.#mostCompared);
    this.#curves.href = formatRoute({ compare: compared.map(({ run }) => run) });
    this.#curves.hidden = trials.length < 2;
  }

  #showTrials() {
    const sweep = this.#shown;
    if (sweep === null || this.element.hidden) return;
    this.#chart.update(sweep);
    this.#table.update(sweep);
  }

  #settings({ config, sweep }) {
    return Object.keys(sweep.axes)
      .map((name) => settingText(fieldOf(this.#fields, name), config))
      .join(" · ");
  }

  /** "Learning rate 0.001, 0.01", or "Learning rate 0.001 – 0.1 (log scale)". */
  #axis(name, { values, low, high, scale }) {
    const field = fieldOf(this.#fields, name);
    const range = `${valueText(field, low)} – ${valueText(field, high)}${scale === "log" ? ` (${t("sweep.onLog")})` : ""}`;
    return `${nameText(name)} ${values ? listText(values.map((value) => valueText(field, value))) : range}`;
  }
}

/** Of its training, as the bar shows it. */
function percentOf(sweep) {
  return Math.floor(100 * shareOf(sweep));
}
