// What a pin's link has besides the run: written, read again, mended or left out where it is damaged, and never in the server's way.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

import { t } from "../../../static/js/base/i18n.js";
import { besidesOf, OF_STRIP, ofKept, ofStudy } from "../../../static/js/playground/besides.js";
import { warningText } from "../../../static/js/playground/refusals.js";
import { python } from "./schema.js";

globalThis.document ??= { documentElement: { lang: "en" } };

const FIELDS = new Map(python("playground.config").map((field) => [field.key, field]));
const LINK = "dataset=xor&seed=0.5";
const OTHER = "activation=relu&networkShape=&seed=0.5";
const PLAN = { seeds: 30, epochs: 500, vary: "both", threshold: 0.05 };

/** What Python makes of a link: [the same link, its warnings]. */
const parsed = (link) => parsedAll([link])[0];

function parsedAll(links) {
  const program =
    "import json, sys; from playground import link\n" +
    "read = map(link.parse_leniently, sys.argv[1:])\n" +
    "print(json.dumps([[link.write(config), [w.to_json() for w in warnings]] for config, warnings in read]))";
  const options = { cwd: new URL("../../../", import.meta.url), encoding: "utf8" };
  const { status, stdout, stderr } = spawnSync(process.env.PYTHON ?? "python3", ["-c", program, ...links], options);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

test("a study, what is compared with it and kept runs are read as they were written", () => {
  const none = { link: LINK, study: null, kept: [], strip: false, warnings: [] };
  assert.deepEqual(besidesOf(LINK), none);
  assert.deepEqual(besidesOf(""), { ...none, link: "" });
  assert.deepEqual(besidesOf(LINK + ofStudy(PLAN, null, FIELDS)), { ...none, study: { ...PLAN, against: null } });
  assert.deepEqual(besidesOf(`${LINK}&epoch=40${OF_STRIP}`), { ...none, link: `${LINK}&epoch=40`, strip: true });
  const study = { ...PLAN, against: OTHER };
  assert.deepEqual(besidesOf(LINK + ofStudy(PLAN, OTHER, FIELDS)), { ...none, study });
  const kept = [
    { number: 1, link: `${OTHER}&epoch=40&edits=3:rate:0.1` },
    { number: 3, link: "seed=种子&epoch=2" },
  ];
  assert.deepEqual(besidesOf(`${LINK}&epoch=40${ofKept(kept, FIELDS)}`), { ...none, link: `${LINK}&epoch=40`, kept });
});

test("a link within another goes without what is usual, and means the same run", () => {
  const [whole] = parsed("seed=0.5&networkShape=&noise=20");
  const { study } = besidesOf(ofStudy(PLAN, whole, FIELDS));
  assert.equal(study.against, "noise=20&networkShape=&seed=0.5");
  assert.equal(parsed(study.against)[0], whole);
});

test("what mail, chat and web pages make of such a link is undone, and the run stays the same", () => {
  const against = { ...PLAN, against: OTHER };
  const written = LINK + ofStudy(PLAN, OTHER, FIELDS);
  const changed = {
    "&amp; for &": written.replaceAll("&", "&amp;"),
    "&amp;amp; for &": written.replaceAll("&", "&amp;amp;"),
    "&#38; for &": written.replaceAll("&", "&#38;"),
    "u0026 for &": written.replaceAll("&", "\\u0026").replaceAll("=", "\\u003d"),
    "& percent-encoded": written.replaceAll("&", "%26"),
    "all percent-encoded": encodeURIComponent(written),
    "all percent-encoded twice": encodeURIComponent(encodeURIComponent(written)),
    "Markdown's backslashes": written.replace(/[&=,._-]/g, "\\$&"),
    "quoted-printable": written.replaceAll("=", "=3D"),
    "capital keys": written.replace(/(\w+)=/g, (key) => key.toUpperCase()),
    "full-width signs": written.replaceAll("&", "＆").replaceAll("=", "＝").replaceAll(",", "，"),
    "full-width signs in an address bar": encodeURI(
      written.replaceAll("&", "＆").replaceAll("=", "＝").replaceAll(",", "，"),
    ),
    "a full stop behind it": `${written}.`,
    "a bracket behind it": `${written}),`,
  };
  for (const sign of [";", ", ", " ", "\u00a0", "\u3000", "｜", " | ", "·", "•", "+", "、"]) {
    changed[`${sign} between settings`] = written.replaceAll("&", sign);
    changed[`${encodeURIComponent(sign)} between settings`] = written.replaceAll("&", encodeURIComponent(sign));
  }
  const read = Object.entries(changed).map(([how, link]) => ({ how, ...besidesOf(link) }));
  for (const { how, study, warnings } of read) assert.deepEqual([study, warnings], [against, []], how);
  const [plainly, ...runs] = parsedAll([LINK, ...read.map(({ link }) => link)]);
  for (const [index, run] of runs.entries()) assert.deepEqual(run, plainly, read[index].how);
});

test("the server reads such a link as that of the run alone, should it get it", () => {
  const kept = [{ number: 2, link: `${OTHER}&epoch=9` }];
  for (const besides of [ofStudy(PLAN, OTHER, FIELDS), ofKept(kept, FIELDS)])
    assert.deepEqual(parsed(LINK + besides), parsed(LINK));
});

test("what would make a link too long is left out of it", () => {
  const long = { number: 1, link: `seed=0.5&ownData=${"x".repeat(1500)}` };
  assert.equal(ofKept([long, long, long], FIELDS), "");
  assert.deepEqual(besidesOf(ofKept([long], FIELDS)).kept, [long]);
  assert.equal(ofStudy(PLAN, `seed=0.5&ownData=${"x".repeat(5000)}`, FIELDS), ofStudy(PLAN, null, FIELDS));
});

test("counts beyond their limits are the nearest that is allowed, and it is said", () => {
  const { study, warnings } = besidesOf("seed=1&study=3,20000,data,0.1");
  assert.deepEqual(study, { seeds: 5, epochs: 10_000, vary: "data", threshold: 0.1, against: null });
  assert.deepEqual(
    warnings.map((warning) => t(...warningText(warning))),
    [
      "Seeds: “3” is not a whole number from 5 to 100. Taken instead: 5",
      "Epochs: “20000” is not a whole number from 1 to 10,000. Taken instead: 10,000",
    ],
  );
});

test("what cannot be read is left out, and it is said in both languages", () => {
  const bad = [
    "study=",
    "study=30",
    "study=30,500,both",
    "study=30,500,both,0.05,1",
    "study=30,500,all,0.05",
    "study=a,500,both,0.05",
    "study=,500,both,0.05",
    "study=30,500,both,-1",
    "against=YWN0", // without a study
    "strip=",
    "strip=1",
    "kept=",
    "kept=1",
    "kept=x.c2VlZD0x",
    "kept=1.c2Vl!ZD0x",
    "kept=1._____w", // no UTF-8
  ];
  for (const part of bad) {
    const { link, study, kept, warnings } = besidesOf(`seed=1&${part}`);
    assert.deepEqual([link, study, kept, warnings.length], ["seed=1", null, [], 1], part);
    const field = part.split("=")[0];
    assert.equal(t(...warningText(warnings[0])), `The link’s “${field}” cannot be read and is left out.`);
    document.documentElement.lang = "zh-CN";
    assert.equal(t(...warningText(warnings[0])), `链接中的“${field}”无法读取，已略去。`);
    document.documentElement.lang = "en";
  }
  const { study, warnings } = besidesOf("seed=1&study=30,500,both,0.05&against=%%%");
  assert.deepEqual([study.against, warnings.length], [null, 1]);
});
