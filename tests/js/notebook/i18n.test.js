// The notebook page's translations: complete, equal in shape, and every text the page asks for is there.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import en from "../../../static/js/i18n/notebook.en.js";
import zh from "../../../static/js/i18n/notebook.zh.js";
import { addTexts, LANGUAGES } from "../../../static/js/base/i18n.js";
import { DERIVED } from "../../../static/js/notebook/kinds.js";
import { VIEWS } from "../../../static/js/notebook/views.js";

const ROOT = new URL("../../../", import.meta.url);
const SHARED = new Set(Object.keys(LANGUAGES.en)); // with the other pages
addTexts({ en, zh });
const GROUPS = new Set(Object.keys(en).map((key) => key.split(".")[0]));

function literals() {
  const sources = ["static/js/notebook/", "static/js/parts/"].flatMap((folder) => {
    const names = readdirSync(new URL(folder, ROOT), { recursive: true }).filter((name) => name.endsWith(".js"));
    return names.map((name) => readFileSync(new URL(folder + name, ROOT), "utf8"));
  });
  const text = [...sources, readFileSync(new URL("templates/notebook.html", ROOT), "utf8")].join("\n");
  const keys = [...text.matchAll(/["'`]([a-z]+\.[\w-]+)["'`]/g)].map(([, key]) => key);
  return keys.filter((key) => GROUPS.has(key.split(".")[0]) && !SHARED.has(key) && !key.endsWith(".js"));
}

const names = (group, list) => list.map((name) => `${group}.${name}`);
const COMPUTED = [
  ...names("cell", ["heading", "text", "pin", "slot", "picture", "derived", "unknown"]),
  ...names("add", ["heading", "text", "pin", "slot", "picture", "derived"]),
  ...names("cell", ["caption", "note", "hint", "up", "down", "remove", "level1", "level2", "level3"]),
  ...names(
    "cell",
    names("of", DERIVED).map((name) => name.replace(".", "-")),
  ),
  ...names("notebook", ["undo", "redo"]),
  ...names("save", ["saved", "saving", "lost", "full", "refused"]),
  ...names("export", ["docx", "pdf", "html", "zip", "ipynb", "format", "name", "number"]),
  ...names("views", VIEWS),
];
const asked = new Set([...literals(), ...COMPUTED]);

test("both languages have the same keys, in the same order", () => {
  assert.deepEqual(Object.keys(zh), Object.keys(en));
});

test("every text the page asks for exists", () => {
  assert.ok(asked.size > 100);
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
  const values = (text) => [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort();
  for (const key of Object.keys(en)) {
    assert.deepEqual(values(zh[key]), values(en[key]), key);
    assert.ok(en[key].trim() && zh[key].trim(), key);
  }
});

test("Chinese texts are Chinese", () => {
  const international = /^(cell\.named|export\.(docx|ipynb|at))$/;
  for (const key of Object.keys(zh)) if (!international.test(key)) assert.match(zh[key], /\p{Script=Han}/u, key);
});
