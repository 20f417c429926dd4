// The list of all runs: sorted, filtered, each a link to it; some can be marked for comparing.

import { h } from "../dom.js";
import { onLanguage, say } from "../i18n.js";
import { ORDERS, sorted } from "./run-order.js";
import { RunRow } from "./run-row.js";

const FEWEST_COMPARED = 2;
const MOST_COMPARED = 20; // as the server allows

export class RunList {
  #store;
  #perform;
  #rows = new Map();
  #chosen = new Set();
  #open = null;
  #list = h("ul", { class: "run-rows", testid: "run-list" });
  #empty = h("p", { class: "empty", testid: "no-runs" });
  #order;
  #mine;
  #compare;

  /** on: {perform(action, run), compare(ids)}. */
  constructor(host, store, on) {
    this.#store = store;
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

  /** The run that is shown beside the list, or null. */
  open(id) {
    this.#open = id;
    this.update();
  }

  choose(ids) {
    this.#chosen = new Set(ids);
    this.update();
  }

  update() {
    const runs = this.#store.runs;
    const { value, down } = ORDERS[this.#order.value];
    const shown = sorted(
      runs.filter((run) => !this.#mine.checked || this.#store.isMine(run)),
      value,
      down,
    );
    for (const id of this.#rows.keys()) {
      if (this.#store.get(id)) continue;
      this.#rows.delete(id);
      this.#chosen.delete(id);
    }
    const elements = shown.map((run) => this.#row(run));
    if (!sameOrder(this.#list.children, elements)) this.#list.replaceChildren(...elements);
    this.#empty.hidden = shown.length > 0;
    say(this.#empty, runs.length === 0 ? "runs.none" : "runs.noneMine");
    this.#compare.disabled = this.#chosen.size < FEWEST_COMPARED;
    say(this.#compare, "runs.compare", { count: this.#chosen.size });
  }

  #row(run) {
    if (!this.#rows.has(run.run)) {
      const choose = (id, isChosen) => {
        if (isChosen && this.#chosen.size < MOST_COMPARED) this.#chosen.add(id);
        else this.#chosen.delete(id);
        this.update();
      };
      this.#rows.set(run.run, new RunRow(run.run, { choose, perform: this.#perform }));
    }
    const row = this.#rows.get(run.run);
    row.update(run, {
      open: run.run === this.#open,
      chosen: this.#chosen.has(run.run),
      mine: this.#store.isMine(run),
      allowed: this.#store.mayChange(run),
    });
    return row.element;
  }
}

function sameOrder(children, elements) {
  return children.length === elements.length && elements.every((element, index) => element === children[index]);
}
