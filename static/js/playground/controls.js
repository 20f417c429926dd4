// Form controls made from the schema's rows: one builder a kind of value. A control shows a config and asks for changes.

import { h, setText } from "../base/dom.js";
import { onLanguage, t } from "../base/i18n.js";

/** Which settings stand where: id of the place in the page -> keys of the schema. */
export const PLACES = {
  settings: ["learningRate", "activation", "regularization", "regularizationRate", "problem"],
  "data-settings": ["percTrainData", "noise", "batchSize"],
  "view-settings": ["showTestData", "discretize"],
};

/**
 * The control for a field of the schema: {element, update(config)}. onChange gets {key: value}. The element carries
 * data-hide with the field's key, by which a link can hide it, and data-hint with the key of the text that explains it.
 */
export function control(field, onChange) {
  if (field.kind === "flag") return check(field, onChange);
  return field.slider ? slider(field, onChange) : select(field, onChange);
}

function select(field, onChange) {
  const { key, kind, choices } = field;
  const named = kind === "choice";
  const option = (value) =>
    h("option", named ? { value, text: `choice.${value}` } : { value, textContent: String(value) });
  const element = h("select", { testid: `select-${key}`, id: `select-${key}` }, choices.map(option));
  element.addEventListener("change", () => onChange({ [key]: named ? element.value : Number(element.value) }));
  return {
    element: h(
      "div",
      { class: "field", data: { hide: key, hint: `explain.${key}` } },
      h("label", { for: element.id, text: `label.${key}` }),
      element,
    ),
    update(config) {
      const value = String(config[key]);
      // A link may hold a number the form does not offer.
      if (![...element.options].some((offer) => offer.value === value)) element.append(option(config[key]));
      element.value = value;
    },
  };
}

function slider(field, onChange) {
  const { key } = field;
  const { min, max, step } = field.slider;
  const element = h("input", { type: "range", min, max, step, id: `slider-${key}`, testid: `slider-${key}` });
  const value = h("output", { class: "slider-value", for: element.id });
  const show = () => {
    const [least, most] = [Number(element.min), Number(element.max)];
    const share = (Number(element.value) - least) / (most - least);
    element.style.setProperty("--share", `${100 * share}%`);
    const text = t(`value.${key}`, { value: element.value });
    setText(value, text);
    element.setAttribute("aria-valuetext", text);
  };
  element.addEventListener("input", () => {
    show();
    onChange({ [key]: Number(element.value) });
  });
  onLanguage(show);
  const label = h("label", { for: element.id, text: `label.${key}` });
  return {
    element: h(
      "div",
      { class: "slider", data: { hide: key, hint: `explain.${key}` } },
      h("div", { class: "slider-head" }, label, value),
      element,
    ),
    update(config) {
      element.max = String(Math.max(max, config[key])); // a link may ask for more than the form offers
      element.value = config[key];
      show();
    },
  };
}

function check(field, onChange) {
  const { key } = field;
  const element = h("input", { type: "checkbox", testid: `check-${key}` });
  element.addEventListener("change", () => onChange({ [key]: element.checked }));
  return {
    element: h(
      "label",
      { class: "check", data: { hide: key, hint: `explain.${key}` } },
      element,
      h("span", { text: `label.${key}` }),
    ),
    update(config) {
      element.checked = config[key];
    },
  };
}
