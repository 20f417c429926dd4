// Says what the two colours of values mean.

import { h } from "../../base/dom.js";

export function signLegend(negative = "kernels.negative", positive = "kernels.positive") {
  return h(
    "p",
    { class: "legend-line row" },
    h("span", { class: "swatch negative" }),
    h("span", { text: negative }),
    h("span", { class: "swatch positive" }),
    h("span", { text: positive }),
  );
}
