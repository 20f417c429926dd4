// What the server refuses and why a run has ended, in the page's language. Both come as a code with values, docs/api.md:
// the text of a refusal is named fault. and its code, that of a reason why. and its code. A code without a text is told by
// its sentence.

import { LANGUAGES } from "../base/i18n.js";
import { grouped } from "../parts/setting-value.js";
import { shareText } from "./format.js";

// Codes that share a text with another.
const REFUSALS = {
  "no-such-sweep": "fault.no-such-run",
  "not-resumable": "fault.not-active",
  active: "fault.not-active",
  "too-many-questions": "fault.busy",
  "empty-drawing": "draw.first-mnist",
  "disk-full": "why.disk",
};
const EMPTY = { whole: "fault.no-whole", number: "fault.no-number" };
const REASONS = { "no-gpu": "fault.no-gpu", "no-word": "why.killed" };

/**
 * [translation key, values] for a refusal, as an ApiError has it. error: the English sentence.
 *
 * @param {{code?: string, field?: string | null, values?: Record<string, any>, error?: string}} refusal
 */
export function refusalText({ code, field = null, values = {}, error }) {
  if (code === "queue-unreachable" && values.may_be_done) return textOf("fault.queue-unanswered", values, error);
  if (code === "too-many-runs" && values.of === "programs")
    return textOf("fault.too-many-runs-of-programs", values, error);
  if (code === "choice")
    return textOf("fault.choice", { ...values, choices: choicesText(field, values.choices) }, error);
  if (code in EMPTY && values.value === "") return textOf(EMPTY[code], values, error);
  const key = REFUSALS[code] ?? `fault.${code}`;
  return textOf(key in LANGUAGES.en ? key : `error.${code}`, values, error);
}

/** [translation key, values] for why a run has ended. sentence: the same in English. */
export function whyText({ code, values }, sentence) {
  const told = code === "reached" ? { ...values, accuracy: shareText(Number(values.accuracy)) } : values;
  return textOf(REASONS[code] ?? `why.${code}`, told, sentence);
}

/** [translation key, values] for a sentence that nothing more is known of: it is quoted. */
export function quoted(error) {
  return ["fault.other", { error }];
}

function textOf(key, values, error) {
  return key in LANGUAGES.en ? [key, { error, ...grouped(values) }] : quoted(error);
}

/** Names of choices as the form has them, as one text. */
function choicesText(field, choices) {
  const group = field === "preset" ? "preset" : "option";
  return listOf(choices.map((name) => [`${group}.${name}`]));
}

/**
 * Texts in a row, as one text.
 *
 * @param {any[]} texts
 * @returns {any}
 */
function listOf([first, ...others]) {
  return others.length > 0 ? ["fault.list", { first, rest: listOf(others) }] : first;
}
