// Which epoch of the run is shown: a slider under the chart, the way back to the newest, undo and redo, and the other runs.
// Owns the choice; what it asks the server for comes back as frames.

import { setDisabled } from "../base/disable.js";
import { h, renew } from "../base/dom.js";
import { onLanguage, sayLabel, t } from "../base/i18n.js";
import { icon } from "../parts/icons.js";

export class TimeMachine {
  #slider;
  #now;
  #buttons;
  #runs = h("div", { class: "time-runs row", role: "group", label: "time.runs", testid: "time-runs", hidden: true });
  #line;
  #newest = 0;
  #last = 0; // epoch of the chart's axis, which other runs may make longer
  #asked = null; // the epoch that is asked for next
  #asking = false;
  #changes = 0; // that can be undone or made again
  #others = 0; // runs
  #on;

  /** The epoch that is shown; null: the newest. */
  viewed = null;

  /**
   * on: {view(epoch or null) resolves when the server has answered, undo(), redo(), take(number of a run)}.
   * changes: where undo and redo stand.
   */
  constructor(host, changes, on) {
    this.#on = on;
    this.#slider = h("input", {
      type: "range",
      min: 0,
      step: 1,
      value: 0,
      testid: "time-slider",
      label: "time.slider",
      on: { input: () => this.look(Number(this.#slider.value)) },
    });
    const props = {
      type: "button",
      class: "round small",
      testid: "time-now",
      label: "time.nowHelp",
      on: {
        click: () => {
          this.#slider.focus(); // the button goes
          this.look(null);
        },
      },
    };
    this.#now = h("button", props, icon("newest"));
    this.#line = h("div", { class: "time-line slider", testid: "time-line" }, this.#slider, this.#now);
    this.#buttons = [
      ["undo", "time.undo"],
      ["redo", "time.redo"],
    ].map(([name, label]) =>
      h(
        "button",
        { type: "button", class: "round small", testid: name, label, on: { click: () => on[name]() } },
        icon(name),
      ),
    );
    changes.append(...this.#buttons);
    host.append(this.#line, this.#runs);
    onLanguage(() => this.#show());
    this.setChanges({ undo: 0, redo: 0 });
    this.#show();
  }

  /** Shows `epoch`: one that has passed, or the newest (null, or one that is no earlier). */
  look(epoch) {
    if (this.#slider.disabled) return;
    const viewed = epoch !== null && epoch < this.#newest ? epoch : null;
    if (viewed === this.viewed) return this.#show();
    this.viewed = viewed;
    this.#asked = { epoch: viewed };
    this.#show();
    this.#ask();
  }

  /** The chart above is so far from its sides, and its epochs go so far: what is pointed at there is below it here. */
  align({ left, right, last }) {
    this.#line.style.setProperty("--axis-left", `${left}px`);
    this.#line.style.setProperty("--axis-right", `${right}px`);
    if (last === this.#last) return;
    this.#last = last;
    this.#show();
  }

  /** The training has come so far. */
  setNewest(epoch) {
    if (epoch === this.#newest) return;
    this.#newest = epoch;
    this.#show();
  }

  /** The server shows the newest epoch, whatever was asked for. */
  reset() {
    this.#asked = null;
    this.viewed = null;
    this.#show();
  }

  /** Whether there are changes that can be undone or made again, or other runs. */
  get hasPast() {
    return this.#changes + this.#others > 0;
  }

  /** How many changes can be undone and made again. */
  setChanges(counts) {
    this.#changes = counts.undo + counts.redo;
    this.#buttons.forEach((button, index) => setDisabled(button, !counts[["undo", "redo"][index]]));
    this.#buttons.forEach((button) => (button.hidden = !counts.undo && !counts.redo));
  }

  /** Whether a recording leads to what is trained; without one nothing can be gone back to. */
  setRecorded(isRecorded) {
    this.#slider.disabled = !isRecorded;
  }

  /** The run that is shown, by its number, and the others: {number, epoch} each. */
  setRuns(number, others) {
    this.#others = others.length;
    this.#runs.hidden = others.length === 0;
    document.body.classList.toggle("several-runs", others.length > 0); // what is above makes room
    const runs = [...others, { number }].sort((one, other) => one.number - other.number);
    renew(
      this.#runs,
      runs.map((run) => this.#run(run, run.number === number)),
      () => this.#runs.querySelector("button") ?? this.#slider,
    );
  }

  #run({ number, epoch }, isPresent) {
    const text = ["time.run", { number }];
    if (isPresent) return h("span", { class: "time-run", text, "aria-current": "true" });
    const label = ["time.take", { number, epoch: epoch.toLocaleString("en-US") }];
    const props = { type: "button", class: "plain small time-run", label, testid: `take-${number}` };
    return h("button", { ...props, on: { click: () => this.#on.take(number) } }, h("span", { text }));
  }

  /** While one question is under way the newest of the next ones waits: a dragged slider never queues. */
  async #ask() {
    if (this.#asking) return;
    this.#asking = true;
    while (this.#asked !== null) {
      const { epoch } = this.#asked;
      this.#asked = null;
      await this.#on.view(epoch);
    }
    this.#asking = false;
  }

  #show() {
    const shown = this.viewed ?? this.#newest;
    const slider = this.#slider;
    const last = Math.max(1, this.#newest, this.#last);
    slider.max = String(last);
    slider.value = String(shown); // also where it was dragged beyond the newest
    slider.style.setProperty("--share", `${(100 * shown) / last}%`);
    sayLabel(slider, "time.slider");
    const [epoch, newest] = [shown, this.#newest].map((number) => number.toLocaleString("en-US"));
    slider.setAttribute("aria-valuetext", t("time.at", { epoch, newest }));
    this.#line.classList.toggle("absent", this.#newest === 0);
    this.#now.classList.toggle("absent", this.viewed === null);
  }
}
