// The present settings with many seeds, and other settings with the same ones: asks for the studies, and shows their runs as
// they come.

import { h, setText } from "../base/dom.js";
import { language, onLanguage, t } from "../base/i18n.js";
import { pinButton } from "../parts/pin-button.js";
import { settingsThatDiffer } from "./pairs-words.js";
import { PairsView } from "./pairs-view.js";
import { nameText } from "./setting-text.js";
import { StudyResults } from "./study-results.js";

const VARY = { both: "seeds.both", weights: "seeds.weights", data: "seeds.data" };

export class SeedsView {
  text = "drawer.seeds";
  #on;
  #first = null; // a study: {number, of, config, link, runs, ended, isLost}, the first three as docs/protocol.md has them; ended: null, "failed" or "cancelled"
  #second = null; // the one that is compared with it
  #left = null; // a comparison that was cancelled, until another study begins
  #wanted = null; // what a link asks for besides the study, until that is there: {threshold, against}
  #others = null; // the link of the settings that are to be compared; null: of the present ones
  #seeds = number("seeds-count", 30, 5, 100);
  #epochs = number("seeds-epochs", 500, 1, 10_000);
  #vary = h("select", { testid: "seeds-vary" });
  #begin = h("button", { type: "button", class: "plain primary", testid: "seeds-begin", text: "seeds.begin" });
  #end = h("button", { type: "button", class: "plain", testid: "seeds-end", text: "seeds.end", hidden: true });
  #shown = ["A", "B"].map((name) =>
    h("input", { type: "radio", name: "study", checked: name === "A", testid: `seeds-show-${name}` }),
  );
  #fields;
  #present = null; // the settings that are shown
  #note = h("p", { class: "muted", role: "status", testid: "seeds-note" });
  #choice;
  #results;
  #pairs;

  /**
   * source: address of plotly.min.js. on: {begin({seeds, epochs, vary}), compare({link}) or compare({}) for the present
   * settings, end(), open(link)}.
   */
  constructor(fields, source, on) {
    this.#fields = fields;
    this.#on = on;
    for (const [value, text] of Object.entries(VARY)) this.#vary.append(h("option", { value, text }));
    this.#begin.addEventListener("click", () => this.#start());
    this.#end.addEventListener("click", () => this.#stop());
    for (const input of this.#shown) input.addEventListener("change", () => this.#show());
    const field = (key, input) => h("label", { class: "field" }, h("span", { class: "field-label", text: key }), input);
    const option = (input, text) => h("label", { class: "check" }, input, h("span", { text }));
    this.#choice = h(
      "div",
      { class: "row", role: "group", label: "pairs.shown", hidden: true },
      option(this.#shown[0], "pairs.showA"),
      option(this.#shown[1], "pairs.showB"),
    );
    const studies = () => [this.#first, ...(this.#second ? [this.#second] : [])];
    const pin = pinButton(
      "playground.seeds",
      () => (this.#first === null ? null : { studies: studies(), threshold: this.#results.threshold }),
      () => this.#results.element,
    );
    this.#results = new StudyResults(source, on.open, pin);
    this.#results.element.hidden = true;
    const compare = (other) => this.#compare(other);
    this.#pairs = new PairsView(fields, source, compare, () => this.#results.threshold);
    this.element = h(
      "div",
      { class: "seeds stack" },
      h("p", { class: "muted", text: "seeds.help" }),
      h(
        "div",
        { class: "seeds-form row" },
        field("seeds.count", this.#seeds),
        field("seeds.epochs", this.#epochs),
        field("seeds.vary", this.#vary),
        this.#begin,
        this.#end,
      ),
      this.#pairs.element,
      this.#choice,
      this.#note,
      this.#results.element,
    );
    onLanguage(() => this.#show());
  }

  /** The server tells of a study: that it begins, or that a run of it is done. */
  add(told) {
    if ("config" in told) return this.#started(told);
    const study = [this.#first, this.#second].find((one) => one?.number === told.number);
    if (!study || study.ended) return;
    if ("error" in told) {
      study.ended = "failed";
      this.#over();
      this.#show();
      return this.#results.fail();
    }
    study.runs = [...study.runs.filter(({ run }) => run !== told.run), told];
    if (isDone(study)) this.#over();
    this.#show();
    if (study === this.#first && isDone(study) && this.#wanted) {
      const { against } = this.#wanted;
      this.#wanted = null;
      if (against !== null) this.#compare({ link: against });
    }
  }

  /** The study of a link: begins it, and then the comparison. */
  start({ seeds, epochs, vary, threshold, against }) {
    [this.#seeds.value, this.#epochs.value, this.#vary.value] = [seeds, epochs, vary];
    this.#wanted = { threshold, against };
    this.#on.begin({ seeds, epochs, vary });
  }

  /** The settings that are shown. */
  update(config) {
    this.#present = config;
    this.#pairs.update(config);
    this.#explain();
  }

  /** The server has forgotten the session, and with it its studies: what the page has of them stays. */
  lose() {
    for (const study of [this.#first, this.#second]) if (study) study.isLost = true;
    this.#over();
    this.#show();
  }

  /** The runs that are kept. */
  setKept(kept) {
    this.#pairs.setKept(kept);
  }

  recolor(scale) {
    this.#results.recolor(scale);
    this.#show();
  }

  #start() {
    for (const input of [this.#seeds, this.#epochs]) if (!input.reportValidity()) return;
    this.#wanted = null;
    this.#on.begin({
      seeds: Number(this.#seeds.value),
      epochs: Number(this.#epochs.value),
      vary: this.#vary.value,
    });
  }

  #compare(other) {
    this.#others = other.link ?? null;
    return this.#on.compare(other);
  }

  #started(told) {
    const study = { ...told, runs: [], ended: null, isLost: false };
    this.#left = null;
    if (told.against === null) {
      [this.#first, this.#second] = [study, null];
      this.#shown[0].checked = true;
      [this.#seeds.value, this.#epochs.value, this.#vary.value] = [told.of, told.epochs, told.vary];
    } else if (told.against === this.#first?.number) {
      this.#second = { ...study, link: this.#others ?? told.link };
    } else return;
    this.#end.hidden = false;
    this.#show();
    if (told.against === null && this.#wanted) this.#results.threshold = this.#wanted.threshold;
  }

  #stop() {
    this.#on.end();
    if (this.#second && !isDone(this.#second)) [this.#left, this.#second] = [this.#second, null];
    else if (this.#first) this.#first.ended = "cancelled";
    this.#over();
    this.#show();
  }

  #over() {
    if (document.activeElement === this.#end) this.#begin.focus();
    this.#end.hidden = true;
  }

  #show() {
    const [first, second] = [this.#first, this.#second];
    this.#results.element.hidden = first === null;
    this.#choice.hidden = second === null;
    if (second === null) this.#shown[0].checked = true;
    if (this.#study) this.#results.show(this.#study.runs, this.#study.of, this.#study.config);
    this.#pairs.show(first && isDone(first) ? first : null, second);
    this.#explain();
  }

  /** The study whose runs are shown, or null. */
  get #study() {
    return this.#shown[1].checked ? this.#second : this.#first;
  }

  /** Says what the study's runs are not: all that were asked for, or of the settings that are shown. */
  #explain() {
    const study = this.#study;
    const said = [];
    if (study?.isLost && !isDone(study)) said.push(t("seeds.lost", { runs: study.runs.length, of: study.of }));
    else if (study?.ended === "cancelled") said.push(t("seeds.cancelled", { runs: study.runs.length, of: study.of }));
    if (this.#left) said.push(t("pairs.cancelled", { runs: this.#left.runs.length, of: this.#left.of }));
    const keys = study && this.#present ? settingsThatDiffer(study.config, this.#present, this.#fields) : [];
    const names = new Intl.ListFormat(language()).format(keys.map(nameText));
    if (keys.length > 0) said.push(t("seeds.others", { names }));
    setText(this.#note, said.join(" "));
    this.#note.hidden = said.length === 0;
  }
}

function isDone({ runs, of, ended }) {
  return runs.length === of && !ended;
}

function number(testid, value, min, max) {
  return h("input", { type: "number", testid, value, min, max, step: 1, required: true });
}
