// A setting's value by its row in the server's table: as a text means it, whether it can be, whether it has an effect. Pure.

import { halfWidth } from "../base/half-width.js";

const GROUPED = /^[1-9]\d{0,2}(,\d{3})+$/; // as the page itself writes large numbers

/** "0.1" as 0.1, also in full width; what is no number stays the text it is, for the server to refuse. whole: "60,000" is 60000 then. */
export function parsed(text, whole = false) {
  const typed = halfWidth(text).trim();
  const isGrouped = whole && GROUPED.test(typed);
  const value = Number(isGrouped ? typed.replaceAll(",", "") : typed.replace(",", "."));
  return text.trim() === "" || Number.isNaN(value) ? text.trim() : value;
}

/**
 * What is surely wrong with a number, as the server would refuse it: {code, values}; null: nothing. The server names the
 * first fault only. What is judged there alone, as which numbers go together, is not repeated here.
 */
export function faultOf({ kind, min, max, whole }, value) {
  if (kind !== "number") return null;
  const isFine = typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value));
  return isFine ? null : { code: whole ? "whole" : "number", values: { value, low: min, high: max } };
}

/** The values of a text, with large whole numbers as the pages write them, 10000 as "10,000"; but `value` as it was sent. */
export function grouped(values) {
  const text = (name, value) => (Number.isInteger(value) && name !== "value" ? value.toLocaleString("en-US") : value);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(name, value)]));
}

/** Whether a setting has an effect with these values of all, by their names. */
export function hasEffect({ needs = {} }, values) {
  return Object.entries(needs).every(([name, wanted]) => wanted.includes(values[name]));
}
