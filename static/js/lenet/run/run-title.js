// How a run is named: by its owner, else by its preset and data set; and the time it was started.

import { language, textOr } from "../../base/i18n.js";
import { listText, nameText, optionText } from "../launch/setting-text.js";

export function runTitle(run) {
  return run.name ?? `${presetText(run)} · ${optionText(run.config.dataset)}`;
}

/** The preset's name; that of another version as it is. */
export function presetText({ preset }) {
  return textOr(`preset.${preset}`, preset);
}

/** What names it where the data set is said elsewhere: by its owner, else the preset's. */
export function shortTitle(run) {
  return run.name ?? presetText(run);
}

/** When it was started, in the page's language; isExact: to the second. */
export function startedText({ created }, isExact = false) {
  const tag = language() === "zh" ? "zh-CN" : "en-GB";
  return new Date(1000 * created).toLocaleString(tag, {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    ...(isExact ? { second: "2-digit" } : {}),
  });
}

/** The settings that a sweep varies: "Learning rate, Batch size". */
export function axesText({ axes }) {
  return listText(Object.keys(axes).map(nameText));
}
