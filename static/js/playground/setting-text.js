// Settings in words: their names and their values, in the page's language and as its controls have them.

import { LANGUAGES, t, textOr } from "../base/i18n.js";
import { FEATURES, featureText } from "./features.js";
import { ownText } from "./own/words.js";

/** A setting's name; of one that has none its key. */
export function nameText(key) {
  return key in FEATURES ? featureText(key) : textOr(`label.${key}`, key);
}

/** The key of the text that names what can be chosen; undefined: it has none. */
export function choiceKey(choice) {
  return [`dataset.${choice}`, `choice.${choice}`].find((text) => text in LANGUAGES.en);
}

export function valueText(key, value) {
  if (key === "seed") return value; // any text, also one that names something else
  if (Array.isArray(value)) return value.map((one) => t(choiceKey(one) ?? String(one))).join("-") || t("choice.none");
  if (key === "ownData") return value === null ? t("choice.none") : ownText(value);
  const unit = `value.${key}`;
  return unit in LANGUAGES.en ? t(unit, { value }) : t(choiceKey(value) ?? String(value));
}

/** What a link can hide, as [translation key, values]; name: as in `hide`. */
export function hidableName(name) {
  const layer = name.match(/^numNodes(\d+)$/);
  if (layer) return ["hide.numNodes", { layer: layer[1] }];
  if (name in FEATURES) return ["hide.feature", { name: featureText(name) }];
  return [HIDE_LABELS[name] ?? `label.${name}`];
}

const HIDE_LABELS = {
  playButton: "hide.playButton",
  stepButton: "hide.stepButton",
  resetButton: "hide.resetButton",
  numHiddenLayers: "hide.numHiddenLayers",
  dataset: "data.title",
  moreSettings: "hide.moreSettings",
  moreDatasets: "hide.moreDatasets",
  notebook: "hide.notebook",
  text: "hide.text",
};
