// Dates as people read them.

import { language } from "../base/i18n.js";

const formats = {};

/** seconds: since 1970, as the server has them. */
export function dateText(seconds) {
  const code = language() === "zh" ? "zh-CN" : "en-GB";
  formats[code] ??= new Intl.DateTimeFormat(code, { day: "numeric", month: "short", year: "numeric" });
  return formats[code].format(new Date(1000 * seconds));
}
