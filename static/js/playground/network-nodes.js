// The nodes of the network's picture: a button with a thumbnail for each feature and neuron, the neurons' biases, and the
// one tab stop among them, which the arrow keys move. What a press or a pointer on them means is not known here.

import { h } from "../base/dom.js";
import { Cells } from "./cells.js";
import { featureMap, FEATURES } from "./features.js";

const SIDE = 10; // cells of a thumbnail

export class Nodes {
  #stage;
  #on;
  #columns = []; // of {button, cells, feature} in the first column, {button, cells, bias, layer, node} in the others
  #current = null; // the node that holds the tab stop

  /** on: {point(node | null), press(node)}: the pointer or the keyboard is on a node, or has left it; it was pressed. */
  constructor(stage, on) {
    this.#stage = stage;
    this.#on = on;
    stage.addEventListener("keydown", (event) => this.#moved(event));
  }

  get current() {
    return this.#current;
  }

  get counts() {
    return this.#columns.map(({ length }) => length);
  }

  /** features: keys of the first column; used: those that are switched on; sizes: nodes of each computed layer. */
  build(features, used, sizes) {
    const focused = this.#columns.flat().find(({ button }) => button === document.activeElement);
    for (const { button, bias } of this.#columns.flat()) for (const element of [button, bias]) element?.remove();
    this.#columns = [
      features.map((feature) => this.#feature(feature, used.includes(feature))),
      ...sizes.map((size, layer) => Array.from({ length: size }, (_, node) => this.#neuron(layer, node))),
    ];
    const nodes = this.#columns.flat();
    const id = focused?.button.dataset.testid;
    this.#setCurrent(nodes.find(({ button }) => button.dataset.testid === id) ?? nodes[0]);
    if (focused) this.#current.button.focus();
  }

  place(geometry) {
    this.#stage.style.setProperty("--node", `${geometry.node}px`);
    this.#columns.forEach((column, index) => {
      const { x, nodes } = geometry.columns[index];
      column.forEach(({ button, bias }, row) => {
        for (const element of bias ? [button, bias] : [button]) {
          element.style.left = `${x - geometry.node / 2}px`;
          element.style.top = `${nodes[row] - geometry.node / 2}px`;
        }
      });
    });
  }

  /** Names every node for screen readers by `naming(button, node)`. */
  name(naming) {
    for (const node of this.#columns.flat()) naming(node.button, node);
  }

  drawFeatures(colors) {
    for (const { cells, feature } of this.#columns[0]) cells.draw(featureMap(feature, SIDE), colors);
  }

  /** colors: for the thumbnails; scale: for the biases. */
  draw(frame, colors, scale) {
    let start = 0;
    const classes = this.#columns.at(-1).length > 1 ? this.#columns.at(-1) : [];
    for (const column of this.#columns.slice(1)) {
      for (const { cells, bias, layer, node } of column) {
        cells.draw(frame.thumbnails, column === classes ? scale.classes.outputs[node] : colors, start);
        start += SIDE * SIDE;
        bias.style.backgroundColor = scale.css(frame.weights.bias(layer, node));
      }
    }
  }

  neuron(layer, node) {
    return this.#columns[layer + 1][node]; // the features are the first column
  }

  /** The node whose bias mark `element` is, or undefined. */
  withBias(element) {
    return this.#columns.flat().find(({ bias }) => bias && bias === element);
  }

  #feature(feature, used) {
    const canvas = h("canvas");
    const symbol = FEATURES[feature].symbol.map(([text, place]) => h(place ?? "span", {}, text));
    const props = { type: "button", class: "node feature", testid: `feature-${feature}`, "aria-pressed": used };
    const button = h("button", props, h("span", { class: "feature-symbol" }, symbol), canvas);
    return this.#listen({ button, cells: new Cells(canvas, SIDE), feature });
  }

  #neuron(layer, node) {
    const canvas = h("canvas");
    const props = { type: "button", class: "node", testid: `node-${layer}-${node}`, "aria-haspopup": "dialog" };
    const button = h("button", props, canvas);
    const bias = h("span", { class: "bias", testid: `bias-${layer}-${node}`, "aria-hidden": "true" });
    this.#stage.append(bias);
    return this.#listen({ button, bias, cells: new Cells(canvas, SIDE), layer, node });
  }

  #listen(node) {
    const { button } = node;
    button.tabIndex = -1;
    button.addEventListener("click", () => this.#on.press(node));
    button.addEventListener("pointerenter", () => this.#on.point(node));
    button.addEventListener("pointerleave", () => this.#on.point(null));
    button.addEventListener("blur", () => this.#on.point(null));
    button.addEventListener("focus", () => {
      this.#setCurrent(node);
      if (button.matches(":focus-visible")) this.#on.point(node);
    });
    this.#stage.append(button);
    return node;
  }

  #setCurrent(node) {
    if (this.#current) this.#current.button.tabIndex = -1;
    this.#current = node;
    node.button.tabIndex = 0;
  }

  #moved(event) {
    const column = this.#columns.findIndex((nodes) => nodes.includes(this.#current));
    const row = this.#columns[column].indexOf(this.#current);
    const share = row / Math.max(1, this.#columns[column].length - 1);
    const across = (to) => this.#columns[to]?.[Math.round(share * (this.#columns[to].length - 1))];
    const next = {
      ArrowUp: () => this.#columns[column][row - 1],
      ArrowDown: () => this.#columns[column][row + 1],
      ArrowLeft: () => across(column - 1),
      ArrowRight: () => across(column + 1),
    }[event.key]?.();
    if (!next) return;
    event.preventDefault();
    next.button.focus();
  }
}
