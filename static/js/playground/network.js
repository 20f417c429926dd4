// The network's picture: nodes, links, the buttons for layers and neurons, and the card to read and edit weights.
// It shows a config and frames; what the user does it passes on as events.

import { h, svg } from "../base/dom.js";
import { onLanguage, sayLabel, t } from "../base/i18n.js";
import { featureText, inputs, offered } from "./features.js";
import { LayerControls } from "./layer-controls.js";
import { MapTie } from "./map-tie.js";
import { Links } from "./network-links.js";
import { layout } from "./network-layout.js";
import { Nodes } from "./network-nodes.js";
import { ParameterCard } from "./parameter-card.js";
import { classOf } from "./own/description.js";
import { outputs, sizesOf } from "./sizes.js";

const COORDINATES = { x: 0, y: 1 }; // features that are a column of the data
const BELOW = 8; // pixels under the lowest node, for its bias

export class NetworkView {
  #stage = h("div", { class: "stage", role: "group", label: "network.label", "aria-describedby": "network-keys" });
  #scroll;
  #tie;
  #on;
  #nodes;
  #links;
  #layers;
  #card;
  #config = null;
  #scale = null;
  #frame = null;
  #told = null; // a Description of the data
  #peeked = null; // the parameter whose card is shown beside the pointer

  /**
   * on: {select(target | null), feature(key), shape(change), of layer-controls.js, edit({layer, node, input | null}, value)}, refused(reply); a target
   * is {layer, node} or {feature}. A parameter's input is null for the bias. map: the large one, which the output is tied to.
   */
  constructor(host, layersHost, map, limits, on) {
    this.#on = on;
    const lines = svg("svg", { "aria-hidden": "true" });
    const neurons = h("div", { class: "neuron-heads" });
    this.#stage.append(lines);
    this.#scroll = h("div", { class: "network-scroll" }, h("div", { class: "network-sheet" }, neurons, this.#stage));
    host.append(this.#scroll);
    this.#tie = new MapTie(host, map);
    this.#nodes = new Nodes(this.#stage, {
      point: (node) => this.#card.editing || on.select(node),
      press: (node) => (node.feature ? on.feature(node.feature) : this.#editNode(node)),
    });
    this.#links = new Links(lines);
    this.#layers = new LayerControls(layersHost, neurons, limits, on.shape);
    this.#card = new ParameterCard(document.body, {
      read: (parameter) => this.#read(parameter),
      write: (parameter, value) => on.edit(parameter, value),
      refused: (reply) => on.refused(reply),
      closed: () => this.#cardClosed(),
    });
    this.#stage.addEventListener("pointermove", (event) => this.#pointed(event));
    this.#stage.addEventListener("pointerleave", () => this.#unpoint());
    this.#stage.addEventListener("click", (event) => this.#clicked(event));
    new ResizeObserver(() => this.#place()).observe(this.#scroll);
    onLanguage(() => this.#name());
  }

  update(config) {
    const structure = (of) => JSON.stringify([sizesOf(of), of.hide, inputs(of)]);
    const same = this.#config !== null && structure(config) === structure(this.#config);
    const recoloring = this.#config?.discretize !== config.discretize;
    this.#config = config;
    this.#layers.update(config);
    if (!same) this.#build();
    else if (recoloring) this.recolor(this.#scale);
  }

  /** told: a Description of the data in use, or null. */
  describe(told) {
    this.#told = told;
    this.#name();
  }

  draw(frame) {
    if (!this.#fits(frame)) return; // of a network that has since been changed
    this.#frame = frame;
    this.#nodes.draw(frame, this.#colors, this.#scale);
    this.#links.draw(frame, this.#scale);
    this.#card.refresh();
  }

  recolor(scale) {
    this.#scale = scale;
    if (this.#config === null || scale === null) return;
    this.#nodes.drawFeatures(this.#colors);
    if (this.#frame) this.draw(this.#frame);
  }

  get #colors() {
    return this.#config.discretize ? this.#scale.steps : this.#scale.map;
  }

  #fits(frame) {
    const sizes = sizesOf(this.#config);
    return sizes.length === frame.sizes.length && sizes.every((size, index) => size === frame.sizes[index]);
  }

  #build() {
    const used = inputs(this.#config);
    const features = offered(this.#config);
    const sizes = sizesOf(this.#config).slice(1);
    this.#card.close(false);
    this.#unpoint();
    this.#frame = null;
    this.#nodes.build(features, used, sizes);
    const rows = used.map((feature) => features.indexOf(feature));
    this.#links.build(rows, sizes);
    this.#name();
    this.#place();
    this.recolor(this.#scale);
  }

  #place() {
    if (this.#config === null || this.#scroll.clientWidth === 0) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const height = this.#scroll.clientHeight - this.#stage.offsetTop - BELOW;
    const geometry = layout(this.#nodes.counts, this.#scroll.clientWidth, height, rem);
    this.#stage.style.width = `${geometry.width}px`;
    this.#stage.style.height = `${geometry.height + BELOW}px`;
    this.#nodes.place(geometry);
    this.#links.place(geometry);
    this.#layers.place(geometry);
    const { x, nodes } = geometry.columns.at(-1);
    const seen = geometry.width <= this.#scroll.clientWidth; // else it may be scrolled out of sight
    this.#tie.place(x + geometry.node / 2, this.#stage.offsetTop + (nodes[0] + nodes.at(-1)) / 2, seen);
  }

  #name() {
    this.#nodes.name((button, { feature, layer, node }) => {
      if (feature) sayLabel(button, ...this.#featureName(feature));
      else button.setAttribute("aria-label", t(...this.#nodeName(layer, node)));
    });
  }

  /**
   * The name of a feature, of a coordinate with its column's, and others below, as [translation key, values].
   *
   * @returns {[string, Record<string, any>]}
   */
  #featureName(feature) {
    const name = featureText(feature);
    const column = feature in COORDINATES && this.#told?.name(COORDINATES[feature]);
    return column ? ["network.featureNamed", { name, column }] : ["network.feature", { name }];
  }

  #nodeName(layer, node) {
    if (layer === this.#config.networkShape.length) return this.#outputName(node);
    return ["network.neuron", { layer: layer + 1, node: node + 1 }];
  }

  #outputName(node) {
    if (outputs(this.#config) > 1) return ["network.outputOf", { name: classOf(this.#told, node) }];
    const name = this.#config.problem === "regression" && this.#told?.name(2);
    return name ? ["network.outputNamed", { name }] : ["network.output"];
  }

  #sourceName(layer, input) {
    return layer === 0 ? featureText(inputs(this.#config)[input]) : this.#nodeName(layer - 1, input);
  }

  #read({ layer, node, input }) {
    if (!this.#frame) return null;
    const { weights } = this.#frame;
    return input === null ? weights.bias(layer, node) : weights.weight(layer, node, input);
  }

  /** A parameter as the card takes it, with its name among the others of its node. */
  #parameter({ layer, node, input }) {
    const name = input === null ? ["card.bias"] : ["card.from", { name: this.#sourceName(layer, input) }];
    const title = this.#title({ layer, node, input });
    return { id: `${layer} ${node} ${input}`, layer, node, input, name, title };
  }

  /** A parameter's full name. */
  #title({ layer, node, input }) {
    const to = this.#nodeName(layer, node);
    if (input === null) return ["card.biasOf", { to }];
    return ["card.weightOf", { from: this.#sourceName(layer, input), to }];
  }

  #editNode({ layer, node, button }) {
    const count = layer === 0 ? inputs(this.#config).length : this.#config.networkShape[layer - 1];
    const all = [null, ...Array(count).keys()].map((input) => this.#parameter({ layer, node, input }));
    const { left, right, top } = button.getBoundingClientRect();
    const before = left > innerWidth / 2; // the side away from the map, where the edit shows
    this.#unpoint();
    this.#card.edit(
      all,
      this.#nodeName(layer, node),
      { x: before ? left : right, y: top - 14, before },
      button,
      button,
    );
    this.#on.select({ layer, node });
  }

  #cardClosed() {
    if (!this.#nodes.current.button.matches(":focus-visible")) this.#on.select(null);
  }

  /** The parameter under the pointer: a bias mark's, or the nearest link's. */
  #under(event) {
    if (event.target.closest(".node")) return null;
    const marked = this.#nodes.withBias(event.target);
    if (marked) return { layer: marked.layer, node: marked.node, input: null };
    const { left, top } = this.#stage.getBoundingClientRect();
    return this.#links.at(event.clientX - left, event.clientY - top);
  }

  #pointed(event) {
    if (this.#card.editing) return;
    const found = this.#under(event);
    if (found === null) {
      this.#unpoint();
      return;
    }
    this.#peeked = found;
    this.#links.mark(found.input === null ? null : found);
    this.#stage.classList.add("pointing");
    this.#card.peek(this.#parameter(found), this.#title(found), { x: event.clientX, y: event.clientY });
  }

  #unpoint() {
    this.#peeked = null;
    this.#links.mark(null);
    this.#stage.classList.remove("pointing");
    this.#card.hide();
  }

  #clicked(event) {
    if (event.target.closest(".node")) return;
    // A click edits what the card has just shown: its own coordinates are rounded and may mean a neighbour. Before a tap
    // there is no card.
    const found = this.#peeked ?? this.#under(event);
    if (found === null) return;
    const { button } = this.#nodes.neuron(found.layer, found.node);
    this.#card.edit([this.#parameter(found)], this.#title(found), { x: event.clientX, y: event.clientY }, button);
  }
}
