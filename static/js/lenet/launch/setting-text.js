// Settings in words: a value of one, and in what a run differs from another.

import { t, textOr } from "../../base/i18n.js";

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

/** A setting's value in the page's language. field: its row of the schema. */
export function valueText({ kind }, value) {
  if (kind === "choice") return optionText(value);
  if (kind === "flag") return t(value ? "option.yes" : "option.no");
  return String(value);
}

/** "Learning rate 0.05 · Shuffle no": the settings of `fields` that have another value in `config` than in `base`. */
export function differenceText(fields, config, base) {
  return fields
    .filter(({ name }) => config[name] !== base[name])
    .map((field) => settingText(field, config[field.name]))
    .join(" · ");
}

/** "Learning rate 0.05". */
export function settingText(field, value) {
  return `${nameText(field.name)} ${valueText(field, value)}`;
}
