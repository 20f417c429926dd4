// Numbers in texts, and names that this version does not know.

import assert from "node:assert/strict";
import test from "node:test";

import en from "../../../static/js/i18n/lenet.en.js";
import zh from "../../../static/js/i18n/lenet.zh.js";
import { addTexts, LANGUAGES, t } from "../../../static/js/base/i18n.js";
import { presetText } from "../../../static/js/lenet/run/run-title.js";
import { fieldOf, nameText, settingText } from "../../../static/js/lenet/launch/setting-text.js";

globalThis.document = { documentElement: { lang: "en" } };
addTexts({ en, zh });

test("of one thing English speaks in the singular", () => {
  const one = new Proxy({}, { get: () => "1" });
  const plurals = /\b1 (hidden )?(runs|epochs|threads|cores|layers|neurons|images|combinations|workers)\b/;
  for (const key of Object.keys(LANGUAGES.en)) {
    if (key !== "refused.layers") assert.doesNotMatch(t(key, one), plurals, key); // there it is a limit
  }
  assert.equal(t("launch.startSweep", { count: 1 }), "Start 1 run");
  assert.equal(t("launch.startSweep", { count: 2 }), "Start 2 runs");
  assert.equal(t("network.layers", { count: 0 }), "0 hidden layers");
});

test("what only another version has is named as it is, not by the key of a text that is missing", () => {
  for (const lang of ["en", "zh-CN"]) {
    document.documentElement.lang = lang;
    const known = new Map([["activation", { name: "activation", kind: "choice" }]]);
    assert.match(settingText(fieldOf(known, "activation"), { activation: "swish" }), / swish$/);
    assert.equal(settingText(fieldOf(known, "dropout"), { dropout: 0.5 }), "dropout 0.5");
    assert.equal(nameText("dropout"), "dropout");
    assert.equal(presetText({ preset: "newest" }), "newest");
  }
});
