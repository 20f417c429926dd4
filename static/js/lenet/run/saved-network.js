// The network that is looked at: that of an epoch of a run, or none. Pure.

import { isActive } from "../runs/run-status.js";

/** Whether two of {run, epoch} are the same network, or are none for the same reason. */
export function isSameNetwork(one, other) {
  if (!one || one.run.run !== other.run.run || one.epoch !== other.epoch) return false;
  return other.epoch !== null || isActive(one.run) === isActive(other.run);
}

/** The key of why a run without epochs cannot be asked; run null: none is shown. */
export function noNetworkText(run) {
  return run && isActive(run) ? "draw.noEpoch" : "draw.noNetwork";
}
