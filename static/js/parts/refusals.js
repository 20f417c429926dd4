// What is refused, in the page's language. It comes as data, {code, field, values, error}: docs/api.md and docs/protocol.md
// have the codes. The text of each is named refused. and its code; a code without one is told by its English sentence, `error`.

import { LANGUAGES } from "../base/i18n.js";
import { grouped } from "./setting-value.js";

// Codes that share a text with another.
const SHARED = {
  names: "choice",
  "no-such-sweep": "no-such-run",
  "not-resumable": "not-active",
  active: "not-active",
  "too-many-questions": "busy",
  "export-not-ready": "no-export",
  "archive-entries": "archive-entry",
  "archive-picture": "archive-notebook",
  "archive-figure": "archive-notebook",
  "archive-pins": "archive-notebook",
  "archive-points": "archive-notebook",
  "archive-sets": "archive-notebook",
};
// Codes whose `most`, a number of bytes, is told in MB.
const IN_MB = ["archive-size"];
// Codes that say more than one thing, by their values.
const TOLD_APART = {
  whole: ({ value }) => (value === "" ? "no-whole" : "whole"),
  number: ({ value }) => (value === "" ? "no-number" : "number"),
  "archive-missing": ({ name }) => (name?.endsWith(".json") ? "archive-entry" : "archive-missing"),
  full: ({ most }) => (most ? "full-browser" : "full"),
  unreadable: ({ error }) => (error === undefined ? "unreadable-part" : "unreadable"),
  "too-many-runs": ({ of }) => (of === "programs" ? "too-many-runs-of-programs" : "too-many-runs"),
  "queue-unreachable": ({ may_be_done }) => (may_be_done ? "queue-unanswered" : "queue-unreachable"),
};

/**
 * [translation key, values] for a refusal.
 *
 * ofField: the name of a field as a text, where that does not stand beside the field. ofChoice: that of what can be chosen.
 *
 * @param {{code?: string, field?: string | null, values?: Record<string, any>, error?: string}} refusal
 * @param {{ofField?: (field: string) => any, ofChoice?: (choice: string, field: string | null) => any}} [names]
 * @returns {[string, any]}
 */
export function refusalText({ code = "", field = null, values = {}, error = "" }, { ofField, ofChoice } = {}) {
  const key = `refused.${SHARED[code] ?? TOLD_APART[code]?.(values) ?? code}`;
  if (!(key in LANGUAGES.en)) return ["refused.other", { error }];
  /** @type {Record<string, any>} */
  const told = { error, ...grouped(values), where: "" };
  if (IN_MB.includes(code)) told.most = (values.most / 2 ** 20).toLocaleString("en-US", { maximumFractionDigits: 1 });
  if (ofChoice && Array.isArray(values.choices))
    told.choices = listed(values.choices.map((one) => ofChoice(one, field)));
  if (!ofField || field === null) return [key, told];
  const name = ofField(field);
  return [key, { ...told, field: name, where: ["refused.where", { name }] }];
}

/**
 * Texts in a row, as one text.
 *
 * @param {any[]} texts
 * @returns {any}
 */
function listed([first, ...others]) {
  return others.length > 0 ? ["text.listed", { first, others: listed(others) }] : first;
}
