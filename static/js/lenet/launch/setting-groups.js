// All settings of a run by group, behind a line that says how many differ from the preset.

import { h } from "../../base/dom.js";
import { say } from "../../base/i18n.js";
import { SettingInput } from "./setting-input.js";

/** Whether a setting has no effect with these values of all: it is greyed out then. */
function isIdle({ needs = {} }, values) {
  return Object.entries(needs).some(([key, wanted]) => !wanted.includes(values[key]));
}

export class SettingGroups {
  #draft;
  #fields;
  #inputs = new Map();
  #summary = h("span", { testid: "settings-changed" });
  #reset;

  /** fields: those to show here, rows of the schema. change(): after the draft was changed. */
  constructor(fields, draft, change) {
    this.#draft = draft;
    this.#fields = new Map(fields.map((field) => [field.name, field]));
    const set = (name, value) => {
      draft.set(name, value);
      this.#inputs.get(name).fault(null);
      change();
    };
    const groups = groupBy(fields);
    const sections = [...groups].map(([group, members]) => {
      const inputs = members.map((field) => {
        const input = new SettingInput(field, set);
        this.#inputs.set(field.name, input);
        return input.element;
      });
      return h(
        "fieldset",
        { class: "setting-group" },
        h("legend", { text: `group.${group}` }),
        h("div", { class: "setting-grid" }, inputs),
      );
    });
    this.#reset = h("button", {
      type: "button",
      class: "plain",
      testid: "settings-reset",
      text: "launch.reset",
      on: { click: () => (draft.reset(), this.clearFaults(), change()) },
    });
    this.element = h(
      "details",
      { class: "all-settings", testid: "all-settings" },
      h("summary", { testid: "all-settings-open" }, h("span", { text: "launch.all" }), this.#summary),
      sections,
      this.#reset,
    );
  }

  /** @param {(name: string) => boolean} [varied] whether a sweep sets it, so that it has no effect here */
  update(varied = () => false) {
    const values = Object.fromEntries([...this.#inputs.keys()].map((name) => [name, this.#draft.value(name)]));
    for (const [name, input] of this.#inputs)
      input.update(values[name], {
        changed: this.#draft.isChanged(name),
        idle: varied(name) || isIdle(this.#fields.get(name), values),
      });
    const count = this.#draft.changed;
    say(this.#summary, count === 0 ? "launch.asPreset" : "launch.changed", { count });
    this.#summary.classList.toggle("changed", count > 0);
    this.#reset.disabled = count === 0;
  }

  /** Shows `text` at a field, brings it into view; false where there is no such field. */
  fault(name, text) {
    const input = this.#inputs.get(name);
    if (!input) return false;
    input.fault(text);
    this.element.open = true;
    input.focus();
    return true;
  }

  clearFaults() {
    for (const input of this.#inputs.values()) input.fault(null);
  }
}

function groupBy(fields) {
  const groups = new Map();
  for (const field of fields) groups.set(field.group, [...(groups.get(field.group) ?? []), field]);
  return groups;
}
