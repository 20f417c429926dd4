// What the server refuses, in the page's language. It comes as data, {code, field, values, error}: docs/protocol.md has the
// codes. `error` is its English sentence, which stands for what has no text here.

import { LANGUAGES } from "../base/i18n.js";
import { grouped } from "../parts/setting-value.js";
import { FEATURES, featureText } from "./features.js";
import { choiceKey, hidableName } from "./setting-text.js";

const EMPTY = { whole: "error.no-whole", number: "error.no-number" };

/** [translation key, values] for a refusal. */
export function errorText({ code, field, values, error }) {
  const special = code === "full" && values.most ? "error.full-browser" : values.value === "" ? EMPTY[code] : null;
  const key = special ?? `error.${code}`;
  if (!(key in LANGUAGES.en)) return ["notice.error", { error }];
  const choices = Array.isArray(values.choices) ? { choices: listed(values.choices) } : {};
  return [key, { ...grouped(values), ...choices, field: nameOf(field) }];
}

/** The name of a setting, of what it hides, or of what else a value stands for. */
function nameOf(field) {
  if (field === "hideText") return ["error.hiding", { name: hidableName("text") }];
  if (field?.endsWith("_hide")) return ["error.hiding", { name: hidableName(field.slice(0, -"_hide".length)) }];
  return field in FEATURES ? featureText(field) : `label.${field}` in LANGUAGES.en ? [`label.${field}`] : field;
}

/** The same for a warning about a link, which also tells what is taken instead, if anything is. */
export function warningText(warning) {
  const { taken, value } = warning.values;
  if ((!taken && !warning.code.startsWith("per-layer")) || taken === value) return errorText(warning);
  return ["error.taken", { problem: errorText(warning), taken: takenText(warning) }];
}

function takenText({ code, values: { taken, choices } }) {
  if (code === "flag") return [taken === "true" ? "error.on" : "error.off"];
  if (code === "whole") return Number(taken).toLocaleString("en-US");
  if (taken === "") return ["choice.none"];
  return choices ? named(taken) : taken;
}

/** What can be chosen, by its name on the page, and by that in a link. */
function named(choice) {
  const key = choiceKey(choice);
  return !key || LANGUAGES.en[key] === choice ? choice : ["error.named", { name: [key], key: choice }];
}

/** @param {any[]} choices */
function listed(choices) {
  const [choice, ...others] = choices;
  return others.length > 0 ? ["error.listed", { first: named(choice), others: listed(others) }] : named(choice);
}

/** A refusal of the page's own, where the server says nothing: "offline", "elsewhere", "timeout", "unreachable" or "no-room". */
export function ownRefusal(code) {
  return { ok: false, code, field: null, values: {}, error: code };
}
