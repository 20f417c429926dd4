// One control of the form of all settings, made from its row in the server's table. It owns its element, not the value.

import { h } from "../../base/dom.js";
import { say } from "../../base/i18n.js";

const KINDS = {
  choice({ name, choices }, change) {
    const options = choices.map((value) => h("option", { value, text: `option.${value}` }));
    const input = h("select", { on: { change: () => change(input.value) } }, options);
    return { input, put: (value) => (input.value = value), name };
  },
  number({ whole }, change) {
    // A text field, not a number field: what is no number must reach the user's eye and the server, not vanish.
    const input = h("input", { type: "text", inputMode: "decimal", autocomplete: "off", spellcheck: false });
    input.addEventListener("change", () => change(parsed(input.value, whole)));
    return { input, put: (value) => document.activeElement !== input && (input.value = String(value)) };
  },
  flag(_field, change) {
    const input = h("input", { type: "checkbox", on: { change: () => change(input.checked) } });
    return { input, put: (value) => (input.checked = value) };
  },
};

const GROUPED = /^[1-9]\d{0,2}([,，]\d{3})+$/; // as the page itself writes large numbers

/** "0.1" as 0.1; what is no number stays the text it is, for the server to refuse. whole: "60,000" is 60000 then. */
export function parsed(text, whole = false) {
  const isGrouped = whole && GROUPED.test(text.trim());
  const value = Number(isGrouped ? text.replace(/[,，]/g, "") : text.trim().replace(",", "."));
  return text.trim() === "" || Number.isNaN(value) ? text.trim() : value;
}

export class SettingInput {
  #put;
  #input;
  #error;

  /** field: a row of the schema. change(name, value). */
  constructor(field, change) {
    const { input, put } = KINDS[field.kind](field, (value) => change(field.name, value));
    this.#input = input;
    this.#put = put;
    input.id = `setting-${field.name}`;
    input.dataset.testid = `setting-${field.name}`;
    input.setAttribute("aria-describedby", `error-${field.name}`);
    this.#error = h("p", { class: "field-error", id: `error-${field.name}`, testid: `error-${field.name}` });
    const label = h("label", { htmlFor: input.id, text: `setting.${field.name}` });
    const isFlag = field.kind === "flag";
    this.element = h(
      "div",
      { class: isFlag ? "setting check-setting" : "setting field" },
      isFlag ? h("span", { class: "check" }, input, label) : [label, input],
      this.#error,
    );
    hint(this.element, field);
  }

  update(value, { changed, idle }) {
    this.#put(value);
    this.#input.disabled = idle;
    this.element.classList.toggle("changed", changed);
  }

  /** Shows what is wrong with the value; null: nothing. text: [key, values]. */
  fault(text) {
    this.#input.toggleAttribute("aria-invalid", text !== null);
    if (text) say(this.#error, ...text);
    else {
      delete this.#error.dataset.i18n;
      this.#error.textContent = "";
    }
  }

  focus() {
    this.#input.focus();
  }
}

/** Lets hints.js explain a setting at `element`. field: its row of the schema. */
export function hint(element, { name, kind, min, max }) {
  const isNumber = kind === "number";
  element.dataset.hint = isNumber ? "hint.ranged" : `hint.${name}`;
  element.dataset.hintValues = JSON.stringify(isNumber ? { hint: [`hint.${name}`], low: min, high: max } : {});
}
