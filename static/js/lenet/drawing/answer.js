// What the network says to one image: the image as it is fed, the ten probabilities and how they come about, and every
// layer's values. Shows answers of the server; asks for none.

import { h, setText } from "../../base/dom.js";
import { onLanguage, say, sayLabel } from "../../base/i18n.js";
import { onLook } from "../../base/theme.js";
import { className } from "../run/classes.js";
import { numberText, percentText, shapeText } from "../format.js";
import { drawGrey, drawSheet } from "../run/pixels.js";
import { signLegend } from "../run/sign-legend.js";
import { softmaxSteps } from "../run/softmax.js";

const CLASSES = 10;
const COLUMNS = { conv1: 6, pool1: 6, conv2: 8, pool2: 8 }; // maps a row
const CELLS = { input: 3, conv1: 3, pool1: 4, conv2: 5, pool2: 8 }; // CSS pixels a value
const ROW = { fc1: 40, fc2: 42, fc3: 10 }; // neurons a row
const NEURON = 9;
const SLOW = 10_000; // ms without an answer after which the page says so

export class Answer {
  #fed = h("canvas", { class: "fed", role: "img", label: "answer.fed" });
  #verdict = h("p", { class: "verdict", role: "status" });
  #caveat = h("p", { class: "caveat", role: "status", text: "answer.unlike", hidden: true });
  #limits = null; // what no answer can tell
  #rows = Array.from({ length: CLASSES }, (_, index) => row(index));
  #steps = h("tbody");
  #maps = h("div", { class: "maps" });
  #note = h("p", { class: "muted" });
  #shown = null;
  #asked = null; // the timer of a question that is not answered

  /**
   * name: what its test ids begin with, and the key of what is said of the image that is fed. isOfDrawings: whether it is
   * asked about what need not be of any class.
   */
  constructor(name, isOfDrawings = false) {
    this.#fed.dataset.testid = `${name}-fed`;
    this.#verdict.dataset.testid = `${name}-verdict`;
    this.#caveat.dataset.testid = `${name}-caveat`;
    this.#maps.dataset.testid = `${name}-layers`;
    if (isOfDrawings) this.#limits = h("p", { class: "muted answer-limits", testid: `${name}-limits` });
    const bars = h(
      "ol",
      { class: "bars-list", testid: `${name}-probabilities`, label: "answer.probabilities" },
      this.#rows.map(({ element }) => element),
    );
    const head = ["softmax.class", "softmax.logit", "softmax.power", "softmax.probability"];
    this.fed = h("figure", { class: "fed-box row" }, this.#fed, h("figcaption", { text: `answer.fed-${name}` }));
    this.bars = h("div", { class: "bars-box" }, this.#verdict, this.#caveat, this.#limits, bars);
    this.softmax = h(
      "details",
      { class: "softmax", testid: `${name}-softmax` },
      h("summary", { text: "softmax.title" }),
      h("p", { text: "softmax.explain" }),
      h("p", { class: "formula" }, "pᵢ = e^zᵢ / (e^z₀ + e^z₁ + … + e^z₉)"),
      h("p", { text: "softmax.loss" }),
      h(
        "table",
        { class: "table" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            head.map((text) => h("th", { scope: "col", text })),
          ),
        ),
        this.#steps,
      ),
      this.#note,
    );
    this.maps = h(
      "div",
      { class: "maps-box" },
      h("div", { class: "card-head row" }, h("h3", { text: "answer.maps" }), signLegend()),
      this.#maps,
    );
    onLook(() => this.#draw());
    onLanguage(() => this.#draw());
    this.clear("mnist", "answer.asked");
  }

  /** The answer that is seen, or null. */
  get answer() {
    return this.#shown?.[0] ?? null;
  }

  /** It was asked for an answer, which `show` or `clear` will bring: says so, and when that takes long. */
  wait(dataset) {
    if (this.#asked !== null) return;
    if (this.#shown === null) this.clear(dataset, "answer.asked");
    this.#asked = setTimeout(() => this.clear(dataset, "answer.slow"), SLOW);
  }

  /** answer: the server's {predicted, probabilities, maps, input, unlikeness}; dataset: for the names; truth: the label, if known. */
  show(answer, dataset, truth = null) {
    this.#stopWaiting();
    this.#shown = [answer, dataset, truth];
    this.#sayLimits(dataset);
    this.#draw();
  }

  /** Nothing to show; text: the key that says why. dataset: for the names. */
  clear(dataset, text, values = {}) {
    this.#stopWaiting();
    this.#shown = null;
    this.#sayLimits(dataset);
    delete this.#verdict.dataset.predicted;
    this.#verdict.classList.remove("bad");
    say(this.#verdict, text, values);
    this.#caveat.hidden = true;
    this.#fed.width = this.#fed.height = 28;
    this.#rows.forEach(({ element, name, bar, value }, index) => {
      bar.style.width = "0";
      setText(value, "");
      setText(name, className(dataset, index));
      element.classList.remove("top");
    });
    this.#maps.replaceChildren();
    this.#steps.replaceChildren();
    this.maps.hidden = true;
  }

  #stopWaiting() {
    clearTimeout(this.#asked);
    this.#asked = null;
  }

  #draw() {
    if (this.#shown === null) return;
    const [answer, dataset, truth] = this.#shown;
    const { predicted, probabilities, maps, input, unlikeness = null } = answer;
    drawGrey(this.#fed, input);
    const values = {
      name: className(dataset, predicted),
      percent: percentText(probabilities[predicted], 1),
      truth: truth === null ? "" : className(dataset, truth),
    };
    const key = truth === null ? "answer.says" : truth === predicted ? "answer.right" : "answer.wrong";
    this.#verdict.classList.toggle("bad", truth !== null && truth !== predicted);
    this.#verdict.dataset.predicted = predicted;
    say(this.#verdict, key, values);
    this.#rows.forEach(({ element, name, bar, value }, index) => {
      setText(name, className(dataset, index));
      bar.style.width = `${100 * probabilities[index]}%`;
      setText(value, percentText(probabilities[index], 1));
      element.classList.toggle("top", index === predicted);
    });
    this.#caveat.hidden = !(unlikeness > 1);
    this.#showSteps(maps.fc3, dataset, predicted);
    this.#showMaps(maps);
  }

  #sayLimits(dataset) {
    if (this.#limits) say(this.#limits, `answer.limits-${dataset}`);
  }

  #showSteps(logits, dataset, predicted) {
    const steps = softmaxSteps(logits);
    this.#steps.replaceChildren(
      ...steps.map(({ logit, power, probability }, index) => {
        const cells = [className(dataset, index), numberText(logit), numberText(power), percentText(probability, 1)];
        const cell = (text, column) => h(column === 0 ? "th" : "td", column === 0 ? { scope: "row" } : {}, text);
        return h("tr", { class: index === predicted ? "top" : "" }, cells.map(cell));
      }),
    );
    const sum = steps.reduce((total, { power }) => total + power, 0);
    say(this.#note, "softmax.note", { largest: numberText(Math.max(...logits)), sum: numberText(sum) });
  }

  #showMaps(maps) {
    this.maps.hidden = false;
    this.#maps.replaceChildren(
      ...Object.entries(maps).map(([layer, values]) => {
        const canvas = h("canvas", { class: "sheet", role: "img", data: { layer } });
        const isFlat = typeof values[0] === "number";
        const shape = isFlat ? [values.length] : [values.length, values[0].length, values[0][0].length];
        if (isFlat) drawSheet(canvas, [folded(values, ROW[layer])], { columns: 1, cell: NEURON, gap: 0 });
        else drawSheet(canvas, values, { columns: COLUMNS[layer] ?? 1, cell: CELLS[layer] });
        const flat = values.flat(2);
        const range = { low: numberText(Math.min(...flat)), high: numberText(Math.max(...flat)) };
        sayLabel(canvas, "answer.layer", { layer, shape: shapeText(shape), ...range });
        const about = h("small", {});
        say(about, "answer.range", { shape: shapeText(shape), ...range });
        return h("figure", { class: "layer-maps" }, h("figcaption", {}, h("code", {}, layer), " ", about), canvas);
      }),
    );
  }
}

function row(index) {
  const name = h("span", { class: "bar-name" }, String(index));
  const bar = h("span", { class: "bar-fill" });
  const value = h("span", { class: "bar-value" });
  const element = h("li", { class: "bar" });
  element.append(name, h("span", { class: "bar-track" }, bar), value);
  return { element, name, bar, value };
}

/** A vector as rows of `width`; the last row is filled up with zeros. */
function folded(values, width) {
  const rows = [];
  for (let start = 0; start < values.length; start += width)
    rows.push(Array.from({ length: width }, (_, index) => values[start + index] ?? 0));
  return rows;
}
