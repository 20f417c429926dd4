// What each hidden layer may have of its own: its activation and its dropout. A row a layer.

import { h } from "../base/dom.js";
import { onLanguage, t } from "../base/i18n.js";

const SHARES = [0, 0.1, 0.2, 0.3, 0.5];

export class PerLayer {
  #activations;
  #configure;
  #rows = h("div", { class: "per-layer-rows" });
  #config = null;

  /** activations: a row of the schema. configure({key: values}) asks for a change. */
  constructor(activations, configure) {
    this.#activations = activations.of.choices;
    this.#configure = configure;
    this.element = h("fieldset", { class: "more-group per-layer" }, h("legend", { text: "more.layers" }), this.#rows);
    onLanguage(() => this.#config && this.#draw());
  }

  update(config) {
    const before = this.#config;
    this.#config = config;
    const count = config.networkShape.length;
    if (before?.networkShape.length !== count) this.#draw();
    this.element.hidden = count === 0;
    this.#put();
  }

  #draw() {
    const count = this.#config.networkShape.length;
    const heads = ["label.activation", "more.dropout"].map((text) => h("span", { class: "field-label", text }));
    this.#rows.replaceChildren(
      h("div", { class: "per-layer-heads", "aria-hidden": "true" }, h("span"), heads), // each list has a name of its own
      ...Array.from({ length: count }, (_, layer) => this.#row(layer)),
    );
    this.#put();
  }

  #row(layer) {
    const activation = h(
      "select",
      { testid: `layer-activation-${layer}`, label: ["more.layerActivation", { layer: layer + 1 }] },
      h("option", { value: "", text: "more.asAll" }),
      this.#activations.map((value) => h("option", { value, text: `choice.${value}` })),
    );
    activation.addEventListener("change", () => this.#change("layerActivations", layer, activation.value, ""));
    const dropout = h("select", {
      testid: `layer-dropout-${layer}`,
      label: ["more.layerDropout", { layer: layer + 1 }],
    });
    for (const share of SHARES) dropout.append(shareOption(share));
    dropout.addEventListener("change", () => this.#change("dropout", layer, Number(dropout.value), 0));
    const name = h("span", { class: "field-label", text: ["more.layer", { layer: layer + 1 }] });
    return h("div", { class: "per-layer-row" }, name, activation, dropout);
  }

  #put() {
    [...this.#rows.querySelectorAll(".per-layer-row")].forEach((row, layer) => {
      const [activation, dropout] = row.querySelectorAll("select");
      activation.value = this.#config.layerActivations[layer] ?? "";
      const share = this.#config.dropout[layer] ?? 0;
      if (![...dropout.options].some(({ value }) => Number(value) === share)) dropout.append(shareOption(share));
      dropout.value = String(share);
    });
  }

  #change(key, layer, value, otherwise) {
    const values = Array.from({ length: Math.max(layer + 1, this.#config[key].length) }, (_, at) =>
      at === layer ? value : (this.#config[key][at] ?? otherwise),
    );
    this.#configure({ [key]: values });
  }
}

function shareOption(share) {
  const text = share === 0 ? t("more.noDropout") : t("more.dropoutOf", { share: Number((100 * share).toFixed(1)) });
  return h("option", { value: String(share), textContent: text });
}
