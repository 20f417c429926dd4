// The page's list of data sets beside the server's tables: of settings, which it lets choose, and of generators.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import test from "node:test";

import { chosenIn, DATASETS, noiseText, OWN, sample } from "../../../static/js/playground/datasets.js";

const ROOT = new URL("../../../", import.meta.url);
const PROGRAM = `
import json
from playground.config import ANY_CLASSES, FIELDS, MEASURED
from playground.data.datasets import DATASETS
from playground.original import generators
from playground.original.prng import SeedRandom
from playground.point_set import measured
seed = FIELDS["seed"].default
print(json.dumps({
    "choices": {key: [name for name in FIELDS[key].kind.values if name != "own"] for key in ("dataset", "regDataset")},
    "originals": list(generators.DATASETS),
    "points": {name: dataset.generate(200, 0.0, SeedRandom(seed), *([3] if name in ANY_CLASSES else [])) for name, dataset in DATASETS.items()}
    | {name: measured(name).points[:: max(1, measured(name).count // 200)] for name in MEASURED},
}))`;

function server() {
  const python = spawnSync(process.env.PYTHON ?? "python3", ["-c", PROGRAM], { cwd: ROOT, encoding: "utf8" });
  assert.equal(python.status, 0, python.stderr);
  return JSON.parse(python.stdout);
}

const SERVER = server();

test("the page offers what can be set, in its order, and folds away what the original has not", () => {
  const keysOf = { dataset: "classification", regDataset: "regression" };
  for (const [key, problem] of Object.entries(keysOf)) {
    const offered = Object.keys(DATASETS).filter((name) => DATASETS[name].key === key);
    assert.deepEqual(offered, SERVER.choices[key]);
    for (const name of offered) assert.equal(DATASETS[name].problem, problem);
  }
  const others = Object.keys(DATASETS).filter((name) => DATASETS[name].more);
  assert.deepEqual(
    Object.keys(DATASETS).filter((name) => !others.includes(name)),
    SERVER.originals,
  );
});

test("a picture has the points that the server's generator makes", () => {
  for (const name of Object.keys(DATASETS).filter((name) => !DATASETS[name].measured)) {
    const points = sample(name);
    assert.equal(points.length, SERVER.points[name].length, name);
    points.forEach(([x, y, label], index) => {
      const [wantedX, wantedY, wanted] = SERVER.points[name][index];
      const isNear =
        Math.abs(x - wantedX) < 0.0251 && Math.abs(y - wantedY) < 0.0251 && Math.abs(label - wanted) < 0.0051;
      assert.ok(isNear, `${name} ${x} ${y} ${label}`);
    });
  }
});

test("the data set in use is that of the problem", () => {
  const config = { problem: "regression", dataset: "moons", regDataset: "reg-saddle" };
  assert.equal(chosenIn(config), "reg-saddle");
  assert.equal(chosenIn({ ...config, problem: "classification" }), "moons");
});

test("what noise does is said of every data set as the docs have it", () => {
  const page = readFileSync(new URL("docs/playground.md", ROOT), "utf8");
  const rows = [...page.matchAll(/^\| `([\w-]+)` \| [^|]+ \| (nothing|points, by [\d.]+|by [\d.]+)[^|]* \|$/gm)];
  const kinds = { nothing: "clouds", points: "points", by: "label" };
  const said = Object.fromEntries(
    rows.map(([, name, moved]) => [
      name,
      [`noise.${kinds[moved.match(/^\w+/)[0]]}`, { length: Number(moved.match(/[\d.]+/)?.[0]) || undefined }],
    ]),
  );
  const made = Object.keys(DATASETS).filter((name) => !DATASETS[name].measured);
  assert.deepEqual(Object.keys(said).sort(), [...made].sort());
  for (const name of made) assert.deepEqual(noiseText(name), said[name], name);
  for (const [, name, by] of page.matchAll(/^\| `(iris|penguins|cars)` \| [^|]+ \| \d+ \| ([\d.]+) \|/gm))
    assert.deepEqual([noiseText(name)[0], 6 * Number(by)], ["noise.map", 12]); // a sixth of the map, which is 12 wide
  assert.equal(noiseText(OWN)[0], "noise.map");
});
