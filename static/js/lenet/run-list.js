// The list of all runs: sorted, filtered, each a link to it; some can be marked for comparing. The runs of a sweep are
// one row, which unfolds.

import { h } from "../dom.js";
import { onLanguage, say } from "../i18n.js";
import { ORDERS, sorted } from "./run-order.js";
import { RunRow } from "./run-row.js";
import { differenceText } from "./setting-text.js";
import { sweepsOf } from "./sweep.js";
import { sameOrder, SweepRow } from "./sweep-row.js";

const SAID_ELSEWHERE = ["dataset", "epochs", "device", "threads"]; // in the row, or of no weight to the result
const FEWEST_COMPARED = 2;

export class RunList {
  #store;
  #schema;
  #perform;
  #rows = new Map();
  #sweepRows = new Map();
  #unfolded = new Set(); // sweeps
  #chosen = new Set();
  #open = { run: null, sweep: null };
  #list = h("ul", { class: "run-rows", testid: "run-list" });
  #empty = h("p", { class: "empty", testid: "no-runs" });
  #order;
  #mine;
  #compare;

  /** on: {perform(action, run), compare(ids)}. */
  constructor(host, store, schema, on) {
    this.#store = store;
    this.#schema = schema;
    this.#perform = on.perform;
    const update = () => this.update();
    this.#order = h(
      "select",
      { testid: "sort-runs", label: "runs.sort", on: { change: update } },
      Object.keys(ORDERS).map((name) => h("option", { value: name, text: `sort.${name}` })),
    );
    this.#mine = h("input", { type: "checkbox", testid: "only-mine", on: { change: update } });
    this.#compare = h("button", {
      type: "button",
      class: "plain",
      testid: "compare",
      on: { click: () => on.compare([...this.#chosen]) },
    });
    host.append(
      h(
        "div",
        { class: "run-tools" },
        this.#order,
        h("label", { class: "check" }, this.#mine, h("span", { text: "runs.onlyMine" })),
        this.#compare,
      ),
      this.#list,
      this.#empty,
    );
    onLanguage(update);
    update();
  }

  /** The run or the sweep that is shown beside the list, or null. A run's sweep unfolds. */
  open({ run, sweep }) {
    this.#open = { run, sweep };
    const trial = this.#store.get(run);
    if (trial?.sweep) this.#unfolded.add(trial.sweep.id);
    this.update();
  }

  choose(ids) {
    this.#chosen = new Set(ids);
    this.update();
  }

  update() {
    const runs = this.#store.runs;
    const { value, down } = ORDERS[this.#order.value];
    const wanted = runs.filter((run) => !this.#mine.checked || this.#store.isMine(run));
    const sweeps = sweepsOf(wanted);
    const shown = sorted([...wanted.filter(({ sweep }) => !sweep), ...sweeps.values()], value, down);
    for (const id of this.#rows.keys()) {
      if (this.#store.get(id)) continue;
      this.#rows.delete(id);
      this.#chosen.delete(id);
    }
    const elements = shown.map((item) => (item.trials ? this.#sweepRow(item) : this.#row(item)));
    if (!sameOrder(this.#list.children, elements)) this.#list.replaceChildren(...elements);
    this.#empty.hidden = shown.length > 0;
    say(this.#empty, runs.length === 0 ? "runs.none" : "runs.noneMine");
    this.#compare.disabled = this.#chosen.size < FEWEST_COMPARED;
    say(this.#compare, "runs.compare", { count: this.#chosen.size });
  }

  #row(run) {
    if (!this.#rows.has(run.run)) {
      const choose = (id, isChosen) => {
        if (isChosen && this.#chosen.size < this.#schema.most_compared) this.#chosen.add(id);
        else this.#chosen.delete(id);
        this.update();
      };
      this.#rows.set(run.run, new RunRow(run.run, { choose, perform: this.#perform }));
    }
    const row = this.#rows.get(run.run);
    row.update(run, {
      open: run.run === this.#open.run,
      chosen: this.#chosen.has(run.run),
      mine: this.#store.isMine(run),
      allowed: this.#store.mayChange(run),
      differs: this.#differs(run),
    });
    return row.element;
  }

  #sweepRow(sweep) {
    const { id } = sweep;
    if (!this.#sweepRows.has(id)) {
      const toggle = () => {
        if (!this.#unfolded.delete(id)) this.#unfolded.add(id);
        this.update();
      };
      this.#sweepRows.set(id, new SweepRow(id, { toggle, perform: this.#perform }));
    }
    const row = this.#sweepRows.get(id);
    const unfolded = this.#unfolded.has(id);
    row.update(sweep, {
      open: id === this.#open.sweep,
      mine: this.#store.isMine(sweep),
      allowed: this.#store.mayChange(sweep),
      unfolded,
      rows: unfolded ? sweep.trials.map((run) => this.#row(run)) : [],
    });
    return row.element;
  }

  /** What a run is set to otherwise than its preset; of a trial, what the sweep varies. */
  #differs({ preset, config, sweep }) {
    const { fields, presets } = this.#schema;
    if (!sweep) {
      const said = fields.filter(({ name }) => !SAID_ELSEWHERE.includes(name));
      return differenceText(said, config, presets[preset]?.config ?? {});
    }
    const varied = Object.keys(sweep.axes).map((name) => fields.find((field) => field.name === name));
    return differenceText(varied, config, {});
  }
}
