// Watching a run: nothing is lost and nothing counted twice, however replay and news interleave.

import assert from "node:assert/strict";
import test from "node:test";

import { Watcher } from "../../../static/js/lenet/run/watcher.js";

const records = (from, to) =>
  Array.from({ length: to - from }, (_, index) => ({
    kind: "batches",
    epoch: 1,
    step: from + index,
    loss: [from + index],
  }));

function made({ lines = 5 } = {}) {
  const server = { lines, asked: [], waiting: [] };
  const api = {
    records: (run, line) => {
      server.asked.push([run, line]);
      return new Promise((resolve, reject) => server.waiting.push({ line, resolve, reject }));
    },
  };
  const followed = [];
  const news = {
    connected: true,
    answers: [], // of the next ones; then true
    follow: async (run) => (followed.push(run), news.answers.shift() ?? true),
    unfollow: async (run) => followed.push(`not ${run}`),
  };
  const failures = [];
  const watcher = new Watcher(api, news, { changed: () => {}, failed: (error) => failures.push(error) });
  const answer = async () => {
    const { line, resolve } = server.waiting.shift();
    resolve(records(line, server.lines));
    await settled();
  };
  return { watcher, server, news, followed, failures, answer };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("it follows first and then replays from the beginning", async () => {
  const { watcher, server, followed, answer } = made();
  watcher.watch("a");
  await settled();
  assert.deepEqual(followed, ["a"]);
  assert.deepEqual(server.asked, [["a", 0]]);
  await answer();
  assert.deepEqual(watcher.log.losses, [0, 1, 2, 3, 4]);
});

test("news during the replay are not lost", async () => {
  const { watcher, server, answer } = made();
  watcher.watch("a");
  await settled();
  watcher.received({ run: "a", line: 5, records: records(5, 6) });
  await answer();
  server.lines = 6;
  await answer();
  assert.deepEqual(watcher.log.losses, [0, 1, 2, 3, 4, 5]);
  assert.equal(server.waiting.length, 0);
});

test("news that overlap the replay count once, and a gap is fetched", async () => {
  const { watcher, server, answer } = made();
  watcher.watch("a");
  await settled();
  await answer();
  watcher.received({ run: "a", line: 3, records: records(3, 7) });
  assert.deepEqual(watcher.log.losses, [0, 1, 2, 3, 4, 5, 6]);
  watcher.received({ run: "a", line: 9, records: records(9, 10) });
  server.lines = 10;
  await answer();
  assert.equal(watcher.log.lines, 10);
  assert.deepEqual(server.asked.at(-1), ["a", 7]);
});

test("what does not fit one answer is asked for until it is all there", async () => {
  const { watcher, server } = made();
  watcher.watch("a");
  await settled();
  server.waiting.shift().resolve(records(0, 5000));
  await settled();
  assert.deepEqual(server.asked.at(-1), ["a", 5000]);
  server.waiting.shift().resolve(records(5000, 5003));
  await settled();
  assert.equal(watcher.log.lines, 5003);
  assert.equal(server.waiting.length, 0);
});

test("another run's records and late answers do not reach the log", async () => {
  const { watcher, server, followed, answer } = made();
  watcher.watch("a");
  await settled();
  watcher.watch("b");
  await settled();
  watcher.received({ run: "a", line: 0, records: records(0, 5) });
  await answer(); // to a's question
  assert.equal(watcher.log.lines, 0);
  server.lines = 2;
  await answer();
  assert.equal(watcher.log.lines, 2);
  assert.deepEqual(followed, ["a", "not a", "b"]);
});

test("after a reconnection it fetches only what is missing", async () => {
  const { watcher, server, followed, answer } = made();
  watcher.watch("a");
  await settled();
  await answer();
  watcher.reconnected();
  await settled();
  server.lines = 8;
  await answer();
  assert.equal(watcher.log.lines, 8);
  assert.deepEqual(server.asked, [
    ["a", 0],
    ["a", 5],
  ]);
  assert.deepEqual(followed, ["a", "a"]);
});

test("a failure is told, and the next news try again", async () => {
  const { watcher, server, failures, answer } = made();
  watcher.watch("a");
  await settled();
  server.waiting.shift().reject(new Error("offline"));
  await settled();
  assert.equal(failures.length, 1);
  watcher.received({ run: "a", line: 5, records: records(5, 6) });
  server.lines = 6;
  await answer();
  assert.equal(watcher.log.lines, 6);
});

test("what the server has not promised is asked for again while there is a connection, and no longer", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { watcher, news, followed, answer } = made();
  news.answers = [false, false, true];
  watcher.watch("a");
  await settled();
  await answer();
  for (const times of [2, 3]) {
    t.mock.timers.tick(3000);
    await settled();
    assert.equal(followed.length, times);
    await answer(); // what was missed meanwhile
  }
  t.mock.timers.tick(9000);
  await settled();
  assert.equal(followed.length, 3);
  news.answers = [false];
  watcher.reconnected();
  await settled();
  watcher.watch(null);
  t.mock.timers.tick(9000);
  await settled();
  assert.deepEqual(followed, ["a", "a", "a", "a", "not a"]);
  news.answers = [false];
  news.connected = false; // the next connection asks
  watcher.watch("b");
  await settled();
  t.mock.timers.tick(9000);
  await settled();
  assert.equal(followed.at(-1), "b");
  assert.equal(followed.filter((run) => run === "b").length, 1);
});
