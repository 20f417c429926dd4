// How a run is named: by its owner, else by its preset and data set; and the time it was started.

import { language, t, textOr } from "../../base/i18n.js";
import { listText, nameText, optionText } from "../launch/setting-text.js";

const MINUTE = /** @type {Intl.DateTimeFormatOptions} */ ({
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
// Made once: making one takes longer than all else that a row of the list needs.
const formats = (options) => ({
  en: new Intl.DateTimeFormat("en-GB", options),
  zh: new Intl.DateTimeFormat("zh-CN", options),
});
const MINUTES = formats(MINUTE);
const SECONDS = formats({ ...MINUTE, second: "2-digit" });

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

/** What names it in the list of runs. */
export function listedTitle(run) {
  return run.sweep && !run.name ? t("sweep.trial", { number: run.sweep.number }) : shortTitle(run);
}

/** The same with its time: which of many it is. */
export function fullTitle(run) {
  return `${listedTitle(run)} · ${startedText(run)}`;
}

/** When it was started, in the page's language; isExact: to the second. */
export function startedText({ created }, isExact = false) {
  return (isExact ? SECONDS : MINUTES)[language()].format(1000 * created);
}

/** The settings that a sweep varies: "Learning rate, Batch size". */
export function axesText({ axes }) {
  return listText(Object.keys(axes).map(nameText));
}
