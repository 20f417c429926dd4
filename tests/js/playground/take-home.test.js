import assert from "node:assert/strict";
import { test } from "node:test";

import { t } from "../../../static/js/base/i18n.js";
import { plain, rowsOf } from "../../../static/js/playground/take-home.js";

test("what XML cannot have is escaped, and nothing else is changed", () => {
  assert.equal(plain("a\u0001\u0085\ufffe\u4e2d<z"), "a\\u0001\\u0085\\ufffe\u4e2d<z");
});

const CONFIG = { seed: "1", learningRate: 0.3, problem: "regression", regularization: "none" };
const FRAME = { trainLoss: 0.1, testLoss: 0.2 };
const LINK = "learningRate=0.03&seed=1&epoch=4000";

/** What a sheet says of the learning rate and of edits by hand. */
function toldBy(link, edited, lang) {
  globalThis.document = { documentElement: { lang } };
  const rows = new Map(rowsOf(FRAME, CONFIG, link, edited));
  return [rows.get(t("label.learningRate")), rows.get(t("edits.byHand"))];
}

test("a sheet tells what the original has not", () => {
  globalThis.document = { documentElement: { lang: "en" } };
  const rows = new Map(rowsOf(FRAME, { ...CONFIG, optimizer: "adam" }, LINK, null, ["optimizer"]));
  assert.equal(rows.get("Optimizer"), "Adam");
});

test("a sheet tells the test loss on its side of the one that stops the training", () => {
  globalThis.document = { documentElement: { lang: "en" } };
  const rows = new Map(rowsOf({ ...FRAME, testLoss: 0.04999 }, { ...CONFIG, stopLoss: 0.05 }, LINK, null));
  assert.equal(rows.get("Test loss"), "0.04999");
});

test("a sheet tells how the learning rate changed, and what was edited by hand", () => {
  const edits = "2000:rate:0.3,2500:weight:0:0:0:1,2600:data:0.7";
  assert.deepEqual(toldBy(LINK, null, "en"), ["0.3", undefined]);
  assert.deepEqual(toldBy(`${LINK}&edits=${edits}`, "edited", "en"), ["0.03, from epoch 2,000 on 0.3", "2 times"]);
  assert.deepEqual(toldBy(`${LINK}&edits=${edits}`, "edited", "zh-CN"), ["0.03，第 2,000 轮起 0.3", "2 处"]);
  assert.deepEqual(
    toldBy(`${LINK}&edits=1:rate:1,2000:rate:0.3`, "edited", "en")[0],
    "0.03, …, from epoch 2,000 on 0.3",
  );
  assert.equal(toldBy(null, "restored", "en")[1], "restored from the page");
  assert.equal(toldBy(null, "edited", "zh-CN")[1], "有");
});
