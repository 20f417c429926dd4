// The list as it comes from the server, against answers that the test gives when it wants.

import assert from "node:assert/strict";
import test from "node:test";

import { RunReader } from "../../../static/js/lenet/runs/run-reader.js";
import { RunStore } from "../../../static/js/lenet/runs/run-store.js";

const ME = { owner: "me", teacher: false };
const run = (id) => ({ run: id, created: 0, owner: "me", sweep: null });
const FIRST = { me: ME, runs: [run("a")], next: "a", total: 2 };
const SECOND = { me: ME, runs: [run("b")], next: null, total: 2 };

/** Every question waits until the test answers it, in the order in which they were asked. */
function start() {
  const asked = [];
  const api = {
    runs: (options = {}) =>
      new Promise((resolve) => asked.push({ options, answer: (list) => resolve({ ...list, runs: [...list.runs] }) })),
  };
  const store = new RunStore(() => {});
  const reader = new RunReader(api, store, { more: async () => {}, failed: assert.fail });
  const shown = () => store.runs.map(({ run }) => run).sort();
  return { asked, reader, shown };
}

test("of names that change while one is asked for the last is shown, and nothing else of an old answer", async () => {
  const asked = [];
  const store = new RunStore(() => {});
  store.put({ ...run("a"), name: null, status: "running" });
  const show = (id) => new Promise((resolve) => asked.push((name) => resolve({ ...run(id), name, status: "queued" })));
  const reader = new RunReader({ show }, store, {});
  const first = reader.readName("a");
  assert.equal(await reader.readName("a"), false); // asks once more when the first has its answer
  assert.equal(asked.length, 1);
  asked[0]("one");
  await settled();
  asked[1]("two");
  assert.equal(await first, true);
  assert.equal(asked.length, 2);
  assert.deepEqual(store.get("a"), { ...run("a"), name: "two", status: "running" });
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a page that comes while the list is read anew stays", async () => {
  const { asked, reader, shown } = start();
  const first = reader.read();
  asked.shift().answer(FIRST);
  await first;
  const anew = reader.read(); // as after a connection came back
  const next = reader.readNext(false);
  asked[1].answer(SECOND);
  await next;
  asked[0].answer(FIRST);
  await settled();
  asked[2]?.answer(SECOND);
  await anew;
  assert.deepEqual(shown(), ["a", "b"]);
});

test("a page that comes after the list was read anew is added to it", async () => {
  const { asked, reader, shown } = start();
  const first = reader.read();
  asked.shift().answer(FIRST);
  await first;
  const anew = reader.read();
  const next = reader.readNext(false);
  asked[0].answer(FIRST);
  await anew;
  assert.deepEqual(asked[1].options, { after: "a", mine: false });
  asked[1].answer(SECOND);
  await next;
  assert.deepEqual(shown(), ["a", "b"]);
});
