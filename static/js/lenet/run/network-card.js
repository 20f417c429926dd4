// The network of a run: the picture of its layers, and the table of their shapes and parameter counts; each lights the
// other up.

import { h } from "../../base/dom.js";
import { translate } from "../../base/i18n.js";
import { pinButton } from "../../parts/pin-button.js";
import { scrolling } from "../../parts/scrolling.js";
import { countText, shapeText } from "../format.js";
import { LayerDiagram } from "./layer-diagram.js";
import { parameterFormula, parameterSum } from "./layers.js";

export class NetworkCard {
  #host = h("div", { class: "network-card" });
  #shown = "";

  constructor() {
    const pin = pinButton("lenet.layers", () => ({}));
    const head = h("div", { class: "card-head row" }, h("h3", { text: "layer.title" }), pin);
    this.element = h("section", { class: "surface" }, head, this.#host);
  }

  /** layers: [{name, shape, parameters}]. */
  update(layers) {
    const shape = JSON.stringify(layers);
    if (shape === this.#shown) return;
    this.#shown = shape;
    this.element.hidden = layers.length === 0;
    if (layers.length === 0) return;
    const rows = new Map();
    const light = (name) => {
      diagram.light(name);
      for (const [other, row] of rows) row.classList.toggle("lit", other === name);
    };
    const diagram = new LayerDiagram(layers, light);
    layers.forEach((layer, index) => {
      const formula = parameterFormula(layers, index);
      const row = h(
        "tr",
        { on: { pointerenter: () => light(layer.name), pointerleave: () => light(null) } },
        h("th", { scope: "row" }, h("code", {}, layer.name)),
        h("td", { text: `layer.${layer.name}` }),
        h("td", { class: "number" }, shapeText(layer.shape)),
        h(
          "td",
          { class: "number" },
          formula ? [h("small", { class: "muted" }, `${formula} =`), " "] : null,
          countText(layer.parameters),
        ),
      );
      rows.set(layer.name, row);
    });
    const heads = ["layer.name", "layer.does", "layer.shape", "layer.parameters"];
    const table = h(
      "table",
      { class: "table", testid: "layers" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          heads.map((text, index) => h("th", { scope: "col", text, class: index > 1 ? "number" : "" })),
        ),
      ),
      h("tbody", {}, [...rows.values()]),
      h(
        "tfoot",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "row", colSpan: 3, text: "layer.sum" }),
          h("td", { class: "number", testid: "parameter-sum" }, countText(parameterSum(layers))),
        ),
      ),
    );
    this.#host.replaceChildren(
      scrolling({ label: "layer.diagram" }, diagram.element),
      scrolling({ label: "layer.title" }, table),
    );
    translate(this.#host);
  }
}
