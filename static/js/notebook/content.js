// A notebook as this page shows it: what the server says, and over it what was changed here and is not there yet. Pure.

import { isSame } from "./kinds.js";
import { byPlace } from "./places.js";

export class Content {
  summary;
  revision = 0;
  pins = new Map();
  #pending;
  #states = new Map(); // the server's, by id
  #held = new Map(); // what came of a cell that is being typed in: a State, or null where it is gone
  #typed = null; // the id of that cell

  /**
   * pending: gives the changes that are not sent or not answered yet, by the ids of their cells; `Saver`.
   *
   * @param {any} summary
   * @param {() => Map<string, {place: string, cell: any, base: number}>} pending
   */
  constructor(summary, pending) {
    this.summary = summary;
    this.#pending = pending;
  }

  /** Takes what the server answers: all there is, or what changed since a revision. */
  take({ summary, revision, cells = [], gone = [], pins = {} }, { isWhole = false } = {}) {
    if (summary) this.summary = summary;
    if (revision < this.revision && !isWhole) return; // a later answer was here before
    this.revision = revision;
    if (isWhole) {
      const there = new Set(cells.map(({ id }) => id));
      for (const id of this.#states.keys()) if (!there.has(id)) this.#put(id, null);
    }
    for (const state of cells) this.#put(state.id, state);
    for (const id of gone) this.#put(id, null);
    for (const [id, pin] of Object.entries(pins)) this.pins.set(id, pin);
  }

  /**
   * Takes the answer to changes of ours, `sent` by the ids of their cells: what became of these cells, and of copies of
   * them, whether one is being typed in or not. Gives whether others have changed something in between, to be asked for.
   */
  answered(answer, sent) {
    const { revision, cells, gone = [], conflicts = [] } = answer;
    const own = new Set([...sent.keys(), ...conflicts.map(({ copy }) => copy)]);
    for (const state of cells) if (own.has(state.id)) this.#acknowledge(state.id, state);
    for (const id of gone) if (sent.get(id)?.cell === null) this.#acknowledge(id, null);
    const isNext = revision <= this.revision + 1;
    const others = cells.filter(({ id }) => !own.has(id));
    this.take({ ...answer, cells: others, gone: [], revision: isNext ? revision : this.revision });
    return !isNext;
  }

  /** From now on what comes of this cell waits; null: of none. */
  type(id) {
    const before = this.#typed;
    this.#typed = id;
    if (before === null || before === id || !this.#held.has(before)) return;
    const state = this.#held.get(before);
    this.#held.delete(before);
    this.#set(before, state);
  }

  get typed() {
    return this.#typed;
  }

  /** A conflict: what is typed here goes on under the id of the copy. */
  rename(id, copy) {
    if (this.#typed !== id) return;
    this.type(null);
    this.#typed = copy;
  }

  /** The cells in their order, [{id, place, cell, version, html, figure, table, fits}]; html: null while it is not known. */
  cells() {
    const pending = this.#pending();
    const ids = new Set([...this.#states.keys(), ...pending.keys()]);
    return [...ids]
      .map((id) => this.#merged(id, pending.get(id)))
      .filter((cell) => cell !== null)
      .sort(byPlace);
  }

  /** One of them, or null. */
  get(id) {
    return this.#merged(id, this.#pending().get(id));
  }

  /** The version over which a change of this cell is made; 0 where the server has none of it. */
  baseOf(id) {
    return this.#pending().get(id)?.base ?? this.#states.get(id)?.version ?? 0;
  }

  /** Whether the server has the cell. */
  isKnown(id) {
    return this.#states.has(id);
  }

  #merged(id, change) {
    const state = this.#states.get(id);
    if (!change) return state ?? null;
    if (change.cell === null) return null;
    const known = { version: 0, figure: null, table: null, fits: [], ...state };
    const html = state && isSame(state.cell, change.cell) ? state.html : null;
    return { ...known, id, place: change.place, cell: change.cell, html };
  }

  #acknowledge(id, state) {
    this.#held.delete(id);
    this.#set(id, state);
  }

  #put(id, state) {
    if (id === this.#typed) this.#held.set(id, state);
    else this.#set(id, state);
  }

  #set(id, state) {
    if (state === null) this.#states.delete(id);
    else if (!(this.#states.get(id)?.version > state.version)) this.#states.set(id, state);
  }
}
