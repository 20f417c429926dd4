// Draw a digit and see what the network of the chosen epoch makes of it, also while it trains.

import { h } from "../../base/dom.js";
import { say } from "../../base/i18n.js";
import { icon } from "../../parts/icons.js";
import { pinButton } from "../../parts/pin-button.js";
import { Answer } from "./answer.js";
import { BRUSHES, DrawPad } from "./draw-pad.js";
import { toBase64 } from "../../base/base64.js";
import { isBlank } from "./drawing.js";
import { isSameNetwork, noNetworkText } from "../run/saved-network.js";
import { OneAtATime } from "./one-at-a-time.js";
import { refusalText } from "../refusals.js";

export class DrawPanel {
  #api;
  #pad;
  #drawn = ""; // what the answer is to, as a text
  #answer = new Answer("draw", true);
  #questions = new OneAtATime();
  #about = h("p", { class: "draw-about muted", testid: "draw-about" });
  #shown = null;

  /** drawn(): somebody draws. */
  constructor(api, drawn) {
    this.#api = api;
    this.#pad = new DrawPad(() => {
      drawn();
      this.#ask();
    });
    const pin = pinButton(
      "lenet.digit",
      () => this.#answer.answer && { answer: this.#answer.answer, strokes: this.#drawn },
      () => this.#answer.fed,
    );
    this.#answer.fed.append(pin);
    const button = (testid, name, text, run) =>
      h("button", { type: "button", class: "plain", testid, on: { click: run } }, icon(name), h("span", { text }));
    const brush = h("input", {
      type: "range",
      id: "brush",
      min: BRUSHES.min,
      max: BRUSHES.max,
      value: BRUSHES.usual,
      testid: "brush",
      on: { input: ({ target }) => (this.#pad.brush = Number(target.value)) },
    });
    this.element = h(
      "div",
      { class: "draw" },
      this.#about,
      h(
        "div",
        { class: "draw-left stack" },
        this.#pad.element,
        h(
          "div",
          { class: "draw-tools" },
          button("pad-clear", "trash", "draw.clear", () => this.#pad.clear()),
          button("pad-undo", "undo", "draw.undo", () => this.#pad.undo()),
        ),
        h("div", { class: "slider brush row" }, h("label", { htmlFor: "brush", text: "draw.brush" }), brush),
      ),
      h("div", { class: "draw-middle stack" }, this.#answer.fed, this.#answer.bars, this.#answer.softmax),
      this.#answer.maps,
    );
  }

  /** Draws what an address has, as a text. */
  draw(strokes) {
    this.#pad.text = strokes;
  }

  /** run, epoch: whose network answers; epoch null: it has none yet. */
  show({ run, epoch }) {
    const same = isSameNetwork(this.#shown, { run, epoch });
    if (this.#shown?.run.run !== run.run) this.#questions.cancel();
    this.#shown = { run, epoch };
    say(this.#about, `draw.about-${run.config.dataset}`);
    if (!same) this.#ask();
  }

  #ask() {
    if (this.#shown === null) return;
    const { run, epoch } = this.#shown;
    const { dataset } = run.config;
    const ink = this.#pad.ink;
    if (isBlank(ink) || epoch === null) {
      this.#questions.cancel();
      this.#answer.clear(dataset, epoch === null ? noNetworkText(run) : `draw.first-${dataset}`);
      return;
    }
    this.#answer.wait(dataset);
    const drawing = { ...ink, pixels: toBase64(ink.pixels) };
    const strokes = this.#pad.text;
    this.#questions.ask(
      () => this.#api.predict(run.run, epoch, drawing),
      (answer) => {
        this.#drawn = strokes;
        this.#answer.show(answer, dataset);
      },
      (error) => this.#answer.clear(dataset, ...refusalText(error)),
    );
  }
}
