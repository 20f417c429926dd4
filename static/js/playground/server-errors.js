// What the server refuses, in the page's language. It comes as data, {code, field, values, error}: docs/protocol.md has the
// codes. `error` is its English sentence, which stands for what has no text here.

import { LANGUAGES } from "../base/i18n.js";

/** [translation key, values] for a refusal. */
export function errorText({ code, field, values, error }) {
  const key = code === "full" && values.most ? "error.full-browser" : `error.${code}`;
  if (!(key in LANGUAGES.en)) return ["notice.error", { error }];
  const label = `label.${field}`;
  const choices = Array.isArray(values.choices) ? { choices: values.choices.join(", ") } : {};
  return [key, { ...values, ...choices, field: label in LANGUAGES.en ? [label] : field }];
}

/** The same for a warning about a link, which also tells what is taken instead; of a link that is not read at all, nothing is. */
export function warningText(warning) {
  const { taken } = warning.values;
  return taken ? ["error.taken", { problem: errorText(warning), taken }] : errorText(warning);
}

/** A refusal of the page's own, where the server says nothing: "offline", "elsewhere", "timeout", "unreachable" or "no-room". */
export function ownRefusal(code) {
  return { ok: false, code, field: null, values: {}, error: code };
}
