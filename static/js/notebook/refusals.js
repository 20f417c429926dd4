// What the server refuses, in the page's language: a code with values, docs/api.md. A code without a text is told by its
// sentence.

import { LANGUAGES } from "../base/i18n.js";
import { grouped } from "../parts/setting-value.js";

// Codes that share a text with another.
const SHARED = { "database-full": "notebooks-full", "export-not-ready": "no-export" };

/**
 * [translation key, values] for a refusal, as an ApiError has it.
 *
 * @returns {[string, any]}
 */
export function refusalText({ code = "", values = {}, error = "" }) {
  const key = `refused.${named(code)}`;
  const told = [key, `error.${code}`].find((name) => name in LANGUAGES.en);
  return told ? [told, { error, ...grouped(values) }] : ["refused.other", { error }];
}

/** The code whose text this one has. */
function named(code) {
  const [kind] = code.split("-");
  if (code in SHARED) return SHARED[code];
  return !(`refused.${code}` in LANGUAGES.en) && ["archive", "database"].includes(kind) ? kind : code;
}
