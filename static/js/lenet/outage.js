// Whether the server answers, as its answers tell: what was said of an outage is taken back when it does again.

import { Listeners } from "../base/listeners.js";

const FOUND_OUT = ["offline", "http"]; // the page's own codes: no answer of the server has come
const listeners = new Listeners();
let isOut = false;

/** Whether a refusal says no more than that the server did not answer: its next answer disproves it. */
export function isOutage({ code }) {
  return FOUND_OUT.includes(code);
}

/**
 * Calls `listener` whenever the server answers again.
 *
 * @param {() => void} listener
 * @param {AbortSignal} [signal] ends it
 */
export function onReturn(listener, signal) {
  listeners.add(listener, signal);
}

/** A question was answered: error, its ApiError, or null. */
export function answered(error) {
  const wasOut = isOut;
  isOut = error !== null && isOutage(error);
  if (wasOut && !isOut) returned();
}

/** The server is back, as the connection tells. */
export function returned() {
  isOut = false;
  listeners.tell();
}
