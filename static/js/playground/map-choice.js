// Which map the large picture shows: the network's output, the neuron pointed at, or the feature pointed at. A neuron's
// comes with the next frames, a feature's is computed here.

import { say } from "../base/i18n.js";
import { featureMap, featureText } from "./features.js";
import { classOf } from "./own/description.js";

/** Whether a frame has the map of what the network says: the output's, or the picture of all classes. */
export function isOutcome({ selected: { layer, node }, sizes }) {
  return layer === sizes.length - 2 && (sizes.at(-1) === 1 || node === sizes.at(-1));
}

export class MapChoice {
  #heatMap;
  #title;
  #ask;
  #feature = null;
  #frame = null;
  #target = null; // the neuron that is pointed at
  #waiting = []; // for a frame with the map of the output
  #told = null; // a Description of the data

  /** title: the element that names the map. ask({layer, node} | {}) requests a neuron's map, or the output's. */
  constructor(heatMap, title, ask) {
    this.#heatMap = heatMap;
    this.#title = title;
    this.#ask = ask;
  }

  /** target: {layer, node}, {feature}, or null for the output. */
  point(target) {
    const feature = target?.feature ?? null;
    this.#target = feature === null ? target : null;
    const left = feature === null && this.#feature !== null;
    this.#feature = feature;
    if (feature !== null) {
      this.#heatMap.draw(featureMap(feature), "node");
      this.#name("output.ofFeature", { name: featureText(feature) });
      return;
    }
    if (left && this.#frame) this.#show();
    this.#request();
  }

  /** A frame with the map of what the network says, whatever is pointed at; null where none comes within `ms`. */
  async outcome(ms) {
    if (this.#frame === null || isOutcome(this.#frame)) return this.#frame;
    const came = new Promise((resolve) => this.#waiting.push(resolve));
    this.#ask({});
    const frame = await Promise.race([came, new Promise((resolve) => setTimeout(resolve, ms, null))]);
    this.#request();
    return frame;
  }

  #request() {
    const target = this.#target;
    this.#ask(target ? { layer: target.layer, node: target.node } : {});
  }

  /** told: a Description of the data in use, or null. */
  describe(told) {
    this.#told = told;
    if (this.#feature === null && this.#frame) this.#show();
  }

  draw(frame) {
    this.#frame = frame;
    if (this.#feature === null) this.#show();
    if (isOutcome(frame)) for (const came of this.#waiting.splice(0)) came(frame);
  }

  #show() {
    const { map, selected, sizes } = this.#frame;
    const { layer, node } = selected;
    if (layer < sizes.length - 2) {
      this.#heatMap.draw(map, "node");
      this.#name("output.ofNeuron", { layer: layer + 1, node: node + 1 });
    } else if (!isOutcome(this.#frame)) {
      this.#heatMap.draw(map, node);
      this.#name("output.ofClass", { name: classOf(this.#told, node) });
    } else {
      this.#heatMap.draw(map, "outcome");
      this.#name("output.ofOutput");
    }
  }

  /** Says which map it is; the whole of it where it is cut. */
  #name(key, values) {
    say(this.#title, key, values);
    this.#title.title = this.#title.textContent;
  }
}
