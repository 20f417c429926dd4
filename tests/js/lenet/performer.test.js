// What a visitor wants done is asked of the server once, after a question where it cannot be undone, and told to the page.

import assert from "node:assert/strict";
import test from "node:test";

import { addTexts } from "../../../static/js/base/i18n.js";
import { Performer } from "../../../static/js/lenet/runs/performer.js";

globalThis.document ??= /** @type {any} */ ({ documentElement: { lang: "en" } });

const RUN = { run: "one", name: "mine", status: "running", created: 0 };
const SWEEP = { id: "many", trials: [{ run: "first" }, { run: "second" }] };

/** A performer, what it did in the order it did it, and the names in its questions. sure: what the visitor answers; answers: the API's functions. */
function performerWith(answers, sure = true) {
  const [done, named] = [[], []];
  const told = Object.fromEntries(
    ["begins", "heard", "heardAll", "failed"].map((name) => [name, (...values) => done.push([name, ...values])]),
  );
  const confirm = { ask: async ([question, { name }]) => (done.push(["asked", question]), named.push(name), sure) };
  const performer = new Performer(answers, confirm, told);
  return { performer, done, named };
}

test("a run is paused without a question, and what the server says of it is told", async () => {
  const paused = { ...RUN, status: "paused" };
  const { performer, done } = performerWith({ pause: async (id) => (assert.equal(id, "one"), paused) });
  await performer.perform("pause", RUN);
  assert.deepEqual(done, [["begins"], ["heard", paused]]);
});

test("a run is deleted after a question, is marked meanwhile, and is told as deleted", async () => {
  let marked = null;
  const answers = { delete: async () => void (marked = performer.isDeleting("one")) };
  const { performer, done } = performerWith(answers);
  await performer.perform("delete", RUN);
  assert.equal(marked, true);
  assert.equal(performer.isDeleting("one"), false);
  assert.deepEqual(done, [["asked", "action.deleteQuestion"], ["begins"], ["heard", { run: "one", deleted: true }]]);
});

test("the question names a run as the list does, with its time", async () => {
  addTexts({ en: { "sweep.trial": "Trial {number}", "preset.fast": "Fast" }, zh: {} });
  const names = {
    "mine · ": RUN,
    "Fast · ": { ...RUN, name: null, preset: "fast" },
    "Trial 2 · ": { ...RUN, name: null, preset: "fast", sweep: { number: 2 } },
  };
  for (const [name, run] of Object.entries(names)) {
    const { performer, named } = performerWith({}, false);
    await performer.perform("delete", run);
    assert.ok(named[0].startsWith(name) && named[0].length > name.length, named[0]);
  }
});

test("who answers no has asked the server for nothing", async () => {
  const { performer, done } = performerWith({}, false);
  await performer.perform("delete", RUN);
  await performer.perform("delete", SWEEP);
  assert.deepEqual(done, [
    ["asked", "action.deleteQuestion"],
    ["asked", "sweep.deleteQuestion"],
  ]);
});

test("a refusal is told, and the run is no longer marked", async () => {
  const refused = new Error("no");
  const { performer, done } = performerWith({ delete: () => Promise.reject(refused) });
  await performer.perform("delete", RUN);
  assert.deepEqual(done.at(-1), ["failed", refused]);
  assert.equal(performer.isDeleting("one"), false);
});

test("what is done with a sweep is done with all its runs", async () => {
  const trials = [{ run: "first", status: "paused" }];
  const asked = [];
  const { performer, done } = performerWith({
    controlSweep: async (...words) => (asked.push(words), { trials }),
    deleteSweep: async (id) => void asked.push([id, performer.isDeleting("first") && performer.isDeleting("second")]),
  });
  await performer.perform("pause", SWEEP);
  await performer.perform("delete", SWEEP);
  assert.deepEqual(asked, [
    ["many", "pause"],
    ["many", true],
  ]);
  assert.deepEqual(done, [
    ["begins"],
    ["heardAll", trials],
    ["asked", "sweep.deleteQuestion"],
    ["begins"],
    ["heard", { run: "first", deleted: true }],
    ["heard", { run: "second", deleted: true }],
  ]);
});
