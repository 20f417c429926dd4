// What is known of the data set in use, against a server that is asked as seldom as can be.

import assert from "node:assert/strict";
import test from "node:test";

import { Described } from "../../../../static/js/playground/own/described.js";
import { pack, toText } from "../../../../static/js/playground/own/point-set.js";

const ADDRESS = `sha256-${"a".repeat(32)}`;

function setOf(name, classes = 2) {
  const column = [name, 10, 2];
  const x = Float32Array.from({ length: 10 }, (_, at) => at + 5);
  const labels = classes > 0 ? new Uint8Array(10) : x;
  return { classes, columns: [column, column, classes > 0 ? ["", 0, 1] : [name, 10, 10]], names: [], x, y: x, labels };
}

const textOf = (set) => toText(pack(set));
const own = (ownData) => ({ problem: "classification", dataset: "own", ownData });
const chosen = (dataset, ownData = "") => ({ problem: "classification", dataset, ownData });
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** stored: what the server has by name. has: the own data of its session. */
function begin(stored = {}, has = null) {
  const heard = { told: [], own: [], asked: [] };
  const described = new Described(
    {
      told: (told) => heard.told.push(told?.name(0) ?? null),
      own: (set) => heard.own.push(set?.columns[0][0] ?? null),
      ask: async () => (heard.asked.push("session"), has),
    },
    async (address) => {
      const name = address.split("/").at(-1);
      heard.asked.push(name);
      const bytes = stored[name] && pack(stored[name]);
      return { ok: Boolean(bytes), arrayBuffer: async () => bytes.buffer };
    },
  );
  return { described, heard };
}

test("a generated data set has no names, and nobody is asked", async () => {
  const { described, heard } = begin();
  described.update(chosen("circle"), 1);
  described.update(chosen("xor"), 2);
  await settled();
  assert.deepEqual(heard.asked, []);
  assert.ok(heard.told.every((told) => told === null));
  assert.equal(await described.set(), null);
});

test("a measured one is asked for once", async () => {
  const { described, heard } = begin({ iris: setOf("petals") });
  described.update(chosen("iris"), 1);
  await settled();
  assert.deepEqual(heard.told.at(-1), ["column.petalLength"]);
  described.update(chosen("circle"), 2);
  described.update(chosen("iris"), 3);
  assert.deepEqual(heard.told.at(-1), ["column.petalLength"]);
  assert.deepEqual(heard.asked, ["iris"]);
});

test("own data that the settings have are read from there", () => {
  const { described, heard } = begin();
  described.update(own(textOf(setOf("weight"))), 1);
  assert.deepEqual(heard.told, ["weight"]);
  assert.deepEqual(heard.asked, []);
});

test("points that come and go keep the columns, and nobody is asked for each stroke", async () => {
  const { described, heard } = begin({ [ADDRESS]: setOf("weight") });
  described.update(own(ADDRESS), 1);
  await settled();
  for (let stroke = 0; stroke < 20; stroke++) described.update(own(`sha256-${stroke}`), 1);
  await settled();
  assert.deepEqual(heard.told, [null, "weight"]);
  assert.deepEqual(heard.asked, [ADDRESS]);
});

test("strokes before the answer wait for it", async () => {
  const { described, heard } = begin({ [ADDRESS]: setOf("weight") });
  described.update(own(ADDRESS), 1);
  described.update(own("sha256-1"), 1);
  await settled();
  assert.deepEqual(heard.told.at(-1), "weight");
  assert.deepEqual(heard.asked, [ADDRESS]);
});

test("what the server has not stored yet its session has", async () => {
  const { described, heard } = begin({}, setOf("weight"));
  described.update(own(ADDRESS), 1);
  await settled();
  assert.deepEqual(heard.asked, [ADDRESS, "session"]);
  assert.equal(heard.told.at(-1), "weight");
});

test("an answer that comes too late is of another data set", async () => {
  const { described, heard } = begin({ iris: setOf("petals") });
  described.update(chosen("iris"), 1);
  described.update(chosen("circle"), 2);
  await settled();
  assert.equal(heard.told.at(-1), null);
});

test("own data that are there while another data set is in use are told of", async () => {
  const { described, heard } = begin({ [ADDRESS]: setOf("far") });
  described.update(chosen("circle", ""), 1);
  described.update(chosen("circle", textOf(setOf("near"))), 1);
  described.update(chosen("xor", ADDRESS), 2);
  await settled();
  assert.deepEqual(heard.own, [null, "near", "far"]);
  described.update(own(ADDRESS), 3);
  assert.deepEqual(heard.asked, [ADDRESS]);
  assert.equal(heard.told.at(-1), "far");
});

test("what is saved has the names as they read, and of own data what the session has", async () => {
  globalThis.document = { documentElement: { lang: "en" } };
  const { described } = begin({ iris: { ...setOf("petals"), names: ["a", "b"] } }, setOf("drawn"));
  described.update(chosen("iris"), 1);
  const { columns, names } = await described.set();
  assert.deepEqual(
    [columns[0], names],
    [
      ["petal length (cm)", 10, 2],
      ["Iris setosa", "Iris versicolor"],
    ],
  );
  described.update(own(ADDRESS), 2);
  assert.equal((await described.set()).columns[0][0], "drawn");
  delete globalThis.document;
});

test("classes that are called otherwise are asked for while the network stays; of another data set nobody asks", async () => {
  const { described, heard } = begin({}, setOf("renamed"));
  described.update(chosen("circle"), 1);
  await described.again();
  assert.deepEqual(heard.asked, []);
  described.update(own(textOf(setOf("weight"))), 2);
  const asking = described.again();
  described.update(chosen("circle"), 3);
  await asking;
  assert.equal(heard.told.at(-1), null); // too late
  described.update(own(textOf(setOf("weight"))), 4);
  await described.again();
  assert.equal(heard.told.at(-1), "renamed");
});
