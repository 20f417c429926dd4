// What the page still has of a training when the server has lost it: its last picture, and its curve. Pure.

/**
 * The training to offer, or null. `before`: what the page showed, {frame, curve, link, edited, since}; `since` is when the
 * server was last heard, in ms. `now`: {resumed, link}, what `open` answered.
 */
export function lostTraining(before, now) {
  if (now.resumed || now.link !== before.link) return null;
  return worthKeeping(before) ? before : null;
}

/** Whether `next` shows a younger state of the same network than the page has: the server went on from an older one. */
export function fellBack(frame, next) {
  return frame !== null && next.generation === frame.generation && next.epoch < frame.epoch;
}

/** The arguments of the command that takes `frame`'s training up again. */
export function restoring({ weights, epoch }) {
  return { parameters: Array.from(weights.values), epoch };
}

function worthKeeping({ frame, edited }) {
  return frame !== null && (frame.epoch > 0 || edited) && Array.from(frame.weights.values).every(Number.isFinite);
}
