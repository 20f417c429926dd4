// What the server refuses, as the page says it: every sentence the server's sources can send has a text of its own.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";

import { LANGUAGES, t } from "../../static/js/i18n.js";
import { errorText, warningText } from "../../static/js/playground/server-errors.js";

globalThis.document = { documentElement: { lang: "en" } };

const ROOT = new URL("../../", import.meta.url);

/** What Python makes of `links`: the warnings of each. */
function warningsOf(links) {
  const program =
    "import json, sys; from playground import link\n" +
    "print(json.dumps([[w.to_json() for w in link.parse_leniently(one)[1]] for one in json.load(sys.stdin)]))";
  const options = { cwd: ROOT, encoding: "utf8", input: JSON.stringify(links) };
  const python = spawnSync(process.env.PYTHON ?? "python3", ["-c", program], options);
  assert.equal(python.status, 0, python.stderr);
  return JSON.parse(python.stdout);
}

test("a warning of every kind is complete, in both languages, and names setting, value and what is taken", () => {
  const links = ["batchSize=99", "learningRate=abc", "activation=swish", "networkShape=4,99", `seed=${"x".repeat(40)}`];
  links.push("noise=90", "percTrainData=5", "weightsDraw=-1", "regDataset=moons", "x".repeat(5000));
  for (const warnings of warningsOf(links)) {
    assert.equal(warnings.length, 1);
    for (const lang of ["en", "zh-CN"]) {
      document.documentElement.lang = lang;
      const text = t(...warningText(warnings[0]));
      assert.doesNotMatch(text, /[{}'"]|error\.|label\.|undefined/, text);
      assert.ok(text.includes(warnings[0].values.taken), text);
      if (lang !== "en") assert.match(text, /\p{Script=Han}/u);
    }
  }
});

test("a setting that a client sends is refused in the same words", () => {
  document.documentElement.lang = "en";
  const refusal = { code: "whole", field: "batchSize", values: { value: "31", low: 1, high: 30 }, error: "invalid ..." };
  assert.equal(t(...errorText(refusal)), "Batch size: “31” is not a whole number from 1 to 30.");
});

test("what sessions and limits refuse has a text of its own; another sentence is quoted", () => {
  const sentences = {
    "this browser has 10 sessions in use, the most allowed: close one first": "error.browserFull",
    "this browser has 20 connections, the most allowed": "error.browserFull",
    "the server is full: it holds 400 sessions": "error.full",
    "programs that are no browser have 200 sessions in use, the most allowed: close one first": "error.full",
    "no session on this connection: send open first": "error.noSession",
    "too many commands: at most 200 a second": "error.tooMany",
    "the server failed on this command": "error.failed",
    "something new": "notice.error",
  };
  for (const [error, key] of Object.entries(sentences)) {
    assert.equal(errorText({ error })[0], key, error);
    for (const texts of Object.values(LANGUAGES)) assert.ok(key in texts);
  }
});
