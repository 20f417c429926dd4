// The list of all runs: sorted, filtered, each a link to it; some can be marked for comparing. The runs of a sweep are
// one row, which unfolds.

import { arrange, h } from "../../base/dom.js";
import { onLanguage, say, t } from "../../base/i18n.js";
import { sorted } from "../../base/sorted.js";
import { ORDERS } from "./run-order.js";
import { RunRow } from "./run-row.js";
import { differenceText, listText } from "../launch/setting-text.js";
import { sweepsOf } from "../sweep/sweep.js";
import { SweepRow } from "../sweep/sweep-row.js";

const SAID_ELSEWHERE = ["dataset", "epochs", "device", "threads"]; // in the row, or of no weight to the result
const FEWEST_COMPARED = 2;
const ALL_RUNS = "experiments"; // as the server calls the folder of all runs where it cannot be used
const MOST_NAMED = 5; // folders that cannot be read

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
  /** The button that puts the chosen runs side by side; it stands beside the list's title. */
  compare;
  #more;
  #reading = h("p", { class: "list-note", testid: "reading", text: "runs.reading" });
  #unreadable = h("p", { class: "list-note", testid: "unreadable" });

  /** on: {perform(action, run), compare(ids), more(mine)}: the next page is wanted, of all runs or of mine. */
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
    const more = () => on.more(this.#mine.checked);
    const mineChanged = () => {
      update();
      if (this.#mine.checked && this.#store.page(true).total === null) more();
    };
    this.#mine = h("input", { type: "checkbox", testid: "only-mine", on: { change: mineChanged } });
    this.#more = h("button", { type: "button", class: "plain list-more", testid: "more-runs", on: { click: more } });
    this.compare = h("button", {
      type: "button",
      class: "plain",
      testid: "compare",
      on: { click: () => on.compare([...this.#chosen]) },
    });
    host.append(
      h(
        "div",
        { class: "run-tools row" },
        this.#order,
        h("label", { class: "check" }, this.#mine, h("span", { text: "runs.onlyMine" })),
      ),
      this.#list,
      this.#empty,
      this.#more,
      this.#reading,
      this.#unreadable,
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
    this.#chosen = new Set(ids.filter((id) => this.#store.get(id) !== null));
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
    arrange(this.#list, elements);
    this.#empty.hidden = shown.length > 0;
    say(this.#empty, runs.length === 0 ? "runs.none" : "runs.noneMine");
    const { next, total } = this.#store.page(this.#mine.checked);
    this.#more.hidden = next === null;
    if (next !== null) say(this.#more, "runs.more", { shown: wanted.length, total: Math.max(total, wanted.length) });
    this.#reading.hidden = !this.#store.isReading;
    const { unreadable } = this.#store;
    this.#unreadable.hidden = unreadable.length === 0;
    if (unreadable.length > 0) this.#nameUnreadable(unreadable);
    this.compare.disabled = this.#chosen.size < FEWEST_COMPARED;
    say(this.compare, "runs.compare", { count: this.#chosen.size });
  }

  #nameUnreadable(unreadable) {
    const folder = unreadable.find(({ run }) => run === ALL_RUNS);
    this.#unreadable.title = unreadable.map(({ run, reason }) => t("text.of", { name: run, why: reason })).join("\n");
    if (folder) {
      say(this.#unreadable, "runs.folderUnusable", { why: folder.reason });
      return;
    }
    const names = unreadable.slice(0, MOST_NAMED).map(({ run }) => run);
    say(this.#unreadable, "runs.unreadable", {
      count: unreadable.length,
      names: listText(unreadable.length > MOST_NAMED ? [...names, "…"] : names),
    });
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
    const varied = fields.filter(({ name }) => name in sweep.axes); // another version may have others
    return differenceText(varied, config, {});
  }
}
