// Numbers as the LeNet page writes them: the same in both languages. Pure.

import { finiteLossText } from "../base/loss-text.js";

/** 0.98214 as "98.21 %": 10,000 test images make the second decimal a whole image. "–" for none. */
export function percentText(share, decimals = 2) {
  return isNumber(share) ? `${(100 * share).toFixed(decimals)} %` : "–";
}

/** A share that somebody has set, 0.985, as "98.5 %": no digit more than it has. */
export function shareText(share) {
  return isNumber(share) ? `${Number((100 * share).toPrecision(12))} %` : "–";
}

/** Four decimals, or three significant digits where those would hide what is left. */
export function lossText(loss) {
  return isNumber(loss) ? finiteLossText(loss, 4) : "–";
}

/** Seconds as {unit: "s", value: "0.8"}, "< 0.1" where that says more than 0.0, or {unit: "min" or "h", large: "3", small: "05"}; null for none. */
export function durationParts(seconds) {
  if (!isNumber(seconds)) return null;
  if (seconds < 0.05) return { unit: "s", value: "< 0.1" };
  if (seconds < 9.95) return { unit: "s", value: seconds.toFixed(1) };
  const whole = Math.round(seconds);
  if (whole < 60) return { unit: "s", value: String(whole) };
  const [large, small, unit] =
    whole < 3600 ? [whole / 60, whole % 60, "min"] : [whole / 3600, Math.floor((whole % 3600) / 60), "h"];
  return { unit, large: String(Math.floor(large)), small: String(small).padStart(2, "0") };
}

/** Bytes in the unit that fits: "12.3 MB". */
export function bytesText(bytes) {
  const unit = [1e9, 1e6, 1e3].findIndex((size) => bytes >= size);
  return unit < 0 ? `${bytes} B` : `${(bytes / [1e9, 1e6, 1e3][unit]).toFixed(1)} ${["GB", "MB", "kB"][unit]}`;
}

/** 61706 as "61,706". */
export function countText(count) {
  return isNumber(count) ? String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",") : "–";
}

/** Four significant digits. */
export function numberText(value) {
  return isNumber(value) ? String(Number(value.toPrecision(4))) : "–";
}

/** A layer's shape, [6, 24, 24], as "6×24×24". */
export function shapeText(shape) {
  return shape.join("×");
}

function isNumber(value) {
  return typeof value === "number" && !Number.isNaN(value);
}
