// The start page: what LeNet-5 is, layer by layer, the data set that is chosen, and what to do here.

import { h } from "../../base/dom.js";
import { say, translate } from "../../base/i18n.js";
import { LayerDiagram } from "../run/layer-diagram.js";
import { EXERCISE_LAYERS } from "../run/layers.js";
import { scrolling } from "../../parts/scrolling.js";

const STEPS = ["start", "watch", "question", "compare"];

export class Welcome {
  #data = h("p", { class: "lead", testid: "intro-data" });
  #question = h("span");
  #explain = h("p", { class: "diagram-explain", testid: "layer-explain", "aria-live": "polite" });

  constructor() {
    const light = (name) => {
      diagram.light(name);
      this.#explain.dataset.i18n = name ? `layer.${name}` : "intro.point";
      translate(this.element);
    };
    const diagram = new LayerDiagram(EXERCISE_LAYERS, light);
    this.#explain.dataset.i18n = "intro.point";
    this.element = h(
      "article",
      { class: "welcome stack", testid: "welcome" },
      h(
        "section",
        { class: "surface" },
        h("h2", { text: "intro.title" }),
        h("p", { class: "lead", text: "intro.lead" }),
        this.#data,
        scrolling({ label: "layer.diagram" }, diagram.element),
        this.#explain,
      ),
      h(
        "section",
        { class: "surface" },
        h("h3", { text: "intro.how" }),
        h(
          "ol",
          { class: "steps" },
          STEPS.map((step) =>
            h(
              "li",
              {},
              h("strong", { text: `intro.${step}` }),
              step === "question" ? this.#question : h("span", { text: `intro.${step}-how` }),
            ),
          ),
        ),
      ),
      h(
        "section",
        { class: "surface" },
        h("h3", { text: "intro.numbers" }),
        h("p", { text: "intro.numbers-train" }),
        h("p", { text: "intro.numbers-test" }),
        h("p", { text: "intro.numbers-loss" }),
      ),
    );
    this.update("mnist");
    translate(this.element);
  }

  /** dataset: the one that the form has. */
  update(dataset) {
    say(this.#data, `intro.data-${dataset}`);
    say(this.#question, `intro.question-${dataset}`);
  }
}
