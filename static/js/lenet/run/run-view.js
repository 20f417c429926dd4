// Everything to watch of one run. Puts the parts together and hands each what it shows; the state is the log's, the
// store's and the scrubber's.

import { h } from "../../base/dom.js";
import { translate } from "../../base/i18n.js";
import { Curves } from "./curves.js";
import { DrawPanel } from "../drawing/draw-panel.js";
import { EpochTable } from "./epoch-table.js";
import { FilesCard } from "./files-card.js";
import { KernelsPanel } from "./kernels-panel.js";
import { MapsPanel } from "./maps-panel.js";
import { MistakesPanel } from "./mistakes-panel.js";
import { NetworkCard } from "./network-card.js";
import { RunHead } from "./run-head.js";
import { Scrubber } from "./scrubber.js";
import { SettingsCard } from "./settings-card.js";
import { Tabs } from "../../parts/tabs.js";

export class RunView {
  #head;
  #curves;
  #table;
  #scrubber;
  #panels;
  #maps;
  #tabs;
  #network = new NetworkCard();
  #files;
  #settings;
  #box = h("section", { class: "look surface stack" });
  #shown = null;
  #isOpening = false;

  /** on: {perform(action, run), copyLink(), rename(run, name), reuse(run), epochChosen(epoch or null), panelChosen(name),
   * drawn()}. plotly: its address. */
  constructor({ api, pictures, schema, plotly, on }) {
    this.#head = new RunHead(on);
    this.#scrubber = new Scrubber(() => {
      this.#showEpoch();
      on.epochChosen(this.#scrubber.chosen);
    });
    this.#curves = new Curves(plotly, (epoch) => this.#scrubber.choose(epoch));
    this.#table = new EpochTable((epoch) => this.#scrubber.choose(epoch));
    const maps = (this.#maps = new MapsPanel(api, pictures));
    const toMaps = (row) => this.#look({ look: "maps", image: row });
    this.#panels = {
      draw: new DrawPanel(api, () => this.#isOpening || on.drawn()),
      mistakes: new MistakesPanel(api, pictures, toMaps),
      kernels: new KernelsPanel(api),
      maps,
    };
    this.#tabs = new Tabs(this.#panels, (name) => {
      this.#showPanel();
      on.panelChosen(name);
    });
    this.#files = new FilesCard(api, (epoch) => this.#scrubber.choose(epoch));
    this.#settings = new SettingsCard(api, schema, on.reuse);
    this.#box.append(this.#scrubber.element, this.#tabs.element);
    this.element = h(
      "article",
      { class: "run-view stack", testid: "run-view", hidden: true },
      this.#head.element,
      this.#curves.element,
      this.#table.element,
      this.#box,
      h("div", { class: "two-cards" }, this.#files.element, this.#settings.element),
      this.#network.element,
    );
    translate(this.element);
  }

  focus() {
    this.#head.focus();
  }

  /** The epoch that was opened and is not there; null where it is, or where that is not known yet. */
  get absentEpoch() {
    return this.#scrubber.absent;
  }

  /** The number of the epoch that is shown; null before there is one. */
  get epoch() {
    return this.#scrubber.epoch;
  }

  /** Another run, at an epoch or, null, the newest; with the panel that is named, and a test image or a drawing in it. */
  open(epoch, seen = {}) {
    this.#scrubber.preset(epoch);
    this.#look(seen);
  }

  #look({ look = null, image = null, strokes = null }) {
    if (strokes !== null) this.#open(strokes);
    if (image !== null) this.#maps.choose(image);
    if (look !== null) this.#tabs.open(look);
  }

  /** A drawing of the address, which is nobody's own. */
  #open(strokes) {
    this.#isOpening = true;
    this.#panels.draw.draw(strokes);
    this.#isOpening = false;
  }

  /** run: its summary; log: its records so far. */
  update({ run, log, allowed, devices }) {
    this.#shown = { run, log };
    const isNothingLeft = Boolean(run.refusal) && log.lines === 0; // the head says why
    for (const { element } of [this.#curves, this.#table, { element: this.#box }, this.#files])
      element.hidden = isNothingLeft;
    this.#head.update(run, log, { allowed, devices });
    this.#network.update(log.layers);
    this.#settings.update(run);
    this.#showEpoch();
  }

  recolor() {
    this.#curves.redraw();
  }

  relabel() {
    this.#panels.mistakes.relabel();
    this.#curves.redraw();
    if (this.#shown) this.#showEpoch();
  }

  #showEpoch() {
    const { run, log } = this.#shown;
    this.#scrubber.update(log, run);
    this.#curves.update({ run, log, epoch: this.#scrubber.epoch });
    this.#table.update({ run, log, epoch: this.#scrubber.epoch });
    this.#files.update(run, log, this.#scrubber.epoch);
    this.#showPanel();
  }

  #showPanel() {
    if (this.#shown === null) return;
    const { epoch, record } = this.#scrubber;
    this.#panels[this.#tabs.name].show({ run: this.#shown.run, epoch, record });
  }
}
