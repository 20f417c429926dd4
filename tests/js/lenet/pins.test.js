// What a pin of each view of a run holds, held to what the views show.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import en from "../../../static/js/i18n/lenet.en.js";
import zh from "../../../static/js/i18n/lenet.zh.js";
import { fromBase64 } from "../../../static/js/base/base64.js";
import { addTexts } from "../../../static/js/base/i18n.js";
import { FIGURES, pinOf } from "../../../static/js/lenet/pins.js";
import { EXERCISE_LAYERS } from "../../../static/js/lenet/run/layers.js";
import { RunLog } from "../../../static/js/lenet/run/run-log.js";
import { parseRoute } from "../../../static/js/lenet/route.js";
import { python } from "./codes.js";

globalThis.document ??= { documentElement: { lang: "en" } };
addTexts({ en, zh });

const ID = "20261124-122612-7f0921";
const { fields, presets } = python("import json; from lenet.config import schema; print(json.dumps(schema()))");
const [preset] = Object.keys(presets);
const CONFIG = { ...presets[preset].config, learning_rate: 0.0123 };
const RUN = { run: ID, name: null, preset, config: CONFIG, status: "finished" };

function record(epoch, loss) {
  const part = { loss, accuracy: 1 - loss, images: 100 };
  return {
    epoch,
    train: part,
    test: { ...part, loss: loss + 0.01 },
    seconds: 2.5,
    checkpoint: `lenet_mnist_${epoch}.pt`,
    confusion: [
      [5, 1],
      [0, 4],
    ],
  };
}

function logOf(...epochs) {
  const log = new RunLog();
  Object.assign(log, { epochs, layers: EXERCISE_LAYERS, losses: [2, 1, 0.5, 0.25], stepsPerEpoch: 2 });
  return log;
}

function now(more = {}) {
  return { run: RUN, log: logOf(record(1, 0.2), record(2, 0.1)), epoch: 1, fields, presets, ...more };
}

const bytes = (text) => [...fromBase64(text)];

test("every view that the server knows has a function, and no other", () => {
  const source = readFileSync(new URL("../../../notebook/pins.py", import.meta.url), "utf8");
  const views = [...source.matchAll(/"(lenet\.\w+)"/g)].map(([, view]) => view);
  assert.deepEqual(Object.keys(FIGURES).sort(), views.sort());
});

test("the curves are those of the batches and the epochs, with the accuracies at the right", () => {
  const { figure } = pinOf("lenet.curves", { score: "loss", isLog: true }, now());
  assert.deepEqual(figure.series[0], { ...figure.series[0], x: [0.5, 1, 1.5, 2], y: [2, 1, 0.5, 0.25] });
  assert.deepEqual(
    figure.series.slice(1).map(({ x, y }) => [x, y]),
    [
      [
        [1, 2],
        [0.2, 0.1],
      ],
      [
        [1, 2],
        [0.2 + 0.01, 0.1 + 0.01],
      ],
    ],
  );
  assert.deepEqual(figure.right[1].y, [80, 90]);
  assert.equal(figure.y_right.label, "Accuracy (%)");
  assert.deepEqual([figure.y.log, figure.marks[0].x], [true, 1]);
  const accuracy = pinOf("lenet.curves", { score: "accuracy" }, now({ epoch: 2 })).figure;
  assert.deepEqual([accuracy.series.length, accuracy.marks], [2, []]); // the newest needs no mark
});

test("a run that has recorded nothing has no curves, but its settings", () => {
  const empty = now({ log: new RunLog(), epoch: null });
  for (const view of ["lenet.epochs", "lenet.layers", "lenet.files"]) assert.equal(pinOf(view, {}, empty), null, view);
  assert.equal(pinOf("lenet.curves", { score: "loss" }, empty), null);
  const { place, facts, tables } = pinOf("lenet.settings", {}, empty);
  assert.equal(place, `/lenet#run=${ID}`);
  assert.ok(facts.every(({ role }) => role === "setting"));
  assert.deepEqual(Object.keys(tables), ["settings"]);
});

test("a fact says in the other language what the page says in that", () => {
  const made = pinOf("lenet.settings", {}, now({ epoch: 2 }));
  const said = new Map(made.facts.map((fact) => [fact.key, fact.said]));
  const [code] = Object.keys(said.get("epoch"));
  assert.notEqual(code, made.language);
  document.documentElement.lang = code;
  const other = pinOf("lenet.settings", {}, now({ epoch: 2 })).facts;
  document.documentElement.lang = made.language;
  for (const { key, label, text } of other) assert.deepEqual(said.get(key)[code], { label, text }, key);
  assert.ok(other.some(({ key, text }) => text !== made.facts.find((fact) => fact.key === key).text));
});

test("facts are the config's fields and what the epoch that is seen came to", () => {
  const facts = new Map(pinOf("lenet.settings", {}, now({ epoch: 2 })).facts.map((fact) => [fact.key, fact]));
  for (const { name } of fields) if (CONFIG[name] !== null) assert.ok(facts.has(name), name);
  const value = (key) => facts.get(key).value;
  assert.deepEqual([value("epoch"), value("train_loss"), value("test_accuracy"), value("seconds")], [2, 0.1, 0.9, 5]);
  assert.equal(value("test_loss"), 0.1 + 0.01);
  assert.equal(value("preset"), preset);
  assert.deepEqual([value("learning_rate"), facts.get("test_accuracy").text], [0.0123, "90.00 %"]);
  assert.ok(facts.size <= 80);
});

test("a setting without effect on a run is no fact of its pin, nor in its caption", () => {
  const config = { ...CONFIG, model: "lecun1998", activation: "tanh" };
  const { facts, caption } = pinOf("lenet.epochs", {}, now({ run: { ...RUN, config } }));
  assert.ok(!facts.some(({ key }) => key === "activation"));
  assert.doesNotMatch(caption, /activation/i);
  assert.ok(pinOf("lenet.epochs", {}, now()).facts.some(({ key }) => key === "activation"));
});

test("each pin of a run carries its tables", () => {
  const { tables } = pinOf("lenet.settings", {}, now());
  assert.deepEqual(tables.layers.rows[3].slice(-2), ["16 × (6×5×5 + 1)", 2416]);
  assert.deepEqual(tables.layers.rows.at(-1).at(-1), 44_426);
  assert.deepEqual(tables.files.rows, [
    [1, "lenet_mnist_1.pt", "80.00 %"],
    [2, "lenet_mnist_2.pt", "90.00 %"],
  ]);
  assert.ok(tables.settings.rows.some(([name, value]) => name === "Learning rate" && value === "0.0123"));
});

test("a run of more epochs than a table has rows keeps the last", () => {
  const log = logOf(...Array.from({ length: 600 }, (_, at) => record(at + 1, 0.1)));
  const { figure } = pinOf("lenet.epochs", {}, now({ log, epoch: 600 }));
  assert.deepEqual([figure.rows.length, figure.rows[0][0], figure.rows.at(-1)[0]], [500, 101, 600]);
});

test("the confusion matrix, mistakes and kernels are those of the epoch, and open their panel again", () => {
  const at = now();
  const matrix = pinOf("lenet.confusion", { counts: at.log.epoch(1).confusion }, at);
  assert.deepEqual(matrix.figure.counts, [
    [5, 1],
    [0, 4],
  ]);
  assert.equal(parseRoute(matrix.place.split("#")[1]).look, "mistakes");
  const pixels = Uint8Array.from({ length: 784 }, (_, index) => index % 256);
  const mistakes = pinOf(
    "lenet.mistakes",
    { title: "Worst", pictures: [{ pixels, title: "7 → 1", note: "93 %" }] },
    at,
  );
  const [tile] = mistakes.figure.groups[0].tiles;
  assert.deepEqual([bytes(tile.pixels), tile.title, tile.note], [[...pixels], "7 → 1", "93 %"]);
  const kernel = (value) => [
    [value, -value],
    [0, value / 2],
  ];
  const shown = {
    conv1: [[kernel(2)], [kernel(1)]],
    conv2: [
      [kernel(4), kernel(2)],
      [kernel(1), kernel(4)],
    ],
  };
  const { figure, place } = pinOf("lenet.kernels", shown, at);
  assert.deepEqual(bytes(figure.groups[0].tiles[0].pixels), [255, 1, 128, 192]); // 128 is zero, the largest is the end
  assert.deepEqual(bytes(figure.groups[0].tiles[1].pixels), [192, 64, 128, 160]);
  assert.equal(figure.columns, 2);
  assert.deepEqual(bytes(figure.groups[1].tiles[1].pixels).slice(0, 1), [160]); // of the second map, the first it looks at
  assert.match(place, /look=kernels/);
});

test("feature maps and a digit carry what the network says", () => {
  const probabilities = Array.from({ length: 10 }, (_, digit) => (digit === 7 ? 0.91 : 0.01));
  const input = Array.from({ length: 784 }, (_, index) => index % 256);
  const answer = {
    predicted: 7,
    probabilities,
    input,
    maps: { conv1: [[[1, -1]], [[0.5, 0]]], fc3: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
  };
  const maps = pinOf("lenet.maps", { answer, image: 12, label: 1 }, now());
  assert.deepEqual(bytes(maps.figure.groups[0].tiles[0].pixels), [255, 1]);
  assert.deepEqual([maps.figure.groups[1].tiles[0].width, maps.figure.groups[1].tiles[0].height], [10, 1]);
  assert.deepEqual(maps.figure.bars[7], ["7", 0.91]);
  assert.deepEqual(parseRoute(maps.place.split("#")[1]), {
    ...parseRoute(""),
    run: ID,
    epoch: 1,
    look: "maps",
    image: 12,
  });
  assert.match(maps.caption, /it is 1, the network says 7 \(91\.0 %\)/);
  const digit = pinOf("lenet.digit", { answer, strokes: "0s1a2b3c4d" }, now());
  assert.deepEqual(parseRoute(digit.place.split("#")[1]), {
    ...parseRoute(digit.place.split("#")[1]),
    look: "draw",
    strokes: "0s1a2b3c4d",
    faults: [],
  });
  assert.equal(parseRoute(pinOf("lenet.digit", { answer }, now()).place.split("#")[1]).strokes, null); // it was too long
  assert.deepEqual(bytes(digit.figure.groups[0].tiles[0].pixels), input);
});

test("comparisons and sweeps have no facts of one run, and open what they compare", () => {
  const curves = [
    { name: "One", x: [1, 2], y: [0.5, null] },
    { name: "Two", x: [1, null], y: [0.4, 0.3] },
  ];
  const compared = pinOf("lenet.compared", { ids: [ID], curves, x: "Epoch", y: "Test loss" }, now({ run: null }));
  assert.deepEqual(compared.figure.series, [
    { name: "One", x: [1, 2], y: [0.5, null] },
    { name: "Two", x: [1], y: [0.4] },
  ]);
  assert.deepEqual([compared.place, compared.facts], [`/lenet#compare=${ID}`, []]);
  const trial = (number, learning_rate, accuracy) => ({
    run: ID,
    config: { learning_rate },
    accuracy,
    sweep: { number },
  });
  const trials = [trial(1, 0.1, 0.8), trial(2, 0.001, 0.9), trial(3, 0.01, null)];
  const sweep = { id: ID, axes: { learning_rate: { values: [0.001, 0.01, 0.1] } }, trials, best: trials[1] };
  const byName = new Map(fields.map((field) => [field.name, field]));
  const { figure, place } = pinOf("lenet.sweep", { sweep, title: "Sweep", fields: byName }, now({ run: null }));
  assert.deepEqual([figure.series[0].x, figure.series[0].y, figure.x.log], [[0.001, 0.1], [90, 80], true]);
  assert.equal(place, `/lenet#sweep=${ID}`);
  const table = { columns: ["Run"], rows: [["Trial 1"]] };
  assert.deepEqual(
    pinOf("lenet.sweep", { sweep, title: "Sweep", fields: byName, table }, now()).figure.rows,
    table.rows,
  );
});

test("a caption tells the network, and what is set otherwise than in the preset or in the last pin, wherever it stands", () => {
  const kept = new Map();
  const store = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const caption = (config) =>
    pinOf("lenet.layers", {}, now({ run: { ...RUN, config: { ...CONFIG, ...config } } }), store).caption;
  assert.match(
    caption({}),
    /MNIST, network LeNet-5, learning rate 0\.0123, epoch 1; training loss 0\.2000, test loss 0\.2100, test accuracy 80\.00 %\./,
  );
  assert.match(caption({}), /MNIST, network LeNet-5, learning rate 0\.0123, epoch 1;/);
  assert.match(caption({ epochs: 77 }), /learning rate 0\.0123, epochs 77/);
  const [usual] = [presets[preset].config.learning_rate];
  assert.match(caption({ learning_rate: usual }), new RegExp(`LeNet-5, learning rate ${usual}, epochs `)); // as in the preset, but not as before
  assert.doesNotMatch(caption({ learning_rate: usual }), /learning rate/);
  assert.match(caption({ model: "lecun1998" }), /MNIST, network LeCun 1998, learning rate 0\.0123, epoch/);
});

test("nothing that is seen is nothing to be pinned", () => {
  assert.equal(pinOf("lenet.maps", null, now()), null);
  assert.equal(pinOf("lenet.mistakes", { title: "", pictures: [] }, now()), null);
  assert.equal(pinOf("lenet.settings", {}, now({ run: null })), null);
});
