// The binary form of point sets beside bytes that were made by hand; the server is held to the same file.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import papa from "papaparse";

import { fromText, inPlane, pack, toCsv, toText, unpack } from "../../../../static/js/playground/own/point-set.js";

const FILE = new URL("../../../playground/data/point_sets.json", import.meta.url);
const { sets, broken } = JSON.parse(readFileSync(FILE, "utf8"));

const plain = ({ x, y, labels, ...rest }) => ({ ...rest, x: [...x], y: [...y], labels: [...labels] });

test("every byte has its place", () => {
  const x = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, -2);
  const y = Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5);
  const labels = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 2);
  const columns = ["", "", ""].map((name) => [name, 0, 1]);
  const bytes = pack({ classes: 3, columns, names: ["", "", ""], x, y, labels });
  const wanted = new Uint8Array(6 + 40 + 40 + 10);
  wanted.set([1, 3, 10, 0, 0, 0]);
  wanted.set([0x00, 0x00, 0x80, 0x3f], 6); // 1
  wanted.set([0x00, 0x00, 0x00, 0xc0], 42); // -2
  wanted.set([0x00, 0x00, 0x00, 0x3f], 82); // 0.5
  wanted.set([1, 0, 0, 0, 0, 0, 0, 0, 0, 2], 86);
  assert.deepEqual(bytes, wanted);
});

for (const { what, text, bytes: length, ...meaning } of sets)
  test(`read, written and read again: ${what}`, () => {
    const bytes = fromText(text);
    assert.equal(bytes.length, length);
    const set = unpack(bytes);
    assert.deepEqual(plain(set), meaning);
    assert.deepEqual(pack(set), bytes);
    assert.equal(toText(bytes), text);
    const inside = new Uint8Array(length + 3); // a view into a larger buffer, which no float has to be aligned with
    inside.set(bytes, 3);
    assert.deepEqual(plain(unpack(inside.subarray(3))), meaning);
  });

for (const [what, text] of Object.entries(broken))
  test(`no point set: ${what}`, () => assert.throws(() => unpack(fromText(text)), RangeError));

test("names that are too long together are not written", () => {
  const set = { ...unpack(fromText(sets[0].text)), names: ["a".repeat(1000), "b".repeat(1000)] };
  assert.throws(() => pack(set), RangeError);
});

test("in the plane the points stand at (value - centre) / step, a class under its number", () => {
  const flowers = inPlane(unpack(fromText(sets[2].text)));
  assert.equal(flowers.length, 36);
  assert.ok(Math.abs(flowers[0] - (1.4 - 3.95) / 0.59) < 1e-6);
  assert.ok(Math.abs(flowers[1] - (0.2 - 1.3) / 0.24) < 1e-6);
  assert.deepEqual([flowers[2], flowers[32]], [0, 2]);
  const cars = inPlane(unpack(fromText(sets[4].text)));
  assert.deepEqual([...cars.slice(0, 3)], [-5, -5, -1]);
});

test("as a file for a spreadsheet: numbers with the digits they have, in their own units", () => {
  const lines = toCsv(unpack(fromText(sets[2].text)), papa).split("\r\n");
  assert.equal(lines[0], "petal length (cm),petal width (cm),species");
  assert.equal(lines[1], "1.4,0.2,setosa");
  assert.equal(lines.length, 14);
  assert.equal(toCsv(unpack(fromText(sets[1].text)), papa).split("\r\n")[3], "0.2,-0.2,-0.6");
  assert.equal(toCsv(unpack(fromText(sets[0].text)), papa).split("\r\n")[1], "-5,0.5,0");
});

test("no cell of the file is a formula, and a negative number stays one", () => {
  const set = unpack(fromText(sets[3].text));
  set.names[0] = "-1";
  set.names[1] = "=1\n+2";
  set.names[2] = "＝1";
  set.columns[0][0] = "@x";
  const text = toCsv(set, papa);
  const rows = papa.parse(text.trimEnd()).data;
  assert.equal(rows[0][0], "'@x");
  assert.deepEqual(
    rows.slice(1, 5).map((row) => row[2]),
    ["-1", "'=1\n+2", "'＝1", "'=cmd|'/c calc'!A0"],
  );
  assert.equal(rows[2][1], "-0.083333336");
});

test("no part of a cell is a formula where semicolons part cells", () => {
  const set = unpack(fromText(sets[3].text));
  set.names[1] = 'a"; =cmd|1;\t@x;b';
  set.columns[0][0] = "5;-3";
  const rows = papa.parse(toCsv(set, papa).trimEnd()).data;
  assert.equal(rows[0][0], "5;'-3");
  assert.equal(rows[2][2], 'a"; =cmd|1;\t@x;b'.replace("; ", ";' ").replace(";\t", ";'\t'"));
});
