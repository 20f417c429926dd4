// What the training is told of a drawing: all of it at first, then what was added and dropped, a few times a second. It knows
// what the training has. No page; whoever makes it hands in how a message is sent.

import { decimal, keyOf } from "./drawing.js";
import { FEWEST, MOST } from "./point-set.js";

export const PAUSE = 50; // ms from one batch to the next, at least
export const BATCH = 200; // points of a command
const COMMANDS = 100; // of a batch; more of them say less than all points at once

/** @typedef {import("./drawing.js").Point} Point */
/** @typedef {{ label: number, add: Point[] } | { drop: Point[] } | { names: string[] }} Command */

export class Outgoing {
  #on;
  #clock;
  #drawing = null;
  /** What the training has, by their keys; null: another data set. @type {Map<string, Point> | null} */
  #there = null;
  #names = []; // what the training calls its classes
  #last = -Infinity; // when a batch was sent
  #cancel = null; // ends the wait for the next batch
  #isSending = false;
  #isStale = false;
  #isHeld = false;

  /** How many classes the training has; 0: a regression. */
  classes = 0;

  /**
   * on: {use(drawing, classes), add(label, places), drop(places), name(names)}, which resolve to whether it worked; places are x and y in turn;
   * news(): whether the training is of the drawing, or lacks some of it, may have changed; anew(hasMoreClasses): the training of the drawing has begun
   * anew, as it has more classes than before, or other points}.
   * clock: {now(), after(ms, work)}; the latter gives how to cancel it.
   */
  constructor(on, clock = CLOCK) {
    this.#on = on;
    this.#clock = clock;
  }

  /** Whether the training is of this drawing. */
  get isUsed() {
    return this.#there !== null;
  }

  /** Whether it tells of this drawing, and the training is of it. */
  isOf(drawing) {
    return this.isUsed && drawing === this.#drawing;
  }

  /** The training lacks what was drawn last, as the server did not take it. */
  get isStale() {
    return this.#isStale;
  }

  /** From now on about this drawing, of which the training has nothing yet. */
  begin(drawing) {
    this.#stop();
    this.#drawing = drawing;
    this.#there = null;
    this.classes = drawing.classes;
    this.#setStale(false);
  }

  /** Nothing is sent until it is known what the training has: until `resume`. */
  hold() {
    this.#stop();
    this.#isHeld = true;
  }

  /** The training has the points of `there`, whatever was sent. Null: it is not known. */
  resume(there) {
    this.#isHeld = false;
    if (there === null) return;
    this.#there = new Map(there.points);
    this.#names = there.names;
    this.classes = there.classes;
    this.#setStale(false);
  }

  /** The training has another data set now, whatever was drawn. */
  leave() {
    this.#stop();
    this.#there = null;
  }

  /** The drawing has changed. */
  changed() {
    this.#setStale(false); // it is tried again
    this.#schedule();
  }

  /** Begins the training anew with the drawing as it is. */
  again() {
    this.#there = null;
    this.changed();
  }

  #stop() {
    this.#cancel?.();
    this.#cancel = null;
  }

  #schedule() {
    if (this.#cancel !== null || this.#isSending || this.#isHeld) return;
    this.#cancel = this.#clock.after(Math.max(0, this.#last + PAUSE - this.#clock.now()), () => {
      this.#cancel = null;
      this.#send();
    });
  }

  async #send() {
    const drawing = this.#drawing;
    const steps = this.#steps();
    if (steps?.length === 0) return;
    this.#isSending = true;
    this.#last = this.#clock.now();
    const isTaken = steps === null ? await this.#use(drawing) : await this.#change(steps);
    this.#isSending = false;
    if (drawing !== this.#drawing) return this.#schedule(); // another was begun meanwhile
    if (!isTaken) return this.#setStale(true);
    this.#schedule();
  }

  /** @returns {Command[] | null} what there is to tell; null: all of it */
  #steps() {
    const drawing = this.#drawing;
    if (drawing.missing > 0) return []; // the page keeps it
    if (this.#there === null || labelsOf(drawing) > this.classes) return null;
    const steps = stepsBetween(this.#there, drawing.points);
    const names = drawing.names.slice(0, this.classes);
    const isSo = names.every((name, label) => name === this.#names[label]);
    return isSo || steps === null ? steps : [...steps, { names }];
  }

  async #use(drawing) {
    const classes = drawing.classes && Math.max(2, this.classes, labelsOf(drawing));
    const [points, names] = [new Map(drawing.points), drawing.names.slice(0, classes)];
    const [wasUsed, before] = [this.isUsed, this.classes];
    const isTaken = await this.#on.use(drawing, classes);
    if (isTaken && drawing === this.#drawing) {
      if (wasUsed) this.#on.anew(classes > before);
      [this.#there, this.#names, this.classes] = [points, names, classes];
      this.#on.news();
    }
    return isTaken;
  }

  async #change(steps) {
    const there = this.#there;
    const taken = await Promise.all(
      steps.map(async (step) => {
        if ("names" in step) {
          const isTaken = await this.#on.name(step.names);
          if (isTaken) this.#names = step.names;
          return isTaken;
        }
        const points = "add" in step ? step.add : step.drop;
        const places = points.flatMap(({ x, y }) => [decimal(x), decimal(y)]);
        const isTaken = await ("add" in step ? this.#on.add(decimal(step.label), places) : this.#on.drop(places));
        if (isTaken && "add" in step) for (const point of points) there.set(keyOf(point.x, point.y), point);
        if (isTaken && "drop" in step) for (const { x, y } of points) there.delete(keyOf(x, y));
        return isTaken;
      }),
    );
    return taken.every(Boolean);
  }

  #setStale(isStale) {
    if (isStale === this.#isStale) return;
    this.#isStale = isStale;
    this.#on.news();
  }
}

/** How many classes its points are of. */
function labelsOf(drawing) {
  if (drawing.classes === 0) return 0;
  let most = -1;
  for (const { label } of drawing.points.values()) most = Math.max(most, label);
  return most + 1;
}

/**
 * The commands that make one set of points the other, of FEWEST to MOST points each and all between. null: they have no point in
 * common, or it takes too many.
 *
 * @param {Map<string, Point>} from
 * @param {Map<string, Point>} to
 * @returns {Command[] | null}
 */
export function stepsBetween(from, to) {
  const drops = [...from].filter(([key, { label }]) => to.get(key)?.label !== label).map(([, point]) => point);
  if (drops.length === from.size) return null;
  const added = [...to].filter(([key, { label }]) => from.get(key)?.label !== label);
  const adds = added.filter(([key]) => !from.has(key)).map(([, point]) => point);
  const later = added.filter(([key]) => from.has(key)).map(([, point]) => point); // once those at their places are dropped
  const steps = [];
  let size = from.size;
  while (adds.length + drops.length + later.length > 0) {
    if (drops.length === 0) adds.push(...later.splice(0));
    const room = Math.min(BATCH, MOST - size);
    const spare = Math.min(BATCH, size - FEWEST);
    if (adds.length > 0 && room > 0) {
      const { label } = adds[0];
      const add = take(adds, room, (point) => point.label === label);
      steps.push({ label, add });
      size += add.length;
    } else if (drops.length > 0 && spare > 0) {
      const drop = drops.splice(0, spare);
      steps.push({ drop });
      size -= drop.length;
    } else return null;
    if (steps.length > COMMANDS) return null;
  }
  return steps;
}

/** Takes up to `most` of those that are wanted out of a list. */
function take(list, most, isWanted) {
  const taken = [];
  const rest = [];
  for (const item of list) (taken.length < most && isWanted(item) ? taken : rest).push(item);
  list.splice(0, list.length, ...rest);
  return taken;
}

const CLOCK = {
  now: () => performance.now(),
  after(ms, work) {
    if (ms === 0) return soon(work);
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** Once what is done now is done: a timer of 0 ms comes after the picture that the browser is about to draw. */
function soon(work) {
  let isWanted = true;
  queueMicrotask(() => isWanted && work());
  return () => (isWanted = false);
}
