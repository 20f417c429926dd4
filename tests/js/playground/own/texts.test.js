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
  assert.equal(numberText(-1234567), "−1234600");
});
