// What the page writes: numbers, routes, layers, and curves' points.

import assert from "node:assert/strict";
import test from "node:test";

import {
  bytesText,
  countText,
  durationParts,
  lossText,
  numberText,
  percentText,
  shareText,
  shapeText,
} from "../../../static/js/lenet/format.js";
import en from "../../../static/js/i18n/lenet.en.js";
import zh from "../../../static/js/i18n/lenet.zh.js";
import { fragmentOf } from "../../../static/js/base/address.js";
import { addTexts, LANGUAGES, t } from "../../../static/js/base/i18n.js";
import { EXERCISE_LAYERS, parameterFormula, parameterSum } from "../../../static/js/lenet/run/layers.js";
import { formatRoute, parseRoute } from "../../../static/js/lenet/route.js";
import { endText, hasStopRule, mayEndEarly } from "../../../static/js/lenet/run/run-end.js";
import { listText, settingText, valueText } from "../../../static/js/lenet/launch/setting-text.js";
import { thin } from "../../../static/js/lenet/run/thin.js";

globalThis.document ??= { documentElement: { lang: "en" } };
addTexts({ en, zh });

const ID = "20261124-122612-7f0921";
const OTHER = "20261124-122612-aaaaaa";

test("numbers are written to the digit that says something", () => {
  assert.equal(percentText(0.9821), "98.21 %");
  assert.equal(percentText(0.5, 0), "50 %");
  assert.equal(percentText(null), "–");
  assert.equal(lossText(0.08349), "0.0835");
  assert.equal(lossText(12345), "1.2e+4");
  assert.equal(lossText(0.01234), "0.0123");
  assert.equal(lossText(0.001234), "0.00123");
  assert.equal(lossText(0.000456), "0.000456");
  assert.equal(lossText(0.0000123), "1.23e-5");
  assert.equal(lossText(0), "0.0000");
  assert.equal(countText(1234567), "1,234,567");
  assert.equal(countText(100), "100");
  assert.equal(numberText(-20.0712), "-20.07");
  assert.equal(bytesText(512), "512 B");
  assert.equal(bytesText(54_950_048), "55.0 MB");
  assert.equal(shapeText([6, 24, 24]), "6×24×24");
});

test("durations change their unit without ever showing 60 of the smaller one", () => {
  const seconds = [0, 9.94, 9.96, 59.4, 59.6, 60, 185, 3599.6, 3660];
  const texts = ["< 0.1 s", "9.9 s", "10 s", "59 s", "1:00 min", "1:00 min", "3:05 min", "1:00 h", "1:01 h"];
  const written = ({ unit, value, large, small }) => `${value ?? `${large}:${small}`} ${unit}`;
  assert.deepEqual(
    seconds.map((each) => written(durationParts(each))),
    texts,
  );
  assert.equal(durationParts(null), null);
});

test("a route survives its address", () => {
  const empty = { run: null, epoch: null, look: null, image: null, strokes: null, sweep: null, compare: [] };
  for (const route of [
    { run: ID },
    { run: ID, epoch: 12 },
    { run: ID, epoch: 12, look: "maps", image: 0 },
    { run: ID, epoch: 12, look: "draw", strokes: "0s1a2b3c4d.0s00zz" },
    { sweep: ID },
    { compare: [ID, OTHER] },
    {},
  ])
    assert.deepEqual(parseRoute(formatRoute({ ...empty, ...route })), { ...empty, ...route, faults: [] });
});

test("of a mangled link what is not understood is named, and the rest is shown", () => {
  const none = { run: null, epoch: null, look: null, image: null, strokes: null, sweep: null, compare: [] };
  assert.deepEqual(parseRoute("#run=../../etc"), { ...none, faults: ["run=../../etc"] });
  assert.deepEqual(parseRoute(`#run=${ID.slice(0, -2)}`), { ...none, faults: [`run=${ID.slice(0, -2)}`] });
  assert.deepEqual(parseRoute("#sweep=x").faults, ["sweep=x"]);
  assert.deepEqual(parseRoute("#run=").faults, ["run"]);
  for (const epoch of ["0", "x", "-1", "1e3"])
    assert.deepEqual(parseRoute(`#run=${ID}&epoch=${epoch}`), { ...none, run: ID, faults: [`epoch=${epoch}`] });
  assert.deepEqual(parseRoute(`#compare=${ID},x,${ID},${OTHER}`), {
    ...none,
    compare: [ID, OTHER],
    faults: ["x"].map((x) => `compare=${x}`),
  });
  for (const strokes of ["0s", "0s123", "0s1234.", "0s1234..0s1234", "0s12_4", "x"])
    assert.deepEqual(
      parseRoute(`#run=${ID}&look=draw&strokes=${strokes}`).strokes,
      strokes === "0s1234." ? "0s1234" : null,
    );
  const [long] = parseRoute(`#run=${ID}&strokes=0s${"1234".repeat(500)}!5`).faults;
  assert.ok(long.startsWith("strokes=0s1234") && long.length < 50, long); // a notice has room for so much
  assert.deepEqual(parseRoute("#compare=x&strokes=0s1234").faults, ["compare=x", "strokes=0s1234"]);
  assert.deepEqual(parseRoute("#somewhere").faults, ["somewhere"]);
  assert.deepEqual(parseRoute(`#run=${ID}&colour=1`), { ...none, run: ID, faults: ["colour=1"] });
});

test("what mail and chat do to a link is undone", () => {
  const wanted = { run: ID, epoch: 3, look: null, image: null, strokes: null, sweep: null, compare: [], faults: [] };
  for (const fragment of [
    `#run=${ID}&amp;epoch=3`,
    `#run=${ID}&epoch=3.`,
    `#run=${ID}&epoch=3)`,
    `#run=${ID.toUpperCase()}&epoch=3`,
    `#run%3D${ID}%26epoch%3D3`,
    `#run=<${ID}>&epoch=3"`,
  ])
    assert.deepEqual(parseRoute(fragment), wanted, fragment);
  assert.deepEqual(parseRoute(`#compare=${ID}%2C${OTHER},`).compare, [ID, OTHER]);
});

test("what a keyboard of full-width signs, a word processor or a second encoding makes of a link is undone", () => {
  const wanted = { run: ID, epoch: 3, look: null, image: null, strokes: null, sweep: null, compare: [], faults: [] };
  const fullWidth = [...`run=${ID}&epoch=3`].map((sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)).join("");
  for (const fragment of [
    fullWidth,
    encodeURIComponent(fullWidth),
    encodeURIComponent(encodeURIComponent(`run=${ID}&epoch=3`)),
    `#RUN=${ID}&Epoch=3`,
    `#run＝${ID}&epoch=３。`,
    `#/run=${ID}/&epoch=3`,
    `#?run=${ID}&&epoch=3`,
    `#run=${ID.replaceAll("-", "–")}&epoch=3`,
    `#run=${ID.replaceAll("-", "\u2011")}&epoch=3`,
    `#run=${ID.slice(0, 9)}\u200b${ID.slice(9)}&epoch=3%0A`,
    `#run=「${ID}」&epoch=3”`,
    `#run=${ID}&epoch=3&`,
    `#epoch=3&run=${ID}`,
  ])
    assert.deepEqual(parseRoute(fragment), wanted, fragment);
  for (const comma of [",", "，", "%EF%BC%8C", "、", ", ", "&compare="])
    assert.deepEqual(parseRoute(`#compare=${ID}${comma}${OTHER}`).compare, [ID, OTHER], comma);
});

test("what does not go with what is shown is named too", () => {
  const none = { run: null, epoch: null, look: null, image: null, strokes: null, sweep: null, compare: [] };
  const cases = {
    [`#run=${ID},${OTHER}`]: { run: ID, faults: [`run=${OTHER}`] },
    [`#run=${ID}&run=${OTHER}`]: { run: ID, faults: [`run=${OTHER}`] },
    [`#run=${ID}&run=${ID}`]: { run: ID, faults: [] },
    "#epoch=2": { faults: ["epoch=2"] },
    "#epoch=": { faults: ["epoch"] },
    [`#sweep=${ID}&epoch=2`]: { sweep: ID, faults: ["epoch=2"] },
    [`#compare=${ID},${OTHER}&epoch=2`]: { compare: [ID, OTHER], faults: ["epoch=2"] },
    [`#run=${ID}&epoch=2&epoch=3`]: { run: ID, epoch: 2, faults: ["epoch=3"] },
    [`#run=${ID}&epoch=1,000`]: { run: ID, faults: ["epoch=1,000"] },
    [`#sweep=${OTHER}&run=${ID}`]: { run: ID, faults: [`sweep=${OTHER}`] },
    [`#sweep=${ID}&compare=${OTHER}`]: { sweep: ID, faults: [`compare=${OTHER}`] },
    [`#run=x&compare=${ID}`]: { compare: [ID], faults: ["run=x"] },
    [`#run=${ID}&constructor=1`]: { run: ID, faults: ["constructor=1"] },
    "#%E0%A4%A": { faults: ["%e0%a4%a"] },
    "#": { faults: [] },
    "#&=": { faults: [] },
  };
  for (const [fragment, wanted] of Object.entries(cases))
    assert.deepEqual(parseRoute(fragment), { ...none, ...wanted }, fragment);
});

test("a query is read as the fragment, which goes before it", () => {
  assert.equal(fragmentOf({ hash: "", search: `?run=${ID}` }), `run=${ID}`);
  assert.equal(fragmentOf({ hash: `#run=${ID}`, search: "" }), `run=${ID}`);
  const both = parseRoute(fragmentOf({ hash: `#run=${ID}`, search: `?run=${OTHER}&epoch=2` }));
  assert.deepEqual(both, {
    run: ID,
    epoch: 2,
    look: null,
    image: null,
    strokes: null,
    sweep: null,
    compare: [],
    faults: [`run=${OTHER}`],
  });
  assert.equal(fragmentOf({ hash: "", search: "" }), "");
});

test("a run that a rule may end or has ended says so, and every end has its reason", () => {
  const run = (status, changes = {}) => ({
    status,
    owner: "me",
    reason: null,
    epoch: 4,
    config: { epochs: 10, stop_change: 0, stop_accuracy: 1 },
    ...changes,
  });
  assert.equal(hasStopRule(run("running")), false);
  for (const rule of [{ stop_change: 1e-4 }, { stop_accuracy: 0.98 }])
    assert.ok(hasStopRule(run("running", { config: { epochs: 10, stop_change: 0, stop_accuracy: 1, ...rule } })));
  assert.equal(mayEndEarly(run("finished")), true);
  assert.equal(mayEndEarly(run("finished", { epoch: 10 })), false);
  for (const status of ["running", "stopped"]) {
    assert.equal(mayEndEarly(run(status)), false);
    assert.equal(mayEndEarly(run(status, { config: { epochs: 10, stop_change: 1e-4, stop_accuracy: 1 } })), true);
  }
  for (const status of ["paused", "stopped", "finished"])
    for (const owner of ["me", null]) assert.ok(endText(run(status, { owner }))[0] in en, status);
  const told = (code, values = {}) => t(...endText(run("finished", { reason: "a sentence", why: { code, values } })));
  assert.match(told("reached", { accuracy: 0.98 }), /reached 98 %\.$/);
  assert.match(told("moved", { change: 0.0001 }), /less than 0\.0001 from/);
  assert.equal(told("closed"), en["why.closed"]);
  assert.equal(told("by-teacher"), en["why.by-teacher"]);
});

test("the exercise's network has 44,426 parameters", () => {
  assert.equal(parameterSum(EXERCISE_LAYERS), 44_426);
});

test("a formula is shown only where it gives the layer's count", () => {
  const value = (formula) => Function(`return ${formula.replaceAll("×", "*")}`)();
  EXERCISE_LAYERS.forEach((layer, index) => {
    const formula = parameterFormula(EXERCISE_LAYERS, index);
    if (layer.parameters === 0) assert.equal(formula, null);
    else assert.equal(value(formula), layer.parameters, layer.name);
  });
  const partial = EXERCISE_LAYERS.map((layer) => (layer.name === "conv2" ? { ...layer, parameters: 1516 } : layer));
  assert.equal(parameterFormula(partial, 3), null);
});

test("a thinned curve keeps its mean, its span and its gaps", () => {
  assert.deepEqual(thin([1, 2, 3], 10), { x: [0, 1, 2], y: [1, 2, 3] });
  assert.deepEqual(thin([1, 3, 5, 7, 9], 3), { x: [0.5, 2.5, 4], y: [2, 6, 9] });
  const gap = [1, 2];
  gap[4] = 5;
  assert.deepEqual(thin(gap, 10), { x: [0, 1, 4], y: [1, 2, 5] });
  assert.ok(thin(Array(100_000).fill(1), 1200).x.length <= 1200);
  assert.deepEqual(thin([], 10), { x: [], y: [] });
});

test("settings are written as the same numbers are elsewhere", () => {
  assert.equal(valueText({ name: "train_images", kind: "number" }, 60_000), "60,000");
  assert.equal(valueText({ name: "learning_rate", kind: "number" }, 0.0001), "0.0001");
  assert.equal(valueText({ name: "stop_accuracy", kind: "number" }, 0.99), "99 %");
  assert.equal(valueText({ name: "stop_accuracy", kind: "number" }, 1), "never");
  assert.equal(valueText({ name: "stop_change", kind: "number" }, 0), "never");
  assert.equal(valueText({ name: "stop_change", kind: "number" }, 0.5), "0.5");
  assert.equal(valueText({ name: "weight_decay", kind: "number" }, 0), "0");
  const momentum = { name: "momentum", kind: "number" };
  assert.equal(valueText(momentum, 0.8, { optimizer: "sgd" }), "0.8");
  assert.equal(valueText(momentum, 0.8, { optimizer: "adamw" }), "0.8 (AdamW's β₁)");
  assert.equal(settingText(momentum, { momentum: 0.8, optimizer: "adamw" }), "Momentum 0.8 (AdamW's β₁)");
  for (const [share, text] of [
    [0.985, "98.5 %"],
    [0.9999, "99.99 %"],
    [0.07, "7 %"],
    [0, "0 %"],
    [undefined, "–"],
  ])
    assert.equal(shareText(share), text);
});

test("a row of texts has the language's own punctuation", () => {
  assert.equal(listText(["a", "b", "c"]), "a, b, c");
  document.documentElement.lang = "zh-CN";
  assert.deepEqual([listText(["a", "b", "c"]), listText(["a"])], ["a、b、c", "a"]);
  assert.equal(
    t("text.of", { name: "快速", why: ["refused.no-such-run"] }),
    `快速：${LANGUAGES.zh["refused.no-such-run"]}`,
  );
  document.documentElement.lang = "en";
});

test("no two columns of a table of results and settings have one name", () => {
  const words = (texts, group, names) => names.map((name) => texts[`${group}.${name}`]);
  const results = [
    "best_accuracy",
    "accuracy",
    "test_loss",
    "train_accuracy",
    "epoch",
    "train_s",
    "trained_images_per_s",
  ];
  for (const texts of [en, zh]) {
    const settings = Object.keys(texts).filter((key) => key.startsWith("setting.") && key !== "setting.epochs");
    const compared = [...words(texts, "compare", [...results, "epochs-set"]), ...settings.map((key) => texts[key])];
    assert.equal(new Set(compared).size, compared.length);
    assert.notEqual(texts["sweep.epoch"], texts["setting.epochs"]);
  }
});

test("no duration that is more than nothing is told as nothing", () => {
  for (const seconds of [0.001, 0.04, 0.0499, 0.05, 0.1]) assert.notEqual(durationParts(seconds).value, "0.0");
  assert.equal(durationParts(0.05).value, "0.1");
});

test("how many epochs a run has is said in the same words in the list and beside it", () => {
  for (const texts of [en, zh]) {
    const [plain, early] = ["runs.epochs", "runs.epochsEarly"].map((key) => texts[key]);
    assert.ok(plain.startsWith(texts["watch.ofEpochs"]), plain);
    assert.ok(early.startsWith(texts["watch.ofAtMost"]), early);
  }
});
