// One setting that a sweep varies: which it is, and its values or, in a random search, its range. Owns its element; the
// draft owns what is entered.

import { h } from "../../base/dom.js";
import { say, sayNothing } from "../../base/i18n.js";
import { explain } from "../../parts/setting.js";
import { parsed } from "../../parts/setting-value.js";
import { WORDS } from "../launch/setting-text.js";

const WAYS = ["values", "linear", "log"];

export class AxisInput {
  #axis;
  #draft;
  #on;
  #body = h("div", { class: "axis-body row" });
  #fault = h("p", { class: "field-error", role: "alert" });
  #select;

  /** axis: one of the draft's. on: {choose(name), change(), remove()}. */
  constructor(axis, draft, on) {
    this.#axis = axis;
    this.#draft = draft;
    this.#on = on;
    const { name } = axis.field;
    this.#select = h("select", {
      testid: "axis-setting",
      label: "sweep.setting",
      on: { change: () => on.choose(this.#select.value) },
    });
    this.#select.append(
      ...draft.free(axis).map((field) => h("option", { value: field.name, text: `setting.${field.name}` })),
    );
    this.#select.value = name;
    this.#fault.dataset.testid = `axis-error-${name}`;
    const remove = h(
      "button",
      { type: "button", class: "quiet", testid: "axis-remove", label: "sweep.removeAxis", on: { click: on.remove } },
      "×",
    );
    this.element = h(
      "div",
      { class: "axis stack", testid: `axis-${name}` },
      h("div", { class: "axis-head row" }, this.#select, this.#ways(), remove),
      this.#body,
      this.#fault,
    );
    explain(this.element, axis.field, WORDS);
    this.#fill();
  }

  focus() {
    this.#select.focus();
  }

  /** Shows what is wrong with it, and brings it into view. text: [key, values]. */
  fault(text) {
    say(this.#fault, ...text);
    (this.#body.querySelector("input") ?? this.#select).focus();
    this.element.scrollIntoView({ block: "nearest" });
  }

  /** Other values: what was said to be wrong with those before is gone. */
  #changed() {
    sayNothing(this.#fault);
    this.#on.change();
  }

  /** Values or a range: where there is a choice. */
  #ways() {
    const { field } = this.#axis;
    if (this.#draft.search !== "random" || field.kind !== "number") return null;
    const select = h(
      "select",
      {
        testid: "axis-ways",
        label: "sweep.ways",
        on: { change: () => ((this.#axis.ways = select.value), this.#fill(), this.#changed()) },
      },
      WAYS.map((way) => h("option", { value: way, text: `sweep.${way}` })),
    );
    select.value = this.#axis.ways;
    return select;
  }

  #fill() {
    const { field, ways } = this.#axis;
    const isRange = this.#draft.search === "random" && ways !== "values";
    if (field.kind !== "number") this.#body.replaceChildren(...this.#checks());
    else if (isRange) this.#body.replaceChildren(this.#end("low"), h("span", {}, "–"), this.#end("high"));
    else this.#body.replaceChildren(this.#text());
  }

  #text() {
    const input = this.#input("axis-values", "sweep.valuesOf", this.#axis.text);
    input.addEventListener("input", () => ((this.#axis.text = input.value), this.#changed()));
    return input;
  }

  #end(name) {
    const input = this.#input(`axis-${name}`, `sweep.${name}`, String(this.#axis[name]));
    input.addEventListener("input", () => ((this.#axis[name] = parsed(input.value)), this.#changed()));
    return input;
  }

  #input(testid, label, value) {
    return h("input", { type: "text", autocomplete: "off", spellcheck: false, testid, label, value });
  }

  #checks() {
    const { field } = this.#axis;
    const all = field.kind === "flag" ? [false, true] : field.choices;
    return all.map((value) => {
      const text = field.kind === "flag" ? (value ? "option.yes" : "option.no") : `option.${value}`;
      const input = h("input", {
        type: "checkbox",
        checked: this.#axis.chosen.includes(value),
        testid: `axis-choice-${value}`,
        on: {
          change: () => {
            const kept = this.#axis.chosen.filter((other) => other !== value);
            this.#axis.chosen = input.checked ? [...kept, value] : kept;
            this.#changed();
          },
        },
      });
      return h("label", { class: "check" }, input, h("span", { text }));
    });
  }
}
