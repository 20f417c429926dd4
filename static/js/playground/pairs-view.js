// Two settings on the same seeds: what is compared with the first study, and what the pairs come to, in words a student
// understands.

import { setDisabled } from "../base/disable.js";
import { h } from "../base/dom.js";
import { onLanguage, say, t } from "../base/i18n.js";
import { logTicks } from "../parts/axis.js";
import { Chart } from "../parts/chart.js";
import { pinButton } from "../parts/pin-button.js";
import { lossText } from "./format.js";
import { usedText } from "./in-use.js";
import { compared, pairsOf } from "./pairs.js";
import { settingsThatDiffer, wordsOf } from "./pairs-words.js";
import { nameText } from "./setting-text.js";

const PRESENT = "present"; // the choice of the settings that are shown

export class PairsView {
  #fields;
  #compare;
  #first = null;
  #second = null;
  #present = null;
  #kept = [];
  #choice = h("select", { testid: "pairs-choice" });
  #button = h("button", { type: "button", class: "plain", testid: "pairs-compare", text: "pairs.compare" });
  #hint = h("p", { class: "muted", testid: "pairs-hint" });
  #counts = h("p", { class: "pairs-counts", role: "status", testid: "pairs-counts" });
  #words = h("div", { class: "stack", testid: "pairs-words" });
  #differing = h("div", { class: "scrolling", tabIndex: 0, role: "region", label: "pairs.differing" });
  #chart;
  #came;

  /** fields: of the settings, by key. source: address of plotly.min.js. compare({link}), compare({}): the present settings. threshold(): the test loss below which a run has solved it. */
  constructor(fields, source, compare, threshold) {
    this.#fields = fields;
    this.#compare = compare;
    this.#button.addEventListener("click", () => this.#start());
    this.#choice.addEventListener("change", () => this.#showChoice());
    this.#chart = new Chart({ source, testid: "pairs-chart" });
    const pin = pinButton(
      "playground.pairs",
      () => (this.#first && this.#second ? { first: this.#first, second: this.#second, threshold: threshold() } : null),
      () => this.#came,
    );
    this.#came = h(
      "div",
      { class: "stack", hidden: true },
      h("div", { class: "row" }, this.#counts, pin),
      this.#words,
      this.#differing,
      this.#chart.element,
    );
    this.element = h(
      "section",
      { class: "pairs stack", hidden: true, testid: "pairs" },
      h("h3", { text: "pairs.title" }),
      h("p", { class: "muted", text: "pairs.help" }),
      h(
        "div",
        { class: "seeds-form row" },
        h("label", { class: "field" }, h("span", { class: "field-label", text: "pairs.with" }), this.#choice),
        this.#button,
      ),
      this.#hint,
      this.#came,
    );
    onLanguage(() => this.#showPairs());
  }

  /** first: a study that has ended, or null; second: the one that is compared with it, or null. */
  show(first, second) {
    [this.#first, this.#second] = [first, second];
    this.element.hidden = first === null;
    this.#showChoice();
    this.#showPairs();
  }

  /** The settings that are shown. */
  update(config) {
    this.#present = config;
    this.#showChoice();
  }

  setKept(kept) {
    const chosen = this.#choice.value;
    this.#kept = kept;
    this.#choice.replaceChildren(
      h("option", { value: PRESENT, text: "pairs.present" }),
      ...kept.map(({ number }) => h("option", { value: String(number), text: ["kept.name", { number }] })),
    );
    this.#choice.value = kept.some(({ number }) => String(number) === chosen) ? chosen : PRESENT;
    this.#showChoice();
  }

  #start() {
    const kept = this.#chosen();
    this.#compare(kept ? { link: kept.link } : {});
  }

  /** The kept run that is chosen; undefined: the present settings are. */
  #chosen() {
    return this.#kept.find(({ number }) => String(number) === this.#choice.value);
  }

  #showChoice() {
    if (this.#first === null) return;
    const config = this.#chosen()?.config ?? this.#present;
    const isSame = config === null || this.#keys(config).length === 0;
    setDisabled(this.#button, isSame || this.#first.isLost);
    this.#hint.hidden = !isSame;
    say(this.#hint, this.#second === null ? "pairs.same" : "pairs.sameAgain"); // beside a comparison: that one is there
  }

  #keys(config) {
    return settingsThatDiffer(this.#first.config, config, this.#fields);
  }

  #showPairs() {
    const [first, second] = [this.#first, this.#second];
    this.#came.hidden = first === null || second === null;
    if (this.#came.hidden) return;
    const pairs = pairsOf(first.runs, second.runs);
    const came = compared(pairs);
    say(this.#counts, "pairs.counts", came);
    const keys = this.#keys(second.config);
    const isOver = pairs.length === second.of; // before that, whoever looks may stop where they like it
    this.#words.replaceChildren(
      ...(isOver ? wordsOf(came, pairs, keys) : [["pairs.waiting", { pairs: pairs.length, of: second.of }]]).map(
        (text) => h("p", { text }),
      ),
    );
    this.#differing.replaceChildren(
      tableOf(
        keys.map((key) => this.#fields.get(key)),
        first.config,
        second.config,
      ),
    );
    if (pairs.length > 0) this.#chart.show(() => chartOf(pairs, came));
  }
}

function tableOf(fields, first, second) {
  const head = (props) => h("th", { scope: "col", ...props });
  return h(
    "table",
    { class: "table", testid: "pairs-differing" },
    h(
      "thead",
      {},
      h("tr", {}, head({ text: "pairs.setting" }), head({ textContent: "A" }), head({ textContent: "B" })),
    ),
    h(
      "tbody",
      {},
      fields.map((field) =>
        h(
          "tr",
          {},
          h("th", { scope: "row", textContent: nameText(field.key) }),
          [first, second].map((config) => h("td", { textContent: usedText(field, config) })),
        ),
      ),
    ),
  );
}

/** Each pair as a line from A's loss to B's; a run that failed ends at the upper edge. */
function chartOf(pairs, came) {
  const losses = pairs.flatMap(({ first, second }) => [first, second]).filter(Number.isFinite);
  const isLog = losses.every((loss) => loss > 0);
  const top = Math.max(...losses, 1e-3) * (isLog ? 3 : 1.15);
  const height = (loss) => (Number.isFinite(loss) ? loss : top);
  const curve = (accept, text, count, color) => {
    const some = pairs.filter(accept);
    return {
      x: some.flatMap(() => [0, 1, null]),
      y: some.flatMap(({ first, second }) => [height(first), height(second), null]),
      text: some.flatMap(({ run, first, second }) => {
        const told = t("pairs.pair", { number: run + 1, first: lossOrNaN(first), second: lossOrNaN(second) });
        return [told, told, ""];
      }),
      hovertemplate: "%{text}<extra></extra>",
      mode: "lines+markers",
      name: t(text, { count }),
      color,
      width: 1.2,
      opacity: 0.8,
    };
  };
  return {
    curves: [
      curve(({ difference }) => difference > 0, "pairs.firstBetter", came.first, "--run-1"),
      curve(({ difference }) => difference < 0, "pairs.secondBetter", came.second, "--run-2"),
      curve(({ difference }) => difference === 0, "pairs.neither", came.ties, "--muted"),
    ].filter(({ x }) => x.length > 0),
    x: { title: "", range: [-0.25, 1.25], tickvals: [0, 1], ticktext: ["A", "B"], showgrid: false },
    y: isLog
      ? { title: t("seeds.testLoss"), type: "log", ...logTicks(losses) }
      : { title: t("seeds.testLoss"), rangemode: "tozero" },
    layout: { hovermode: "closest" },
    label: ["pairs.describe", { pairs: pairs.length, first: came.first, second: came.second }],
  };
}

function lossOrNaN(loss) {
  return Number.isFinite(loss) ? lossText(loss) : "NaN";
}
