// Says what the two colours of values mean.

import { h } from "../dom.js";

export function signLegend() {
  return h(
    "p",
    { class: "legend-line" },
    h("span", { class: "swatch negative" }),
    h("span", { text: "kernels.negative" }),
    h("span", { class: "swatch positive" }),
    h("span", { text: "kernels.positive" }),
  );
}
