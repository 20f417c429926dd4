// From the chosen columns to points: what is left out and why, classes, scaling, thinning.

import assert from "node:assert/strict";
import test from "node:test";

import papa from "papaparse";

import { columnsOf, guessChoice, hasHeader } from "../../../../static/js/playground/own/columns.js";
import { gather } from "../../../../static/js/playground/own/gather.js";
import { inPlane, pack, unpack } from "../../../../static/js/playground/own/point-set.js";
import { choiceFault, resultTexts } from "../../../../static/js/playground/own/report.js";
import { readTable } from "../../../../static/js/playground/own/table.js";

function gathered(text, changes = {}) {
  const table = readTable(text, papa);
  const isHeaded = hasHeader(table);
  const columns = columnsOf(table, isHeaded);
  return gather(table, isHeaded, columns, { ...guessChoice(columns), ...changes });
}

const lines = (count, make) => Array.from({ length: count }, (_, at) => make(at));
const table = (rows) => `x,y,label\n${rows.join("\n")}\n`;
const two = lines(20, (at) => `${at},${at * at},${"ab"[at % 2]}`);
const dropped = ({ dropped: all }) =>
  Object.fromEntries(
    Object.entries(all)
      .filter(([, { count }]) => count > 0)
      .map(([reason, { count, rows }]) => [reason, [count, rows]]),
  );

test("the points fill the plane from -5 to 5, in their own units underneath", () => {
  const { set, fault, found, counts } = gathered(table(two));
  assert.equal(fault, null);
  assert.equal(found, 20);
  assert.deepEqual(counts, [10, 10]);
  assert.deepEqual(set.columns, [
    ["x", 9.5, 1.9],
    ["y", 180.5, 36.1],
    ["label", 0, 1],
  ]);
  assert.deepEqual(set.names, ["a", "b"]);
  assert.deepEqual([...set.x.slice(0, 3)], [0, 1, 2]);
  const points = inPlane(set);
  const places = [0, 1].map((axis) => [...points].filter((_, at) => at % 3 === axis));
  for (const values of places) assert.deepEqual([Math.min(...values), Math.max(...values)], [-5, 5]);
});

test("what is gathered can be packed and read again, whatever its names", () => {
  const names = ['<script>alert("x")</script>', "=cmd|'/c calc'!A0", "长".repeat(80), "a\u0000b", "🌸".repeat(50), "6"];
  const rows = lines(60, (at) => `${at}\t${-at}\t${names[at % 6]}`);
  const { set } = gathered(`${"x".repeat(99)}\t<b>\t"${"y".repeat(99)}"\n${rows.join("\n")}\n`, {
    x: 0,
    y: 1,
    label: 2,
    kind: "classes",
  });
  const read = unpack(pack(set));
  assert.deepEqual(read.columns, set.columns);
  assert.deepEqual(read.names, set.names);
  assert.deepEqual(read.names.slice(0, 2), names.slice(0, 2));
  assert.deepEqual(read.labels, set.labels);
});

test("rows that cannot be points are counted by their reason, with the first of them", () => {
  const bad = [",1,a", "NaN,1,a", "one,1,a", "1,=2+3,b", "inf,1,a", "1,1e300,a", "1,-1e39,b", "1,2,", "", "1,2,NA"];
  const result = gathered(table([...two, ...bad]));
  assert.equal(result.found, 20);
  assert.deepEqual(dropped(result), {
    empty: [2, [22, 23]],
    text: [2, [24, 25]],
    range: [3, [26, 27, 28]],
    label: [2, [29, 31]],
  });
});

test("a label that should be a number and is none leaves its row out", () => {
  const rows = lines(20, (at) => `${at},${at * at},${at / 3}`);
  const result = gathered(table([...rows, "1,2,high", "1,2,1e300", "1,2,"]), { kind: "value" });
  assert.deepEqual(dropped(result), { text: [1, [22]], range: [1, [23]], label: [1, [24]] });
  const classes = gathered(table([...lines(20, (at) => `${at},${at * at},${at % 2}`), "1,2,high", "1,2,1.0"]));
  assert.deepEqual(classes.set.names, ["0", "1"]);
  assert.deepEqual(classes.counts, [10, 11]);
  assert.deepEqual(dropped(classes), { text: [1, [22]] });
});

test("a regression's label lies from -1 to 1", () => {
  const { set } = gathered(table(lines(20, (at) => `${at},${at * at},${at / 2}`)));
  assert.equal(set.classes, 0);
  assert.deepEqual(set.columns[2], ["label", 4.75, 4.75]);
  const labels = [...inPlane(set)].filter((_, at) => at % 3 === 2);
  assert.deepEqual([labels[0], labels[19]], [-1, 1]);
  assert.deepEqual(set.names, []);
});

test("of more than six classes the six most frequent are taken, in the order in which they come", () => {
  const rows = lines(45, (at) => `${at},${at * at},${"abcdefghi"[at % 9]}`);
  const result = gathered(table(["0,0,i", "0,1,i", "0,2,h", ...rows]));
  assert.deepEqual(result.set.names, ["i", "h", "a", "b", "c", "d"]);
  assert.equal(result.groups, 9);
  assert.equal(result.dropped.other.count, 15);
  const numbers = gathered(table(lines(40, (at) => `${at},${at * at},${10 - (at % 8)}`)), { kind: "classes" });
  assert.deepEqual(numbers.set.names, ["5", "6", "7", "8", "9", "10"]);
});

test("too many points are thinned evenly, the same way every time", () => {
  const text = table(lines(12_345, (at) => `${at},${(at * 31) % 977},${"ab"[at % 2]}`));
  const [one, other] = [gathered(text), gathered(text)];
  assert.equal(one.found, 12_345);
  assert.equal(one.set.x.length, 5000);
  assert.deepEqual(one.set, other.set);
  assert.deepEqual(one.counts, [2501, 2499]);
  const tenths = lines(10, (tenth) => [...one.set.x].filter((x) => Math.floor(x / 1234.6) === tenth).length);
  for (const count of tenths) assert.ok(Math.abs(count - 500) < 10, `${tenths}`);
  assert.deepEqual(
    [...one.set.x].sort((a, b) => a - b),
    [...one.set.x],
  ); // as in the file
});

for (const period of [2, 3, 4, 5, 6, 8, 20])
  for (const rows of [5001, 10_000, 15_000, 20_000, 99_999])
    test(`of ${rows} rows in which ${Math.min(period, 6)} classes or ${period} numbers take turns all stay`, () => {
      const classes = Math.min(period, 6);
      const of = (make) => table(lines(rows, (at) => `${at},${at % period},${make(at)}`));
      const { set, counts } = gathered(of((at) => "abcdef"[at % classes]));
      for (const count of counts) assert.ok(Math.abs(count - 5000 / classes) <= classes, `${counts}`);
      const seen = lines(period, (turn) => [...set.y].filter((y) => y === turn).length);
      for (const count of seen) assert.ok(Math.abs(count - 5000 / period) < 0.1 * (5000 / period), `${seen}`);
      const value = gathered(
        of((at) => (at % period) + 0.5),
        { kind: "value" },
      );
      const turns = lines(period, (turn) => [...value.set.labels].filter((label) => label === turn + 0.5).length);
      for (const count of turns) assert.ok(Math.abs(count - 5000 / period) < 0.1 * (5000 / period), `${turns}`);
    });

test("a class of few points among many is not lost", () => {
  const { set, counts } = gathered(table(lines(30_000, (at) => `${at},${-at},${at === 777 ? "rare" : "often"}`)));
  assert.deepEqual(counts, [4999, 1]);
  assert.deepEqual(set.names, ["often", "rare"]);
});

test("what a column has is judged by no rows that are in step with it", () => {
  const text = table(lines(20_000, (at) => `${at},${at % 7},${"AB"[at % 2]}`));
  const columns = columnsOf(readTable(text, papa), true);
  assert.deepEqual(columns[2].distinct, 2);
  assert.deepEqual(guessChoice(columns), { x: 0, y: 1, label: 2, kind: "classes" });
  assert.ok(columns[0].isIndex);
  const rare = table(lines(20_000, (at) => `${at / 3},${at % 7},${at === 777 ? "A" : "B"}`));
  assert.equal(columnsOf(readTable(rare, papa), true)[2].distinct, 2);
});

const FAULTS = {
  few: table(two.slice(0, 9)),
  oneClass: table(lines(20, (at) => `${at},${at * at},a`)),
  equal: table(lines(20, (at) => `1,2,${"ab"[at % 2]}`)),
  constant: `a,b,c\n${lines(20, (at) => `${at},${at * at},2.5`).join("\n")}\n`,
};
for (const [fault, text] of Object.entries(FAULTS))
  test(`no point set: ${fault}`, () => {
    const choice = { x: 0, y: 1, label: 2, kind: fault === "constant" ? "value" : "classes" };
    const result = gathered(text, choice);
    assert.equal(result.fault, fault);
    assert.equal(result.set, null);
  });

test("no point set: one column for x and y", () => assert.equal(gathered(table(two), { y: 0 }).fault, "twice"));

test("without a y the points lie on a line, and a column of one value lies in the middle", () => {
  const line = gathered(`size,kind\n${lines(20, (at) => `${at},${"ab"[at % 2]}`).join("\n")}\n`);
  assert.deepEqual(line.set.columns[1], ["", 0, 1]);
  assert.deepEqual([...new Set(line.set.y)], [0]);
  const flat = gathered(table(lines(20, (at) => `${at},7,${"ab"[at % 2]}`)));
  assert.deepEqual(flat.set.columns[1], ["y", 7, 1]);
  assert.equal(inPlane(flat.set)[1], 0);
});

const CLOSE = { "Unix seconds": (at) => 1_700_000_000 + at, hundredths: (at) => (16_777_216 + at / 100).toFixed(2) };
for (const [name, close] of Object.entries(CLOSE))
  test(`numbers that differ by less than float32 can hold are not told to be the same: ${name}`, () => {
    const rows = lines(20, (at) => [close(at), at, at * at, close(0)]);
    const columns = ["time", "y", "z", "same"].map((column) => ({ name: column, isNumber: true }));
    const table = { rows: rows.map((row) => row.map(String)), decimal: /** @type {const} */ ("point") };
    const told = (choice) => {
      const result = gather(/** @type {any} */ (table), false, /** @type {any} */ (columns), choice);
      return [result.fault, choiceFault(result, columns), resultTexts(result, columns, choice).map(([key]) => key)];
    };
    const [fault, , texts] = told({ x: 0, y: 1, label: 2, kind: "value" });
    assert.equal(fault, null);
    assert.deepEqual(texts.slice(1), ["file.blurred", "file.axis", "file.valueScale"]);
    const blurred = ["blurred", ["file.blurred", { name: "time" }]];
    assert.deepEqual(told({ x: 1, y: 2, label: 0, kind: "value" }).slice(0, 2), blurred);
    assert.deepEqual(told({ x: 0, y: 3, label: 2, kind: "value" }).slice(0, 2), blurred);
    assert.equal(told({ x: 3, y: 1, label: 2, kind: "value" })[2][1], "file.flatAxis");
    assert.equal(told({ x: 1, y: 2, label: 3, kind: "value" })[0], "constant");
    assert.equal(told({ x: 0, y: 2, label: 3, kind: "value" })[0], "constant");
    assert.deepEqual(told({ x: 1, y: 2, label: 0, kind: "classes" }).slice(0, 2), blurred);
    assert.equal(told({ x: 1, y: 2, label: 3, kind: "classes" })[0], "oneClass");
  });

test("the largest numbers that are kept can be scaled", () => {
  const { set, fault } = gathered(table(lines(20, (at) => `${at % 2 ? 3.4e38 : -3.4e38},${at}e-45,${"ab"[at % 2]}`)));
  assert.equal(fault, null);
  assert.ok(inPlane(set).every(Number.isFinite));
  assert.ok(
    unpack(pack(set))
      .columns.flat()
      .every((part) => typeof part === "string" || Number.isFinite(part)),
  );
});

test("labels that read the same once what is not seen is gone are one class", () => {
  const rows = lines(20, (at) => `${at},${at * at},${["A", "A\u200b", "b", "\u00a0b \u2060 "][at % 4]}`);
  const { set, counts, groups } = gathered(table(rows));
  assert.deepEqual([set.names, counts, groups], [["A", "b"], [10, 10], 2]);
  const unseen = lines(20, (at) => `${at},${at * at},${["A", "b", "\u200b", "b"][at % 4]}`);
  assert.deepEqual(dropped(gathered(table(unseen))), { label: [5, [4, 8, 12]] });
});
