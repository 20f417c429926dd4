// What the server refuses and why a run ended, as the page says it: every code that Python can send has a text in both
// languages. The codes are read from the source; sentences count for nothing but in records of earlier versions.

import assert from "node:assert/strict";
import test from "node:test";

import en from "../../../static/js/i18n/lenet.en.js";
import zh from "../../../static/js/i18n/lenet.zh.js";
import { addTexts, t } from "../../../static/js/base/i18n.js";
import { ApiError } from "../../../static/js/base/rest.js";
import { oldReason } from "../../../static/js/lenet/old-reasons.js";
import { endText } from "../../../static/js/lenet/run/run-end.js";
import { quoted, refusalText, whyText } from "../../../static/js/lenet/refusals.js";
import { ofAnyRequest } from "../codes.js";
import { python, reasons, refusals } from "./codes.js";

globalThis.document ??= { documentElement: { lang: "en" } };
addTexts({ en, zh });

const SENTENCE = "quite an English sentence";

/** A text is whole in both languages, and no other than that of the code. */
function check([key, values], where) {
  assert.ok(!["refused.other", "end.quoted"].includes(key), where);
  for (const lang of ["en", "zh-CN"]) {
    document.documentElement.lang = lang;
    const text = t(key, values);
    assert.doesNotMatch(text, /[{}]|refused\.\w|why\.\w|undefined|null/, `${where}: ${text}`);
    if (lang !== "en") assert.match(text, /\p{Script=Han}/u, where);
  }
  document.documentElement.lang = "en";
}

test("every refusal of the server has a text in both languages, with all that it fills in", () => {
  const all = refusals();
  const codes = new Set(all.map(([code]) => code));
  assert.ok(codes.size >= 36, [...codes].join());
  for (const code of [
    "whole",
    "choice",
    "flag",
    "invalid",
    "no-such-run",
    "empty-drawing",
    "no-answer",
    "too-many-followed",
  ])
    assert.ok(codes.has(code), code);
  for (const [code, names, where] of all) {
    const values = Object.fromEntries(names.map((name) => [name, name === "choices" ? ["sgd", "adamw"] : "7"]));
    check(refusalText({ code, field: "optimizer", values, error: SENTENCE }), `${code}, ${where}`);
  }
});

test("what any request may be refused with has a text too", () => {
  for (const code of ofAnyRequest()) check(refusalText({ code, error: "HTTP 502" }), code);
});

test("what the page itself finds has a text too", () => {
  for (const code of ["offline", "http"]) check(refusalText(new ApiError(0, { code, error: "HTTP 502" })), code);
});

test("every reason of an end has a text in both languages, with all that it fills in", () => {
  const all = Object.entries(reasons());
  assert.ok(all.length >= 27, `only ${all.length}`);
  for (const [code, names] of all)
    check(whyText({ code, values: Object.fromEntries(names.map((name) => [name, 7])) }, SENTENCE), code);
});

test("no reason's text is without a reason", () => {
  const codes = Object.keys(reasons());
  const texts = Object.keys(en).filter((key) => key.startsWith("why."));
  assert.deepEqual(
    texts.filter((key) => !codes.includes(key.slice("why.".length))),
    [],
  );
});

test("the sentence counts for nothing where there is a code, and is quoted where the code is not known", () => {
  const error = "the loss is no longer a number in epoch 3";
  assert.equal(refusalText({ code: "no-such-run", error })[0], "refused.no-such-run");
  assert.deepEqual(refusalText({ code: "something-new", error }), ["refused.other", { error }]);
  const run = { status: "failed", owner: "me", reason: error };
  assert.equal(endText({ ...run, why: { code: "killed", values: {} } })[0], "why.killed");
  assert.deepEqual(endText({ ...run, why: { code: "something-new", values: {} } }), quoted(error));
});

test("every way a setting can be wrong is told in the page's language", () => {
  const program = `
import json
from lenet.config import PRESETS, ConfigError
def refused(**changes):
    try: PRESETS["fast"].config.updated(changes)
    except ConfigError as error: return error.to_json()
print(json.dumps([refused(epochs=0), refused(epochs="many"), refused(learning_rate=99), refused(activation="x"),
  refused(train_images=100, holdout=100, batch_size=1), refused(train_images=100), refused(seed=-1), refused(shuffle=1),
  refused(layers=3)]))`;
  const texts = python(program).map((refusal) => t(...refusalText(refusal)));
  assert.deepEqual(texts, [
    "“0” is not a whole number from 1 to 1,000.",
    "“many” is not a whole number from 1 to 1,000.",
    "“99” is not a number from 0 to 10.",
    "“x” is not one of Sigmoid, ReLU, Tanh.",
    "100 is too many: train images are 100.",
    "128 is too many: there are 100 images to train on.",
    "“-1” is not a whole number from 0 to 2,147,483,647.",
    "“1” is neither on nor off.",
    "The server does not take this value: invalid layers: 3 (want known fields only)",
  ]);
});

test("presets that are chosen from have their names on the form", () => {
  const values = { value: "x", choices: ["fast", "best"] };
  assert.equal(
    t(...refusalText({ code: "choice", field: "preset", values, error: SENTENCE })),
    "“x” is not one of Fast, Best.",
  );
});

test("one code that means two things to the reader has a text for each", () => {
  const [programs, browser] = ["programs", "browser"].map((of) => ({
    code: "too-many-runs",
    values: { count: 4, of },
  }));
  assert.match(t(...refusalText(programs)), /^Programs without a cookie have 4 runs/);
  assert.match(t(...refusalText(browser)), /^You have 4 runs/);
  const unsure = { code: "queue-unreachable", values: { error: "no", may_be_done: true }, error: SENTENCE };
  assert.match(t(...refusalText(unsure)), /may still be done/);
  assert.equal(t(...refusalText({ ...unsure, values: { error: "no" } })), "The queue of runs cannot be reached: no");
});

test("a record of an earlier version, which has a sentence alone, is told in the page's language", () => {
  const list = ["a", "b", "c", "d"].map((name) => `  ${name}  10,008 bytes`).join("\n");
  const files = `Put these four files, unpacked, into raw:\n${list}`;
  const told = {
    "by the teacher": "by-teacher",
    "the server was closed": "closed",
    "its process was told to end (SIGTERM)": "signalled",
    "its records cannot be read: metrics.jsonl: Expected `str`": "records",
    "what the queue holds of it cannot be read": "queue-records",
    [`could not get the data set fashion. Tried:\n  torchvision: no\n  npm: no\n${files}`]: "no-data",
    "this machine has no CUDA device that PyTorch can use": "no-gpu",
    "the loss is no longer a number in epoch 3; try a lower learning rate": "not-a-number",
    "the loss is no longer a number after epoch 3; try a lower learning rate": "not-a-number",
    "the GPU's memory is full: CUDA out of memory.": "gpu-memory",
    "the disk: [Errno 28] No space left on device": "disk",
    "the training process was killed": "killed",
    "the training process ended without a word": "killed",
    "20 workers were lost over it": "workers-lost",
    "cannot start: no more processes": "cannot-start",
    "this machine's version does not know its settings: dropout": "other-version",
    "it could not start; the log of its machine says why": "machine-log",
    "the queue has lost it": "lost",
    "it did not answer and was killed": "no-answer",
    "resume.pt is empty; it goes on from epoch 2; its optimizer starts anew, so its weights ...": "restored-weights",
    "resume.pt is not there; it goes on from epoch 2": "restored",
    "metrics.jsonl was damaged; resume.pt is empty; it starts from the beginning": "begun-again",
    "metrics.jsonl was damaged; lost: epoch 1": "mended",
    "tested again: epoch 1, 2": "mended",
  };
  for (const [reason, code] of Object.entries(told)) {
    const why = oldReason(reason);
    assert.equal(why?.code, code, reason);
    check(endText({ status: "failed", owner: "me", reason, why: null }), reason);
  }
  const said = (reason) => t(...endText({ status: "failed", owner: "me", reason, why: null }));
  assert.match(said(Object.keys(told)[7]), /in epoch 3\./);
  assert.match(
    said(Object.keys(told)[5]),
    /torchvision: no\n.*npm: no[^]*into raw in its data folder:\n {2}a {2}10,008 bytes/,
  );
  assert.equal(said("ValueError: odd"), "ValueError: odd");
});

test("a field that is empty is told so, and large limits have their separators", () => {
  const values = { low: 0.000001, high: 60000 };
  const told = (code, value) =>
    t(...refusalText({ code, field: "epochs", values: { ...values, value }, error: SENTENCE }));
  assert.equal(told("number", ""), "A number from 0.000001 to 60,000 has to stand here.");
  assert.equal(told("whole", "x"), "“x” is not a whole number from 0.000001 to 60,000.");
  document.documentElement.lang = "zh-CN";
  assert.equal(told("whole", ""), "请填一个 0.000001 到 60,000 之间的整数。");
  document.documentElement.lang = "en";
});
