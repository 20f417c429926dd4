// What the server refuses and why a run has ended, in the page's language. Both come as a code with values, docs/api.md:
// the text of a reason is named why. and its code. A code without a text is told by its sentence.

import { LANGUAGES } from "../base/i18n.js";
import { refusalText as textOf } from "../parts/refusals.js";
import { grouped } from "../parts/setting-value.js";
import { shareText } from "./format.js";

const REASONS = { "no-gpu": "refused.no-gpu", "no-word": "why.killed" }; // codes that share a text with another
const CHOICES = { ofChoice: (name, field) => [`${field === "preset" ? "preset" : "option"}.${name}`] };

/**
 * [translation key, values] for a refusal, as an ApiError has it. The text stands beside its field, and does not name it.
 *
 * @param {{code?: string, field?: string | null, values?: Record<string, any>, error?: string}} refusal
 */
export function refusalText(refusal) {
  return textOf(refusal, CHOICES);
}

/** [translation key, values] for why a run has ended. sentence: the same in English. */
export function whyText({ code, values }, sentence) {
  const key = REASONS[code] ?? `why.${code}`;
  if (!(key in LANGUAGES.en)) return quoted(sentence);
  const told = code === "reached" ? { ...values, accuracy: shareText(Number(values.accuracy)) } : values;
  return [key, { error: sentence, ...grouped(told) }];
}

/** [translation key, values] for a sentence that nothing more is known of: it is quoted. */
export function quoted(error) {
  return ["end.quoted", { error }];
}
