// Numbers as this page writes them. Pure.

import { finiteLossText } from "../base/loss-text.js";

/** 123 as "000,123"; from a million on as many digits as it takes. */
export function epochText(epoch) {
  return String(epoch)
    .padStart(6, "0")
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A time in ms as "14:05:12". */
export function clockText(ms) {
  return new Date(ms).toTimeString().slice(0, 8);
}

/** Three decimals, as many significant digits where those would hide what is left. */
export function lossText(loss) {
  return Number.isFinite(loss) ? finiteLossText(loss, 3) : beyondText(loss);
}

/** The same beside a threshold, with as many decimals as it takes to be on its side of it: 0.0499 is below 0.05, and so is its text. */
export function lossBesideText(loss, threshold) {
  const text = lossText(loss);
  const isTold = (told) => Number(told) < threshold === loss < threshold;
  if (!Number.isFinite(loss) || isTold(text)) return text;
  for (let decimals = 4; decimals < 17; decimals++) if (isTold(loss.toFixed(decimals))) return loss.toFixed(decimals);
  return String(loss);
}

/** 0.9876 as "98.8 %"; nothing for regression, which has none. */
export function accuracyText(accuracy) {
  return Number.isNaN(accuracy) ? "–" : `${(100 * accuracy).toFixed(1)} %`;
}

/** A weight or bias to two significant digits. */
export function parameterText(value) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(2))) : beyondText(value);
}

function beyondText(value) {
  return String(value).replace("Infinity", "∞").replace("-", "−");
}
