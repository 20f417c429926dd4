// Which epoch is looked at: a slider through them, a way to stay with the newest, and the epoch's four numbers.
// Owns the choice.

import { h, setText } from "../../base/dom.js";
import { say, sayLabel } from "../../base/i18n.js";
import { isActive } from "../runs/run-status.js";
import { countText, lossText, percentText } from "../format.js";

/** @type {[string, string, (value: number) => string][]} */
const FIGURES = [
  ["test", "accuracy", percentText],
  ["test", "loss", lossText],
  ["train", "accuracy", percentText],
  ["train", "loss", lossText],
];

export class Scrubber {
  #chosen = null; // null: the newest
  #absent = null;
  #log = null;
  #slider;
  #follow;
  #title = h("strong", { testid: "epoch-title", class: "epoch-title" });
  #figures = FIGURES.map(([part, score, write]) => {
    const value = h("dd", { testid: `figure-${part}-${score}` });
    const over = h("dd", { class: "figure-over" });
    return { part, score, write, value, over, name: h("dt", { text: `figure.${part}-${score}` }) };
  });

  /** changed(): another epoch is to be shown. */
  constructor(changed) {
    this.#slider = h("input", {
      type: "range",
      min: 1,
      step: 1,
      testid: "epoch-slider",
      on: { input: () => this.choose(Number(this.#slider.value)) },
    });
    this.#follow = h("input", {
      type: "checkbox",
      testid: "follow-newest",
      on: { change: () => this.choose(this.#follow.checked ? null : this.epoch) },
    });
    this.changed = changed;
    this.element = h(
      "div",
      { class: "scrubber row" },
      h(
        "div",
        { class: "scrubber-line slider row" },
        this.#title,
        this.#slider,
        h("label", { class: "check" }, this.#follow, h("span", { text: "epoch.follow" })),
      ),
      h(
        "dl",
        { class: "figures" },
        this.#figures.map(({ part, score, name, value, over }) =>
          h("div", { class: `figure figure-${part} figure-${part}-${score}` }, name, value, over),
        ),
      ),
    );
  }

  /** The number of the epoch that is shown; null before there is one. */
  get epoch() {
    return this.record?.epoch ?? null;
  }

  /** Its record. */
  get record() {
    return (this.#chosen && this.#log?.epoch(this.#chosen)) || this.#log?.newest || null;
  }

  /** What the link says: null where the newest is followed. */
  get chosen() {
    return this.#chosen;
  }

  /** The epoch that was chosen, where all of the run's epochs are here and it is none of them; else null. */
  get absent() {
    return this.#absent;
  }

  /** epoch: a number, or null to stay with the newest. */
  choose(epoch) {
    this.#chosen = epoch;
    this.changed();
  }

  /** Chooses without telling: for what the address says. */
  preset(epoch) {
    this.#chosen = epoch;
  }

  update(log, run) {
    this.#log = log;
    const isAbsent = this.#chosen !== null && log.lines >= run.lines && !log.epoch(this.#chosen);
    this.#absent = isAbsent ? this.#chosen : null;
    const { record } = this;
    const last = log.newest?.epoch ?? 0;
    this.#slider.max = Math.max(1, last);
    this.#slider.value = record?.epoch ?? 1;
    this.#slider.disabled = last < 2;
    const share = last < 2 ? 0 : ((record?.epoch ?? 1) - 1) / (last - 1);
    this.#slider.style.setProperty("--share", `${100 * share}%`);
    sayLabel(this.#slider, "epoch.slider");
    this.#slider.setAttribute("aria-valuetext", `${record?.epoch ?? 0} / ${last}`);
    this.#follow.checked = this.#chosen === null || !log.epoch(this.#chosen);
    if (record) say(this.#title, "epoch.after", { epoch: record.epoch });
    else say(this.#title, isActive(run) ? "epoch.none" : "epoch.nothing");
    for (const { part, score, write, value, over } of this.#figures) {
      setText(value, write(record?.[part][score]));
      if (record) say(over, `figure.over-${part}`, { images: countText(record[part].images) });
    }
  }
}
