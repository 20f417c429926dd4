// Sweeps: how the form makes one, what its runs make of it, and where its lines and ticks stand.

import assert from "node:assert/strict";
import test from "node:test";

import { axisOf } from "../../../static/js/lenet/sweep/axis.js";
import { parallelOf } from "../../../static/js/lenet/sweep/parallel.js";
import { fits } from "../../../static/js/lenet/run/run-actions.js";
import { useStates } from "../../../static/js/lenet/runs/run-status.js";
import { shareOf, sweepsOf } from "../../../static/js/lenet/sweep/sweep.js";
import { SweepDraft } from "../../../static/js/lenet/sweep/sweep-draft.js";
import { states } from "./codes.js";

useStates(states());

const FIELDS = [
  { name: "activation", kind: "choice", choices: ["sigmoid", "relu"] },
  { name: "learning_rate", kind: "number", min: 0, max: 10, whole: false },
  { name: "batch_size", kind: "number", min: 1, max: 10_000, whole: true },
  { name: "momentum", kind: "number", min: 0, max: 0.9, whole: false },
  { name: "shuffle", kind: "flag" },
  { name: "device", kind: "choice", choices: ["auto", "cpu"] },
];
const SCHEMA = { fields: FIELDS, sweeps: { most_trials: 100, not_varied: ["device"] } };
const VALUES = { activation: "relu", learning_rate: 0.01, batch_size: 128, momentum: 0, shuffle: true };
const value = (name) => VALUES[name];

test("a grid makes every combination, and sends what was entered", () => {
  const draft = new SweepDraft(SCHEMA);
  assert.equal(draft.count, 0);
  draft.add(value);
  draft.add(value);
  assert.deepEqual(draft.request, {
    search: "grid",
    axes: { learning_rate: { values: [0.005, 0.01, 0.02] }, batch_size: { values: [64, 128, 256] } },
  });
  assert.equal(draft.count, 9);
  draft.axes[0].text = "1e-3，0.5; many";
  assert.deepEqual(
    draft.request.axes.learning_rate,
    { values: [0.001, 0.5, "many"] },
    "the server judges, not the form",
  );
  assert.deepEqual(draft.fault, {
    name: "learning_rate",
    code: "number",
    values: { value: "many", low: 0, high: 10 },
  });
  draft.axes[0].text = "0.01 1e-2 0.5";
  assert.deepEqual(draft.fault, { name: "learning_rate", code: "twice", values: {} });
  draft.axes[0].text = "0.01 0.5";
  assert.deepEqual([draft.fault, draft.count], [null, 6]);
  draft.axes[0].text = " ";
  assert.equal(draft.count, 0);
});

test("choices and flags are offered whole, and a setting is varied once", () => {
  const draft = new SweepDraft(SCHEMA);
  for (let times = 0; times < 9; times += 1) draft.add(value);
  const axes = Object.fromEntries(draft.axes.map((axis) => [axis.field.name, SweepDraft.valuesOf(axis)]));
  assert.deepEqual(axes.activation, ["sigmoid", "relu"]);
  assert.deepEqual(axes.shuffle, [false, true]);
  assert.deepEqual(axes.momentum, [0, 0.1]);
  assert.equal(draft.axes.length, FIELDS.length - 1, "all but the device, as the schema says");
  draft.remove(draft.axes[0]);
  assert.deepEqual(
    draft.free().map(({ name }) => name),
    ["learning_rate"],
  );
});

test("a random search makes as many runs as said, from ranges or values", () => {
  const draft = new SweepDraft(SCHEMA);
  draft.search = "random";
  draft.trials = 5;
  draft.add(value);
  draft.add(value);
  draft.add(value);
  assert.equal(draft.count, 5);
  assert.deepEqual(draft.request, {
    search: "random",
    trials: 5,
    axes: {
      learning_rate: { low: 0.001, high: 0.1, scale: "log" },
      batch_size: { low: 64, high: 256, scale: "linear" },
      activation: { values: ["sigmoid", "relu"] },
    },
  });
  assert.equal(draft.fault, null);
  draft.axes[0].low = 0.2;
  assert.deepEqual(draft.fault, { name: "learning_rate", code: "range", values: {} });
  draft.search = "grid";
  assert.equal(draft.fault, null);
  assert.deepEqual(draft.request.axes.learning_rate, { values: [0.005, 0.01, 0.02] }, "a grid has no ranges");
});

const AXES = { learning_rate: { values: [0.1, 0.01] }, activation: { values: ["relu", "tanh"] } };
const trial = (number, changes = {}) => ({
  run: `run${number}`,
  sweep: { id: "a", number, size: 4, search: "grid", axes: AXES },
  owner: "me",
  preset: "fast",
  created: number,
  status: "finished",
  requested: null,
  download: null,
  accuracy: null,
  train_s: 1,
  step: 10,
  steps: 10,
  epoch: 1,
  ...changes,
  config: { learning_rate: 0.1, activation: "relu", ...changes.config },
});
const sweep = (...trials) => sweepsOf(trials).get("a");

test("a sweep is read from its runs, wherever they stand among others", () => {
  const { trials, best, size, done, failed, train_s, created } = sweep(
    trial(3, { accuracy: 0.9 }),
    { run: "single", sweep: null },
    trial(1, { status: "failed" }),
    trial(2, { accuracy: 0.8 }),
  );
  assert.deepEqual(
    trials.map(({ run }) => run),
    ["run1", "run2", "run3"],
  );
  assert.deepEqual([best.run, size, done, failed, train_s, created], ["run3", 4, 3, 1, 3, 1]);
  assert.equal(sweep(trial(1)).best, null);
});

test("a sweep does what the most active of its runs does, and can be asked what fits one of them", () => {
  const actions = (...statuses) => {
    const made = sweep(...statuses.map((status, index) => trial(index + 1, { status })));
    return [made.status, ...["pause", "resume", "stop", "delete"].filter((name) => fits(name, made))];
  };
  assert.deepEqual(actions("finished", "queued", "running"), ["running", "pause", "stop"]);
  assert.deepEqual(actions("paused", "finished"), ["paused", "resume", "delete"]);
  assert.deepEqual(actions("paused", "queued"), ["queued", "pause", "resume", "stop"]);
  assert.deepEqual(actions("failed", "finished"), ["failed", "delete"]);
  assert.deepEqual(actions("finished", "finished"), ["finished", "delete"]);
});

test("its progress counts the steps of what still trains, and a run that failed as done", () => {
  const trials = [trial(1), trial(2, { status: "failed", step: 1 }), trial(3, { status: "running", step: 5 })];
  assert.equal(shareOf(sweep(...trials, trial(4, { status: "queued", step: 0, steps: 0 }))), 2.5 / 4);
});

test("numbers stand by size, by their logarithms where they span much", () => {
  const linear = axisOf({ values: [64, 128, 256] }, [64]);
  assert.deepEqual([64, 256, 160].map(linear.at), [0, 1, 0.5]);
  const log = axisOf({ low: 0.001, high: 0.1, scale: "log" }, [0.01]);
  assert.ok(Math.abs(log.at(0.01) - 0.5) < 1e-12);
  assert.deepEqual(
    log.ticks.map((tick) => tick.value),
    [0.001, 0.003, 0.01, 0.03, 0.1],
  );
  const wide = axisOf({ values: [1, 10, 100] }, []);
  assert.ok(Math.abs(wide.at(10) - 0.5) < 1e-12);
  assert.equal(axisOf({ low: 1, high: 101, scale: "linear" }, []).at(51), 0.5, "a scale that is given holds");
  assert.equal(axisOf({ values: [0, 100] }, []).at(50), 0.5, "0 has no logarithm");
});

test("everything that is no number stands in the order of its list, a single value in the middle", () => {
  const { at, ticks } = axisOf({ values: ["relu", "tanh", "sigmoid"] }, ["tanh"]);
  assert.deepEqual(["relu", "tanh", "sigmoid"].map(at), [0, 0.5, 1]);
  assert.equal(ticks.length, 3);
  assert.equal(axisOf({ values: [7] }, [7]).at(7), 0.5);
  assert.deepEqual([false, true].map(axisOf({ values: [false, true] }, []).at), [0, 1]);
});

test("no two ticks stand on each other, and the ends have theirs", () => {
  for (const spec of [
    { low: 0.0009, high: 0.11, scale: "log" },
    { values: [1, 100, 101, 10_000] },
    { low: 3, high: 7, scale: "linear" },
  ]) {
    const places = axisOf(spec, []).ticks.map(({ at }) => at);
    assert.deepEqual([places[0], places.at(-1)], [0, 1]);
    places.slice(1).forEach((at, index) => assert.ok(at - places[index] >= 0.05, JSON.stringify(spec)));
  }
});

test("the accuracies that are written are round, and told apart", () => {
  const written = (...accuracies) =>
    parallelOf(sweep(...accuracies.map((accuracy, index) => trial(index + 1, { accuracy }))))
      .axes.at(-1)
      .ticks.map(({ value }) => value);
  assert.deepEqual(written(0.1135, 0.5, 0.3679), [0.2, 0.3, 0.4, 0.5]);
  assert.deepEqual(written(0.9812, 0.9871), [0.982, 0.984, 0.986]);
  assert.deepEqual(written(0.9871, 0.9872), [0.9871, 0.9872]);
  assert.deepEqual(written(0.9871, 0.9871), [0.9871]);
  assert.deepEqual(
    axisOf({ low: 0.013, high: 0.09, scale: "linear" }, []).ticks.map(({ value }) => value),
    [0.013, 0.02, 0.04, 0.06, 0.08, 0.09],
  );
  assert.deepEqual(
    axisOf({ low: 1, high: 3, scale: "linear" }, [2]).ticks.map(({ value }) => value),
    [1, 2, 3],
  );
});

test("a trial's line goes through its settings to its accuracy, the best one on top", () => {
  const made = sweep(
    trial(1, { accuracy: 0.9 }),
    trial(2, { accuracy: 0.5, config: { learning_rate: 0.01, activation: "tanh" } }),
    trial(3, { status: "queued" }),
  );
  const { axes, lines } = parallelOf(made);
  assert.deepEqual(
    axes.map(({ name }) => name),
    ["learning_rate", "activation", "accuracy"],
  );
  assert.deepEqual(
    lines.map(({ run, share }) => [run.run, share]),
    [
      ["run3", null],
      ["run2", 0],
      ["run1", 1],
    ],
  );
  const at = ({ x, y }, place) => y[x.indexOf(place)];
  const [unfinished, worst, best] = lines;
  assert.deepEqual(
    [0, 1, 2].map((place) => at(best, place)),
    [1, 0, 1],
  );
  assert.deepEqual(
    [0, 1, 2].map((place) => at(worst, place)),
    [0, 1, 0],
  );
  assert.ok(Math.abs(at(best, 0.5) - 0.5) < 1e-12, "and straight between two axes");
  assert.equal(unfinished.x.at(-1), 1, "it has no accuracy yet");
});

test("a setting that is the same in all trials gets no axis, unless there is no other", () => {
  const same = { config: { activation: "relu" } };
  const names = (...trials) => parallelOf(sweep(...trials)).axes.map(({ name }) => name);
  assert.deepEqual(names(trial(1, same), trial(2, { config: { learning_rate: 0.01 } })), ["learning_rate", "accuracy"]);
  assert.deepEqual(names(trial(1)), ["learning_rate", "activation", "accuracy"]);
});
