// What a pin holds, held to what the views show: decoded back from base64, and said in the page's language.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { fromBase64, toBase64 } from "../../../static/js/base/base64.js";
import { cellOf } from "../../../static/js/base/color.js";
import { besidesOf } from "../../../static/js/playground/besides.js";
import { Description } from "../../../static/js/playground/own/description.js";
import { featureMap } from "../../../static/js/playground/features.js";
import { Weights } from "../../../static/js/playground/frame.js";
import { FIGURES, figureOf, pinOf, runOf } from "../../../static/js/playground/pins.js";
import { python } from "./schema.js";

globalThis.document ??= { documentElement: { lang: "en" } };

const FIELDS = new Map(python("playground.config").map((field) => [field.key, field]));
const PLAIN = Object.fromEntries([...FIELDS].map(([key, field]) => [key, field.default]));
const LINK = "activation=tanh&seed=0.5";

/** A frame of a network of these sizes: weights 0, 1, ..., thumbnails and map of what is in them. */
function frameOf(sizes, more = {}) {
  const count = sizes.slice(1).reduce((sum, size, index) => sum + size * (sizes[index] + 1), 0);
  const nodes = sizes.slice(1).reduce((sum, size) => sum + size, 0);
  return {
    epoch: 143,
    trainLoss: 0.0123,
    testLoss: 0.0456,
    trainAccuracy: 0.99,
    testAccuracy: 0.975,
    sizes,
    weights: new Weights(
      sizes,
      Float64Array.from({ length: count }, (_, at) => at),
    ),
    thumbnails: Int8Array.from({ length: 100 * nodes }, (_, at) => (at % 256) - 128),
    map: Int8Array.from({ length: 10_000 }, (_, at) => (at % 256) - 128),
    ...more,
  };
}

const POINTS = { train: Float64Array.of(1, 2, 1, -3, 4.5, -1), test: Float64Array.of(0.25, -0.5, 1) };

function now(config = {}, more = {}) {
  const settings = { ...PLAIN, ...config };
  return { config: settings, frame: frameOf([2, 4, 2, 1]), fields: FIELDS, told: null, ...more };
}

class Store extends Map {
  getItem(key) {
    return this.get(key) ?? null;
  }
  setItem(key, value) {
    this.set(key, value);
  }
}

const int8 = (text) => [...new Int8Array(fromBase64(text).buffer)];
const float32 = (text) => [...new Float32Array(fromBase64(text).buffer)];
const pin = (made, more = {}) => pinOf(made, { moment: `${LINK}&epoch=143`, setup: LINK, fields: FIELDS, ...more });

/** What `ask` gives while the page is in Chinese. */
function inChinese(ask) {
  document.documentElement.lang = "zh-CN";
  try {
    return ask();
  } finally {
    document.documentElement.lang = "en";
  }
}

test("every view that the server knows has a function, and no other", () => {
  const source = readFileSync(new URL("../../../notebook/pins.py", import.meta.url), "utf8");
  const views = [...source.matchAll(/"(playground\.\w+)"/g)].map(([, view]) => view);
  assert.deepEqual(Object.keys(FIGURES).sort(), views.sort());
});

test("the map's cells and points are those of the page", () => {
  const { map } = frameOf([2, 1]);
  const { figure, title } = figureOf(
    "playground.map",
    { title: "Output", map, of: "outcome", points: POINTS, discretize: true },
    now(),
  );
  assert.equal(title, "Output");
  assert.equal(figure.form, "plane");
  assert.deepEqual(int8(figure.cells), [...map]);
  assert.equal(figure.discrete, true);
  const [train, test_] = figure.points;
  assert.deepEqual(float32(train.xy), [1, 2, -3, 4.5]);
  assert.deepEqual(float32(train.values), [1, -1]);
  assert.deepEqual([train.hollow, test_.hollow], [false, true]);
  assert.deepEqual(float32(test_.xy), [0.25, -0.5]);
  assert.deepEqual([figure.x, figure.y], [{ label: "X₁" }, { label: "X₂" }]);
});

test("of several classes each has its points, and axes have their own units", () => {
  const set = {
    columns: [
      ["height", 10, 2],
      ["weight", 0, 0.5],
      ["kind", 0, 1],
    ],
    names: ["cat", "dog", "cow"],
  };
  const of = now({ dataset: "blobs", classes: 3 }, { told: new Description(set), frame: frameOf([2, 4, 2, 3]) });
  const points = { train: Float64Array.of(0, 0, 2, 1, 1, 0, 2, 2, 2), test: new Float64Array() };
  const { figure } = figureOf(
    "playground.map",
    { title: "", map: of.frame.map, of: "outcome", points, discretize: false },
    of,
  );
  assert.deepEqual(figure.classes, ["cat", "dog", "cow"]);
  assert.deepEqual(figure.x, { label: "height", centre: 10, step: 2 });
  assert.deepEqual(
    figure.points.map(({ name, label, xy }) => [name, label, float32(xy)]),
    [
      ["cat", 0, [1, 1]],
      ["cow", 2, [0, 0, 2, 2]],
    ],
  );
  const { figure: neuron } = figureOf(
    "playground.map",
    { title: "", map: of.frame.map, of: "node", points, discretize: false },
    of,
  );
  assert.deepEqual(neuron.classes, []);
});

test("the network has the frame's pictures, weights and biases, and the features before them", () => {
  const of = now();
  const { figure } = figureOf("playground.network", {}, of);
  assert.deepEqual(
    figure.layers.map(({ nodes }) => nodes.length),
    [2, 4, 2, 1],
  );
  assert.deepEqual(int8(figure.layers[0].nodes[0].cells), [...featureMap("x", 10)]);
  assert.equal(int8(figure.layers[0].nodes[1].cells)[0], cellOf(6));
  assert.deepEqual(int8(figure.layers[2].nodes[0].cells), [...of.frame.thumbnails.subarray(400, 500)]);
  assert.equal(figure.layers[2].weights[1][3], of.frame.weights.weight(1, 1, 3));
  assert.equal(figure.layers[3].nodes[0].bias, of.frame.weights.bias(2, 0));
});

test("what is no number is none in JSON either", () => {
  const frame = frameOf([2, 4, 2, 1], { trainLoss: NaN, testLoss: Infinity, testAccuracy: NaN });
  frame.weights.values.fill(NaN);
  const made = figureOf("playground.network", {}, now({}, { frame }));
  const sent = JSON.stringify(pin(made));
  assert.deepEqual(JSON.parse(sent), pin(made)); // no NaN has become null
  const facts = Object.fromEntries(pin(made).facts.map(({ key, value }) => [key, value]));
  assert.deepEqual([facts.trainLoss, facts.testLoss, facts.accuracy], ["NaN", "∞", undefined]);
});

test("the chart has the curves that are drawn, with gaps where there are no numbers", () => {
  const curve = {
    epochs: [0, 1, 2],
    trainLoss: [0.5, NaN, 0.3],
    testLoss: [0.6, 0.5, 0.4],
    trainAccuracy: [1, 1, 1],
    testAccuracy: [0, 0.5, 1],
  };
  const other = { config: { ...PLAIN, dataset: "xor", noise: 10 }, link: "noise=10&dataset=xor" };
  const kept = [{ number: 3, ...other, curve: { epochs: [0, 5], testLoss: [0.7, 0.2], trainLoss: [0, 0] } }];
  const shown = { curve, isAccuracy: false, isLog: true, others: [], kept, marker: 1 };
  const made = figureOf("playground.loss", shown, now());
  const { figure } = made;
  assert.match(pin(made).caption, /\. Drawn with it, the test losses of Kept 3 \(Exclusive or, noise 10 %\)\.$/);
  const alone = figureOf("playground.loss", { ...shown, kept: [] }, now());
  assert.doesNotMatch(pin(alone).caption, /Drawn/);
  assert.deepEqual(
    figure.series.map(({ x, y }) => [x, y]),
    [
      [
        [0, 1, 2],
        [0.5, null, 0.3],
      ],
      [
        [0, 1, 2],
        [0.6, 0.5, 0.4],
      ],
      [
        [0, 5],
        [0.7, 0.2],
      ],
    ],
  );
  assert.equal(figure.y.log, true);
  assert.equal(figure.marks[0].x, 1);
  const accuracy = figureOf("playground.loss", { ...shown, isAccuracy: true }, now()).figure;
  assert.deepEqual(
    accuracy.series.map(({ y }) => y),
    [curve.trainAccuracy, curve.testAccuracy],
  );
  assert.equal(figureOf("playground.loss", { ...shown, curve: { ...curve, epochs: [] } }, now()), null);
});

test("the confusion matrix counts what is counted on the page", () => {
  const of = now({ dataset: "blobs", classes: 2 }, { frame: frameOf([2, 4, 2, 2]) });
  const shown = { labels: Uint8Array.of(0, 0, 1, 1, 1), taken: Uint8Array.of(0, 1, 1, 1, 0), set: "test" };
  const { figure, title } = figureOf("playground.confusion", shown, of);
  assert.deepEqual(figure.counts, [
    [1, 1],
    [1, 2],
  ]);
  assert.equal(title, "Confusion matrix, test points");
});

test("small maps are bytes 128 above their cells", () => {
  const cells = Int8Array.from({ length: 625 }, (_, at) => (at % 256) - 128);
  const map = toBase64(new Uint8Array(cells.buffer));
  const shown = {
    maps: [
      { epoch: 0, test: 0.5, map },
      { epoch: 1200, test: null, map },
    ],
    config: PLAIN,
    link: LINK,
  };
  const made = figureOf("playground.strip", shown, now());
  const [first, last] = made.figure.groups[0].tiles;
  assert.deepEqual(
    [...fromBase64(first.pixels)].map((byte) => byte - 128),
    [...cells],
  );
  assert.deepEqual([first.title, last.title, first.note], ["Epoch 0", "Epoch 1,200", "Test loss 0.500"]);
  assert.equal(made.epoch, 1200);
  const facts = Object.fromEntries(pin(made).facts.map(({ key, text }) => [key, text]));
  assert.deepEqual([facts.epoch, facts.testLoss, facts.trainLoss], ["1,200", "NaN", undefined]);
});

function keptRun(number, config, testLoss) {
  const map = toBase64(new Uint8Array(10_000).fill(number));
  return {
    number,
    config: { ...PLAIN, ...config },
    link: `${LINK}&epoch=${number}`,
    epoch: number,
    map,
    scores: { trainLoss: 0.2, testLoss },
  };
}

test("kept runs are their maps, and the table of what they differ in; the best is opened again, and all are offered", () => {
  const runs = [keptRun(1, { learningRate: 0.1 }, 0.5), keptRun(2, { noise: 10 }, 0.25)];
  const maps = figureOf("playground.kept", { runs }, now());
  assert.equal(fromBase64(maps.figure.groups[0].tiles[1].pixels)[77], 130);
  const table = figureOf("playground.compared", { runs }, now());
  assert.deepEqual(table.figure.columns, ["Run", "Learning rate", "Noise", "Epoch", "Test loss", "Training loss"]);
  assert.deepEqual(table.figure.rows[1], ["Kept 2", 0.03, "10 %", 2, "0.250", "0.200"]);
  for (const made of [maps, table]) {
    const { place, facts, run } = pin(made, { moment: null, setup: made.link });
    const { link, kept } = besidesOf(place.slice(2));
    assert.equal(link, `${LINK}&epoch=2`);
    assert.deepEqual(
      kept,
      runs.map(({ number, epoch }) => ({ number, link: `seed=0.5&epoch=${epoch}` })), // Tanh is usual
    );
    assert.deepEqual(facts, []); // it is of no one run
    assert.notEqual(run, `/#${LINK}`);
  }
});

test("a cell of the table of kept runs is a number or a text, also where a setting is a list of one", () => {
  const one = { networkShape: [4], layerActivations: ["relu"], dropout: [0.2] };
  const runs = [keptRun(1, one, 0.5), keptRun(2, { networkShape: [4, 2] }, 0.25)];
  const { columns, rows } = figureOf("playground.compared", { runs }, now()).figure;
  const shown = (name) => rows.map((row) => row[columns.indexOf(name)]);
  assert.deepEqual(shown("Hidden layers"), ["4", "4-2"]);
  for (const cell of rows.flat()) assert.ok(["number", "string"].includes(typeof cell), JSON.stringify(cell));
});

/** A study whose runs end at these test losses; NaN: that one failed. */
function studyOf(losses, config = {}, more = {}) {
  const runs = losses.map((last, run) => ({
    run,
    epochs: [0, 100],
    test: [0.5, Number.isFinite(last) ? last : null],
    failed: !Number.isFinite(last),
    scores: [0, last],
  }));
  return {
    config: { ...PLAIN, ...config },
    runs,
    of: losses.length,
    epochs: 100,
    vary: "weights",
    link: LINK,
    ...more,
  };
}

test("a study has its median and quartiles, the threshold, and how many are below it; it opens as it was", () => {
  const study = studyOf([0.1, 0.01, 0.02]);
  const made = figureOf("playground.seeds", { studies: [study], threshold: 0.05 }, now());
  const [band, threshold] = made.figure.series;
  assert.deepEqual(
    [band.y, band.low, band.high],
    [
      [0.5, 0.02],
      [0.5, 0.01],
      [0.5, 0.1],
    ],
  );
  assert.deepEqual(threshold.y, [0.05, 0.05]);
  const { facts, caption, place } = pin(made, { moment: null, setup: LINK });
  assert.equal(facts.find(({ key }) => key === "solved").value, 2);
  assert.match(caption, /Circle, network 2-4-2-1; 3 seeds of 100 epochs: 2 below a test loss of 0.05, median 0.020/);
  const running = figureOf("playground.seeds", { studies: [{ ...study, of: 30 }], threshold: 0.05 }, now());
  assert.match(pin(running, { moment: null, setup: LINK }).caption, /3 seeds \(the first ones of 30, while/);
  assert.equal(place, `/#${LINK}&study=3,100,weights,0.05`);
  const second = studyOf([0.2, 0.2, 0.2], { noise: 10 }, { link: `${LINK}&noise=10` });
  const five = studyOf([0.1, 0.1, 0.1, 0.1, 0.1]);
  const both = figureOf("playground.seeds", { studies: [five, second], threshold: 0.1 }, now());
  const opened = besidesOf(pin(both, { moment: null, setup: LINK }).place.slice(2));
  assert.deepEqual(opened.study, {
    seeds: 5,
    epochs: 100,
    vary: "weights",
    threshold: 0.1,
    against: "seed=0.5&noise=10",
  });
});

test("a study's caption and that of a strip name what is set otherwise, and the strip's its losses", () => {
  const config = { activation: "relu", optimizer: "adam" };
  const study = figureOf("playground.seeds", { studies: [studyOf([0.1], config)], threshold: 0.05 }, now());
  const said = (made) => pin(made, { moment: null, setup: LINK }).caption;
  assert.match(said(study), /network 2-4-2-1, activation ReLU, optimizer Adam; 1 seed of 100 epochs/);
  const map = toBase64(new Uint8Array(625));
  const maps = [
    { epoch: 0, test: 0.5, map },
    { epoch: 1200, test: 0.0213, map },
  ];
  const strip = figureOf("playground.strip", { maps, config: { ...PLAIN, ...config }, link: LINK }, now());
  assert.match(
    said(strip),
    /^How it formed, epochs 0 to 1,200\. Circle, .*activation ReLU.*; test loss from 0.500 to 0.021\.$/,
  );
  assert.match(
    inChinese(() => said(figureOf("playground.strip", { maps, config: PLAIN, link: LINK }, now()))),
    /^形成过程，第 0 到 1,200 轮。圆形，网络 2-4-2-1；测试损失从 0.500 到 0.021。$/,
  );
});

test("two settings on the same seeds: a line for each pair, what they come to as numbers and in words", () => {
  const first = studyOf([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, NaN]);
  const second = studyOf([0.3, 0.2, 0.2, 0.2, 0.2, 0.05, 0.2], { noise: 10 }, { link: `${LINK}&noise=10` });
  const made = figureOf("playground.pairs", { first, second, threshold: 0.05 }, now());
  const { form, x, y, series } = made.figure;
  assert.deepEqual([form, x, y], ["chart", { names: ["A", "B"] }, { label: "Test loss", log: true }]);
  assert.deepEqual(
    series.map(({ name }) => name),
    ["A better: 5", "B better: 2"],
  );
  assert.deepEqual(series[1].x, [0, 1, 1, 0, 1, 1]);
  assert.deepEqual(series[1].y, [0.1, 0.05, null, null, 0.2, null]); // the one that failed has no place
  const { facts, caption, place } = pin(made, { moment: null, setup: LINK });
  const fact = Object.fromEntries(facts.map(({ key, value }) => [key, value]));
  assert.deepEqual(
    ["pairs", "firstBetter", "secondBetter", "ties", "chance", "b.noise", "noise"].map((key) => fact[key]),
    [7, 5, 2, 0, 0.453, 10, 0],
  );
  assert.ok(Math.abs(fact.difference - 0.1) < 1e-12);
  assert.equal(
    caption,
    "Two settings with the same seeds, 100 epochs each. A: Circle, network 2-4-2-1. B: noise 10 %. A was better with 5 of 7 seeds, B with 2. " +
      "Runs that failed (not a number) count as the worse of a pair: 1 of A, 0 of B. " +
      "What counts is the test loss at the end. The middle one of all differences, B less A, is 0.1. " +
      "If both were equally good, so uneven a result would come by chance in about 45 of 100 such comparisons: it may well be chance. More seeds would tell more. " +
      "Careful: A and B have other data, so that their test points differ too.",
  );
  assert.equal(besidesOf(place.slice(2)).study.against, "seed=0.5&noise=10");
  const running = { ...second, runs: second.runs.slice(0, 3) };
  const so = figureOf("playground.pairs", { first, second: running, threshold: 0.05 }, now());
  assert.match(
    inChinese(() => pin(so, { moment: null, setup: LINK }).caption),
    /A 在 3 个.*共 7 个种子，记入时还在训练。$|3.*共 7 个种子，记入时还在训练。$/,
  );
  assert.equal(figureOf("playground.pairs", { first, second: { ...second, runs: [] }, threshold: 0 }, now()), null);
});

test("facts are the schema's keys with an effect, and the data, the network and what it came to", () => {
  const made = figureOf("playground.network", {}, now({ noise: 20, networkShape: [4, 2] }));
  const facts = new Map(pin(made).facts.map((fact) => [fact.key, fact]));
  assert.deepEqual(
    [facts.get("data").value, facts.get("layers").value, facts.get("neurons").value],
    ["circle", "4-2", 6],
  );
  assert.deepEqual([facts.get("noise").value, facts.get("noise").text], [20, "20 %"]);
  assert.equal(facts.get("regularizationRate"), undefined); // without regularization it has none
  assert.deepEqual([facts.get("x").value, facts.get("sinX").value], [true, false]);
  assert.deepEqual(
    [facts.get("epoch").value, facts.get("testLoss").value, facts.get("accuracy").value],
    [143, 0.0456, 0.975],
  );
  for (const { key, role } of facts.values())
    assert.equal(role, ["epoch", "trainLoss", "testLoss", "accuracy"].includes(key) ? "result" : "setting", key);
  assert.ok(facts.size <= 80);
});

test("a pin tells the test loss on its side of the one that stops the training", () => {
  const told = (config) =>
    new Map(pin(figureOf("playground.network", {}, now(config))).facts.map((fact) => [fact.key, fact.text]));
  assert.equal(told({}).get("testLoss"), "0.046");
  assert.equal(told({ stopLoss: 0.0458 }).get("testLoss"), "0.0456"); // 0.046 would not be below it
});

test("a fact says in the other language what the page says in that", () => {
  const maps = [{ epoch: 0, test: 0.5, map: toBase64(new Uint8Array(625)) }];
  const strip = () => figureOf("playground.strip", { maps, config: PLAIN, link: LINK }, now());
  for (const make of [() => figureOf("playground.network", {}, now({ noise: 20 })), strip]) {
    const [english, chinese] = [pin(make()), inChinese(() => pin(make()))];
    const words = ({ facts }) => facts.map(({ label, text }) => ({ label, text }));
    assert.deepEqual(
      english.facts.map(({ said }) => said),
      words(chinese).map((zh) => ({ zh })),
    );
    assert.deepEqual(
      chinese.facts.map(({ said }) => said),
      words(english).map((en) => ({ en })),
    );
    assert.deepEqual(english.facts[0].said.zh, { label: "数据集", text: "圆形" });
  }
});

test("what a fact has as its value is the same in every language, and as a template asks for it", () => {
  const settings = [
    {},
    { networkShape: [], dataset: "spiral", regularization: "L1", optimizer: "adam", schedule: "cosine" },
    { layerActivations: ["", "relu"], dropout: [0.2, 0.5], loss: "crossEntropy", activation: "sin", fullBatch: true },
    { networkShape: [3], problem: "regression", regDataset: "own", ownData: `sha256-${"0".repeat(56)}01234567` },
  ];
  const factsOf = (config) => {
    const { networkShape, problem } = { ...PLAIN, ...config };
    const frame = frameOf([2, ...networkShape, 1], { testLoss: problem === "regression" ? Infinity : 0.1 });
    return pin(figureOf("playground.network", {}, now(config, { frame }))).facts;
  };
  for (const config of settings) {
    const [english, chinese] = [factsOf(config), inChinese(() => factsOf(config))];
    assert.notDeepEqual(english, chinese);
    const raw = (facts) => facts.map(({ key, value, role }) => [key, value, role]);
    assert.deepEqual(raw(english), raw(chinese));
    const values = new Map(english.map(({ key, value }) => [key, value]));
    for (const [key, value] of Object.entries(config))
      if (typeof value === "string" && key !== "ownData" && values.has(key)) assert.equal(values.get(key), value, key);
  }
  const [plain, linear, layered, own] = settings.map(
    (config) => new Map(factsOf(config).map((fact) => [fact.key, fact])),
  );
  assert.deepEqual([plain.get("activation").value, plain.get("layers").value], ["tanh", "4-2"]);
  assert.deepEqual([plain.get("activation").text, inChinese(() => factsOf({})[3].label)], ["Tanh", "激活函数"]);
  assert.deepEqual([plain.get("layerActivations").value, plain.get("ownData").value], [null, null]);
  assert.deepEqual([linear.get("layers").value, linear.get("regularization").value], [null, "L1"]);
  assert.deepEqual([layered.get("layerActivations").value, layered.get("dropout").value], ["-relu", "0.2-0.5"]);
  assert.deepEqual([own.get("layers").value, own.get("ownData").value], ["3", "01234567"]);
});

test("a caption names own data once and by what they are, and a pin of another data set has none of them", () => {
  const ownData = `sha256-${"0".repeat(56)}89abcdef`;
  const made = (dataset) => {
    const of = now({ ownData, dataset }, { frame: frameOf([2, 4, 2, 3]) });
    return pin(figureOf("playground.network", {}, of));
  };
  const [own, blobs] = [made("own"), made("blobs")];
  assert.match(own.caption, /^Neural network\. Own data \(#89abcdef\), network 2-4-2-3, epoch/);
  assert.match(blobs.caption, /^Neural network\. Clusters, several classes, network 2-4-2-3, epoch/);
  const value = ({ facts }) => facts.find(({ key }) => key === "ownData").value;
  assert.deepEqual([value(own), value(blobs)], ["89abcdef", null]);
});

test("a setting without effect on a run is no fact of its pin", () => {
  const keys = (config, sizes) => {
    const frame = frameOf(sizes);
    return pin(figureOf("playground.network", {}, now(config, { frame }))).facts.map(({ key }) => key);
  };
  assert.ok(keys({}, [2, 4, 2, 1]).includes("activation"));
  assert.ok(!keys({ networkShape: [] }, [2, 1]).includes("activation"));
  assert.ok(!keys({ layerActivations: ["relu", "sin"] }, [2, 4, 2, 1]).includes("activation"));
});

test("a caption has no coefficient that is as usual, and one that is not", () => {
  const store = new Store();
  const caption = (config) => pin(figureOf("playground.network", {}, now(config)), { store }).caption;
  caption({});
  const adam = { optimizer: "adam", schedule: "step", regularization: "L1", regularizationRate: 0.1 };
  assert.match(
    caption(adam),
    /network 2-4-2-1, regularization L1, regularization rate 0\.1, optimizer Adam, schedule [^,]*, epoch/,
  );
  assert.match(caption({ ...adam, beta1: 0.5 }), /β₁ 0\.5/);
  assert.match(caption(adam), /β₁ 0\.9/); // otherwise than in the last pin
  assert.doesNotMatch(caption(adam), /β₁/);
});

test("a caption tells what is set otherwise than usual, wherever it stands, or than in this tab's last pin", () => {
  const store = new Store();
  const caption = (config) => pin(figureOf("playground.network", {}, now(config)), { store }).caption;
  assert.equal(
    caption({}),
    "Neural network. Circle, network 2-4-2-1, epoch 143; training loss 0.012, test loss 0.046, test accuracy 97.5 %.",
  );
  assert.match(caption({ learningRate: 0.1, noise: 10 }), /network 2-4-2-1, learning rate 0.1, noise 10 %, epoch/);
  assert.match(caption({ learningRate: 0.1, noise: 10 }), /network 2-4-2-1, learning rate 0.1, noise 10 %, epoch/);
  assert.match(caption({ learningRate: 0.1 }), /network 2-4-2-1, learning rate 0.1, noise 0 %, epoch/);
  assert.doesNotMatch(caption({ learningRate: 0.1 }), /noise/); // usual, and as before
  assert.match(caption({ seed: "0.5" }), /learning rate 0.03, seed 0.5, epoch/);
  assert.doesNotMatch(caption({ seed: "0.5" }), /seed/); // as before; none is usual
  inChinese(() => {
    assert.equal(
      caption({ learningRate: 0.03 }),
      "神经网络。圆形，网络 2-4-2-1，第 143 轮；训练损失 0.012，测试损失 0.046，测试准确率 97.5 %。",
    );
    assert.match(caption({ learningRate: 1 }), /学习率 1，第/);
  });
});

test("a pin opens its moment, and all of a run have its settings' link; what was changed by hand makes another run", () => {
  const made = figureOf("playground.network", {}, now());
  const moment = `${LINK}&epoch=143&edits=100:rate:0.1`;
  const { place, run, facts, caption } = pin(made, { moment });
  assert.equal(place, `/#${moment}`);
  assert.equal(run, `/#${LINK}&edits=100:rate:0.1`);
  assert.equal(runOf(`${LINK}&epoch=143`), `/#${LINK}`);
  const text = facts.find(({ key }) => key === "learningRate").text;
  assert.match(text, /from epoch 100 on 0.1/);
  assert.ok(caption.includes(`learning rate ${text}`));
  assert.equal(pin(made, { moment: null }).place, `/#${LINK}`); // no link leads to its moment
});

test("a frame of another network is not pinned under these settings", () => {
  assert.equal(figureOf("playground.network", {}, now({ networkShape: [4] })), null);
  assert.equal(figureOf("playground.map", { map: null }, now()), null);
  assert.equal(figureOf("playground.network", {}, now({}, { frame: null })), null);
});

test("long texts are cut to what a pin may have", () => {
  const runs = Array.from({ length: 8 }, (_, at) => keptRun(at + 1, { seed: `${"s".repeat(300)}${at}` }, 0.1));
  const { figure } = figureOf("playground.compared", { runs }, now());
  assert.ok(figure.rows.every((row) => row.every((cell) => String(cell).length <= 1000)));
  const made = figureOf("playground.network", {}, now({ seed: "s".repeat(400) }));
  assert.ok(pin(made).facts.every(({ text, label }) => text.length <= 200 && label.length <= 200));
  assert.ok(pin(made).caption.length <= 1000);
});
