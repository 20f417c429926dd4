// Which map the large picture shows: the network's output, the neuron pointed at, or the feature pointed at. A neuron's
// comes with the next frames, a feature's is computed here.

import { say } from "../base/i18n.js";
import { featureMap, featureText } from "./features.js";

export class MapChoice {
  #heatMap;
  #title;
  #ask;
  #feature = null;
  #frame = null;

  /** title: the element that names the map. ask({layer, node} | {}) requests a neuron's map, or the output's. */
  constructor(heatMap, title, ask) {
    this.#heatMap = heatMap;
    this.#title = title;
    this.#ask = ask;
  }

  /** target: {layer, node}, {feature}, or null for the output. */
  point(target) {
    const feature = target?.feature ?? null;
    const left = feature === null && this.#feature !== null;
    this.#feature = feature;
    if (feature !== null) {
      this.#heatMap.draw(featureMap(feature));
      say(this.#title, "output.ofFeature", { name: featureText(feature) });
      return;
    }
    if (left && this.#frame) this.#show();
    this.#ask(target ? { layer: target.layer, node: target.node } : {});
  }

  draw(frame) {
    this.#frame = frame;
    if (this.#feature === null) this.#show();
  }

  #show() {
    const { map, selected, sizes } = this.#frame;
    this.#heatMap.draw(map);
    if (selected.layer === sizes.length - 2) say(this.#title, "output.ofOutput");
    else say(this.#title, "output.ofNeuron", { layer: selected.layer + 1, node: selected.node + 1 });
  }
}
