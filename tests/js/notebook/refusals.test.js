import assert from "node:assert/strict";
import test from "node:test";

import en from "../../../static/js/i18n/notebook.en.js";
import zh from "../../../static/js/i18n/notebook.zh.js";
import { addTexts, t } from "../../../static/js/base/i18n.js";
import { refusalText } from "../../../static/js/notebook/refusals.js";

import { codesOf, ofAnyRequest } from "../codes.js";

globalThis.document ??= { documentElement: { lang: "en" } };
addTexts({ en, zh });

test("every code has a text in both languages, with all that it fills in and no English sentence", () => {
  const codes = codesOf("notebook", ["code", "status", "values"]);
  for (const code of ["no-pin", "notebook-invalid", "not-teacher", "note-changed", "archive-format"])
    assert.ok(code in codes, code);
  for (const code of ofAnyRequest()) if (code !== "http") codes[code] = [];
  for (const [code, names] of Object.entries(codes)) {
    const refusal = { code, values: Object.fromEntries(names.map((name) => [name, "7"])), error: "a sentence" };
    const [key, values] = refusalText(refusal);
    assert.notEqual(key, "refused.other", code);
    for (const lang of ["en", "zh-CN"]) {
      document.documentElement.lang = lang;
      const text = t(key, values);
      assert.doesNotMatch(text, /[{}]|refused\.|error\.|undefined|a sentence/, `${code}: ${text}`);
      if (lang !== "en") assert.match(text, /\p{Script=Han}/u, code);
    }
  }
  document.documentElement.lang = "en";
});

test("a refusal is told by the text of its code, of its kind, or by its sentence", () => {
  const key = (code) => refusalText({ code, error: "a sentence" })[0];
  assert.equal(key("offline"), "error.offline");
  assert.equal(key("too-many-cells"), "refused.too-many-cells");
  assert.equal(key("archive-size"), "refused.archive-size");
  assert.equal(key("archive-entries"), "refused.archive");
  assert.equal(key("database-locked"), "refused.database");
  assert.equal(key("database-full"), "refused.notebooks-full");
  assert.deepEqual(refusalText({ code: "new-one", error: "a sentence" }), ["refused.other", { error: "a sentence" }]);
  assert.deepEqual(refusalText({ code: "too-many-cells", values: { most: 4000 } })[1].most, "4,000");
});
