// Titles on their way: each goes off once, the newest counts, and none is forgotten that was typed while another was sent.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Titles } from "../../../static/js/notebook/titles.js";
import { Outbox } from "../../../static/js/parts/outbox.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

const OFFLINE = { status: 0, code: "offline" };

/** answer(title) gives a summary or rejects. */
function desk(answer) {
  const sent = [];
  const told = [];
  const outbox = new Outbox("changes", null);
  const titles = new Titles({
    outbox,
    page: "p",
    send: async (notebook, title) => {
      sent.push([notebook, title]);
      return answer(title);
    },
    on: { named: (summary) => told.push(summary), refused: (error) => told.push(error.status) },
  });
  return { titles, outbox, sent, told };
}

test("flush resolves once the server has every title, and the outbox none", async () => {
  const { titles, outbox, sent, told } = desk(async (title) => ({ title }));
  titles.note("a", "One");
  titles.note("b", "Two");
  assert.equal(titles.of("b"), "Two");
  await titles.flush();
  assert.deepEqual(sent, [
    ["a", "One"],
    ["b", "Two"],
  ]);
  assert.deepEqual([titles.of("a"), titles.of("b"), await outbox.all()], [null, null, []]);
  assert.deepEqual(told, [{ title: "One" }, { title: "Two" }]);
  await titles.flush(); // of nothing
  assert.equal(sent.length, 2);
});

test("a title that is typed while the one before is sent goes off after it", async () => {
  let answer;
  const { titles, sent, told } = desk((title) => new Promise((resolve) => (answer = () => resolve({ title }))));
  titles.note("a", "On");
  titles.note("a", "One");
  const flushed = titles.flush();
  answer();
  for (let turn = 0; turn < 50 && sent.length < 2; turn++) await null;
  answer();
  await flushed;
  assert.deepEqual(sent, [
    ["a", "On"],
    ["a", "One"],
  ]);
  assert.deepEqual([titles.of("a"), told], [null, [{ title: "One" }]]);
});

test("without an answer a title waits, and goes off again by itself; one that is refused does not", async () => {
  let status = 0;
  const { titles, sent, told } = desk(async (title) => {
    if (status === null) return { title };
    throw { ...OFFLINE, status };
  });
  titles.note("a", "One");
  await titles.flush();
  assert.equal(titles.of("a"), "One");
  status = null;
  mock.timers.tick(5000);
  for (let turn = 0; turn < 50; turn++) await null;
  assert.deepEqual([titles.of("a"), told], [null, [{ title: "One" }]]);
  status = 422;
  titles.note("a", "Two");
  await titles.flush();
  assert.deepEqual([titles.of("a"), told.at(-1), sent.length], [null, 422, 3]);
});
