// The buttons that add and remove layers and neurons. They only ask for a new shape; the config decides.

import { setDisabled } from "../base/disable.js";
import { h, setText } from "../base/dom.js";
import { icon } from "../parts/icons.js";
import { onLanguage, t } from "../base/i18n.js";

const NEW_LAYER = 2; // neurons

export class LayerControls {
  #layersHost;
  #neuronsHost;
  #limits;
  #onShape;
  #count = h("span", { class: "layer-count" });
  #groups = []; // one element a hidden layer
  #config = null;

  /**
   * layersHost gets the layer buttons, neuronsHost a group a hidden layer. limits: {maxLayers, maxNeurons}. onShape(change): change(shape)
   * gives the one that is wanted instead, or false where there is none.
   */
  constructor(layersHost, neuronsHost, limits, onShape) {
    this.#layersHost = layersHost;
    this.#neuronsHost = neuronsHost;
    this.#limits = limits;
    this.#onShape = onShape;
    const { maxLayers } = limits;
    this.add = this.#button(
      "plus",
      "add-layer",
      "network.addLayer",
      (shape) => shape.length < maxLayers && [...shape, shape.at(-1) ?? NEW_LAYER],
    );
    this.remove = this.#button(
      "minus",
      "remove-layer",
      "network.removeLayer",
      (shape) => shape.length > 0 && shape.slice(0, -1),
    );
    layersHost.append(this.remove, this.#count, this.add);
    onLanguage(() => this.#config && this.#say());
  }

  update(config) {
    const shape = config.networkShape;
    this.#config = config;
    while (this.#groups.length < shape.length) this.#addGroup(this.#groups.length);
    while (this.#groups.length > shape.length) this.#groups.pop().element.remove();
    this.#layersHost.hidden = config.hide.includes("numHiddenLayers");
    this.#groups.forEach(({ element, add, remove }, layer) => {
      setDisabled(add, shape[layer] >= this.#limits.maxNeurons);
      setDisabled(remove, shape[layer] <= 1);
      element.classList.toggle("fixed", config.hide.includes(`numNodes${layer + 1}`));
    });
    setDisabled(this.add, shape.length >= this.#limits.maxLayers);
    setDisabled(this.remove, shape.length === 0);
    this.#say();
  }

  /** Puts each group over its column. */
  place({ columns }) {
    this.#groups.forEach(({ element }, layer) => (element.style.left = `${columns[layer + 1].x}px`));
  }

  #say() {
    const shape = this.#config.networkShape;
    setText(this.#count, t("network.layers", { count: shape.length }));
    this.#groups.forEach(({ label }, layer) => {
      setText(label, t("network.neurons", { count: shape[layer] }));
    });
  }

  #addGroup(layer) {
    const isPossible = (neurons) => neurons >= 1 && neurons <= this.#limits.maxNeurons;
    const change = (step) => (shape) =>
      isPossible(shape[layer] + step) && shape.map((neurons, index) => (index === layer ? neurons + step : neurons));
    const values = { layer: layer + 1 };
    const add = this.#button("plus", `layer-${layer + 1}-add`, ["network.addNeuron", values], change(1));
    const remove = this.#button("minus", `layer-${layer + 1}-remove`, ["network.removeNeuron", values], change(-1));
    const label = h("span", { class: "neuron-count" });
    const element = h("div", { class: "neuron-controls" }, h("div", { class: "neuron-buttons" }, remove, add), label);
    this.#groups.push({ element, add, remove, label });
    this.#neuronsHost.append(element);
  }

  #button(name, testid, label, change) {
    const button = h("button", { type: "button", class: "round small", testid, label }, icon(name));
    button.addEventListener("click", () => this.#onShape(change));
    return button;
  }
}
