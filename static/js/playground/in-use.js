// Which settings have an effect on a run, and what of them has: by their rows in the server's table, and by what no row can say of one
// setting alone. Pure.

import { hasEffect } from "../parts/setting-value.js";
import { chosenIn, OWN } from "./datasets.js";
import { valueText } from "./setting-text.js";

/** The settings of a run as it uses them: own data of another data set are none, nor is what there is of layers that are not there. */
export function inUse(config) {
  const { ownData, layerActivations, dropout, networkShape } = config;
  return {
    ...config,
    ownData: chosenIn(config) === OWN ? ownData : null,
    layerActivations: ofLayers(layerActivations, networkShape),
    dropout: ofLayers(dropout, networkShape),
  };
}

/** Those of the layers that are there, up to the last that has a value of its own. */
function ofLayers(values = [], shape = []) {
  const there = values.slice(0, shape.length);
  while (there.length > 0 && !there.at(-1)) there.pop();
  return there;
}

/** Whether a setting has an effect. field: its row of the schema. */
export function isInUse(field, config) {
  const { networkShape, layerActivations } = config;
  if (field.key === "activation") return networkShape.some((_, layer) => !layerActivations[layer]); // a layer without its own
  return hasEffect(field, config);
}

/** The value of a setting in words; a dash where it has no effect on the run. */
export function usedText(field, config) {
  return isInUse(field, config) ? valueText(field.key, inUse(config)[field.key]) : "–";
}
