// The feature maps of a test image, layer by layer, and what the network of the chosen epoch answers to it.

import { h } from "../../base/dom.js";
import { icon } from "../../parts/icons.js";
import { pinButton } from "../../parts/pin-button.js";
import { Answer } from "../drawing/answer.js";
import { className } from "./classes.js";
import { OneAtATime } from "../drawing/one-at-a-time.js";
import { PictureGrid } from "./picture-grid.js";
import { isSameNetwork, noNetworkText } from "./saved-network.js";
import { refusalText } from "../refusals.js";

const CLASSES = 10;
const LOOK_AT = 120; // test images in a row that surely hold one of each class
const TEST_IMAGES = 10_000;

export class MapsPanel {
  #api;
  #pictures;
  #answer = new Answer("maps");
  #grid;
  #samples = new OneAtATime();
  #questions = new OneAtATime();
  #from = 0;
  #sampled = null; // the data set the choice is from
  #image = null;
  #shown = null;

  constructor(api, pictures) {
    this.#api = api;
    this.#pictures = pictures;
    this.#grid = new PictureGrid({ testid: "samples", choose: ({ image }) => this.choose(image) });
    const others = h(
      "button",
      { type: "button", class: "plain", testid: "other-digits", on: { click: () => this.#otherSamples() } },
      icon("dice"),
      h("span", { text: "maps.others" }),
    );
    const pin = pinButton(
      "lenet.maps",
      () => {
        const { answer } = this.#answer;
        return answer && { answer, image: this.#image, label: answer.label };
      },
      () => this.#answer.maps,
    );
    this.#answer.maps.firstElementChild.append(pin);
    this.element = h(
      "div",
      { class: "maps-panel" },
      h(
        "div",
        { class: "samples stack" },
        h("span", { class: "muted", text: "maps.choose" }),
        this.#grid.element,
        others,
      ),
      h("div", { class: "draw-middle stack" }, this.#answer.fed, this.#answer.bars, this.#answer.softmax),
      this.#answer.maps,
    );
  }

  show({ run, epoch }) {
    const { dataset } = run.config;
    const same = isSameNetwork(this.#shown, { run, epoch });
    this.#shown = { run, epoch };
    if (this.#sampled !== dataset) this.#sample(dataset);
    else if (!same) this.#ask();
  }

  /** Shows the maps of test image `row`. */
  choose(row) {
    this.#image = row;
    this.#grid.mark(row);
    this.#ask();
  }

  #otherSamples() {
    this.#from = (this.#from + LOOK_AT) % (TEST_IMAGES - LOOK_AT);
    this.#image = null;
    this.#sample(this.#shown.run.config.dataset);
  }

  /** One test image of each class. */
  #sample(dataset) {
    if (this.#sampled !== null && this.#sampled !== dataset) this.#image = null;
    this.#sampled = dataset;
    this.#answer.wait(dataset);
    const rows = Array.from({ length: LOOK_AT }, (_, index) => this.#from + index);
    this.#samples.ask(
      () => this.#pictures.get(dataset, rows),
      (pictures) => {
        const each = Array.from({ length: CLASSES }, (_, label) => pictures.find((picture) => picture.label === label));
        const found = each.filter(Boolean);
        this.#grid.show(found, ({ label }) => ["maps.sample", { name: className(dataset, label) }]);
        this.choose(this.#image ?? found.find(({ label }) => label === 7)?.image ?? found[0].image);
      },
      (error) => this.#answer.clear(dataset, ...refusalText(error)),
    );
  }

  #ask() {
    const { run, epoch } = this.#shown ?? {};
    if (!run || this.#image === null) return;
    if (epoch === null) {
      this.#answer.clear(run.config.dataset, noNetworkText(run));
      return;
    }
    const image = this.#image;
    this.#answer.wait(run.config.dataset);
    this.#questions.ask(
      () => this.#api.maps(run.run, epoch, image),
      (answer) => this.#answer.show(answer, run.config.dataset, answer.label),
      (error) => this.#answer.clear(run.config.dataset, ...refusalText(error)),
    );
  }
}
