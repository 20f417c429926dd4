// What can be undone and done again. A step is what one act changed: [{id, before, after}], each {place, cell} or null where
// the cell was or is not there. Pure.

import { isSame } from "./kinds.js";

const MOST = 200; // steps

export class History {
  #past = [];
  #future = [];
  #open = null; // what the last step belongs to, as long as more may join it

  /**
   * Notes what was done. act: changes of one act in a row, such as the letters of a text, are one step.
   *
   * @param {{id: string, before: any, after: any}[]} changes
   * @param {string | null} [act]
   */
  note(changes, act = null) {
    this.#future = [];
    const last = this.#past.at(-1);
    if (act !== null && act === this.#open && last)
      for (const change of changes) {
        const same = last.find(({ id }) => id === change.id);
        if (same) same.after = change.after;
        else last.push({ ...change });
      }
    else this.#past.push(changes.map((change) => ({ ...change })));
    if (this.#past.length > MOST) this.#past.shift();
    this.#open = act;
  }

  /** The act is over: what comes is another step. */
  close() {
    this.#open = null;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** Whatever was done is forgotten. */
  clear() {
    this.#past = [];
    this.#future = [];
    this.close();
  }

  /**
   * What the last step changed, as it was: [{id, place, cell}], cell null where it was not there; null for none. What
   * somebody else has changed since stays as it is.
   *
   * @param {(id: string) => {place: string, cell: any} | null} now how a cell is
   */
  undo(now) {
    return this.#turn(this.#past, this.#future, now, "after", "before");
  }

  redo(now) {
    return this.#turn(this.#future, this.#past, now, "before", "after");
  }

  /** The cell has another id now. */
  rename(id, other) {
    for (const step of [...this.#past, ...this.#future])
      for (const change of step) if (change.id === id) change.id = other;
  }

  #turn(from, to, now, left, wanted) {
    this.close();
    while (from.length > 0) {
      const step = from.pop();
      const still = step.filter((change) => isAs(now(change.id), change[left]));
      if (still.length === 0) continue;
      to.push(still);
      return still.map((change) => ({
        id: change.id,
        place: change[wanted]?.place ?? change[left].place,
        cell: change[wanted]?.cell ?? null,
      }));
    }
    return null;
  }
}

/** Of the place only whether there is one: cells that made room have moved nothing that people see. */
function isAs(one, other) {
  if (one === null || other === null) return one === other;
  return isSame(one.cell, other.cell);
}
