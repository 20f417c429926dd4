import assert from "node:assert/strict";
import test from "node:test";

import { Content } from "../../../static/js/notebook/content.js";
import { complete, foundIn, isSame, matches, wordsOf } from "../../../static/js/notebook/kinds.js";

const state = (id, place, text, version = 1) => ({
  id,
  place,
  version,
  cell: { type: "text", text },
  html: `<p>${text}</p>`,
  figure: null,
  table: null,
  fits: [],
});

function notebook(...states) {
  const pending = new Map();
  const content = new Content({ id: "n" }, () => pending);
  content.take({ revision: 1, cells: states }, { isWhole: true });
  const shown = () => content.cells().map(({ cell, html }) => [cell.text, html]);
  return { content, pending, shown };
}

test("what is not sent yet stands over what the server says", () => {
  const { content, pending, shown } = notebook(
    state("a", "1", "one"),
    state("b", "2", "two"),
    state("c", "3", "three"),
  );
  pending.set("b", { base: 1, place: "2", cell: { type: "text", text: "two, changed" } });
  pending.set("c", { base: 1, place: "3", cell: null });
  pending.set("d", { base: 0, place: "0", cell: { type: "text", text: "new" } });
  assert.deepEqual(shown(), [
    ["new", null],
    ["one", "<p>one</p>"],
    ["two, changed", null],
  ]);
  assert.deepEqual([content.baseOf("a"), content.baseOf("d"), content.baseOf("none")], [1, 0, 0]);
  content.take({ revision: 2, cells: [state("b", "2", "two, changed", 2)] });
  pending.delete("b");
  assert.equal(content.get("b").html, "<p>two, changed</p>");
});

test("a moved cell keeps what the server made of its text", () => {
  const { pending, shown } = notebook(state("a", "1", "one"), state("b", "2", "two"));
  pending.set("a", { base: 1, place: "3", cell: { type: "text", text: "one", hint: "" } });
  assert.deepEqual(shown(), [
    ["two", "<p>two</p>"],
    ["one", "<p>one</p>"],
  ]);
});

test("the cell that is typed in waits for what others made of it", () => {
  const { content } = notebook(state("a", "1", "one"), state("b", "2", "two"));
  content.type("a");
  content.take({ revision: 2, cells: [state("a", "1", "by another", 2), state("b", "2", "by another", 2)] });
  assert.equal(content.get("a").cell.text, "one");
  assert.equal(content.get("b").cell.text, "by another");
  assert.equal(content.baseOf("a"), 1);
  assert.equal(content.answered({ revision: 3, cells: [state("a", "1", "mine", 3)] }, new Map([["a", {}]])), false);
  assert.equal(content.baseOf("a"), 3);
  content.take({ revision: 4, cells: [], gone: ["a"] });
  assert.equal(content.get("a").cell.text, "mine");
  content.type(null);
  assert.equal(content.get("a"), null);
});

test("a copy is typed in on as soon as it is there, and what it is a copy of is the other's", () => {
  const { content, shown } = notebook(state("a", "1", "one"));
  content.type("a");
  content.take({ revision: 2, cells: [state("a", "1", "by another", 2)] });
  content.rename("a", "copy");
  const cells = [state("a", "1", "by another", 2), state("copy", "1V", "mine")];
  const conflicts = [{ id: "a", copy: "copy" }];
  assert.equal(content.answered({ revision: 3, cells, conflicts }, new Map([["a", { cell: {} }]])), false);
  assert.deepEqual(
    shown().map(([text]) => text),
    ["by another", "mine"],
  );
  assert.equal(content.typed, "copy");
});

test("an answer tells whether others have changed something that is not here yet", () => {
  const { content } = notebook(state("a", "1", "one"));
  const sent = new Map([["a", { cell: {} }]]);
  assert.equal(content.answered({ revision: 4, cells: [state("a", "1", "mine", 2)] }, sent), true);
  assert.deepEqual([content.revision, content.get("a").cell.text], [1, "mine"]);
});

test("an answer that was overtaken changes nothing", () => {
  const { content } = notebook(state("a", "1", "one"));
  content.take({ revision: 5, cells: [state("a", "1", "five", 5)] });
  content.take({ revision: 4, cells: [state("a", "1", "four", 4)] });
  assert.equal(content.get("a").cell.text, "five");
  content.take({ revision: 6, cells: [] }, { isWhole: true });
  assert.deepEqual(content.cells(), []);
});

test("cells say the same whether or not they name what is so by default", () => {
  assert.ok(isSame({ type: "text", text: "a" }, { hint: "", text: "a", type: "text" }));
  assert.ok(isSame({ type: "heading", text: "a" }, { type: "heading", level: 1, text: "a" }));
  const slot = { type: "slot", view: "playground.map", where: { dataset: "circle", noise: 0 } };
  const other = { type: "slot", hint: "", where: { noise: 0, dataset: "circle" }, view: "playground.map" };
  assert.ok(isSame({ type: "pin", pin: "p", slot }, { type: "pin", pin: "p", slot: other, caption: "", note: "" }));
  assert.ok(!isSame({ type: "pin", pin: "p", slot }, { type: "pin", pin: "p" }));
  assert.ok(!isSame({ type: "text" }, { type: "heading" }));
  assert.ok(isSame(null, null) && !isSame(null, { type: "text" }));
});

test("a cell is found by its words, its caption and what its pin says", () => {
  const pin = { title: "Map", caption: "Circle, 3 neurons" };
  const cell = complete({ type: "pin", pin: "p", note: "It is round." });
  for (const wanted of ["circle", "ROUND", "map 3", ""]) assert.ok(matches(wordsOf(cell, pin), wanted), wanted);
  assert.ok(!matches(wordsOf(cell, pin), "spiral"));
  assert.ok(!matches(wordsOf({ ...cell, caption: "Own words" }, pin), "neurons"));
  const table = { columns: ["Run", "Epochs"], rows: [["Kept 1", 120, null]] };
  for (const wanted of ["epochs kept", "120", "neurons"])
    assert.ok(matches(foundIn(cell, { ...pin, table }), wanted), wanted);
  assert.ok(!matches(foundIn(cell, pin), "epochs"));
  assert.ok(matches(foundIn({ type: "derived", of: "runs", caption: "" }, null, "Spiral\n0.3"), "spiral 0.3"));
});
