// The settings that the original has not: folded away, in groups, each shown where it has an effect. What is set otherwise
// than usual is counted on the button, so that nobody overlooks it.

import { h, setText } from "../base/dom.js";
import { onLanguage, t } from "../base/i18n.js";
import { icon } from "../parts/icons.js";
import { SettingSet } from "../parts/setting-set.js";
import { hasEffect } from "../parts/setting-value.js";
import { PerLayer } from "./per-layer.js";
import { WORDS } from "./settings.js";

/** Text of a group -> keys of the schema. */
const GROUPS = {
  "more.optimizer": ["optimizer", "momentum", "alpha", "beta1", "beta2", "epsilon", "weightDecay", "loss", "l2Rate"],
  "more.schedule": ["schedule", "scheduleEpochs", "scheduleFactor"],
  "more.batches": ["fullBatch", "shuffle", "initialWeights"],
  "more.stop": ["stopEpoch", "stopLoss", "stopPatience"],
};
export const MORE = Object.values(GROUPS).flat();
const PER_LAYER = ["layerActivations", "dropout"];
const KEYS = [...MORE, ...PER_LAYER];

export class MoreSettings {
  #button;
  #number = h("span", { class: "more-number" });
  #panel;
  #fields;
  #settings;
  #perLayer;
  #config = null;

  /** button: unfolds `panel`. fields: rows of the schema by key. configure({key: value}) asks for a change. */
  constructor(button, panel, fields, configure) {
    this.#button = button;
    this.#panel = panel;
    this.#fields = KEYS.map((key) => ({ ...fields.get(key), name: key }));
    const plain = this.#fields.filter(({ name }) => !PER_LAYER.includes(name));
    this.#settings = new SettingSet(plain, WORDS, (key, value) => configure({ [key]: value }));
    this.#perLayer = new PerLayer(fields.get("layerActivations"), configure);
    for (const [text, keys] of Object.entries(GROUPS)) {
      const group = h("fieldset", { class: "more-group" }, h("legend", { text }));
      group.append(...keys.map((key) => this.#settings.element(key)));
      panel.append(group);
    }
    panel.append(this.#perLayer.element);
    button.append(icon("sliders"), h("span", { class: "more-text", text: "more.settings" }), this.#number);
    button.addEventListener("click", () => this.#unfold(panel.hidden));
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.#unfold(false);
      button.focus();
    });
    onLanguage(() => this.#config && this.#count());
  }

  update(config) {
    this.#config = config;
    this.#settings.update(config);
    for (const field of this.#fields)
      if (!PER_LAYER.includes(field.name)) this.#settings.element(field.name).hidden = !hasEffect(field, config);
    this.#perLayer.update(config);
    this.#count();
  }

  /** Keys of those that have an effect and are not as usual. */
  get changed() {
    const config = this.#config;
    return this.#fields
      .filter((field) => hasEffect(field, config) && String(config[field.name]) !== String(field.default))
      .map(({ name }) => name);
  }

  #unfold(open) {
    this.#panel.hidden = !open;
    this.#button.setAttribute("aria-expanded", open);
  }

  #count() {
    const count = this.changed.length;
    setText(this.#number, count ? String(count) : "");
    const name = count ? t("more.helpChanged", { count }) : t("more.help");
    this.#button.setAttribute("aria-label", name);
    this.#button.title = name;
    this.#button.classList.toggle("changed", count > 0);
  }
}
