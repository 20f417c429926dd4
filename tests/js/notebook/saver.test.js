import assert from "node:assert/strict";
import test from "node:test";

import { Saver } from "../../../static/js/notebook/saver.js";

const text = (text) => ({ type: "text", text });
const offline = { status: 0, code: "offline", values: {} };
const settled = () => new Promise((resolve) => setImmediate(resolve));

class MemoryOutbox {
  kept = new Map();
  put = async (key, value) => (this.kept.set(key, structuredClone(value)), true);
  all = async () => [...this.kept];
  remove = async (key) => void this.kept.delete(key);
}

/** A server with one cell a version, which does what docs/api.md says; `down` is whether it answers. */
class Server {
  cells = new Map();
  down = false;
  loses = false; // its answers, after it has done what was asked
  refuses = () => false;
  deleted = new Set(); // notebooks
  batches = [];

  change = async (notebook, changes) => {
    if (this.down) throw offline;
    this.batches.push(changes);
    if (this.deleted.has(notebook)) throw { status: 409, code: "notebook-deleted", values: {} };
    const bad = changes.find(({ cell }) => cell !== null && this.refuses(cell));
    if (bad) throw { status: 400, code: "too-long", values: {} };
    const answer = { revision: this.batches.length, cells: [], gone: [], conflicts: [] };
    for (const { id, base, place, cell } of changes) {
      const there = this.cells.get(id);
      if (cell === null) {
        this.cells.delete(id);
        answer.gone.push(id);
      } else if (there && there.cell.text === cell.text && there.place === place) answer.cells.push({ ...there });
      else if ((there?.version ?? 0) !== base) {
        this.#put(`${id}-copy`, place, cell, answer);
        answer.conflicts.push({ id, copy: `${id}-copy` });
        answer.cells.push({ ...there });
      } else this.#put(id, place, cell, answer);
    }
    if (this.loses) throw offline;
    return answer;
  };

  #put(id, place, cell, answer) {
    const state = { id, place, cell, version: (this.cells.get(id)?.version ?? 0) + 1 };
    this.cells.set(id, state);
    answer.cells.push({ ...state });
  }

  text = (id) => this.cells.get(id)?.cell.text ?? null;
}

function saving(server = new Server(), outbox = new MemoryOutbox(), page = "page") {
  const told = { states: [], conflicts: [], refused: [], gone: [] };
  const saver = new Saver({
    outbox,
    page,
    send: server.change,
    on: {
      state: () => {
        const state = saver.stateOf("n");
        if (told.states.at(-1) !== state) told.states.push(state);
      },
      answered: () => {},
      conflict: (notebook, conflict) => told.conflicts.push(conflict),
      refused: (notebook, error, { id }) => told.refused.push([id, error.code]),
      gone: (notebook, error, entries) => told.gone.push([notebook, error.code, entries.map(({ cell }) => cell.text)]),
    },
  });
  return { saver, server, outbox, told };
}

test("what was typed goes off a moment after the last key, in one batch", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { saver, server, outbox, told } = saving();
  for (const typed of ["o", "on", "one"]) {
    saver.note("n", "a", { base: 0, place: "1", cell: text(typed) });
    context.mock.timers.tick(200);
  }
  saver.note("n", "b", { base: 0, place: "2", cell: text("two") });
  assert.equal(server.batches.length, 0);
  assert.deepEqual([...outbox.kept.keys()], ["page n a", "page n b"]);
  context.mock.timers.tick(300);
  await settled();
  assert.deepEqual(
    server.batches.map((batch) => batch.map(({ cell }) => cell.text)),
    [["one", "two"]],
  );
  assert.equal(outbox.kept.size, 0);
  assert.deepEqual(told.states, ["saving", "saved"]);
});

test("who types without a pause is saved all the same", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { saver, server } = saving();
  for (let key = 0; key < 40; key++) {
    saver.note("n", "a", { base: 0, place: "1", cell: text(`${key}`) });
    context.mock.timers.tick(100);
    await settled();
  }
  assert.ok(server.batches.length >= 1);
});

test("a server that is away is asked again, later and later, and gets what was typed last", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { saver, server, told } = saving();
  server.down = true;
  let asked = 0;
  const { change } = server;
  server.change = (...all) => (asked++, change(...all));
  const away = saving(server);
  away.saver.note("n", "a", { base: 0, place: "1", cell: text("first") });
  for (let second = 0; second < 60; second++) {
    context.mock.timers.tick(1000);
    await settled();
  }
  assert.equal(asked, 6); // after 0, 1, 3, 7, 15, 31 seconds
  away.saver.note("n", "a", { base: 0, place: "1", cell: text("last") });
  server.down = false;
  away.saver.wake();
  for (let turn = 0; turn < 5; turn++) await settled();
  assert.equal(server.text("a"), "last");
  assert.equal(away.outbox.kept.size, 0);
  assert.deepEqual(away.told.states, ["saving", "lost", "saving", "saved"]);
  assert.deepEqual(told.states, []);
  assert.ok(saver.isDone);
});

test("a notebook that gets no answer holds up no other", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const server = new Server();
  const { change } = server;
  for (const failure of [offline, { status: 500, code: "mistake", values: {} }]) {
    let isOdd = true;
    server.change = async (notebook, changes) => {
      if (notebook === "odd" && isOdd) throw failure;
      return change(notebook, changes);
    };
    const { saver, outbox } = saving(server);
    saver.note("odd", "a", { base: 0, place: "1", cell: text("waits") });
    saver.note("n", `b ${failure.status}`, { base: 0, place: "1", cell: text("goes") });
    await saver.flush();
    assert.equal(server.text(`b ${failure.status}`), "goes");
    assert.deepEqual([...saver.pendingOf("odd").keys()], ["a"]);
    saver.note("n", `c ${failure.status}`, { base: 0, place: "2", cell: text("goes too") });
    context.mock.timers.tick(300);
    for (let turn = 0; turn < 5; turn++) await settled();
    assert.equal(server.text(`c ${failure.status}`), "goes too");
    isOdd = false;
    saver.wake();
    for (let turn = 0; turn < 5; turn++) await settled();
    assert.equal(server.text("a"), "waits");
    assert.equal(outbox.kept.size, 0);
    server.cells.delete("a");
  }
});

test("an answer that is lost makes no copy, however much is typed meanwhile", async () => {
  const { saver, server, told } = saving();
  server.loses = true;
  saver.note("n", "a", { base: 0, place: "1", cell: text("one") });
  await saver.flush();
  saver.note("n", "a", { base: 0, place: "1", cell: text("one and two") });
  server.loses = false;
  await saver.flush();
  assert.equal(server.text("a"), "one and two");
  assert.deepEqual([...server.cells.keys()], ["a"]);
  assert.deepEqual(told.conflicts, []);
});

test("after a reload what was sent without an answer goes first: no copy either", async () => {
  const before = saving();
  before.server.loses = true;
  before.saver.note("n", "a", { base: 0, place: "1", cell: text("one") });
  await before.saver.flush();
  before.saver.note("n", "a", { base: 0, place: "1", cell: text("one and two") });
  before.server.loses = false;
  const after = saving(before.server, before.outbox, "another page");
  await after.saver.adopt(await before.outbox.all());
  assert.deepEqual(after.saver.pendingOf("n").get("a").cell, text("one and two"));
  await after.saver.flush();
  assert.equal(after.server.text("a"), "one and two");
  assert.deepEqual([...after.server.cells.keys()], ["a"]);
  assert.equal(after.outbox.kept.size, 0);
  await before.saver.drop("n"); // its timer
});

test("what another has changed becomes a copy, and what was typed since goes on there", async () => {
  const { saver, server, told, outbox } = saving();
  server.cells.set("a", { id: "a", place: "1", version: 7, cell: text("by another") });
  const { change } = server;
  const typing = saving(
    Object.assign(server, {
      change: async (notebook, changes) => {
        const answer = await change(notebook, changes);
        if (changes[0].cell.text === "mine")
          typing.saver.note("n", "a", { base: 3, place: "1", cell: text("mine, on") });
        return answer;
      },
    }),
    outbox,
  );
  typing.saver.note("n", "a", { base: 3, place: "1", cell: text("mine") });
  await typing.saver.flush();
  await typing.saver.flush();
  assert.deepEqual(typing.told.conflicts, [{ id: "a", copy: "a-copy", cell: text("mine") }]);
  assert.equal(server.text("a"), "by another");
  assert.equal(server.text("a-copy"), "mine, on");
  assert.ok(typing.saver.isDone && saver.isDone);
  assert.deepEqual(told.refused, []);
});

test("one change that is refused keeps back no other, and goes again when it is changed", async () => {
  const { saver, server, told } = saving();
  server.refuses = (cell) => cell.text.length > 5;
  saver.note("n", "a", { base: 0, place: "1", cell: text("fine") });
  saver.note("n", "b", { base: 0, place: "2", cell: text("far too long") });
  saver.note("n", "c", { base: 0, place: "3", cell: text("good") });
  await saver.flush();
  assert.deepEqual([...server.cells.keys()], ["a", "c"]);
  assert.deepEqual(told.refused, [["b", "too-long"]]);
  assert.equal(told.states.at(-1), "refused");
  saver.note("n", "b", { base: 0, place: "2", cell: text("short") });
  await saver.flush();
  assert.equal(server.text("b"), "short");
  assert.equal(told.states.at(-1), "saved");
});

test("a deleted notebook is told once, keeps no other in red, and is saved when it is restored", async () => {
  const { saver, server, outbox, told } = saving();
  server.deleted.add("other");
  saver.note("other", "a", { base: 0, place: "1", cell: text("one") });
  saver.note("other", "b", { base: 0, place: "2", cell: text("two") });
  saver.note("n", "c", { base: 0, place: "1", cell: text("three") });
  await saver.flush();
  assert.deepEqual(told.gone, [["other", "notebook-deleted", ["one", "two"]]]);
  assert.deepEqual([told.refused, server.batches.length, server.text("c")], [[], 2, "three"]);
  assert.deepEqual([saver.stateOf("n"), saver.stateOf("other"), told.states.at(-1)], ["saved", "refused", "saved"]);
  assert.equal(outbox.kept.size, 2); // for a reload
  server.deleted.clear();
  saver.again("other");
  await saver.flush();
  assert.deepEqual([server.text("a"), server.text("b"), outbox.kept.size], ["one", "two", 0]);
  assert.equal(saver.stateOf("other"), "saved");
});

test("a cell that the server never heard of is forgotten without a word to it", async () => {
  const { saver, server, outbox } = saving();
  saver.note("n", "a", { base: 0, place: "1", cell: text("") });
  saver.note("n", "a", { base: 0, place: "1", cell: null });
  await saver.flush();
  assert.deepEqual([server.batches, outbox.kept.size], [[], 0]);
});
