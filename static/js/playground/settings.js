// Which of the settings stand where on the page, and where their texts are.

import { SettingSet } from "../parts/setting-set.js";

/** Id of the place in the page -> keys of the schema. */
export const PLACES = {
  settings: ["learningRate", "activation", "regularization", "regularizationRate", "problem"],
  "data-settings": ["percTrainData", "noise", "batchSize"],
  "view-settings": ["showTestData", "discretize"],
};

export const WORDS = { label: "label", hint: "explain", option: "choice", value: "value", more: "more.title" };

/** The settings, in their places; fields: rows of the schema by key. configure({key: value}) asks for a change. */
export function placeSettings(fields, configure, part) {
  const shown = Object.values(PLACES).flat();
  const rows = shown.map((key) => ({ ...fields.get(key), name: key }));
  rows.find(({ name }) => name === "regularizationRate").needs = {}; // it may be chosen before L1 or L2
  const settings = new SettingSet(rows, WORDS, (key, value) => configure({ [key]: value }));
  for (const [place, keys] of Object.entries(PLACES))
    for (const key of keys) {
      const element = settings.element(key);
      element.dataset.hide = key; // a link can hide it
      part(place).append(element);
    }
  return settings;
}
