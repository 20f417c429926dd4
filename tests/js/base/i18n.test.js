// The translations: complete, equal in shape, and every text the page asks for is there.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import { LANGUAGES } from "../../../static/js/base/i18n.js";
import { FEATURES } from "../../../static/js/playground/features.js";
import { MORE } from "../../../static/js/playground/more-settings.js";
import { PLACES } from "../../../static/js/playground/settings.js";
import { ARTICLES, FAILURES, RECIPES } from "../../../static/js/playground/article.js";
import { TRIALS } from "../../../static/js/playground/trials.js";
import { DATASETS, noiseText, OWN } from "../../../static/js/playground/datasets.js";
import { refusalText } from "../../../static/js/parts/refusals.js";
import { all as refusals } from "../refusals.js";

const ROOT = new URL("../../../", import.meta.url);
const { en, zh } = LANGUAGES;

function sources(folder, ending) {
  const names = readdirSync(new URL(folder, ROOT), { recursive: true }).filter((name) => name.endsWith(ending));
  return names
    .filter((name) => !/i18n.(en|zh)\.js$/.test(name))
    .map((name) => readFileSync(new URL(folder + name, ROOT), "utf8"));
}

const TEXT = [...sources("static/js/", ".js"), ...sources("templates/", ".html")].join("\n");
const GROUPS = new Set(Object.keys(en).map((key) => key.split(".")[0]));
const literal = new Set(
  [...TEXT.matchAll(/["'`]([a-z]+\.[\w-]+)["'`]/g)]
    .map(([, key]) => key)
    .filter((key) => GROUPS.has(key.split(".")[0])),
);

/** The keys that are put together from the table of settings, which only the server has. */
function fromSchema() {
  const program = "import json; from playground.config import schema; print(json.dumps(schema()))";
  const python = spawnSync(process.env.PYTHON ?? "python3", ["-c", program], { cwd: ROOT, encoding: "utf8" });
  assert.equal(python.status, 0, python.stderr);
  const fields = JSON.parse(python.stdout);
  const places = [...Object.values(PLACES).flat(), ...MORE];
  const shown = fields.filter(({ key }) => places.includes(key));
  assert.equal(shown.length, places.length, "a control of no setting");
  // A link's warning names any setting that can be refused.
  const named = fields.filter(({ kind, inert }) => !inert && kind !== "flag" && kind !== "names");
  const keys = [...places, ...named.map(({ key }) => key), "link", "value"].map((key) => `label.${key}`);
  keys.push(...places.map((key) => `explain.${key}`));
  keys.push(...shown.filter(({ slider }) => slider).map(({ key }) => `value.${key}`));
  keys.push(
    ...shown
      .filter(({ kind }) => kind === "choice")
      .flatMap(({ choices }) => choices.map((choice) => `choice.${choice}`)),
  );
  // A table names what a run is trained with; features have their signs.
  const flags = fields.filter(({ key, kind, change }) => kind === "flag" && change !== "view" && !(key in FEATURES));
  keys.push(...flags.map(({ key }) => `label.${key}`), "choice.true", "choice.false");
  return keys;
}

/** What is refused in any tab. */
const REFUSALS = refusals().map((refusal) => refusalText(refusal)[0]);
const STATES = [
  "connecting",
  "lost",
  "refused",
  "superseded",
  "warming",
  "failed",
  "diverged",
  "running",
  "paused",
].map((state) => `state.${state}`);
const OF_A_LINK = ["label.epoch", "label.edits", "label.seeds", "label.epochs"]; // fields that no setting has
const OF_CLASSES = ["value.classes", "explain.classes"];
const DATA = [...Object.keys(DATASETS), OWN].flatMap((name) => [`dataset.${name}`, noiseText(name)[0]]);

test("both languages have the same keys", () => {
  assert.deepEqual(Object.keys(zh), Object.keys(en));
});

test("every text the page asks for exists", () => {
  assert.ok(literal.size > 80);
  for (const key of [...literal, ...REFUSALS, ...STATES, ...OF_A_LINK, ...DATA, ...OF_CLASSES, ...fromSchema()]) {
    assert.ok(key in en, key);
  }
});

test("every text is asked for somewhere", () => {
  const asked = new Set([...literal, ...REFUSALS, ...STATES, ...OF_A_LINK, ...DATA, ...OF_CLASSES, ...fromSchema()]);
  assert.deepEqual(
    Object.keys(en).filter((key) => !asked.has(key)),
    [],
  );
});

test("both languages fill in the same values, and no text is empty", () => {
  const values = (text) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const key of Object.keys(en)) {
    assert.deepEqual(values(zh[key]), values(en[key]), key);
    assert.ok(en[key].trim() && zh[key].trim(), key);
  }
});

test("Chinese texts are Chinese", () => {
  const international =
    /^(header\.(lenet|language)|choice\.(relu|tanh|sigmoid|L1|L2|elu|gelu|silu|softplus|sgd|nesterov|rmsprop|adam|adamw|xavier|he)|value\.|explain\.ranged|card\.weightOf|pins\.keptAs|warning\.named|text\.(of|listed)|refused\.where)/;
  const header = /^header\.languageHelp|^header\.language/; // named in the language it leads to
  for (const key of Object.keys(zh)) {
    if (!international.test(key) && !header.test(key)) assert.match(zh[key], /\p{Script=Han}/u, key);
  }
});

test("the explanations have the same sections and recipes in both languages", () => {
  const shape = (article) =>
    article.map(({ id, paragraphs = [], recipes = [], terms = [], folded = [], after = [] }) => [
      id,
      paragraphs.length,
      recipes.map(([name]) => name),
      terms.length,
      folded.map(([, trials]) => trials.map(([name]) => name)),
      after.length,
    ]);
  assert.deepEqual(shape(ARTICLES.zh), shape(ARTICLES.en));
  const recipes = ARTICLES.en.flatMap(({ recipes = [] }) => recipes.map(([name]) => name));
  assert.deepEqual(recipes, Object.keys(RECIPES));
  assert.deepEqual(recipes, Object.keys(DATASETS));
  for (const article of Object.values(ARTICLES)) {
    const spoilt = article.flatMap(({ recipes = [] }) => recipes.filter(([, , , , failure]) => failure));
    assert.deepEqual(
      spoilt.map(([name]) => name),
      Object.keys(FAILURES),
    );
  }
});

test("the explanations tell of every setting beyond the original's, with its two runs", () => {
  for (const [code, article] of Object.entries(ARTICLES)) {
    const trials = article.flatMap(({ folded = [] }) => folded.flatMap(([, ofGroup]) => ofGroup));
    assert.deepEqual(new Set(trials.map(([name]) => name)), new Set(Object.keys(TRIALS)));
    for (const [name, , text, ...actions] of trials) assert.ok(text && actions.length === 2, name);
    const said = JSON.stringify(article).toLowerCase();
    for (const key of [...MORE, "layerActivations", "dropout"]) {
      const label = LANGUAGES[code][`label.${key}`].replace(/ ?[(（].*/, "");
      assert.ok(said.includes(label.toLowerCase()), `${code} ${label}`);
    }
  }
});

test("no explanation of colours says what only the light theme shows: that little is pale and much is dark", () => {
  const told = [en, zh].map(({ ...texts }) => {
    delete texts["header.toLight"]; // the themes themselves
    delete texts["header.toDark"];
    return JSON.stringify(texts);
  });
  for (const text of [...told, JSON.stringify(ARTICLES)]) {
    assert.doesNotMatch(text, /\b[Pp]aler?\b|\b(darker|lighter)\b/);
    assert.doesNotMatch(text, /浅|颜色(越|很|更)[深亮]/);
  }
});
