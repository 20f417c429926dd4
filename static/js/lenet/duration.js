// How long something takes, in the page's language.

import { t } from "../base/i18n.js";
import { durationParts } from "./format.js";

/** Seconds as "0.8 s", "42 s", "3:05 min" or "1:02 h"; "–" for none. */
export function durationText(seconds) {
  const parts = durationParts(seconds);
  return parts ? t(`unit.${parts.unit}`, parts) : "–";
}
