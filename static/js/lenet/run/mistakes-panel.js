// Where the network of the chosen epoch is wrong: the confusion matrix, the images of a cell of it, the worst mistakes.

import { h } from "../../base/dom.js";
import { say } from "../../base/i18n.js";
import { className } from "./classes.js";
import { ConfusionMatrix } from "./confusion.js";
import { countText, percentText } from "../format.js";
import { OneAtATime } from "../drawing/one-at-a-time.js";
import { pinButton } from "../../parts/pin-button.js";
import { fading } from "../../parts/scrolling.js";
import { PictureGrid } from "./picture-grid.js";
import { isSameNetwork, noNetworkText } from "./saved-network.js";
import { refusalText } from "../refusals.js";

export class MistakesPanel {
  #api;
  #pictures;
  #matrix;
  #title = h("h3", { testid: "images-title" });
  #toWorst;
  #grid;
  #questions = new OneAtATime();
  #cell = null; // {label, predicted}; null: the worst mistakes are shown
  #shown = null;

  /** open(row): the feature maps of a test image are wanted. */
  constructor(api, pictures, open) {
    this.#api = api;
    this.#pictures = pictures;
    this.#matrix = new ConfusionMatrix((label, predicted) => this.#choose({ label, predicted }));
    this.#grid = new PictureGrid({ testid: "mistake-images", choose: ({ image }) => open(image) });
    this.#toWorst = h("button", {
      type: "button",
      class: "plain",
      testid: "to-worst",
      text: "mistakes.toWorst",
      on: { click: () => this.#choose(null) },
    });
    this.element = h(
      "div",
      { class: "mistakes" },
      h(
        "div",
        { class: "confusion-part" },
        pinButton(
          "lenet.confusion",
          () => this.#shown?.record && { counts: this.#shown.record.confusion },
          () => this.#matrix.element,
        ),
        fading(h("div", { class: "confusion-box" }, this.#matrix.element)), // its cells are reached by keyboard
      ),
      h(
        "div",
        { class: "mistake-box stack" },
        h(
          "div",
          { class: "mistake-head row" },
          this.#title,
          this.#toWorst,
          pinButton(
            "lenet.mistakes",
            () => this.#pinned,
            () => this.#grid.element,
          ),
        ),
        h("p", { class: "muted", text: "mistakes.open" }),
        this.#grid.element,
      ),
    );
    this.#choose(null);
  }

  show({ run, epoch, record }) {
    const same = isSameNetwork(this.#shown, { run, epoch });
    if (this.#shown?.run.run !== run.run) this.#cell = null;
    this.#shown = { run, epoch, record };
    if (same) return;
    this.element.classList.toggle("waiting", record === null);
    this.relabel();
    this.#choose(this.#cell);
  }

  /** Writes the texts anew, in the page's language. */
  relabel() {
    const { run, record } = this.#shown ?? {};
    if (record) this.#matrix.update(record.confusion, run.config.dataset);
  }

  /** The images that are seen, as pins.js takes them. */
  get #pinned() {
    const worst = new Map(this.#shown?.record?.worst.map((mistake) => [mistake.image, mistake]));
    const sure = (image) => percentText(worst.get(image)?.probability, 0);
    return {
      title: this.#title.textContent,
      pictures: this.#grid.pictures.map(({ picture: { image, pixels }, caption }) => ({
        pixels,
        title: caption,
        note: this.#cell === null ? sure(image) : "",
      })),
    };
  }

  #choose(cell) {
    this.#cell = cell;
    this.#matrix.mark(cell?.label, cell?.predicted);
    this.#toWorst.hidden = cell === null;
    if (!this.#shown?.record) {
      say(this.#title, "mistakes.worst");
      this.#grid.say(noNetworkText(this.#shown?.run));
      return;
    }
    this.#questions.cancel();
    if (cell) this.#showCell(cell);
    else this.#showWorst();
  }

  #showWorst() {
    const { run, record } = this.#shown;
    const { dataset } = run.config;
    say(this.#title, "mistakes.worst");
    if (record.worst.length === 0) {
      this.#grid.say("mistakes.none");
      return;
    }
    this.#questions.ask(
      () =>
        this.#pictures.get(
          dataset,
          record.worst.map(({ image }) => image),
        ),
      (pictures) => {
        const said = new Map(record.worst.map((mistake) => [mistake.image, mistake]));
        const names = ({ image, label }) => {
          const { predicted, probability } = said.get(image);
          return {
            label: className(dataset, label),
            predicted: className(dataset, predicted),
            percent: percentText(probability, 0),
          };
        };
        this.#grid.show(
          pictures,
          (picture) => ["mistakes.one", names(picture)],
          (picture) => `${names(picture).label} → ${names(picture).predicted}`,
        );
      },
      (error) => this.#grid.say(...refusalText(error)),
    );
  }

  #showCell({ label, predicted }) {
    const { run, epoch } = this.#shown;
    const { dataset } = run.config;
    const names = { label: className(dataset, label), predicted: className(dataset, predicted) };
    this.#questions.ask(
      () => this.#api.cell(run.run, epoch, label, predicted),
      ({ count, images }) => {
        say(this.#title, "mistakes.cell", { ...names, count: countText(count) });
        const pictures = this.#pictures.keep(dataset, images);
        if (count === 0) this.#grid.say("mistakes.noneInCell");
        else this.#grid.show(pictures, () => ["maps.sample", { name: names.label }]);
      },
      (error) => this.#grid.say(...refusalText(error)),
    );
  }
}
