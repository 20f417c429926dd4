// What the page still has of a training when the server has lost it: its last picture, and its curve. Pure.
//
// A training is {frame, curve, link, edited, playing, speed, past, since}: `past` is whether something led back from it; `since` is when the server was last heard, in ms, or null
// where it was heard all the time; `offered`: it is one that the page offers already; `isLeft`: another was begun in its place.
// A reload keeps it, `packed`, in what the page leaves behind.

const ROOM = 64_000; // characters of the parameters: a message has at most 64 KiB

/**
 * `training` where it is to be offered, else null: what is offered stays so until it is taken or closed. now: {resumed, link},
 * what `open` answered.
 */
export function lostTraining(training, now) {
  if (training === null || !worthKeeping(training)) return null;
  return training.offered || (!now.resumed && training.link === now.link) ? training : null;
}

/** Whether `next` shows a younger state of the same network than the page has: the server went on from an older one. */
export function fellBack(frame, next) {
  return frame !== null && next.generation === frame.generation && next.epoch < frame.epoch;
}

/** The arguments of the command that takes `frame`'s training up again. */
export function restoring({ weights, epoch }) {
  const parameters = Array.from(weights.values);
  const fit = JSON.stringify(parameters).length <= ROOM;
  return { parameters: fit ? parameters : parameters.map(rounded), epoch };
}

/** To 15 digits, 22 characters at most: so those of the largest network always fit into a message. */
const rounded = (value) => Number(value.toPrecision(15));

/** As JSON has it, or null where it is not worth keeping. The largest network and the longest curve make some 200 KB. */
export function packed(training) {
  if (!worthKeeping(training)) return null;
  const { frame, ...others } = training;
  return { ...others, ...restoring(frame) };
}

/** What was `packed`, and came through JSON; null for anything else. */
export function unpacked(left) {
  if (!left || !isTraining(left)) return null;
  const { parameters, epoch, curve, ...others } = left;
  const gaps = (values) => values.map((value) => value ?? NaN); // JSON has no NaN
  return {
    ...others,
    frame: { epoch, weights: { values: parameters } },
    curve: Object.fromEntries(Object.entries(curve).map(([name, values]) => [name, gaps(values)])),
  };
}

function isTraining({ parameters, epoch, curve, speed, since }) {
  const isNumber = (value) => value === null || Number.isFinite(value);
  return (
    Number.isSafeInteger(epoch) &&
    Array.isArray(parameters) &&
    parameters.every(Number.isFinite) &&
    Array.isArray(curve?.epochs) &&
    Object.values(curve).every(Array.isArray) &&
    isNumber(speed) &&
    isNumber(since)
  );
}

function worthKeeping({ frame, edited }) {
  return frame !== null && (frame.epoch > 0 || edited) && Array.from(frame.weights.values).every(Number.isFinite);
}
