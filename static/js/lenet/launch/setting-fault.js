// What is surely wrong with a number in the form: the server names the first only. What is judged there alone, as which
// numbers go together, is not repeated here. Pure.

import { refusalText } from "../server-errors.js";

/** [key, values] of what is wrong with a value, as the server would say it; null: nothing. field: its row of the schema. */
export function faultOf({ kind, min, max, whole }, value) {
  if (kind !== "number") return null;
  const isFine = typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value));
  return isFine ? null : refusalText({ code: whole ? "whole" : "number", values: { value, low: min, high: max } });
}
