// Settings in tables: their names and values are those that the page's controls have, in its language.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";

import { usedText } from "../../../static/js/playground/in-use.js";
import { nameText, valueText } from "../../../static/js/playground/setting-text.js";

const ROOT = new URL("../../../", import.meta.url);
const SAME = /^(ReLU|ELU|GELU|SiLU|Softplus|Tanh|Sigmoid|L[12]|SGD.*|RMSprop|AdamW?|Xavier|He|[\d.%e  -]+)$/; // in both languages

globalThis.document = { documentElement: { lang: "zh-CN" } };

/** The schema that the server gives the page, without what concerns the page alone. */
function fields() {
  const program = "import json; from playground.config import schema; print(json.dumps(schema()))";
  const python = spawnSync(process.env.PYTHON ?? "python3", ["-c", program], { cwd: ROOT, encoding: "utf8" });
  assert.equal(python.status, 0, python.stderr);
  return JSON.parse(python.stdout).filter(({ change }) => change !== "view");
}

const FIELDS = new Map(fields().map((field) => [field.key, field]));

test("every setting that a table can have is named, and so is every value", () => {
  for (const [key, { kind, choices, default: usual }] of FIELDS) {
    assert.match(nameText(key), /[\p{Script=Han}X]/u, key);
    if (key === "seed") continue;
    const values = kind === "choice" ? choices : kind === "flag" ? [true, false] : [usual];
    for (const value of values) {
      const text = valueText(key, value);
      assert.ok(/\p{Script=Han}/u.test(text) || SAME.test(text), `${key}: ${text}`);
    }
  }
});

test("names are those of the controls", () => {
  assert.deepEqual([nameText("y"), nameText("xSquared"), nameText("noise")], ["X₂", "X₁²", "噪声"]);
  const values = [valueText("dataset", "xor"), valueText("regDataset", "reg-plane"), valueText("noise", 5)];
  assert.deepEqual(values, ["异或", "平面", "5 %"]);
  assert.deepEqual([valueText("networkShape", [4, 2]), valueText("networkShape", [])], ["4-2", "无"]);
  assert.deepEqual([valueText("y", true), valueText("y", false)], ["是", "否"]);
});

test("a seed is what it is, also where it is called as a choice", () => {
  assert.equal(valueText("seed", "circle"), "circle");
});

test("a setting without effect is a dash", () => {
  const config = { problem: "regression", dataset: "xor", regDataset: "reg-gauss" };
  assert.equal(usedText(FIELDS.get("dataset"), config), "–");
  assert.equal(usedText(FIELDS.get("regDataset"), config), "六座山");
});
