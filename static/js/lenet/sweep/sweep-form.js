// The part of the form that makes a sweep of a run: which settings vary, over what, and how many runs that makes. While
// it is open, Start starts them all.

import { setDisabled } from "../../base/disable.js";
import { h } from "../../base/dom.js";
import { say, translate } from "../../base/i18n.js";
import { AxisInput } from "./axis-input.js";
import { faultOf, parsed } from "../../parts/setting-value.js";
import { refusalText } from "../refusals.js";
import { SEARCHES, SweepDraft } from "./sweep-draft.js";

export class SweepForm {
  #draft;
  #most;
  #value;
  #changed;
  #axes = h("div", { class: "axes stack" });
  #inputs = [];
  #search;
  #trials;
  #trialsField;
  #add;
  #explain = h("p", { class: "muted" });
  #count = h("p", { class: "sweep-count", testid: "sweep-count", role: "status" });

  /** schema: the server's. value(name): of a setting in the form. changed(): after every change. */
  constructor(schema, value, changed) {
    this.#draft = new SweepDraft(schema);
    this.#most = schema.sweeps.most_trials;
    this.#value = value;
    this.#changed = changed;
    this.#search = h(
      "select",
      {
        id: "sweep-search",
        testid: "sweep-search",
        on: { change: () => ((this.#draft.search = this.#search.value), this.#draw()) },
      },
      SEARCHES.map((name) => h("option", { value: name, text: `sweep.${name}` })),
    );
    this.#trials = h("input", {
      type: "text",
      id: "sweep-trials",
      inputMode: "numeric",
      autocomplete: "off",
      testid: "sweep-trials",
      value: String(this.#draft.trials),
      on: { input: () => ((this.#draft.trials = parsed(this.#trials.value)), this.#update()) },
    });
    this.#trialsField = field("sweep-trials", "sweep.trials", this.#trials);
    this.#add = h("button", {
      type: "button",
      class: "plain",
      testid: "axis-add",
      text: "sweep.addAxis",
      on: { click: () => (this.#draft.add(this.#value), this.#draw()) },
    });
    this.element = h(
      "details",
      { class: "all-settings sweep-form", testid: "sweep-form", on: { toggle: () => this.#toggled() } },
      h("summary", { testid: "sweep-open" }, h("span", { text: "sweep.open" })),
      this.#explain,
      h("div", { class: "setting-grid" }, field("sweep-search", "sweep.search", this.#search), this.#trialsField),
      this.#axes,
      this.#add,
      this.#count,
    );
    this.#draw();
  }

  /** Whether a sweep is to be started, not a run. */
  get isOpen() {
    return this.element.open;
  }

  /** How many runs it makes; null where it cannot be started. */
  get count() {
    const { count, fault } = this.#draft;
    return fault === null && Number.isInteger(count) && count >= 1 && count <= this.#most ? count : null;
  }

  get request() {
    return this.#draft.request;
  }

  /** Whether it sets this setting. */
  varies(name) {
    return this.isOpen && this.#draft.varies(name);
  }

  /** Shows `text` where the server's `name` is set; false where that is not here. */
  fault(name, text) {
    const input = this.#inputs.find(({ axis }) => axis.field.name === name);
    if (input) input.view.fault(text);
    return Boolean(input);
  }

  clearFaults() {
    this.#draw();
  }

  #toggled() {
    if (this.isOpen && this.#draft.axes.length === 0) this.#draft.add(this.#value);
    this.#draw();
  }

  #draw() {
    this.#inputs = this.#draft.axes.map((axis) => {
      const view = new AxisInput(axis, this.#draft, {
        choose: (name) => {
          this.#draft.choose(axis, name, this.#value(name));
          this.#draw();
          this.#inputs.find((other) => other.axis === axis)?.view.focus(); // the one that was used is gone
        },
        change: () => this.#update(),
        remove: () => {
          this.#draft.remove(axis);
          this.#draw();
          this.#add.focus();
        },
      });
      return { axis, view };
    });
    this.#axes.replaceChildren(...this.#inputs.map(({ view }) => view.element));
    say(this.#explain, `sweep.explain-${this.#draft.search}`);
    this.#trialsField.hidden = this.#draft.search !== "random";
    setDisabled(this.#add, this.#draft.free().length === 0);
    translate(this.#axes);
    this.#update();
  }

  #update() {
    const { count, fault } = this.#draft;
    if (fault) say(this.#count, "text.of", { name: [`setting.${fault.name}`], why: refusalText(fault) });
    else if (!Number.isInteger(count))
      say(this.#count, ...refusalText(faultOf({ kind: "number", min: 1, max: this.#most, whole: true }, count)));
    else say(this.#count, this.count === null ? "sweep.countWrong" : "sweep.count", { count, most: this.#most });
    this.#count.classList.toggle("form-error", this.count === null);
    this.#changed();
  }
}

function field(id, text, input) {
  return h("div", { class: "setting field" }, h("label", { htmlFor: id, text }), input);
}
