// The list of runs and their comparison: orders, statuses, what may be done, what differs.

import assert from "node:assert/strict";
import test from "node:test";

import { columnsOf, differing, distinctNames, placesOf } from "../../../static/js/lenet/runs/comparison.js";
import { ACTIONS } from "../../../static/js/lenet/run/run-actions.js";
import { speedOf } from "../../../static/js/lenet/run/run-speed.js";
import { sorted } from "../../../static/js/base/sorted.js";
import { ORDERS } from "../../../static/js/lenet/runs/run-order.js";
import { statusOf, STATUSES, useStates } from "../../../static/js/lenet/runs/run-status.js";
import { RunStore } from "../../../static/js/lenet/runs/run-store.js";
import { states } from "./codes.js";

useStates(states());

const run = (id, changes = {}) => ({
  run: id,
  created: 0,
  status: "finished",
  requested: null,
  download: null,
  owner: "me",
  ...changes,
});
const ids = (runs) => runs.map(({ run: id }) => id).join("");

test("the page has an icon for every state that the server knows", () => {
  assert.deepEqual(
    Object.keys(states()).filter((name) => !(name in STATUSES)),
    [],
  );
});

test("runs without a value come last, whichever way they are sorted", () => {
  const runs = [run("a", { best_accuracy: null }), run("b", { best_accuracy: 0.9 }), run("c", { best_accuracy: 0.98 })];
  assert.equal(ids(sorted(runs, ORDERS.accuracy.value, true)), "cba");
  assert.equal(ids(sorted(runs, ORDERS.accuracy.value, false)), "bca");
});

test("equal runs keep their order, and texts sort as texts", () => {
  const runs = [run("a", { preset: "fast" }), run("b", { preset: "best" }), run("c", { preset: "fast" })];
  assert.equal(ids(sorted(runs, ORDERS.preset.value)), "bac");
  assert.equal(ids(sorted([run("b"), run("a")], ({ run: id }) => id)), "ab");
});

test("news that come while the server is asked stand against its answer, which may be older, but for the name", () => {
  const ME = { owner: "me", teacher: false };
  const queued = run("a", { name: "mine", status: "queued" });
  const finished = run("a", { status: "finished" });
  const ways = {
    putAll: (store, moment) => store.putAll([queued], moment),
    replace: (store, moment) => store.replace({ me: ME, runs: [queued] }, moment),
    extend: (store, moment) => store.extend({ runs: [queued] }, moment),
    append: (store, moment) => store.append({ runs: [queued] }, false, moment),
  };
  for (const [name, answer] of Object.entries(ways)) {
    const store = new RunStore(() => {});
    const before = store.moment;
    store.put(finished);
    answer(store, before);
    assert.deepEqual(store.get("a"), { ...finished, name: "mine" }, name);
    answer(store, store.moment); // asked after the news
    assert.deepEqual(store.get("a"), queued, name);
  }
});

test("a run that is new while the list is asked for stays, and one that was deleted meanwhile does not come back", () => {
  const store = new RunStore(() => {});
  store.replace({ me: { owner: "me", teacher: false }, runs: [run("old"), run("gone")] });
  const { moment } = store;
  store.put(run("new"));
  store.put({ run: "gone", deleted: true });
  store.replace({ me: { owner: "me", teacher: false }, runs: [run("gone")] }, moment);
  assert.deepEqual(ids(store.runs), "new");
});

test("a run keeps its place while it is compared, and a new one takes the first that is free", () => {
  const first = placesOf(["a", "b", "c"]);
  assert.deepEqual([...first.entries()], [["a", 0], ["b", 1], ["c", 2]]); // prettier-ignore
  const second = placesOf(["b", "c"], first);
  assert.deepEqual([second.get("b"), second.get("c")], [1, 2]);
  const third = placesOf(["d", "c", "b", "e"], second);
  assert.deepEqual(["b", "c", "d", "e"].map((id) => third.get(id)), [1, 2, 0, 3]); // prettier-ignore
  assert.deepEqual(placesOf(["x", "y"], third), placesOf(["x", "y"]));
});

test("a status says what is being waited for", () => {
  assert.equal(statusOf(run("a", { status: "running", requested: "pause" })), "pausing");
  assert.equal(statusOf(run("a", { status: "queued", requested: "stop" })), "stopping");
  const config = { epochs: 2 };
  assert.equal(statusOf(run("a", { status: "running", epoch: 1, config })), "running");
  assert.equal(statusOf(run("a", { status: "running", epoch: 2, config })), "ending");
  assert.equal(statusOf(run("a", { status: "running", download: { done: 1, total: 2 } })), "downloading");
  assert.equal(statusOf(run("a", { status: "failed", download: { done: 1, total: 2 } })), "failed");
  for (const status of ["queued", "starting", "running", "paused", "stopped", "finished", "failed", "interrupted"])
    assert.ok(statusOf(run("a", { status })) in STATUSES, status);
});

test("only what makes sense can be done", () => {
  const fitting = (changes) => Object.keys(ACTIONS).filter((name) => ACTIONS[name].fits(run("a", changes)));
  assert.deepEqual(fitting({ status: "queued" }), ["pause", "stop"]);
  assert.deepEqual(fitting({ status: "running" }), ["pause", "stop"]);
  assert.deepEqual(fitting({ status: "running", requested: "pause" }), ["stop"]);
  assert.deepEqual(fitting({ status: "running", requested: "stop" }), []);
  for (const status of ["paused", "stopped", "interrupted", "failed"])
    assert.deepEqual(fitting({ status }), ["resume", "delete"], status);
  assert.deepEqual(fitting({ status: "finished" }), ["delete"]);
});

test("what was deleted is not brought back by an answer that was on its way", () => {
  const store = new RunStore(() => {});
  const answer = { me: { owner: "me", teacher: false }, runs: [run("a"), run("b")] };
  store.replace(answer);
  store.put({ run: "a", deleted: true });
  store.replace(answer);
  assert.equal(ids(store.runs), "b");
  store.putAll([run("a")]);
  store.put(run("a", { status: "running" }));
  assert.equal(ids(store.runs), "b");
});

test("the store holds the newest word on each run, and who may change it", () => {
  let changes = 0;
  const store = new RunStore(() => (changes += 1));
  store.replace({
    me: { owner: "me", teacher: false },
    runs: [run("a", { created: 1 }), run("b", { owner: "you", created: 2 })],
  });
  store.put(run("c", { owner: null, created: 3 }));
  store.put(run("a", { created: 1, status: "paused" }));
  assert.equal(ids(store.runs), "cba");
  assert.equal(store.get("a").status, "paused");
  assert.deepEqual(
    ["a", "b", "c"].map((id) => store.mayChange(store.get(id))),
    [true, false, false],
  );
  store.replace({ me: { owner: "me", teacher: true }, runs: store.runs });
  assert.ok(["a", "b", "c"].every((id) => store.mayChange(store.get(id))));
  store.put({ run: "b", deleted: true });
  assert.equal(store.get("b"), null);
  assert.equal(changes, 5);
});

test("the list comes in pages, of all runs and of mine, and begins anew with the first", () => {
  const store = new RunStore(() => {});
  const me = { owner: "me", teacher: false };
  assert.deepEqual(store.page(false), { next: null, total: null });
  const unreadable = [{ run: "x", reason: "5" }];
  store.replace({ me, runs: [run("b", { created: 2 })], next: "2~b", total: 3, reading: true, unreadable });
  assert.deepEqual([store.page(false), store.page(true).total], [{ next: "2~b", total: 3 }, null]);
  assert.deepEqual([store.isReading, store.unreadable], [true, unreadable]);
  store.extend({ me, runs: [run("b", { created: 2 })], next: "2~b", total: 4, reading: true, unreadable: [] });
  assert.deepEqual([store.page(false).total, store.unreadable], [4, []]);
  store.append({ me, runs: [run("a", { created: 1 })], next: null, total: 3 }, true);
  assert.equal(ids(store.runs), "ba");
  assert.deepEqual([store.page(false).next, store.page(true).next], ["2~b", null]);
  store.replace({ me, runs: [run("c")], next: null, total: 1, reading: false, unreadable: [] });
  assert.deepEqual([ids(store.runs), store.page(true).total, store.isReading], ["c", null, false]);
});

test("a run started on the command line is nobody's, even before the server has said who we are", () => {
  const store = new RunStore(() => {});
  assert.equal(store.isMine(run("a", { owner: null })), false);
});

const compared = (changes) => ({
  ...run("a"),
  best_accuracy: 0.98,
  accuracy: 0.97,
  test_loss: 0.1,
  train_accuracy: 0.99,
  epoch: 2,
  train_s: 3,
  trained_images_per_s: 9000,
  config: { epochs: 2, seed: 0, ...changes },
});

test("columns are the results and the settings that differ, or all of them", () => {
  const runs = [compared({}), compared({ seed: 1 })];
  assert.deepEqual(differing(runs), ["seed"]);
  const names = (all) =>
    columnsOf(runs, all)
      .filter(({ kind }) => kind === "setting")
      .map(({ name, differs }) => [name, differs]);
  assert.deepEqual(names(false), [["seed", true]]);
  assert.deepEqual(names(true), [
    ["seed", true],
    ["epochs", false],
  ]);
  const columns = columnsOf(runs, true).map(({ name }) => name);
  assert.deepEqual([columns[0], columns[1], columns.at(-1)], ["seed", "best_accuracy", "epochs"]); // what sets them apart first
  assert.deepEqual(
    columnsOf([], true).filter(({ kind }) => kind === "setting"),
    [],
  );
});

test("a run's results are its last ones, and its best accuracy", () => {
  const run = compared({});
  const results = columnsOf([run], false).filter(({ kind }) => kind === "result");
  assert.deepEqual(
    results.map(({ name, value }) => [name, value(run)]),
    [
      ["best_accuracy", 0.98],
      ["accuracy", 0.97],
      ["test_loss", 0.1],
      ["train_accuracy", 0.99],
      ["epoch", 2],
      ["train_s", 3],
      ["trained_images_per_s", 9000],
    ],
  );
});

test("a name that its owner gave stays through news that everybody hears", () => {
  const store = new RunStore(() => {});
  store.put(run("a", { name: "first try" }));
  store.put(run("a", { status: "running" }));
  assert.deepEqual([store.get("a").name, store.get("a").status], ["first try", "running"]);
  store.put(run("a", { name: null }));
  assert.equal(store.get("a").name, null);
  store.put(run("b"));
  assert.equal(store.get("b").name, null);
});

test("each run has a name that no other has, the shortest that does", () => {
  const runs = [
    { run: "a", name: "x", time: 1, second: 1 },
    { run: "b", name: "x", time: 2, second: 1 },
    { run: "c", name: "x", time: 2, second: 2 },
    { run: "d", name: "y", time: 2, second: 2 },
    { run: "e", name: "x", time: 2, second: 2 },
  ];
  const ways = [({ name }) => name, ({ name, time }) => `${name} ${time}`, (run) => `${run.name} ${run.second} s`];
  assert.deepEqual(distinctNames(runs, [...ways, ({ run }) => run]), ["x 1", "b", "c", "y", "e"]);
  assert.deepEqual(distinctNames(runs.slice(0, 3), ways), ["x 1", "x 1 s", "x 2 s"]);
  assert.deepEqual(distinctNames([], ways), []);
});

test("a speed is said to be with tests only when there was one, and is left out while it is too early to say", () => {
  const before = run("a", { status: "running", images_per_s: null, trained_images_per_s: 9000 });
  const log = { imagesPerSecond: null, leftSeconds: null };
  assert.deepEqual(speedOf(before, log), { speed: null, isTested: false });
  assert.deepEqual(speedOf(before, { ...log, leftSeconds: 5 }), { speed: 9000, isTested: false });
  assert.deepEqual(speedOf(before, { imagesPerSecond: 7000, leftSeconds: 5 }), { speed: 7000, isTested: true });
  assert.deepEqual(speedOf({ ...before, status: "stopped" }, log), { speed: 9000, isTested: false });
  assert.deepEqual(speedOf({ ...before, images_per_s: 7000 }, log), { speed: 7000, isTested: true });
});
