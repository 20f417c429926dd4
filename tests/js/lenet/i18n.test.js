// The LeNet page's translations: complete, equal in shape, and every text the page asks for is there.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import en from "../../../static/js/i18n/lenet.en.js";
import zh from "../../../static/js/i18n/lenet.zh.js";
import { addTexts, LANGUAGES } from "../../../static/js/base/i18n.js";
import { FIGURES } from "../../../static/js/lenet/pins.js";
import { EXERCISE_LAYERS } from "../../../static/js/lenet/run/layers.js";
import { ACTIONS } from "../../../static/js/lenet/run/run-actions.js";
import { ORDERS } from "../../../static/js/lenet/runs/run-order.js";
import { STATUSES } from "../../../static/js/lenet/runs/run-status.js";
import { whyText } from "../../../static/js/lenet/refusals.js";
import { reasons } from "./codes.js";

const ROOT = new URL("../../../", import.meta.url);
const SHARED = new Set(Object.keys(LANGUAGES.en)); // with the other page
addTexts({ en, zh });
const GROUPS = new Set(Object.keys(en).map((key) => key.split(".")[0]));

function literals() {
  const sources = ["static/js/lenet/", "static/js/parts/"].flatMap((folder) => {
    const names = readdirSync(new URL(folder, ROOT), { recursive: true }).filter((name) => name.endsWith(".js"));
    return names.map((name) => readFileSync(new URL(folder + name, ROOT), "utf8"));
  });
  const text = [...sources, readFileSync(new URL("templates/lenet.html", ROOT), "utf8")].join("\n");
  const keys = [...text.matchAll(/["'`]([a-z]+\.[\w-]+)["'`]/g)].map(([, key]) => key);
  const isText = (key) => GROUPS.has(key.split(".")[0]) && !key.endsWith(".js") && !(key in FIGURES); // a view has a like name
  return keys.filter((key) => isText(key) && !SHARED.has(key));
}

/** The keys that are put together from the tables of settings and presets, which only the server has. */
function fromSchema() {
  const program = "import json; from lenet.config import schema; print(json.dumps(schema()))";
  const python = spawnSync(process.env.PYTHON ?? "python3", ["-c", program], { cwd: ROOT, encoding: "utf8" });
  assert.equal(python.status, 0, python.stderr);
  const { fields, presets } = JSON.parse(python.stdout);
  return [
    ...fields.flatMap(({ name }) => [`setting.${name}`, `hint.${name}`]),
    ...fields.map(({ group }) => `group.${group}`),
    ...fields.flatMap(({ choices = [] }) => choices.map((choice) => `option.${choice}`)),
    ...Object.keys(presets).flatMap((name) => [`preset.${name}`, `purpose.${name}`, `based.${name}`]),
  ];
}

/** The keys of why a run ended, but for those that a refusal has too. */
const fromCodes = () =>
  Object.keys(reasons())
    .map((code) => whyText({ code, values: {} })[0])
    .filter((key) => !SHARED.has(key));

const names = (group, list) => list.map((name) => `${group}.${name}`);
const COMPUTED = [
  ...names("status", Object.keys(STATUSES)),
  ...names("action", Object.keys(ACTIONS)),
  ...names("sort", Object.keys(ORDERS)),
  ...EXERCISE_LAYERS.flatMap(({ name }) => [`layer.${name}`, `layer.${name}-kind`]),
  ...names("fashion", [...Array(10).keys()]),
  ...names("watch", ["epoch", "left", "time", "device"]),
  ...names("look", ["draw", "mistakes", "kernels", "maps"]),
  ...["mnist", "fashion"].flatMap((dataset) => [`draw.about-${dataset}`, `draw.first-${dataset}`]),
  ...["mnist", "fashion"].map((dataset) => `answer.limits-${dataset}`),
  ...["mnist", "fashion"].flatMap((dataset) => [`intro.data-${dataset}`, `intro.question-${dataset}`]),
  ...names("answer", ["fed-draw", "fed-maps"]),
  ...names("sweep", ["grid", "random", "explain-grid", "explain-random", "values", "linear", "log", "low", "high"]),
  ...names("sweep", ["epoch", "train_accuracy", "accuracy", "test_loss", "train_s", "status"]),
  ...names(
    "sweep",
    ["trials", "best", "time", "search", "axes"].map((fact) => `fact-${fact}`),
  ),
  ...names("curve", ["train", "holdout", "test", "both", "distorted", "smoothed"]),
  ...names("unit", ["s", "min", "h"]),
  ...["Owner", "Terminal"].flatMap((who) => names("end", [`paused${who}`, `stopped${who}`])),
  ...["test", "train"].flatMap((part) => names("figure", [`${part}-accuracy`, `${part}-loss`, `over-${part}`])),
  ...["start", "watch", "compare"].flatMap((step) => names("intro", [step, `${step}-how`])),
  "intro.question",
  ...names("compare", ["test_accuracy", "test_loss", "train_accuracy", "train_loss", "holdout_accuracy"]),
  ...names("compare", ["best_accuracy", "accuracy", "epoch", "train_s", "trained_images_per_s", "by-epoch", "by-time"]),
];
const asked = new Set([...literals(), ...COMPUTED, ...fromSchema(), ...fromCodes()]);

test("both languages have the same keys, in the same order", () => {
  assert.deepEqual(Object.keys(zh), Object.keys(en));
});

test("every text the page asks for exists", () => {
  assert.ok(asked.size > 250);
  assert.deepEqual(
    [...asked].filter((key) => !(key in en)),
    [],
  );
});

test("every text is asked for somewhere", () => {
  assert.deepEqual(
    Object.keys(en).filter((key) => !asked.has(key) && !SHARED.has(key)),
    [],
  );
});

test("both languages fill in the same values, and no text is empty", () => {
  const values = (text) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const key of Object.keys(en)) {
    assert.deepEqual(values(zh[key]), values(en[key]), key);
    assert.ok(en[key].trim() && zh[key].trim(), key);
  }
});

test("Chinese texts are Chinese", () => {
  const international =
    /^(option\.(mnist|fashion|lenet5|sigmoid|relu|tanh|xavier|sgd|adamw|cpu|cuda)|end\.quoted|answer\.says|watch\.download)$/;
  for (const key of Object.keys(zh)) if (!international.test(key)) assert.match(zh[key], /\p{Script=Han}/u, key);
});
