import assert from "node:assert/strict";
import test from "node:test";

import { History } from "../../../static/js/notebook/history.js";

const text = (text) => ({ type: "text", text });
const at = (place, said) => ({ place, cell: text(said) });

/** A history, and the cells that it is of: `act` does something to them. */
function notebook() {
  const cells = new Map();
  const history = new History();
  const set = (id, to) => (to === null ? cells.delete(id) : cells.set(id, to));
  const now = (id) => cells.get(id) ?? null;
  const turn = (found) => found?.forEach(({ id, place, cell }) => set(id, cell === null ? null : { place, cell }));
  return {
    cells,
    history,
    set,
    act: (id, after, act = null) => {
      history.note([{ id, before: now(id), after }], act);
      set(id, after);
    },
    undo: () => turn(history.undo(now)),
    redo: () => turn(history.redo(now)),
    said: (id) => now(id)?.cell.text ?? null,
  };
}

test("letters of one text are one step, and another text is another", () => {
  const { act, undo, redo, said } = notebook();
  act("a", at("1", ""));
  for (const typed of ["o", "on", "one"]) act("a", at("1", typed), "a text");
  act("b", at("2", "two"));
  undo();
  assert.equal(said("b"), null);
  undo();
  assert.equal(said("a"), "");
  undo();
  assert.equal(said("a"), null);
  redo();
  redo();
  assert.equal(said("a"), "one");
});

test("after an undo, or when the act is over, the same text is another step", () => {
  const { act, undo, said, history } = notebook();
  act("a", at("1", ""));
  act("a", at("1", "x"), "a text");
  history.close();
  act("a", at("1", "xy"), "a text");
  undo();
  assert.equal(said("a"), "x");
  act("a", at("1", "xz"), "a text");
  assert.equal(history.canRedo, false);
  undo();
  assert.equal(said("a"), "x");
});

test("what somebody else has changed since stays, and the step before is undone", () => {
  const { act, set, undo, said } = notebook();
  act("a", at("1", "one"));
  act("b", at("2", "two"));
  set("b", at("2", "two, by another"));
  undo();
  assert.equal(said("b"), "two, by another");
  assert.equal(said("a"), null);
});

test("a removed cell comes back where it was, under another id if need be", () => {
  const { act, undo, redo, said, history, cells, set } = notebook();
  set("a", at("5", "kept"));
  act("a", null);
  undo();
  assert.deepEqual(cells.get("a"), at("5", "kept"));
  cells.set("z", cells.get("a"));
  cells.delete("a");
  history.rename("a", "z");
  redo();
  assert.equal(said("z"), null);
});

test("a step that only moved is undone too", () => {
  const { act, undo, cells } = notebook();
  act("a", at("1", "one"));
  act("a", at("9", "one"));
  undo();
  assert.equal(cells.get("a").place, "1");
});
