// The seven input features: formula and sign of each, and its map. One row a feature, in the order the network takes them.

import { cellOf } from "../base/color.js";

/** key -> {symbol, of(x, y)}. `symbol` is [text, "sub" | "sup" | null] pieces. */
export const FEATURES = {
  x: { symbol: [["X"], ["1", "sub"]], of: (x) => x },
  y: { symbol: [["X"], ["2", "sub"]], of: (x, y) => y },
  xSquared: { symbol: [["X"], ["1", "sub"], ["2", "sup"]], of: (x) => x * x },
  ySquared: { symbol: [["X"], ["2", "sub"], ["2", "sup"]], of: (x, y) => y * y },
  xTimesY: { symbol: [["X"], ["1", "sub"], ["X"], ["2", "sub"]], of: (x, y) => x * y },
  sinX: { symbol: [["sin(X"], ["1", "sub"], [")"]], of: (x) => Math.sin(x) },
  sinY: { symbol: [["sin(X"], ["2", "sub"], [")"]], of: (x, y) => Math.sin(y) },
};

/** The features a config offers: a hidden one does not exist. */
export function offered(config) {
  return Object.keys(FEATURES).filter((key) => !config.hide.includes(key));
}

/** The features that feed the network, in order. */
export function inputs(config) {
  return offered(config).filter((key) => config[key]);
}

/** A feature's map as a frame carries one: size * size cells (Int8Array), top row first, over [-6, 6] x [-6, 6]. */
export function featureMap(key, size = 100) {
  const map = new Int8Array(size * size);
  for (let row = 0; row < size; row++) {
    const y = 6 - (12 * row) / (size - 1);
    for (let column = 0; column < size; column++) {
      map[row * size + column] = cellOf(FEATURES[key].of(-6 + (12 * column) / (size - 1), y));
    }
  }
  return map;
}

/** "X₁²" as plain text, for places where no markup can be. */
export function featureText(key) {
  const sub = { 1: "₁", 2: "₂" };
  return FEATURES[key].symbol
    .map(([text, place]) => (place === "sub" ? sub[text] : place === "sup" ? "²" : text))
    .join("");
}
