// Every fault and reason that the modules know has its sentence.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { LANGUAGES } from "../../../../static/js/base/i18n.js";
import { REASONS } from "../../../../static/js/playground/own/gather.js";
import {
  choiceFault,
  faultText,
  foundText,
  numberText,
  oneClassTexts,
  resultTexts,
} from "../../../../static/js/playground/own/report.js";

const source = (name) =>
  readFileSync(new URL(`../../../../static/js/playground/own/${name}.js`, import.meta.url), "utf8");
const isText = ([key]) => key in LANGUAGES.en;

const FAULTS = [
  "tooLarge",
  "unreadable",
  "library",
  "empty",
  "markup",
  "binary",
  "archive",
  "workbookBroken",
  "workbookLarge",
];

test("what is no file of points is told in words, whatever it is", () => {
  const kinds = [...source("encoding").matchAll(/^ {2}\["(\w+)", \[0x(?!ef|ff, 0xfe|fe)/gm)].map(([, kind]) => kind);
  assert.ok(kinds.length >= 5);
  for (const fault of [...FAULTS, ...kinds])
    if (fault !== "workbook") assert.ok(isText(faultText({ name: "x", fault, size: 1 })), fault);
});

test("every reason for leaving a row out is told, with a few of the rows", () => {
  const dropped = Object.fromEntries(REASONS.map((reason) => [reason, { count: 1234, rows: [2, 3, 5] }]));
  const texts = resultTexts({ set: null, dropped, found: 0, groups: 0, blurred: [] }, [], {
    x: 0,
    y: 1,
    label: 2,
    kind: "classes",
  });
  assert.deepEqual(texts.length, REASONS.length);
  assert.ok(texts.every(isText));
  assert.deepEqual(texts[0][1], { count: "1,234", rows: "2, 3, 5, …" });
});

test("columns with one class are told where no column of classes is the label", () => {
  const column = (name, isNumber, distinct) => ({ name, isNumber, distinct });
  const columns = /** @type {any} */ ([column("a", true, 1), column("k", false, 1), column("m", false, 2)]);
  const told = [["file.oneClass", { name: "k" }]];
  assert.deepEqual(oneClassTexts(columns, { x: 0, y: null, label: 0, kind: "value" }), told);
  assert.deepEqual(oneClassTexts(columns, null), told);
  assert.deepEqual(oneClassTexts(columns, { x: 0, y: null, label: 2, kind: "classes" }), []);
  assert.ok(told.every(isText));
});

test("the numbers that a column goes from and to are told with all their digits", () => {
  const [low, high] = [1_048_576, 1_234_567.5];
  const column = /** @type {[string, number, number]} */ (["area", (low + high) / 2, (high - low) / 10]);
  const set = /** @type {any} */ ({
    classes: 2,
    columns: [column, ["", 0, 1]],
    x: Float32Array.of(low, high),
    y: Float32Array.of(0, 1),
  });
  const dropped = Object.fromEntries(REASONS.map((reason) => [reason, { count: 0, rows: [] }]));
  const told = resultTexts({ set, dropped, found: 2, groups: 2, blurred: [] }, [{ name: "area" }], {
    x: 0,
    y: null,
    label: 2,
    kind: "classes",
  });
  assert.deepEqual(told[1], ["file.axis", { name: "area", low: "1048576", high: "1234567.5" }]);
});

test("long names are cut, and what was pasted has none", () => {
  const [, values] = foundText(
    { name: "x".repeat(99), encoding: "gb18030" },
    { rows: [["1"], [""], ["2"]], width: 1 },
    true,
  );
  assert.equal(values.name.length, 40);
  assert.deepEqual([values.rows, values.columns, values.encoding], ["1", "1", "GB18030"]);
  assert.deepEqual(faultText({ name: null, fault: "empty" })[1].name, ["file.pasted"]);
  assert.equal(choiceFault({ fault: null, found: 20, taken: [] }), null);
  assert.equal(numberText(-1234567), "−1234567");
});
