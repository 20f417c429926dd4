import assert from "node:assert/strict";
import test from "node:test";

import { Content } from "../../../static/js/notebook/content.js";
import { Editing } from "../../../static/js/notebook/editing.js";
import { History } from "../../../static/js/notebook/history.js";

const text = (text) => ({ type: "text", text, hint: "" });

/** A notebook with these texts, whose saver never sends. */
function notebook(...texts) {
  const pending = new Map();
  const content = new Content({ id: "n" }, () => pending);
  const cells = texts.map((said, at) => ({
    id: said,
    place: String(at + 1),
    version: 3,
    cell: text(said),
    html: "",
    fits: [],
  }));
  content.take({ revision: 1, cells }, { isWhole: true });
  const saver = { note: (notebook, id, change) => void pending.set(id, change) };
  const editing = new Editing("n", { content, saver, history: new History() });
  return { editing, pending, shown: () => content.cells().map(({ cell }) => cell.text) };
}

test("a cell is added below another, or at the end", () => {
  const { editing, shown, pending } = notebook("a", "b");
  const id = editing.add(text("between"), "a");
  editing.add(text("last"));
  assert.deepEqual(shown(), ["a", "between", "b", "last"]);
  assert.equal(pending.get(id).base, 0);
});

test("a cell is moved before another, or to the end; to where it is, it is not", () => {
  const { editing, shown, pending } = notebook("a", "b", "c");
  assert.ok(editing.move("c", "a"));
  assert.deepEqual(shown(), ["c", "a", "b"]);
  assert.ok(editing.move("c", null));
  assert.deepEqual(shown(), ["a", "b", "c"]);
  assert.equal(pending.get("c").base, 3);
  pending.clear();
  for (const before of ["a", "b"]) assert.ok(!editing.move("a", before));
  assert.equal(pending.size, 0);
});

test("a pin that is taken out of its slot stands below it with its words, and one undo puts it back", () => {
  const slot = { type: "slot", view: "playground.map", where: {}, hint: "A map" };
  const pin = { type: "pin", pin: "pin-0001", caption: "Mine", note: "why", slot };
  for (const [filled, next] of [
    ["1", "2"],
    ["1", `1${"0".repeat(198)}1`], // between which there is no room
  ]) {
    const pending = new Map();
    const content = new Content({ id: "n" }, () => pending);
    const cells = [
      { id: "filled", place: filled, version: 1, cell: pin, html: "", fits: [] },
      { id: "next", place: next, version: 1, cell: text("next"), html: "", fits: [] },
    ];
    content.take({ revision: 1, cells }, { isWhole: true });
    const saver = { note: (notebook, id, change) => void pending.set(id, change) };
    const editing = new Editing("n", { content, saver, history: new History() });
    const shown = () => content.cells().map(({ cell }) => cell);
    editing.release("filled");
    assert.deepEqual(shown(), [slot, { ...pin, slot: null }, text("next")]);
    editing.undo();
    assert.deepEqual(shown(), [pin, text("next")]);
  }
});

test("whatever was done is undone step by step, and done again", () => {
  const { editing, shown } = notebook("a", "b", "c");
  const seen = [shown()];
  const acts = [
    () => editing.write("a", text("a, changed")),
    () => editing.move("c", "a"),
    () => editing.remove("b"),
    () => editing.add(text("new"), "c"),
  ];
  for (const act of acts) seen.push((act(), shown()));
  for (const before of seen.slice(0, -1).reverse()) {
    assert.notEqual(editing.undo(), null);
    assert.deepEqual(shown(), before);
  }
  assert.equal(editing.undo(), null);
  for (const after of seen.slice(1)) {
    editing.redo();
    assert.deepEqual(shown(), after);
  }
  assert.equal(editing.redo(), null);
});
