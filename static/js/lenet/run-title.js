// How a run is named: by its preset, its data set and the time it was started.

import { language, t } from "../i18n.js";

export function runTitle(run) {
  return `${t(`preset.${run.preset}`)} · ${t(`option.${run.config.dataset}`)}`;
}

/** When it was started, in the page's language. */
export function startedText({ created }) {
  const tag = language() === "zh" ? "zh-CN" : "en-GB";
  return new Date(1000 * created).toLocaleString(tag, {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}

/** The settings that a sweep varies: "Learning rate, Batch size". */
export function axesText({ axes }) {
  return Object.keys(axes)
    .map((name) => t(`setting.${name}`))
    .join(", ");
}
