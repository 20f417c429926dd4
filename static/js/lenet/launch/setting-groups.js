// The settings of a run by group, behind a line that says how many differ from the preset.

import { setDisabled } from "../../base/disable.js";
import { h } from "../../base/dom.js";
import { say } from "../../base/i18n.js";

export class SettingGroups {
  #summary = h("span", { testid: "settings-changed" });
  #reset;

  /** fields: those to show here, rows of the schema. settings: a SettingSet that has them. reset(): as the preset. */
  constructor(fields, settings, reset) {
    const names = [...new Set(fields.map(({ group }) => group))];
    const groups = names.map((name) =>
      h(
        "fieldset",
        { class: "setting-group" },
        h("legend", { text: `group.${name}` }),
        h(
          "div",
          { class: "setting-grid" },
          fields.filter(({ group }) => group === name).map((field) => settings.element(field.name)),
        ),
      ),
    );
    this.#reset = h("button", {
      type: "button",
      class: "plain",
      testid: "settings-reset",
      text: "launch.reset",
      on: { click: reset },
    });
    this.element = h(
      "details",
      { class: "all-settings", testid: "all-settings" },
      h("summary", { testid: "all-settings-open" }, h("span", { text: "launch.all" }), this.#summary),
      groups,
      this.#reset,
    );
  }

  /** count: how many settings are otherwise than in the preset. */
  update(count) {
    say(this.#summary, count === 0 ? "launch.asPreset" : "launch.changed", { count });
    this.#summary.classList.toggle("changed", count > 0);
    setDisabled(this.#reset, count === 0);
  }
}
