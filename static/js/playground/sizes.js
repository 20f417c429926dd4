// How large the network of a config is. Pure.

import { DATASETS, OWN, chosenIn } from "./datasets.js";
import { inputs } from "./features.js";

/** How many outputs it has: one, or one for each class. */
export function outputs(config) {
  const chosen = chosenIn(config);
  const { classes = 1 } =
    chosen === OWN && config.problem === "classification" ? { classes: "any" } : (DATASETS[chosen] ?? {});
  return classes === "any" ? config.classes : classes;
}

/** The colours of what the network says, and of its points: of numbers, or of classes. scale: as `colorScale` makes it. */
export function outcomeScale(config, scale) {
  return outputs(config) > 1 ? scale.classes : scale;
}

/** Number of inputs, then the nodes of each computed layer. */
export function sizesOf(config) {
  return [inputs(config).length, ...config.networkShape, outputs(config)];
}
