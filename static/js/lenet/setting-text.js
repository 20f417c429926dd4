// Settings in words: a value of one, and in what a run differs from another.

import { t } from "../i18n.js";

/** A setting's value in the page's language. field: its row of the schema. */
export function valueText({ kind }, value) {
  if (kind === "choice") return t(`option.${value}`);
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
  return `${t(`setting.${field.name}`)} ${valueText(field, value)}`;
}
