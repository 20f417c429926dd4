// The form of a new run: what is sent, what is kept, and what counts as changed.

import assert from "node:assert/strict";
import test from "node:test";

import { Draft } from "../../../static/js/lenet/launch/draft.js";
import { parsed } from "../../../static/js/lenet/launch/setting-input.js";

const common = { dataset: "mnist", device: "auto" };
const PRESETS = {
  fast: { config: { ...common, epochs: 1, learning_rate: 0.01 } },
  best: { config: { ...common, epochs: 20, learning_rate: 0.004 } },
};

test("an untouched preset changes nothing", () => {
  const draft = new Draft(PRESETS, "fast");
  assert.deepEqual(draft.changes, {});
  assert.equal(draft.changed, 0);
});

test("what is sent is what differs, and setting it back takes it out again", () => {
  const draft = new Draft(PRESETS, "fast");
  draft.set("epochs", 3);
  draft.set("dataset", "fashion");
  assert.deepEqual(draft.changes, { dataset: "fashion", epochs: 3 });
  assert.equal(draft.changed, 1, "the data set is chosen beside the preset");
  draft.set("epochs", 1);
  assert.deepEqual(draft.changes, { dataset: "fashion" });
});

test("another preset brings its own values, but keeps data set and device", () => {
  const draft = new Draft(PRESETS, "fast");
  draft.set("epochs", 3);
  draft.set("dataset", "fashion");
  draft.set("device", "cpu");
  draft.choose("best");
  assert.equal(draft.value("epochs"), 20);
  assert.deepEqual(draft.changes, { dataset: "fashion", device: "cpu" });
});

test("another run's settings can be taken over whole, and reset to its preset", () => {
  const draft = new Draft(PRESETS, "fast");
  draft.load("best", { ...common, epochs: 5, learning_rate: 0.004 });
  assert.equal(draft.preset, "best");
  assert.deepEqual(draft.changes, { epochs: 5 });
  draft.reset();
  assert.deepEqual(draft.changes, {});
  assert.equal(PRESETS.best.config.epochs, 20, "the presets themselves stay as they are");
});

test("a number is read with point or comma; what is none stays the text the user sees", () => {
  assert.equal(parsed(" 0.5 "), 0.5);
  assert.equal(parsed("0,5"), 0.5);
  assert.equal(parsed("1e-4"), 0.0001);
  assert.equal(parsed("many"), "many");
  assert.equal(parsed(""), "");
});

test("a whole number is read as the page writes it, with its thousands apart", () => {
  assert.equal(parsed("60,000", true), 60_000);
  assert.equal(parsed(" 1，234，567 ", true), 1_234_567);
  assert.equal(parsed("1,500"), 1.5);
  assert.equal(parsed("0,500", true), 0.5);
  assert.equal(parsed("60,00", true), 60);
});
