// How quickly a run trains, and whether that counts its tests. No IO.

import { isActive } from "../runs/run-status.js";

/** {speed, isTested}: images a second with tests; as long as there was none, without. null while it is too early to say. */
export function speedOf(run, log) {
  const tested = log.imagesPerSecond ?? run.images_per_s;
  const isTooEarly = isActive(run) && log.leftSeconds === null;
  return { speed: tested ?? (isTooEarly ? null : run.trained_images_per_s), isTested: tested !== null };
}
