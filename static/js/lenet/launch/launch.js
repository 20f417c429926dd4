// The form that starts a run, or a sweep of runs: a preset, a data set, all settings, and where it will train.

import { setDisabled } from "../../base/disable.js";
import { h } from "../../base/dom.js";
import { say } from "../../base/i18n.js";
import { icon } from "../../parts/icons.js";
import { Draft } from "./draft.js";
import { FaultLine } from "../fault-line.js";
import { SettingSet } from "../../parts/setting-set.js";
import { faultOf } from "../../parts/setting-value.js";
import { refusalText } from "../refusals.js";
import { SettingGroups } from "./setting-groups.js";
import { WORDS } from "./setting-text.js";
import { SweepForm } from "../sweep/sweep-form.js";

const FIRST = ["dataset", "epochs"]; // not behind "all settings"
const WANT_OF_ROOM = ["too-many-runs", "queue-full"]; // codes of refusals
const START_WITH = "fast";

export class LaunchForm {
  #draft;
  #fields;
  #presets;
  #settings;
  #groups;
  #sweep;
  #start;
  #startText = h("span");
  #fault = new FaultLine({ class: "form-error", testid: "launch-error" });
  #device = h("span");

  #datasetChosen;

  /**
   * schema: the server's. on: {start(preset, changes), startSweep({preset, config, search, axes, seed, ...}),
   * datasetChosen(name)}; the first two resolve when the runs are queued, and reject with an ApiError.
   */
  constructor(host, schema, on) {
    this.#datasetChosen = on.datasetChosen;
    this.#draft = new Draft(schema.presets, START_WITH in schema.presets ? START_WITH : Object.keys(schema.presets)[0]);
    this.#presets = Object.keys(schema.presets).map((name) => this.#preset(name));
    const show = () => this.#show();
    this.#fields = schema.fields;
    this.#settings = new SettingSet(schema.fields, WORDS, (name, value) => {
      this.#draft.set(name, value);
      show();
    });
    this.#groups = new SettingGroups(
      schema.fields.filter(({ name }) => !FIRST.includes(name)),
      this.#settings,
      () => this.#choose(() => this.#draft.reset()),
    );
    this.#sweep = new SweepForm(
      schema,
      (name) => this.#draft.value(name),
      () => this.#sweep && show(),
    );
    this.#start = h(
      "button",
      { type: "submit", class: "plain primary wide", testid: "start" },
      icon("play"),
      this.#startText,
    );
    host.append(
      h(
        "form",
        { class: "launch stack", noValidate: true, on: { submit: (event) => this.#submit(event, on) } },
        h(
          "fieldset",
          { class: "presets" },
          h("legend", { class: "hidden-visually", text: "launch.preset" }),
          this.#presets.map(({ element }) => element),
        ),
        h(
          "div",
          { class: "setting-grid" },
          FIRST.map((name) => this.#settings.element(name)),
        ),
        this.#groups.element,
        this.#sweep.element,
        h("p", { class: "trains-on", testid: "trains-on" }, h("span", { text: "launch.trainsOn" }), " ", this.#device),
        h("div", { class: "launch-foot" }, this.#fault.element, this.#start),
      ),
    );
    show();
  }

  /** devices: the server's list; the first is the one that "auto" takes. */
  setDevices(devices) {
    this.#device.textContent = devices[0]?.name ?? "–"; // none: no machine is there that trains runs
  }

  /** A run has ended: there may be room for another. */
  hasRoom() {
    this.#fault.clearIf(({ code }) => WANT_OF_ROOM.includes(code));
  }

  /** Fills the form with the settings of another run. */
  load({ preset, config }) {
    this.#choose(() => this.#draft.load(preset, config));
    this.#start.focus();
  }

  /** take(): puts other values into the draft, with which nothing is wrong yet. */
  #choose(take) {
    take();
    this.#clear();
    this.#show();
  }

  #preset(name) {
    const input = h("input", { type: "radio", name: "preset", value: name, testid: `preset-${name}` });
    input.addEventListener("change", () => this.#choose(() => this.#draft.choose(name)));
    const purpose = h("small", { testid: `purpose-${name}` });
    const element = h(
      "label",
      { class: "preset row" },
      input,
      h("span", { class: "preset-text" }, h("strong", { text: `preset.${name}` }), purpose),
    );
    return { name, input, purpose, element };
  }

  #show() {
    for (const { name, input, purpose } of this.#presets) {
      input.checked = name === this.#draft.preset;
      say(purpose, `${this.#draft.isAsPromised(name, this.#sweep.isOpen) ? "purpose" : "based"}.${name}`);
    }
    this.#datasetChosen(this.#draft.value("dataset"));
    this.#settings.update(this.#draft.values, {
      isChanged: (name) => this.#draft.isChanged(name),
      isSetElsewhere: (name) => this.#sweep.varies(name),
    });
    this.#groups.update(this.#draft.changed);
    const count = this.#sweep.isOpen ? this.#sweep.count : null;
    if (count !== null) say(this.#startText, "launch.startSweep", { count });
    else say(this.#startText, "launch.start");
  }

  #clear() {
    this.#fault.clear();
    this.#settings.clearFaults();
    this.#sweep.clearFaults();
  }

  async #submit(event, { start, startSweep }) {
    event.preventDefault();
    this.#clear();
    setDisabled(this.#start, true);
    try {
      const { preset, changes: config } = this.#draft;
      if (this.#sweep.isOpen)
        await startSweep({ preset, config, seed: this.#draft.value("seed"), ...this.#sweep.request });
      else await start(preset, config);
    } catch (error) {
      this.#refused(error);
    } finally {
      setDisabled(this.#start, false);
    }
  }

  /** Names all fields that are wrong, where the server has found one; that one has the focus. */
  #refused(error) {
    if (error.field !== null)
      for (const field of this.#fields) {
        const fault = this.#sweep.varies(field.name) ? null : faultOf(field, this.#draft.value(field.name));
        if (fault) this.#settings.fault(field.name, refusalText(fault), false);
      }
    const text = refusalText(error);
    const isTold = this.#sweep.varies(error.field) && this.#sweep.fault(error.field, text);
    if (!isTold && !this.#settings.fault(error.field, text)) this.#fault.show(error);
  }
}
