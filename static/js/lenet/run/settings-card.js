// What a run is set to, what differs from its preset marked, and the command that makes the same run.

import { h } from "../../base/dom.js";
import { t } from "../../base/i18n.js";
import { pinButton } from "../../parts/pin-button.js";
import { valueText } from "../launch/setting-text.js";

export class SettingsCard {
  #api;
  #schema;
  #list = h("dl", { class: "settings-list", testid: "settings" });
  #command = h("code", { class: "command", testid: "command", tabIndex: 0 });
  #commandHead = h("h4", { text: "watch.command" });
  #shown = "";
  #asked = null;
  #run = null;

  /** reuse(run): a new run is to be prepared with its settings. */
  constructor(api, schema, reuse) {
    this.#api = api;
    this.#schema = schema;
    this.element = h(
      "section",
      { class: "surface" },
      h(
        "div",
        { class: "card-head row" },
        h("h3", { text: "watch.settings" }),
        h("button", {
          type: "button",
          class: "plain",
          testid: "reuse-settings",
          text: "watch.reuse",
          on: { click: () => reuse(this.#run) },
        }),
        pinButton("lenet.settings", () => ({})),
      ),
      h("p", { class: "muted", text: "watch.settingsNote" }),
      this.#list,
      this.#commandHead,
      this.#command,
    );
  }

  update(run) {
    this.#run = run;
    this.#showCommand(run.run);
    this.#command.hidden = this.#commandHead.hidden = Boolean(run.refusal);
    const shown = JSON.stringify([run.run, document.documentElement.lang]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const base = this.#schema.presets[run.preset]?.config ?? {};
    this.#list.replaceChildren(
      ...this.#schema.fields.map((field) => {
        const { name } = field;
        const value = run.config[name];
        const changed = value !== base[name] ? "changed" : "";
        const text = valueText(field, value, run.config);
        return h("div", { class: changed }, h("dt", {}, t(`setting.${name}`)), h("dd", {}, text));
      }),
    );
  }

  async #showCommand(id) {
    if (id === this.#asked) return;
    this.#asked = id;
    this.#command.textContent = "";
    const shown = await this.#api.show(id).catch(() => null); // deleted meanwhile: the page says so elsewhere
    if (id === this.#asked) this.#command.textContent = shown?.command ?? "";
  }
}
