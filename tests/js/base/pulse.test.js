// Whether the server still answers: against a clock made for the test.

import assert from "node:assert/strict";
import test from "node:test";

import { Pulse } from "../../../static/js/base/pulse.js";

function start({ answers = true } = {}) {
  const said = [];
  const state = { now: 0, answers, asked: 0 };
  const pulse = new Pulse(
    {
      ask: () => {
        state.asked++;
        return state.answers ? Promise.resolve() : new Promise(() => {});
      },
      silent: () => said.push(["silent", state.now]),
      back: () => said.push(["back", state.now]),
      hopeless: () => said.push(["hopeless", state.now]),
    },
    () => state.now,
  );
  const run = async (ms, step = 250) => {
    for (const end = state.now + ms; state.now < end;) {
      state.now += step;
      pulse.tick();
      await new Promise(setImmediate);
    }
  };
  return { pulse, state, said, run };
}

test("while something is heard, nothing is asked", async () => {
  const { pulse, state, run } = start();
  for (let second = 0; second < 20; second++) {
    await run(500);
    pulse.heard();
  }
  assert.equal(state.asked, 0);
});

test("a quiet server is asked about once a second, and nothing is said while it answers", async () => {
  const { state, said, run } = start();
  await run(60_000);
  assert.ok(state.asked >= 30 && state.asked <= 60, String(state.asked));
  assert.deepEqual(said, []);
});

test("a dead network is told within five seconds of the last word, once; then the connection is given up", async () => {
  const { said, run } = start({ answers: false });
  await run(12_000);
  assert.equal(said[0][0], "silent");
  assert.ok(said[0][1] < 5000, String(said[0][1]));
  assert.deepEqual(
    said.map(([what]) => what),
    ["silent", "hopeless"],
  );
});

test("a word after the silence brings it back", async () => {
  const { pulse, said, run } = start({ answers: false });
  await run(6000);
  pulse.heard();
  assert.deepEqual(
    said.map(([what]) => what),
    ["silent", "back"],
  );
});

test("a page that slept gives the server its time", async () => {
  const { pulse, state, said, run } = start();
  await run(2000);
  state.now += 3_600_000;
  pulse.tick();
  assert.deepEqual(said, []);
  state.answers = false;
  await run(6000);
  assert.deepEqual(
    said.map(([what]) => what),
    ["silent"],
  );
});

test("a hidden page, whose timers come once a second or once a minute, raises no alarm while the server answers", async () => {
  for (const step of [1000, 60_000]) {
    const { said, run } = start();
    await run(600_000, step);
    assert.deepEqual(said, []);
  }
});
