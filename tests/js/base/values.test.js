// Every text that has values to fill in gets all of them, on both pages: none shows a {name} of its own.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import base from "../../../static/js/i18n/en.js";
import lenet from "../../../static/js/i18n/lenet.en.js";

const ROOT = new URL("../../../", import.meta.url);

/** {key: names of its values}, of the texts that have any. */
const NAMES = Object.fromEntries(
  Object.entries({ ...base, ...lenet })
    .map(([key, text]) => [key, [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name)])
    .filter(([, names]) => names.length > 0),
);

function sources(folder, ending) {
  return readdirSync(new URL(folder, ROOT), { recursive: true })
    .map((name) => folder + name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(ending) && !name.includes("/i18n/"))
    .map((name) => [name, readFileSync(new URL(name, ROOT), "utf8")]);
}

/** The names that `key` is not given where `source` asks for it: in the object behind it, else anywhere in the module. */
function missing(source, key, names) {
  const asked = [...source.matchAll(/["'`]([a-z]+\.[\w-]+)["'`]/g)].filter(([, found]) => found === key);
  return asked.flatMap(({ 0: quoted, index }) => {
    const values = source.slice(index + quoted.length).match(/^\s*,\s*\{([^}]*)\}/)?.[1];
    const given = values === undefined || /\.\.\.|\{/.test(values) ? source : values;
    return names.filter((name) => !new RegExp(`\\b${name}\\b`).test(given));
  });
}

test("the check itself finds what is not given", () => {
  assert.deepEqual(missing(`say(e, "run.at", { epoch })`, "run.at", ["epoch", "loss"]), ["loss"]);
  assert.deepEqual(missing(`const loss = 1; say(e, "run.at", { epoch })`, "run.at", ["epoch", "loss"]), ["loss"]);
  assert.deepEqual(missing(`say(e, "run.at")`, "run.at", ["epoch"]), ["epoch"]);
  assert.deepEqual(missing(`say(e, "run.at", { epoch, loss: 1 })`, "run.at", ["epoch", "loss"]), []);
});

test("whoever asks for a text gives it all its values", () => {
  const modules = sources("static/js/", ".js");
  assert.ok(modules.length > 60 && Object.keys(NAMES).length > 60);
  const given = /^(refused|why)\./; // with what the server says: the tests refusals.test.js
  const faults = modules.flatMap(([name, source]) =>
    Object.entries(NAMES)
      .filter(([key]) => !given.test(key))
      .flatMap(([key, names]) => missing(source, key, names).map((value) => `${name}: ${key} without ${value}`)),
  );
  assert.deepEqual(faults, []);
});

test("no text that stands in the HTML itself has values to fill in", () => {
  for (const [name, source] of sources("templates/", ".html"))
    for (const [, key] of source.matchAll(/data-i18n(?:-label)?="([^"]+)"/g))
      assert.ok(!(key in NAMES), `${name}: ${key}`);
});
