// Settings in words: a value of one, and in what a run differs from another.

import { t, textOr } from "../../base/i18n.js";
import { countText, shareText } from "../format.js";

const NEVER = { stop_change: 0, stop_accuracy: 1 }; // the values with which a stop rule does not hold

/** Where the texts of the form are. */
export const WORDS = {
  label: "setting",
  hint: "hint",
  option: "option",
  note: noteOf,
};

/** The key of what a value means besides: a stop rule that does not hold, or a number that another setting gives its meaning. */
function noteOf(name, value, config) {
  if (NEVER[name] === value) return "option.never";
  return name === "momentum" && config.optimizer === "adamw" ? "option.beta1" : null;
}

/** A setting's row among `fields`, a Map by name; of one that only another version has, what is known of it. */
export function fieldOf(fields, name) {
  return fields.get(name) ?? { name };
}

/** A setting's name in the page's language. */
export function nameText(name) {
  return textOr(`setting.${name}`, name);
}

/** The name of a value that is one of a few. */
export function optionText(value) {
  return textOr(`option.${value}`, String(value));
}

/** Texts in a row, as the page's language puts them. */
export function listText(texts) {
  return texts.reduceRight((others, first) => t("text.listed", { first, others }));
}

/** A setting's value in the page's language. field: its row of the schema. config: the other settings, where they are known. */
export function valueText({ name, kind }, value, config = {}) {
  const note = noteOf(name, value, config);
  if (note === "option.never") return t(note);
  if (note) return `${value} (${t(note)})`;
  if (name === "stop_accuracy") return shareText(value);
  if (Number.isInteger(value)) return countText(value);
  if (kind === "choice") return optionText(value);
  if (kind === "flag") return t(value ? "option.yes" : "option.no");
  return String(value);
}

/** "Learning rate 0.05 · Shuffle no": the settings of `fields` that have another value in `config` than in `base`. */
export function differenceText(fields, config, base) {
  return fields
    .filter(({ name }) => config[name] !== base[name])
    .map((field) => settingText(field, config))
    .join(" · ");
}

/** "Learning rate 0.05". */
export function settingText(field, config) {
  return `${nameText(field.name)} ${valueText(field, config[field.name], config)}`;
}
