// Names and numbers that are read off the map.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { classOf, describe, nameText, numberText } from "../../../../static/js/playground/own/description.js";

const PLAIN = ["", 0, 1];

function described(columns, names = [], measured = null) {
  return describe({ columns, names }, measured);
}

function speaking(lang, work) {
  globalThis.document = { documentElement: { lang } };
  try {
    return work();
  } finally {
    delete globalThis.document;
  }
}

test("where neither names nor scales say anything there is nothing to tell", () => {
  assert.equal(described([PLAIN, PLAIN, PLAIN]), null);
  assert.ok(described([PLAIN, PLAIN, PLAIN], ["a", "b"]));
  assert.ok(described([PLAIN, ["", 0, 2], PLAIN]));
  assert.equal(classOf(null, 1), "1");
});

test("a class without a name is called by its number", () => {
  const told = described([PLAIN, PLAIN, PLAIN], ["cats", ""]);
  assert.deepEqual(
    [0, 1, 2].map((label) => told.className(label)),
    ["cats", "1", "2"],
  );
  assert.deepEqual(told.names(3), ["cats", "", ""]);
});

test("ticks stand at round values of the column, and where there is room", () => {
  for (const [centre, step] of [
    [3.95, 0.59],
    [1531.5, 159.9],
    [0, 1],
    [-1e-5, 3e-7],
    [5e6, 4e5],
    [2013.5, 1.3],
    [1e9, 100],
  ]) {
    const told = described([["x", centre, step], PLAIN, PLAIN]);
    const ticks = told.ticks(0);
    assert.ok(ticks.length >= 3 && ticks.length <= 8, `${ticks.length} ticks around ${centre}`);
    const values = ticks.map(({ text }) => Number(text.replaceAll("−", "-")));
    ticks.forEach(({ place }, at) => {
      assert.ok(Math.abs(place) <= 5.5);
      assert.ok(Math.abs(told.place(0, values[at]) - place) < 1e-4, `${ticks[at].text} at ${place}`);
    });
    assert.equal(new Set(values).size, values.length, "no two are the same");
    const few = told.ticks(0, 34);
    assert.ok(few.reduce((sum, { text }) => sum + text.length + 2, 0) <= 34, few.map(({ text }) => text).join(" "));
  }
});

test("a scale that no number has gets no ticks, and none hangs", () => {
  for (const [centre, step] of [
    [0, 1e308],
    [1e308, 1],
    [0, 5e-324],
    [1, 1e-300],
  ])
    assert.ok(described([["x", centre, step], PLAIN, PLAIN]).ticks(0).length < 9);
});

test("a number has as many digits as matter", () => {
  assert.equal(numberText(3.14159, 0.1), "3.1");
  assert.equal(numberText(-1500, 500), "−1500");
  assert.equal(numberText(1e-17, 1), "0");
  assert.equal(numberText(3e7, 1e7), "3e7");
  assert.equal(numberText(-0.0000000012, 1e-10), "−1.2e−9");
});

test("the measured data sets have the names of their files, and Chinese ones", () => {
  for (const name of ["iris", "penguins", "cars"]) {
    const file = new URL(`../../../../playground/data/measured/${name}.csv`, import.meta.url);
    const [head, ...rows] = readFileSync(file, "utf8")
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(","));
    const kinds = [...new Set(rows.map((row) => row[2]))];
    const names = name === "cars" ? [] : kinds;
    const told = described(
      head.map((title) => [title, 1, 2]),
      names,
      name,
    );
    const read = () => [told.columns.map(([title]) => title), told.names(names.length)];
    assert.deepEqual(speaking("en", read), [head, names]);
    const chinese = speaking("zh-CN", read).flat();
    for (const text of chinese) assert.match(text, /\p{Script=Han}/u);
    assert.equal(new Set(chinese).size, chinese.length);
  }
});

test("the names of a foreign file stay as they are", () => {
  const told = described([["species", 0, 1], PLAIN, PLAIN], ["Adelie", "<b>"]);
  speaking("zh-CN", () => {
    assert.equal(nameText(told.name(0)), "species");
    assert.equal(nameText(told.className(0)), "Adelie");
    assert.equal(nameText(told.className(1)), "<b>");
  });
});
