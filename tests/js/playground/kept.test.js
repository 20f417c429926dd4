import assert from "node:assert/strict";
import { test } from "node:test";

import { differing, keep, load, MOST, save, strokeOf, namePlaces } from "../../../static/js/playground/kept.js";
import { cellsOf } from "../../../static/js/playground/cells.js";

const FIELDS = new Map([
  ["noise", { change: "rebuild" }],
  ["networkShape", { change: "rebuild" }],
  ["learningRate", { change: "live" }],
  ["discretize", { change: "view" }],
]);
const CONFIG = { noise: 0, networkShape: [4, 2], learningRate: 0.03, discretize: false };

class Store extends Map {
  getItem(key) {
    return this.get(key) ?? null;
  }
  setItem(key, value) {
    this.set(key, value);
  }
}

function present(config = {}, epoch = 10) {
  const epochs = Array.from({ length: 1000 }, (_, at) => at);
  const map = Int8Array.from({ length: 10_000 }, (_, at) => (at % 256) - 128);
  return {
    link: `seed=1&epoch=${epoch}`,
    config: { ...CONFIG, ...config },
    frame: { epoch, trainLoss: 0.25, testLoss: NaN, map },
    curve: { epochs, trainLoss: epochs.map((at) => 1 / (at + 1)), testLoss: epochs.map((at) => 2 / (at + 1)) },
  };
}

test("a kept run has its numbers, its curve up to its epoch, and its map", () => {
  const run = keep([], present({}, 900));
  assert.equal(run.number, 1);
  assert.deepEqual([run.curve.epochs[0], run.curve.epochs.at(-1)], [0, 900]);
  assert.ok(run.curve.epochs.length <= 200 && run.curve.epochs.length > 80);
  assert.deepEqual(run.curve.epochs.slice(0, 4), [0, 1, 2, 3]); // where most happens
  run.curve.epochs.forEach((epoch, at) => assert.equal(run.curve.testLoss[at], 2 / (epoch + 1)));
  assert.deepEqual(cellsOf(run.map), present().frame.map);
});

test("no two kept runs are drawn alike", () => {
  const strokes = Array.from({ length: MOST }, (_, index) => JSON.stringify(strokeOf(index)));
  assert.equal(new Set(strokes).size, MOST);
});

test("numbers are not given twice, whatever was forgotten", () => {
  const first = keep([], present());
  const second = keep([first], present());
  assert.deepEqual([second.number, keep([second], present()).number], [2, 3]);
});

test("what is kept is there after a reload", () => {
  const store = new Store();
  const kept = [keep([], present())];
  assert.ok(save(store, kept));
  assert.deepEqual(load(store), JSON.parse(JSON.stringify(kept)));
});

test("a damaged or blocked store has nothing, and more than there may be is left out", () => {
  assert.deepEqual(load(null), []);
  assert.equal(save(null, []), false);
  const run = keep([], present());
  for (const [text, count] of [
    ["{", 0],
    ["7", 0],
    [JSON.stringify([null, 1, {}, { ...run, curve: 3 }]), 0],
    [JSON.stringify(Array(20).fill(run)), MOST],
  ]) {
    const store = new Store([["playlab.kept", text]]);
    assert.equal(load(store).length, count, text.slice(0, 20));
  }
  const full = {
    setItem: () => {
      throw new Error("full");
    },
  };
  assert.equal(save(full, [run]), false);
});

test("only settings that differ are told, and none of what is shown alone", () => {
  const runs = [{}, { networkShape: [3], discretize: true }, { learningRate: 0.1 }].map((config) =>
    keep([], present(config)),
  );
  assert.deepEqual(differing(runs, FIELDS), ["networkShape", "learningRate"]);
  assert.deepEqual(differing(runs.slice(0, 1), FIELDS), []);
});

test("a setting in which runs differ that it has no effect on is no difference", () => {
  const fields = new Map([
    ["problem", { change: "rebuild" }],
    ["dataset", { change: "rebuild", needs: { problem: ["classification"] } }],
  ]);
  const [circle, xor, regression] = [
    { problem: "classification", dataset: "circle" },
    { problem: "classification", dataset: "xor" },
    { problem: "regression", dataset: "spiral" },
  ].map((config) => keep([], present(config)));
  assert.deepEqual(differing([circle, regression], fields), ["problem"]);
  assert.deepEqual(differing([circle, xor, regression], fields), ["problem", "dataset"]);
});

test("own data in which runs of another data set differ are no difference", () => {
  const fields = new Map([["ownData", { key: "ownData", change: "rebuild" }]]);
  const runs = (dataset) =>
    ["sha256-1", "sha256-2"].map((ownData) => keep([], present({ problem: "classification", dataset, ownData })));
  assert.deepEqual(differing(runs("own"), fields), ["ownData"]);
  assert.deepEqual(differing(runs("blobs"), fields), []);
});

test("the learning rate is shown where it changed in a run, though the runs ended with the same", () => {
  const one = { ...keep([], present()), link: "learningRate=0.03&seed=1&epoch=10&edits=5:bias:0:0:1" };
  assert.deepEqual(differing([one], FIELDS), []);
  const changed = { ...one, link: "learningRate=0.3&seed=1&epoch=10&edits=5:rate:0.03" };
  assert.deepEqual(differing([one, changed], FIELDS), ["learningRate"]);
  assert.deepEqual(differing([{ config: CONFIG }, { config: CONFIG }], FIELDS), []); // of studies, which have no link
});

test("names of runs that end soon lie in lines of their own as their losses do, and the others left of their ends", () => {
  const run = (end, loss) => ({ curve: { epochs: end ? [0, end] : [0], testLoss: end ? [0.5, loss] : [loss] } });
  const runs = [run(0, 0.5), run(600, 0.1), run(5, 0.01), run(600, 0.5), run(0, 0.4), run(9, 0.02)];
  assert.deepEqual(namePlaces(runs, 600, 0.6), [
    { place: 0, lines: 0, position: "bottom right" },
    { place: 1, lines: 0, position: "top left" },
    { place: 1, lines: 0, position: "top right" },
    { place: 1, lines: 0, position: "bottom left" },
    { place: 0, lines: 1, position: "bottom right" },
    { place: 1, lines: 1, position: "top right" },
  ]);
  const places = namePlaces([run(0, 0.5), run(0, null)], 0, 0.6); // one has diverged
  assert.deepEqual(
    places.map(({ lines }) => lines),
    [1, 0],
  );
});
