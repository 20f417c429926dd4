// The form of a new run: what is sent, what is kept, and what counts as changed.

import assert from "node:assert/strict";
import test from "node:test";

import en from "../../../static/js/i18n/lenet.en.js";
import zh from "../../../static/js/i18n/lenet.zh.js";
import { addTexts, t } from "../../../static/js/base/i18n.js";
import { Draft } from "../../../static/js/lenet/launch/draft.js";
import { faultOf, hasEffect, parsed } from "../../../static/js/parts/setting-value.js";
import { refusalText } from "../../../static/js/lenet/refusals.js";
import { python } from "./codes.js";

globalThis.document ??= { documentElement: { lang: "en" } };
addTexts({ en, zh });

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
  assert.equal(draft.changed, 2);
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

test("what is said of a preset holds on its own data set, and of the chosen one while nothing is changed", () => {
  const draft = new Draft(PRESETS, "fast");
  const promised = () => ["fast", "best"].map((name) => draft.isAsPromised(name));
  assert.deepEqual(promised(), [true, true]);
  assert.equal(draft.isAsPromised("fast", true), false, "a sweep sets something");
  draft.set("epochs", 3);
  assert.deepEqual(promised(), [false, true]);
  draft.reset();
  draft.set("dataset", "fashion");
  assert.deepEqual(promised(), [false, false]);
  draft.reset();
  assert.deepEqual(promised(), [true, true]);
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

test("a number is read with point or comma; a text that is not a number stays as the user sees it", () => {
  assert.equal(parsed(" 0.5 "), 0.5);
  assert.equal(parsed("0,5"), 0.5);
  assert.equal(parsed("１．５"), 1.5);
  assert.equal(parsed("－０。５"), -0.5);
  assert.equal(parsed("１ｅ－４"), 0.0001);
  assert.equal(parsed("多"), "多");
  assert.equal(parsed("1e-4"), 0.0001);
  assert.equal(parsed("many"), "many");
  assert.equal(parsed(""), "");
});

test("a whole number is read as the page writes it, with its thousands apart", () => {
  assert.equal(parsed("60,000", true), 60_000);
  assert.equal(parsed(" 1，234，567 ", true), 1_234_567);
  assert.equal(parsed("６０，０００", true), 60_000);
  assert.equal(parsed("1,500"), 1.5);
  assert.equal(parsed("0,500", true), 0.5);
  assert.equal(parsed("60,00", true), 60);
});

test("the page finds a number wrong where the server does, and says it in the same words", () => {
  const values = [-1, 0, 0.5, 1, 1.5, 60_000, 60_001, 1e9, "", "many", "1"];
  const program = `import json
from lenet.config import FIELDS, ConfigError, schema
def judged(name, value):
    try:
        FIELDS[name].check(value)
    except ConfigError as error:
        return error.to_json()
fields = [field for field in schema()["fields"] if field["kind"] == "number"]
print(json.dumps([[field, [judged(field["name"], value) for value in ${JSON.stringify(values)}]] for field in fields]))`;
  const judged = python(program);
  assert.ok(judged.length > 15);
  for (const [field, refusals] of judged)
    refusals.forEach((refusal, index) => {
      const here = faultOf(field, values[index]);
      const told = [here && t(...refusalText(here)), refusal && t(...refusalText(refusal))];
      assert.equal(told[0], told[1], `${field.name} ${values[index]}`);
    });
  assert.equal(faultOf({ kind: "flag" }, true), null);
});

test("a setting has an effect where all that it needs is so", () => {
  const needs = { model: ["lenet5"], optimizer: ["sgd", "adamw"] };
  assert.equal(hasEffect({}, {}), true);
  assert.equal(hasEffect({ needs }, { model: "lenet5", optimizer: "adamw" }), true);
  assert.equal(hasEffect({ needs }, { model: "lecun1998", optimizer: "sgd" }), false);
  assert.equal(hasEffect({ needs }, { model: "lenet5", optimizer: "none" }), false);
});
