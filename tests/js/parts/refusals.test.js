// The one table of what is refused: every code of every tab has a text in both languages, and no text is without a code.

import assert from "node:assert/strict";
import test from "node:test";

import { LANGUAGES, t } from "../../../static/js/base/i18n.js";
import { refusalText } from "../../../static/js/parts/refusals.js";
import { raised } from "../raised.js";
import { all, tabs } from "../refusals.js";

globalThis.document ??= { documentElement: { lang: "en" } };

const SENTENCE = "an English sentence";
const names = { ofField: () => "Noise", ofChoice: (name) => name };

test("every code has a text in both languages, with all that it fills in", () => {
  const codes = tabs();
  for (const [tab, least] of Object.entries({ playground: 50, lenet: 36, notebook: 35, any: 14 }))
    assert.ok(Object.keys(codes[tab]).length >= least, `${tab}: ${Object.keys(codes[tab]).length}`);
  for (const code of ["no-pin", "notebook-invalid", "not-teacher", "note-changed", "archive-format"])
    assert.ok(code in codes.notebook, code);
  for (const { code, values } of all()) {
    const [key, told] = refusalText({ code, field: "noise", values, error: SENTENCE }, names);
    assert.notEqual(key, "refused.other", code);
    for (const lang of ["en", "zh-CN"]) {
      document.documentElement.lang = lang;
      const text = t(key, told);
      assert.doesNotMatch(text, /[{}]|refused\.|text\.|undefined|null/, `${code}: ${text}`);
      if (lang !== "en") assert.match(text, /\p{Script=Han}/u, code);
    }
  }
  document.documentElement.lang = "en";
});

test("every place that refuses gives all that the text of its code fills in, in both languages", () => {
  const places = raised();
  assert.ok(places.length > 150, `${places.length}`);
  const wrong = places.filter(([code, given]) => {
    const values = Object.fromEntries(given.map((name) => [name, name === "choices" ? ["a", "b"] : "7"]));
    const [key, told] = refusalText({ code, field: "noise", values, error: SENTENCE }, names);
    const texts = ["en", "zh-CN"].map((lang) => {
      document.documentElement.lang = lang;
      return t(key, told);
    });
    return key === "refused.other" || texts.some((text) => /[{}]|undefined|null/.test(text));
  });
  document.documentElement.lang = "en";
  assert.deepEqual(wrong, []);
});

test("no text is without a code", () => {
  const told = new Set(all().map((refusal) => refusalText(refusal)[0]));
  const texts = Object.keys(LANGUAGES.en).filter((key) => key.startsWith("refused."));
  assert.deepEqual(
    texts.filter((key) => !told.has(key) && !["refused.where", "refused.other"].includes(key)),
    [],
  );
});

test("a refusal is told by the text of its code, of one that shares it, or by its sentence", () => {
  const key = (code, values = {}) => refusalText({ code, values, error: SENTENCE })[0];
  assert.equal(key("offline"), "refused.offline");
  assert.equal(key("too-many-cells"), "refused.too-many-cells");
  assert.equal(key("archive-size"), "refused.archive-size");
  assert.equal(key("archive-entries"), "refused.archive-entry");
  assert.equal(key("archive-missing", { name: "notebook.json" }), "refused.archive-entry"); // of a .zip of anything
  assert.equal(key("archive-missing", { name: "pin-00001" }), "refused.archive-missing");
  assert.equal(key("database-locked"), "refused.database-locked");
  assert.equal(key("unreadable", { error: "gone" }), "refused.unreadable"); // a run
  assert.equal(key("unreadable", { value: "1" }), "refused.unreadable-part"); // of a link
  assert.deepEqual(refusalText({ code: "new-one", error: SENTENCE }), ["refused.other", { error: SENTENCE }]);
  assert.deepEqual(refusalText({ code: "too-many-cells", values: { most: 4000 } })[1].most, "4,000");
});

test("the field is named where a tab has a name for it, and what can be chosen too", () => {
  const refusal = { code: "choice", field: "noise", values: { value: "x", choices: ["a", "b"] }, error: SENTENCE };
  assert.equal(t(...refusalText(refusal, { ofChoice: (name) => name })), "“x” is not one of a, b.");
  assert.equal(t(...refusalText(refusal, names)), "Noise: “x” is not one of a, b.");
  document.documentElement.lang = "zh-CN";
  assert.equal(t(...refusalText(refusal, names)), "Noise：“x”不是 a、b 中的一个。");
  document.documentElement.lang = "en";
});

test("what is too large is refused with the most that may be", () => {
  for (const texts of Object.values(LANGUAGES)) {
    assert.match(texts["refused.picture-too-large"], /\{megabytes\}.*\{megapixels\}/);
    assert.match(texts["refused.archive-size"], /\{most\}/);
  }
});

test("how large an archive may be is told in MB", () => {
  const said = (most) => t(...refusalText({ code: "archive-size", values: { most } }));
  document.documentElement.lang = "en";
  assert.match(said(64 * 2 ** 20), / 64 MB /);
  assert.match(said(100_000), / 0\.1 MB /);
  document.documentElement.lang = "zh-CN";
  assert.match(said(256 * 2 ** 20), /最多 256 MB/);
  document.documentElement.lang = "en";
});

test("of a notebook's file that is refused is said what to do: another file, a new export, a newer server", () => {
  const said = { entry: /choose the one/, damaged: /again/, notebook: /again/, missing: /again/ };
  for (const [code, what] of Object.entries({ ...said, format: /update this server/, view: /update this server/ }))
    assert.match(LANGUAGES.en[`refused.archive-${code}`], what);
  const inChinese = { entry: /请选择/, damaged: /请重新导出/, notebook: /请重新导出/, missing: /请重新导出/ };
  for (const [code, what] of Object.entries({ ...inChinese, format: /教师更新/, view: /教师更新/ }))
    assert.match(LANGUAGES.zh[`refused.archive-${code}`], what);
});
