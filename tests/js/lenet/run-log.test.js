// The fold of a run's records, held to the server's own, lenet/training/progress.py.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";

import { RunLog } from "../../../static/js/lenet/run/run-log.js";

const ROOT = new URL("../../../", import.meta.url);
const LAYERS = [{ name: "conv1", shape: [6, 24, 24], parameters: 156 }];
const start = (epoch, step) => ({
  kind: "start",
  epoch,
  step,
  steps: 12,
  steps_per_epoch: 4,
  epochs: 3,
  device: "CPU, 2 threads",
  images: 400,
  layers: LAYERS,
});
const batches = (epoch, step, loss) => ({
  kind: "batches",
  epoch,
  step,
  loss,
  images_per_s: 900 + step,
  left_s: 12 - step,
  train_s: 0.1 * (step + loss.length),
});
const epoch = (number, accuracy) => ({
  kind: "epoch",
  epoch: number,
  step: 4 * number,
  train_s: number,
  checkpoint: `lenet_mnist_${accuracy}.pt`,
  test: { loss: 1 - accuracy, accuracy, images: 10000 },
  train: { loss: 0, accuracy: 1, images: 400 },
  holdout: null,
  seconds: 1,
  confusion: Array.from({ length: 10 }, () => Array(10).fill(0)),
  worst: [],
});
// Killed in the middle of epoch 3, gone on from the end of epoch 1, and paused.
const RECORDS = [
  { kind: "data", source: "npm", done: 10, total: 55 },
  start(0, 0),
  batches(1, 0, [2.3]),
  batches(1, 1, [2.2, 2.1, 2.0]),
  epoch(1, 0.5),
  batches(2, 4, [1.9, 1.8, 1.7, 1.6]),
  epoch(2, 0.75),
  batches(3, 8, [1.5]),
  start(1, 4),
  batches(2, 4, [1.91, 1.81]),
  { kind: "end", run: "x", status: "paused" },
];
// Ended in the middle of epoch 2, and of epoch 1, while the trainer of another run trained it.
const PARTED = [...RECORDS.slice(1, 5), batches(2, 4, [1.9, 1.8]), { kind: "end", status: "paused", step: 4 }];
// The start between two tellings of epoch 2 is left out.
const WITHOUT_START = [...RECORDS.slice(1, 7), { kind: "odd", error: "x" }, epoch(2, 0.8)];
const PARTED_AT_ONCE = [start(0, 0), batches(1, 0, [2.3]), { kind: "end", status: "stopped", step: 0 }];

test("what was not saved for a run does not count as done", () => {
  const log = folded(PARTED);
  assert.deepEqual([log.step, log.epochShare, log.trainSeconds, log.losses.length], [4, 0, 1, 4]);
  const anew = folded(PARTED_AT_ONCE);
  assert.deepEqual([anew.share, anew.trainSeconds, anew.losses], [0, 0, []]);
});

test("sources of the data set that did not work are remembered until the run begins", () => {
  const data = (source, done) => ({ kind: "data", source, done, total: 55 });
  const log = folded([data("torchvision", 0), data("torchvision", 3), data("npm", 0)]);
  assert.deepEqual([log.failedSources, log.download.source], [["torchvision"], "npm"]);
  const waited = folded([data(null, 0), data(null, 3), data("torchvision", 0)]); // another process gave up
  assert.deepEqual([waited.failedSources, waited.download.source], [[], "torchvision"]);
  log.add(3, [data("npm", 55), start(0, 0)]);
  assert.deepEqual([log.failedSources, log.download], [[], null]);
});

function serversFold(records) {
  const program = `
import json, sys
from lenet.training.progress import fold
records = json.load(sys.stdin)
p = fold(json.dumps(record).encode() for record in records)
layers = [record["layers"] for record in records if record["kind"] == "start"]
print(json.dumps({"lines": p.lines, "step": p.step, "steps": p.steps, "device": p.device,
  "layers": layers[-1] if layers else [], "images_per_s": p.images_per_s, "left_s": p.left_s, "train_s": p.train_s,
  "download": p.summary()["download"], "end": records[-1] if p.end else None, "epochs": [e.epoch for e in p.epochs]}))`;
  const input = JSON.stringify(records);
  const python = spawnSync(process.env.PYTHON ?? "python3", ["-c", program], { cwd: ROOT, encoding: "utf8", input });
  assert.equal(python.status, 0, python.stderr);
  return JSON.parse(python.stdout);
}

function folded(records) {
  const log = new RunLog();
  log.add(0, records);
  return log;
}

test("after every record the log is what the server's fold is", () => {
  for (const records of [...RECORDS.map((_, at) => RECORDS.slice(0, at + 1)), PARTED, PARTED_AT_ONCE, WITHOUT_START]) {
    const log = folded(records);
    const ours = {
      lines: log.lines,
      step: log.step,
      steps: log.steps,
      device: log.device,
      layers: log.layers,
      images_per_s: log.imagesPerSecond,
      left_s: log.leftSeconds,
      train_s: log.trainSeconds,
      download: log.download,
      end: log.end,
      epochs: log.epochs.map((record) => record.epoch),
    };
    assert.deepEqual(ours, serversFold(records), `after ${records.length}`);
  }
});

test("a run that goes on forgets the losses and epochs after the place it goes on from", () => {
  const log = folded(RECORDS);
  assert.deepEqual(log.losses, [2.3, 2.2, 2.1, 2.0, 1.91, 1.81]);
  assert.equal(log.newest.epoch, 1);
  assert.equal(log.epoch(2), null);
});

test("how many steps an epoch has is taken from an epoch where the start that says it is left out", () => {
  const log = folded([{ kind: "odd", error: "x" }, ...RECORDS.slice(2, 5)]);
  assert.deepEqual([log.stepsPerEpoch, log.losses.length, log.newest.epoch], [4, 4, 1]);
});

test("the epoch's share starts anew with each epoch, the run's does not", () => {
  assert.equal(folded(RECORDS).epochShare, 0.5);
  assert.equal(folded(RECORDS).share, 0.5);
  assert.equal(folded(RECORDS.slice(0, 4)).epochShare, 0);
});

test("records known already are passed over, and a gap is refused", () => {
  const log = folded(RECORDS.slice(0, 5));
  assert.equal(log.add(3, RECORDS.slice(3, 7)), true);
  assert.equal(log.lines, 7);
  assert.deepEqual(
    log.epochs.map((record) => record.epoch),
    [1, 2],
  );
  assert.equal(log.add(9, RECORDS.slice(9)), false);
  assert.equal(log.lines, 7);
});

test("a record of a kind not known counts as a line and changes nothing", () => {
  const log = new RunLog();
  assert.equal(log.add(0, [{ kind: "weather" }]), true);
  assert.equal(log.lines, 1);
});
