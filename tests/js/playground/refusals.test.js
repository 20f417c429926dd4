// What the server refuses, as the page says it: every code that the protocol has.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";

import { LANGUAGES, t } from "../../../static/js/base/i18n.js";
import { refusalText, ownRefusal, warningText } from "../../../static/js/playground/refusals.js";
import { ofAnyRequest } from "../codes.js";
import { refusalCodes } from "./protocol.js";

globalThis.document = { documentElement: { lang: "en" } };

const ROOT = new URL("../../../", import.meta.url);

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
  const links = [
    "batchSize=9999",
    "learningRate=abc",
    "activation=swish",
    "networkShape=4,99",
    `seed=${"x".repeat(40)}`,
  ];
  links.push("noise=90", "percTrainData=5", "weightsDraw=-1", "regDataset=moons", "x".repeat(5000));
  for (const warnings of warningsOf(links)) {
    assert.equal(warnings.length, 1);
    for (const lang of ["en", "zh-CN"]) {
      document.documentElement.lang = lang;
      const text = t(...warningText(warnings[0]));
      assert.doesNotMatch(text, /[{}'"]|refused\.|warning\.|label\.|undefined/, text);
      assert.ok(text.replace("4,500", "4500").includes(warnings[0].values.taken), text);
      if (lang !== "en") assert.match(text, /\p{Script=Han}/u);
    }
  }
});

test("the refusal of a link that the server does not read at all is a complete warning too", () => {
  const values = { value: "a=b&".repeat(2000), most: 4000 };
  const refusal = { ok: false, code: "length", field: "link", values, error: "invalid link" };
  document.documentElement.lang = "en";
  assert.equal(t(...warningText(refusal)), "Link: it is longer than 4,000 characters and was not read.");
  document.documentElement.lang = "zh-CN";
  assert.doesNotMatch(t(...warningText(refusal)), /[{}]|改用/);
});

test("a setting that a client sends is refused in the same words", () => {
  document.documentElement.lang = "en";
  const refusal = {
    code: "whole",
    field: "batchSize",
    values: { value: "31", low: 1, high: 30 },
    error: "invalid ...",
  };
  assert.equal(t(...refusalText(refusal)), "Batch size: “31” is not a whole number from 1 to 30.");
});

test("every code of the protocol has a text of its own in both languages, with all that it has to fill in", () => {
  const { invalid, ...codes } = refusalCodes(); // which is of what has no code of its own: it is told by its sentence
  assert.deepEqual(invalid, ["value"]);
  assert.ok(Object.keys(codes).length >= 14, Object.keys(codes).join());
  for (const [code, names] of Object.entries(codes)) {
    const values = Object.fromEntries(names.map((name) => [name, "7"]));
    for (const lang of ["en", "zh-CN"]) {
      document.documentElement.lang = lang;
      const text = t(...refusalText({ code, field: "noise", values, error: "an English sentence" }));
      assert.doesNotMatch(text, /[{}]|refused\.|warning\.|label\.|undefined|an English sentence/, `${code}: ${text}`);
    }
  }
});

test("what has no code of its own is told by its sentence, as a value that the server does not take", () => {
  document.documentElement.lang = "en";
  const refusal = { code: "invalid", field: "number", values: { value: "7" }, error: "an English sentence" };
  assert.equal(t(...refusalText(refusal)), "The server does not take this value: an English sentence");
  document.documentElement.lang = "zh-CN";
  assert.equal(t(...refusalText(refusal)), "服务器不接受这个值：an English sentence");
  document.documentElement.lang = "en";
});

test("what any request may be refused with has a text too", () => {
  for (const code of ofAnyRequest())
    for (const texts of Object.values(LANGUAGES))
      assert.ok(refusalText({ code, field: null, values: {}, error: "" })[0] in texts, code);
  assert.equal(
    refusalText({ code: "body-too-large", field: null, values: {}, error: "" })[0],
    "refused.body-too-large",
  );
});

test("what the page itself finds has a text too", () => {
  for (const code of ["offline", "elsewhere", "timeout", "unreachable", "no-room"])
    for (const texts of Object.values(LANGUAGES)) assert.ok(refusalText(ownRefusal(code))[0] in texts, code);
});

test("whether the server is full or this browser has too many pages open is told apart", () => {
  const refusal = { code: "full", field: null, values: {}, error: "the server is full: it holds 400 sessions" };
  assert.equal(refusalText(refusal)[0], "refused.full");
  assert.equal(refusalText({ ...refusal, values: { most: 10 } })[0], "refused.full-browser");
});

test("the sentence counts for nothing where there is a code, and is quoted where the code is not known", () => {
  const error = "this browser has 10 sessions in use, the most allowed: close one first";
  assert.equal(refusalText({ code: "too-fast", field: null, values: {}, error })[0], "refused.too-fast");
  assert.deepEqual(refusalText({ code: "something-new", field: null, values: {}, error }), [
    "refused.other",
    { error },
  ]);
  assert.deepEqual(refusalText({ code: "", field: "layer", values: { value: "3" }, error }), [
    "refused.other",
    { error },
  ]);
});

test("what can be chosen is named as on the page, with the key that a link takes", () => {
  const [[dataset], [activation], [regularization]] = warningsOf([
    "dataset=Circle",
    "activation=R",
    "regularization=L9",
  ]);
  document.documentElement.lang = "zh-CN";
  assert.match(
    t(...warningText(dataset)),
    /^数据集：“Circle”不是 圆形（circle）、异或（xor）、.*、棋盘（checkerboard）、.* 中的一个。改用：圆形（circle）$/,
  );
  document.documentElement.lang = "en";
  assert.equal(
    t(...warningText(activation)),
    "Activation: “R” is not one of ReLU (relu), Tanh (tanh), Sigmoid (sigmoid), Linear (linear), Leaky ReLU (leakyRelu), ELU (elu), GELU (gelu), SiLU (silu), Softplus (softplus), Sine (sin). Taken instead: Tanh (tanh)",
  );
  assert.match(t(...warningText(regularization)), /one of None \(none\), L1, L2, L1 and L2 \(both\)\./);
});

test("what was broken in a link is named, with what is taken where that is something else", () => {
  const [[flag], [hidden], [key], [seed]] = warningsOf([
    "x=False",
    "x_hide=True",
    "noise=5&learn…",
    "seed=3D0.3&noise=5",
  ]);
  document.documentElement.lang = "en";
  assert.equal(t(...warningText(flag)), "X₁: “False” is neither on nor off. Taken instead: on");
  assert.equal(t(...warningText(hidden)), "Hide “Feature X₁”: “True” is neither on nor off. Taken instead: off");
  assert.match(t(...warningText(key)), /^The link was cut or changed at “learn…”/);
  assert.match(t(...warningText(seed)), /“3D0.3” may be what is left of 0.3.* as it stands\.$/);
  document.documentElement.lang = "zh-CN";
  assert.match(t(...warningText(key)), /^链接在“learn…”处被截断/);
  assert.match(t(...warningText(seed)), /^种子：“3D0.3”可能原本是 0.3.*照原样使用。$/);
});

test("a field that is no setting is named as it is", () => {
  document.documentElement.lang = "en";
  const refusal = { code: "whole", field: "layer", values: { value: "0", low: 1, high: 10000 }, error: "invalid ..." };
  assert.equal(t(...refusalText(refusal)), "layer: “0” is not a whole number from 1 to 10,000.");
  const empty = { ...refusal, values: { ...refusal.values, value: "" } };
  assert.equal(t(...refusalText(empty)), "layer: A whole number from 1 to 10,000 has to stand here.");
});

test("of a list for the layers what may be and what is taken are told, layer by layer", () => {
  const said = (link) => warningsOf([link])[0].map((warning) => t(...warningText(warning)));
  document.documentElement.lang = "en";
  assert.deepEqual(said("dropout=0.2,5"), [
    "Dropout of each layer: “0.2,5” is not a list of numbers from 0 to 0.9, one for each of at most 10 hidden layers. Taken instead: 0.2,0.9",
  ]);
  const [names] = said("layerActivations=foo,tanh");
  assert.match(names, /“foo,tanh” is not a list of names, .* There are ReLU \(relu\), .*Taken instead: ,tanh$/);
  assert.match(said("layerActivations=foo")[0], /Taken instead: none$/i);
  document.documentElement.lang = "zh-CN";
  assert.match(said("dropout=2")[0], /“2”应为 0 到 0.9 之间的数，每个隐藏层一个，最多 10 个。改用：0.9$/);
  assert.match(said("hideText=ja")[0], /^隐藏“说明文字”：“ja”既不是开也不是关。改用：开$/);
});
