// Numbers as this page writes them. Pure.

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

/** Three decimals, or three significant digits where those would hide what is left; as long as they fit. */
export function lossText(loss) {
  if (!Number.isFinite(loss)) return beyondText(loss);
  if (loss !== 0 && Math.abs(loss) < 0.0001) return loss.toExponential(2);
  if (loss !== 0 && Math.abs(loss) < 0.001) return loss.toPrecision(3);
  return Math.abs(loss) < 1000 ? loss.toFixed(3) : loss.toExponential(1);
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
