// The form that starts a run: a preset, a data set, all settings, and where it will train.

import { h } from "../dom.js";
import { say } from "../i18n.js";
import { icon } from "../icons.js";
import { Draft } from "./draft.js";
import { errorText } from "./server-errors.js";
import { SettingGroups } from "./setting-groups.js";
import { SettingInput } from "./setting-input.js";

const FIRST = ["dataset", "epochs"]; // not behind "all settings"
const START_WITH = "fast";

export class LaunchForm {
  #draft;
  #presets;
  #first;
  #groups;
  #start;
  #fault = h("p", { class: "form-error", testid: "launch-error", role: "alert" });
  #device = h("span");

  /** schema: the server's. start(preset, changes): resolves when the run is queued, rejects with an ApiError. */
  constructor(host, schema, start) {
    this.#draft = new Draft(schema.presets, START_WITH in schema.presets ? START_WITH : Object.keys(schema.presets)[0]);
    this.#presets = Object.keys(schema.presets).map((name) => this.#preset(name));
    const show = () => this.#show();
    const set = (name, value) => {
      this.#draft.set(name, value);
      this.#first.get(name).fault(null);
      show();
    };
    const field = (name) => schema.fields.find((row) => row.name === name);
    this.#first = new Map(FIRST.map((name) => [name, new SettingInput(field(name), set)]));
    this.#groups = new SettingGroups(
      schema.fields.filter(({ name }) => !FIRST.includes(name)),
      this.#draft,
      show,
    );
    this.#start = h(
      "button",
      { type: "submit", class: "plain primary wide", testid: "start" },
      icon("play"),
      h("span", { text: "launch.start" }),
    );
    host.append(
      h(
        "form",
        { class: "launch", noValidate: true, on: { submit: (event) => this.#submit(event, start) } },
        h(
          "fieldset",
          { class: "presets" },
          h("legend", { class: "hidden-visually", text: "launch.preset" }),
          this.#presets.map(({ element }) => element),
        ),
        h(
          "div",
          { class: "setting-grid" },
          [...this.#first.values()].map(({ element }) => element),
        ),
        this.#groups.element,
        h("p", { class: "trains-on", testid: "trains-on" }, h("span", { text: "launch.trainsOn" }), " ", this.#device),
        h("div", { class: "launch-foot" }, this.#fault, this.#start),
      ),
    );
    show();
  }

  /** devices: the server's list; the first is the one that "auto" takes. */
  setDevices(devices) {
    this.#device.textContent = devices.map(({ name }) => name)[0];
  }

  /** Fills the form with the settings of another run. */
  load({ preset, config }) {
    this.#draft.load(preset, config);
    this.#clear();
    this.#show();
    this.#start.focus();
  }

  #preset(name) {
    const input = h("input", { type: "radio", name: "preset", value: name, testid: `preset-${name}` });
    input.addEventListener("change", () => {
      this.#draft.choose(name);
      this.#clear();
      this.#show();
    });
    const element = h(
      "label",
      { class: "preset" },
      input,
      h(
        "span",
        { class: "preset-text" },
        h("strong", { text: `preset.${name}` }),
        h("small", { text: `purpose.${name}` }),
      ),
    );
    return { name, input, element };
  }

  #show() {
    for (const { name, input } of this.#presets) input.checked = name === this.#draft.preset;
    for (const [name, input] of this.#first)
      input.update(this.#draft.value(name), {
        changed: name !== "dataset" && this.#draft.isChanged(name),
        idle: false,
      });
    this.#groups.update();
  }

  #clear() {
    this.#fault.textContent = "";
    for (const input of this.#first.values()) input.fault(null);
    this.#groups.clearFaults();
  }

  async #submit(event, start) {
    event.preventDefault();
    this.#clear();
    this.#start.disabled = true;
    try {
      await start(this.#draft.preset, this.#draft.changes);
    } catch (error) {
      this.#refused(error);
    } finally {
      this.#start.disabled = false;
    }
  }

  #refused(error) {
    const text = errorText(error.message);
    const first = this.#first.get(error.field);
    if (first) {
      first.fault(text);
      first.focus();
    } else if (!this.#groups.fault(error.field, text)) say(this.#fault, ...text);
  }
}
