// What the server refuses and warns of, with the names of this tab: docs/protocol.md has the codes.

import { LANGUAGES } from "../base/i18n.js";
import { refusalText as textOf } from "../parts/refusals.js";
import { FEATURES, featureText } from "./features.js";
import { choiceKey, hidableName } from "./setting-text.js";

/** [translation key, values] for a refusal. */
export function refusalText(refusal) {
  return textOf(refusal, { ofField: nameOf, ofChoice: named });
}

/** The name of a setting, of what it hides, or of what else a value stands for. */
function nameOf(field) {
  if (field === "hideText") return ["warning.hiding", { name: hidableName("text") }];
  if (field.endsWith("_hide")) return ["warning.hiding", { name: hidableName(field.slice(0, -"_hide".length)) }];
  return field in FEATURES ? featureText(field) : `label.${field}` in LANGUAGES.en ? [`label.${field}`] : field;
}

/** The same for a warning about a link, which also tells what is taken instead, if anything is. */
export function warningText(warning) {
  const { taken, value } = warning.values;
  if ((!taken && !warning.code.startsWith("per-layer")) || taken === value) return refusalText(warning);
  return ["warning.taken", { problem: refusalText(warning), taken: takenText(warning) }];
}

function takenText({ code, values: { taken, choices } }) {
  if (code === "flag") return [taken === "true" ? "warning.on" : "warning.off"];
  if (code === "whole") return Number(taken).toLocaleString("en-US");
  if (taken === "") return ["choice.none"];
  return choices ? named(taken) : taken;
}

/** What can be chosen, by its name on the page, and by that in a link. */
function named(choice) {
  const key = choiceKey(choice);
  return !key || LANGUAGES.en[key] === choice ? choice : ["warning.named", { name: [key], key: choice }];
}

/** A refusal of the page's own, where the server says nothing: "offline", "elsewhere", "timeout", "unreachable" or "no-room". */
export function ownRefusal(code) {
  return { ok: false, code, field: null, values: {}, error: code };
}
