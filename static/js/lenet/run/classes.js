// What the ten classes are called in the page's language.

import { t } from "../../base/i18n.js";

/** The name of class `index` of a data set: a digit, or a piece of clothing. */
export function className(dataset, index) {
  return dataset === "fashion" ? t(`fashion.${index}`) : String(index);
}
