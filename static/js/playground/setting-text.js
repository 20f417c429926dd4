// Settings in words: their names and their values, in the page's language.

import { LANGUAGES, language, t } from "../base/i18n.js";

/** What `h` takes as the text of a setting's name; of one that has none its key. */
export function nameOf(key) {
  const text = `label.${key}`;
  return text in LANGUAGES.en ? { text } : { textContent: key };
}

export function valueText(value) {
  if (Array.isArray(value)) return value.join("-") || "–";
  if (typeof value === "boolean") return value ? "✓" : "–";
  const key = `choice.${value}`;
  return key in LANGUAGES[language()] ? t(key) : String(value);
}
