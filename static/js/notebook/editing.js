// What is done to the cells of one notebook: written, added, moved, removed, undone. Each act goes to the saver and into the
// history. Knows no page.

import { newId } from "./kinds.js";
import { placeAt } from "./places.js";

export class Editing {
  #notebook;
  #content;
  #saver;
  #history;

  /** notebook: its id. content: a Content. */
  constructor(notebook, { content, saver, history }) {
    this.#notebook = notebook;
    this.#content = content;
    this.#saver = saver;
    this.#history = history;
  }

  /** The cell has this content now. act: which field is typed in, whose letters are one step; null: a step of its own. */
  write(id, cell, act = null) {
    const now = this.#content.get(id);
    if (now === null) return;
    this.#do([{ id, before: now, after: { place: now.place, cell } }], act === null ? null : `${id} ${act}`);
  }

  /** Puts a new cell below the one of that id, null: at the end. Gives its id. */
  add(cell, after = null) {
    const cells = this.#content.cells();
    const at = after === null ? -1 : cells.findIndex(({ id }) => id === after);
    const index = at < 0 ? cells.length : at + 1;
    const id = newId();
    this.#place(cells, index, { id, before: null, cell });
    return id;
  }

  /** Puts the cell before that of the id `before`, null: at the end. Gives whether it moved. */
  move(id, before) {
    const cells = this.#content.cells();
    const now = cells.find((cell) => cell.id === id);
    const next = cells[cells.indexOf(now) + 1]?.id ?? null;
    if (!now || before === id || before === next) return false;
    const others = cells.filter((cell) => cell !== now);
    const at = before === null ? others.length : others.findIndex((cell) => cell.id === before);
    this.#place(others, at < 0 ? others.length : at, { id, before: now, cell: now.cell });
    return true;
  }

  remove(id) {
    const now = this.#content.get(id);
    if (now !== null) this.#do([{ id, before: now, after: null }]);
  }

  /** The slot of a pin is empty again, and the pin stands below it, with its caption and its note. */
  release(id) {
    const cells = this.#content.cells();
    const now = cells.find((cell) => cell.id === id);
    const pin = { ...now.cell, slot: null };
    const below = this.#placed(cells, cells.indexOf(now) + 1, { id: newId(), before: null, cell: pin });
    this.#do([{ id, before: now, after: { place: now.place, cell: now.cell.slot } }, ...below]);
  }

  /** Gives the ids of the cells that are otherwise now; null: there is nothing to undo. */
  undo() {
    return this.#turn(this.#history.undo((id) => this.#content.get(id)));
  }

  redo() {
    return this.#turn(this.#history.redo((id) => this.#content.get(id)));
  }

  #place(others, index, change) {
    this.#do(this.#placed(others, index, change));
  }

  /** What puts a cell there, and others aside where there is no room. */
  #placed(others, index, { id, before, cell }) {
    const { place, moved } = placeAt(others, index);
    const room = moved.map(({ id: other, place: at }) => {
      const now = others.find((one) => one.id === other);
      return { id: other, before: now, after: { place: at, cell: now.cell } };
    });
    return [{ id, before, after: { place, cell } }, ...room];
  }

  #do(changes, act = null) {
    const kept = (state) => (state === null ? null : { place: state.place, cell: state.cell });
    this.#history.note(
      changes.map(({ id, before, after }) => ({ id, before: kept(before), after: kept(after) })),
      act,
    );
    for (const { id, before, after } of changes) this.#note(id, (after ?? before).place, after?.cell ?? null);
  }

  #turn(changes) {
    if (changes === null) return null;
    for (const { id, place, cell } of changes) this.#note(id, place, cell);
    return changes.map(({ id }) => id);
  }

  #note(id, place, cell) {
    this.#saver.note(this.#notebook, id, { base: this.#content.baseOf(id), place, cell });
  }
}
