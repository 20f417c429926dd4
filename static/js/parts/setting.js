// One setting on the page, made from its row in the server's table: its name, its control, what it means and what is wrong
// with it. It owns its element, not the value.

import { h, setText } from "../base/dom.js";
import { onLanguage, say, sayNothing, t } from "../base/i18n.js";
import { grouped, parsed } from "./setting-value.js";

/**
 * Where a tab's texts of its settings are: what stands before the setting's name in the key of its label, of its hint and
 * of its value beside a slider, and before a choice in the key of an option. note(name, value, values): the key of what a number
 * means besides, where the settings have these values, or null. more: the key of what stands over the choices that are shown apart.
 *
 * @typedef {{ label: string, hint: string, option: string, value?: string, more?: string, note?: (name: string, value: any, values: Record<string, any>) => string | null }} Words
 */

// Each makes a control for a row: {input, put(value)}, and `output` where the value stands beside the name. Of choices that
// are shown apart `put` takes also whether they are offered; where they are not, only the one in use is there.
const CONTROLS = {
  choice({ choices, more = [] }, words, change) {
    const option = (value) => h("option", { value, text: `${words.option}.${value}` });
    const few = choices.filter((value) => !more.includes(value)).map(option);
    const input = h("select", { on: { change: () => change(input.value) } }, few);
    let apart = [];
    const put = (value, isOffered = true) => {
      const offered = more.filter((one) => isOffered || one === value);
      if (String(offered) !== String(apart)) {
        input.querySelector("optgroup")?.remove();
        if (offered.length) input.append(h("optgroup", { label: words.more }, offered.map(option)));
        apart = offered;
      }
      input.value = value;
    };
    return { input, put };
  },
  numbers({ choices }, _words, change) {
    const option = (value) => h("option", { value, textContent: String(value) });
    const input = h("select", { on: { change: () => change(Number(input.value)) } }, choices.map(option));
    const put = (value) => {
      // A link may hold a number the form does not offer.
      if (![...input.options].some((offer) => offer.value === String(value))) input.append(option(value));
      input.value = String(value);
    };
    return { input, put };
  },
  slider({ name, slider: { min, max, step } }, words, change) {
    const input = h("input", {
      type: "range",
      min,
      max,
      step,
      on: { input: () => (show(), change(Number(input.value))) },
    });
    const output = h("output", { class: "slider-value" });
    const show = () => {
      const [least, most] = [Number(input.min), Number(input.max)];
      input.style.setProperty("--share", `${(100 * (Number(input.value) - least)) / (most - least)}%`);
      setText(output, t(`${words.value}.${name}`, { value: input.value }));
      input.setAttribute("aria-valuetext", output.textContent);
    };
    const put = (value) => {
      input.max = String(Math.max(max, value)); // a link may ask for more than the form offers
      input.value = value;
      show();
    };
    onLanguage(show);
    return { input, put, output };
  },
  text({ whole }, _words, change) {
    // A text field, not a number field: what is no number must reach the user's eye and the server, not vanish.
    const input = h("input", { type: "text", inputMode: "decimal", autocomplete: "off", spellcheck: false });
    input.addEventListener("change", () => change(parsed(input.value, whole)));
    return { input, put: (value) => document.activeElement !== input && (input.value = String(value)) };
  },
  flag(_field, _words, change) {
    const input = h("input", { type: "checkbox", on: { change: () => change(input.checked) } });
    return { input, put: (value) => (input.checked = value) };
  },
};

function controlOf({ kind, choices, slider }) {
  if (kind !== "number") return kind;
  return choices ? "numbers" : slider ? "slider" : "text";
}

export class Setting {
  #name;
  #put;
  #input;
  #error;
  #note = h("span", { class: "setting-note" });
  #values = {}; // of all settings
  #tellNote;

  /**
   * field: its row, with `name`. change(name, value): it was set on the page.
   *
   * @param {any} field
   * @param {Words} words
   * @param {(name: string, value: any) => void} change
   */
  constructor(field, words, change) {
    const { name } = field;
    this.#name = name;
    const control = controlOf(field);
    const { input, put, output } = CONTROLS[control](field, words, (value) => change(name, value));
    this.#input = input;
    this.#put = put;
    input.id = `setting-${name}`;
    input.dataset.testid = `setting-${name}`;
    input.setAttribute("aria-describedby", `error-${name}`);
    if (output) output.htmlFor = input.id;
    this.#tellNote = (value) => tell(this.#note, words.note?.(name, value, this.#values) ?? null);
    if (control === "text" && words.note) {
      this.#note.id = `note-${name}`;
      input.setAttribute("aria-describedby", `error-${name} note-${name}`);
      input.addEventListener("input", () => this.#tellNote(parsed(input.value, field.whole)));
    }
    this.#error = h("p", { class: "field-error", id: `error-${name}`, testid: `error-${name}` });
    const label = h("label", { htmlFor: input.id, text: `${words.label}.${name}` });
    const [look, ...children] =
      control === "slider"
        ? ["slider", h("div", { class: "slider-head" }, label, output), input]
        : control === "flag"
          ? ["check-setting", h("span", { class: "check" }, input, label)]
          : ["field", label, this.#note.id ? h("div", { class: "noted" }, input, this.#note) : input];
    this.element = h("div", { class: `setting ${look}` }, children, this.#error);
    explain(this.element, field, words);
  }

  /** values: of all settings, by their names. isIdle: it has no effect. isChanged: it is marked. isOffered: also the choices that are shown apart. */
  update(values, { isIdle = false, isChanged = false, isOffered = true } = {}) {
    const value = values[this.#name];
    this.#values = values;
    this.#put(value, isOffered);
    this.#tellNote(value);
    this.#input.disabled = isIdle;
    this.element.classList.toggle("changed", isChanged);
  }

  /** Shows what is wrong with the value; null: nothing. text: [key, values]. */
  fault(text) {
    this.#input.toggleAttribute("aria-invalid", text !== null);
    tell(this.#error, ...(text ?? [null]));
  }

  /** Brings it into view, unfolding what it is in. */
  focus() {
    const folded = this.element.closest("details");
    if (folded) folded.open = true;
    this.#input.focus();
    this.element.scrollIntoView({ block: "nearest" }); // what has the focus already is not brought there by it
  }
}

/** Gives `element` a text, or none where `key` is null. */
function tell(element, key, values = {}) {
  if (key !== null) say(element, key, values);
  else sayNothing(element);
}

/**
 * Lets hints.js explain a setting at `element`; of a number that is typed, what it may be too.
 *
 * @param {HTMLElement} element
 * @param {any} field
 * @param {Words} words
 */
export function explain(element, field, words) {
  const hint = `${words.hint}.${field.name}`;
  const isTyped = controlOf(field) === "text";
  element.dataset.hint = isTyped ? "explain.ranged" : hint;
  element.dataset.hintValues = JSON.stringify(
    isTyped ? grouped({ hint: [hint], low: field.min, high: field.max }) : {},
  );
}
