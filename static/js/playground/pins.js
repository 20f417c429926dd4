// What a pin of each view holds: its figure as numbers, in the forms of notebook/figures.py, and the run that made it in words. A row and a
// function a view. Pure but for what this tab pinned last, which its captions leave out.

import { toBase64 } from "../base/base64.js";
import { language, t } from "../base/i18n.js";
import { cut, finite, lastPinned, lowered, rememberPinned, saidInAll, tableOf } from "../parts/pinned.js";
import { OF_STRIP, ofKept, ofStudy } from "./besides.js";
import { cellsOf } from "./cells.js";
import { confusion } from "./classified.js";
import { chosenIn } from "./datasets.js";
import { editsOf, ratesText } from "./edits.js";
import { FEATURES, featureMap, featureText, inputs } from "./features.js";
import { accuracyText, lossBesideText, lossText, parameterText } from "./format.js";
import { inUse, isInUse, usedText } from "./in-use.js";
import { differing } from "./kept.js";
import { classOf, nameText as toldText } from "./own/description.js";
import { markOf } from "./own/words.js";
import { compared, pairsOf } from "./pairs.js";
import { settingsThatDiffer, wordsOf } from "./pairs-words.js";
import { quartiles, summary } from "./seeds.js";
import { nameText, valueText } from "./setting-text.js";
import { outputs, sizesOf } from "./sizes.js";

const OF_DATA = ["problem", "dataset", "regDataset", "ownData"]; // settings that `dataText` says
const SIDE = { map: 100, node: 10, kept: 100, small: 25 }; // cells
const MOST_SERIES = 60;
const IN_WORDS = ["dataset", "regDataset", "networkShape"]; // settings that `data` and `layers` say
const COLORS = { train: "#8a949e", test: "#1f2933" };
const OF_B = "b."; // before the keys of what the second of two settings has otherwise

/**
 * From a view to what is pinned of it: null where nothing is seen, else {title, figure, config, frame, results, epoch, link, run, facts, caption}, of
 * which all after the figure may be missing: they are then those of what is shown.
 */
export const FIGURES = {
  "playground.map": mapFigure,
  "playground.network": networkFigure,
  "playground.loss": lossFigure,
  "playground.kept": keptFigure,
  "playground.compared": comparedFigure,
  "playground.seeds": seedsFigure,
  "playground.pairs": pairsFigure,
  "playground.strip": stripFigure,
  "playground.confusion": confusionFigure,
};

/**
 * What a view shows now; null: nothing. shown: as the view tells it. now: {config, frame, fields, told}: what is shown, the schema's rows by key, a
 * Description of the data or null.
 */
export function figureOf(view, shown, now) {
  const isThere = shown !== null && now.frame !== null && String(now.frame.sizes) === String(sizesOf(now.config));
  const made = isThere ? FIGURES[view](shown, now) : null;
  return made && { view, config: now.config, frame: now.frame, ...made };
}

/**
 * A Pin but for its id. made: of `figureOf`. moment: the link of its moment, null where none leads there; setup: that of its settings. store: this
 * tab's, for what it pinned last; or null.
 */
export function pinOf(made, { moment, setup, fields, store = null }) {
  const link = moment ?? setup;
  const facts =
    made.facts ??
    saidInAll(() => [
      ...factsOf(made.config, fields, link),
      ...(made.results?.() ?? resultsOf(made.frame, made.config)),
    ]);
  const isOfOne = made.facts === undefined || made.facts.length > 0; // one run's settings, or a study's
  const caption = isOfOne ? captionOf(made, facts, fields, store) : made.caption;
  if (isOfOne) rememberPinned(store, `playground.${language()}`, textsOf(facts));
  return {
    view: made.view,
    place: `/#${link}${made.besides ?? ""}`,
    run: made.run ?? runOf(link),
    language: language(),
    title: cut(made.title),
    caption: cut(caption, "line"),
    facts,
    figure: made.figure,
  };
}

/** What all pins of a run share: the link of its settings and of what was changed by hand, which makes another run of it. */
export function runOf(link) {
  const kept = link.split("&").filter((part) => !part.startsWith("epoch="));
  return `/#${kept.join("&")}`;
}

// --- in words ---------------------------------------------------------------------------------------------------------

/** The settings that have an effect. link: tells what was changed by hand. */
export function factsOf(config, fields, link) {
  const rates = ratesText(link);
  const used = inUse(config);
  const fact = (...row) => factOf("setting", ...row);
  const setting = ({ key }) => {
    const text = key === "learningRate" && rates ? t(...rates) : valueText(key, used[key]);
    return fact(key, nameText(key), valueOf(key, used[key]), text);
  };
  const settings = [...fields.values()].filter(
    ({ key, change, inert }) =>
      ["rebuild", "live"].includes(change) && !inert && !IN_WORDS.includes(key) && !(key in FEATURES),
  );
  const features = inputs(config);
  const shape = config.networkShape;
  const neurons = shape.reduce((sum, count) => sum + count, 0);
  const given = editsOf(link).others;
  return [
    fact("data", t("label.dataset"), chosenIn(config), t(`dataset.${chosenIn(config)}`)),
    fact("layers", t("label.networkShape"), valueOf("networkShape", shape), valueText("networkShape", shape)),
    fact("neurons", t("pins.neurons"), neurons, neurons),
    ...settings.filter((field) => isInUse(field, config)).map(setting),
    ...Object.keys(FEATURES).map((key) =>
      fact(key, featureText(key), features.includes(key), t(features.includes(key) ? "choice.true" : "choice.false")),
    ),
    ...(given > 0 ? [fact("edits", t("edits.byHand"), given, t("edits.others", { count: given }))] : []),
  ];
}

/** A setting's value as slots ask for it and tables compare it, the same in every language: of a list one text, null for none. */
function valueOf(key, value) {
  if (Array.isArray(value)) return value.join("-") || null;
  return key === "ownData" && value !== null ? markOf(value) : value;
}

function resultsOf({ epoch, trainLoss, testLoss, testAccuracy }, { problem, stopLoss }) {
  return [
    result("epoch", t("run.epoch"), epoch, written(epoch)),
    result("trainLoss", t("output.trainLoss"), trainLoss, lossText(trainLoss)),
    result("testLoss", t("output.testLoss"), testLoss, lossBesideText(testLoss, stopLoss)),
    ...(problem === "classification" && Number.isFinite(testAccuracy)
      ? [result("accuracy", t("output.testAccuracy"), testAccuracy, accuracyText(testAccuracy))]
      : []),
  ];
}

/** value: a number that is none is kept as its text. */
function factOf(role, key, label, value, text) {
  const isNone = typeof value === "number" && !Number.isFinite(value);
  const known = isNone || typeof value === "string" ? cut(isNone ? text : value) : value;
  return { key, label: cut(label), value: known, text: cut(text), role };
}

function result(...row) {
  return factOf("result", ...row);
}

function written(count) {
  return count.toLocaleString("en-US");
}

/**
 * One sentence: the data, the network, what is set otherwise, and what came of it. made.caption(said): of a view that has more
 * to say, with {title, data, settings}.
 */
function captionOf({ title, config, caption, also = null }, facts, fields, store) {
  const others = changed(facts, usualOf(fields), lastPinned(store, `playground.${language()}`));
  const said = {
    title,
    data: dataText(config),
    settings: listed([t("pins.network", { sizes: sizesOf(config).join("-") }), ...others]),
  };
  if (caption) return caption(said);
  const { epoch, trainLoss, testLoss, accuracy } = Object.fromEntries(facts.map(({ key, text }) => [key, text]));
  const share = accuracy === undefined ? "" : t("pins.captionAccuracy", { share: accuracy });
  const whole = t("pins.caption", { ...said, epoch, train: trainLoss, test: testLoss, accuracy: share });
  return also === null ? whole : `${whole}${language() === "zh" ? "" : " "}${also}`;
}

/** A data set's name; of own data also what they are. */
function dataText(config) {
  const { ownData } = inUse(config);
  const name = t(`dataset.${chosenIn(config)}`);
  return ownData === null ? name : t("pins.keptAs", { name, what: valueText("ownData", ownData) });
}

/** The usual values in words, by key: also of settings that have no effect beside the others' usual ones. */
function usualOf(fields) {
  const defaults = Object.fromEntries([...fields].map(([key, field]) => [key, field.default]));
  const texts = [...fields.keys()].map((key) => [key, cut(valueText(key, defaults[key]))]);
  return { ...Object.fromEntries(texts), ...textsOf(factsOf(defaults, fields, "")) };
}

/**
 * What is set otherwise than usual, so that a caption says the same wherever its figure is moved to, or than in the last pin.
 * No seed is usual: it is named where it is another one than before. What had no effect then is not otherwise than then.
 */
function changed(facts, usual, last) {
  const isNews = ({ key, text, role }) =>
    role === "setting" &&
    !["data", "layers", "neurons", "ownData"].includes(key) &&
    !key.startsWith(OF_B) &&
    ((last !== null && (last[key] ?? usual[key]) !== text) ||
      ((last === null || key !== "seed") && usual[key] !== text));
  const settings = facts.filter((fact) => isNews(fact) && !(fact.key in FEATURES));
  const features = facts.filter(({ key }) => key in FEATURES);
  const used = features.filter(({ value }) => value).map(({ label }) => label);
  return [
    ...settings.map(({ label, text }) => `${lowered(label)} ${text}`),
    ...(features.some(isNews) ? [`${lowered(t("network.features"))} ${used.join(" ")}`] : []),
  ];
}

/** Texts in a row, as the page's language puts them. */
function listed(texts) {
  return texts.length === 0 ? "" : texts.reduceRight((others, first) => t("text.listed", { first, others }));
}

function textsOf(facts) {
  return Object.fromEntries(facts.filter(({ role }) => role === "setting").map(({ key, text }) => [key, text]));
}

// --- the views --------------------------------------------------------------------------------------------------------

/** shown: {title, map, of, points: {train, test}, discretize}, as HeatMap has it. */
function mapFigure({ title, map, of, points, discretize }, { config, told }) {
  if (map === null) return null;
  const count = outputs(config);
  const ofClasses = of === "outcome" && count > 1;
  const isRegression = config.problem === "regression";
  return {
    title,
    figure: {
      form: "plane",
      side: SIDE.map,
      cells: bytes(map),
      x: axisOf(told, 0),
      y: axisOf(told, 1),
      classes: ofClasses ? classNames(told, count) : [],
      ends: of === "outcome" && isRegression ? [-1, 1].map((end) => told?.text(2, end) ?? signed(end)) : [],
      points: count > 1 ? classPoints(points, told, count) : valuePoints(points),
      discrete: discretize,
    },
  };
}

function axisOf(told, at) {
  if (!told) return { label: featureText(["x", "y"][at]) };
  const [name, centre, step] = told.columns[at];
  return { label: cut(name || featureText(["x", "y"][at])), centre, step };
}

function classNames(told, count) {
  return Array.from({ length: count }, (_, label) => cut(toldText(classOf(told, label))));
}

function signed(value) {
  return String(value).replace("-", "−");
}

function valuePoints({ train, test }) {
  const group = (points, name, hollow) => ({
    name: t(name),
    xy: pairs(points),
    values: floats(points.filter((_, at) => at % 3 === 2)),
    hollow,
  });
  return [group(train, "confusion.train", false), group(test, "confusion.test", true)].filter(({ xy }) => xy !== "");
}

function classPoints({ train, test }, told, count) {
  const names = classNames(told, count);
  const group = (points, label, hollow) => ({
    name: hollow ? cut(t("pins.testOf", { name: names[label] })) : names[label],
    xy: pairs(points.filter((_, at) => points[at - (at % 3) + 2] === label)),
    label,
    hollow,
  });
  const groups = [train, test].flatMap((points, at) => names.map((_, label) => group(points, label, at === 1)));
  return groups.filter(({ xy }) => xy !== "");
}

/** shown: {}. */
function networkFigure(_shown, { config, frame, told }) {
  const { sizes, weights, thumbnails } = frame;
  const last = sizes.length - 1;
  const cells = SIDE.node ** 2;
  let start = 0;
  const computed = sizes.slice(1).map((count, layer) => ({
    label: layer + 1 === last ? t("output.title") : t("pins.layer", { layer: layer + 1 }),
    nodes: Array.from({ length: count }, (_, node) => {
      const own = thumbnails.subarray(start, (start += cells));
      const label = layer + 1 === last && count > 1 ? toldText(classOf(told, node)) : "";
      return { label: cut(label), cells: bytes(own), bias: finite(weights.bias(layer, node)) };
    }),
    weights: Array.from({ length: count }, (_, node) =>
      Array.from({ length: sizes[layer] }, (_, input) => finite(weights.weight(layer, node, input)) ?? 0),
    ),
  }));
  const features = inputs(config);
  const first = {
    label: t("network.features"),
    nodes: features.map((key) => ({ label: featureText(key), cells: bytes(featureMap(key, SIDE.node)) })),
  };
  if (features.length === 0) return null; // a network that sees nothing
  return {
    title: t("network.label"),
    figure: {
      form: "network",
      side: SIDE.node,
      layers: [first, ...computed],
      classes: sizes[last] > 1 ? classNames(told, sizes[last]) : [],
    },
  };
}

/** shown: {curve, isAccuracy, isLog, others, kept, marker}, as LossChart draws them. */
function lossFigure({ curve, isAccuracy, isLog, others, kept, marker }, { config, frame, fields }) {
  if (curve.epochs.length === 0) return null;
  const names = isAccuracy ? ["trainAccuracy", "testAccuracy"] : ["trainLoss", "testLoss"];
  const word = (key) => t(key === "train" ? "chart.train" : "chart.test");
  const line = (of, name, key, more = {}) => ({ name, x: of.epochs, y: of[key].map(finite), ...more });
  const drawn = isAccuracy ? [] : kept;
  const runs = drawn.map((run) => keptAs(run, config, fields));
  const series = [
    line(curve, word("train"), names[0], { color: COLORS.train }),
    line(curve, word("test"), names[1], { color: COLORS.test }),
    ...others.flatMap((run) =>
      names.map((key, at) => {
        const name = `${t("time.run", { number: run.number })}: ${word(at === 0 ? "train" : "test")}`;
        return line(run, name, key, { color: at === 0 ? COLORS.train : COLORS.test, dashed: true });
      }),
    ),
    ...drawn.map((run) => line(run.curve, t("kept.name", { number: run.number }), "testLoss")),
  ];
  return {
    title: t(isAccuracy ? "pins.accuracies" : "pins.losses"),
    config,
    frame,
    also: runs.length === 0 ? null : t("pins.captionAlso", { runs: listed(runs) }),
    figure: {
      form: "chart",
      x: { label: t("run.epoch") },
      y: { label: t(isAccuracy ? "chart.accuracy" : "chart.loss"), log: isLog && !isAccuracy },
      series: series.slice(0, MOST_SERIES),
      marks: marker === null ? [] : [{ x: marker, label: t("pins.shown") }],
    },
  };
}

/** A kept run's name, its data and the settings in which it is another one than the run that is shown. */
function keptAs(run, config, fields) {
  const keys = differing([{ config }, run], fields).filter((key) => !OF_DATA.includes(key));
  const rates = ratesText(run.link);
  const text = (key) => (key === "learningRate" && rates ? t(...rates) : usedText(fields.get(key), run.config));
  const settings = keys.map((key) => `${lowered(nameText(key))} ${text(key)}`);
  const data = dataText(run.config);
  return t("pins.keptAs", { name: t("kept.name", { number: run.number }), what: listed([data, ...settings]) });
}

/** shown: {counted, set, taken}, as ConfusionView has them: labels and what they are taken for, of the set. */
function confusionFigure({ labels, taken, set }, { config, told }) {
  const count = outputs(config);
  const names = classNames(told, count);
  return {
    title: t("pins.confusion", { points: lowered(t(set === "test" ? "confusion.test" : "confusion.train")) }),
    figure: {
      form: "matrix",
      rows: names,
      columns: names,
      counts: confusion(labels, taken, count).counts,
      row_label: t("pins.class"),
      column_label: t("pins.takenFor"),
    },
  };
}

/** shown: {maps: [{epoch, test, map}], config: those that made them, link: of their settings}. */
function stripFigure({ maps, config, link }, { told }) {
  if (maps.length === 0) return null;
  const count = outputs(config);
  const last = maps.at(-1);
  const losses = { first: lossText(maps[0].test ?? NaN), last: lossText(last.test ?? NaN) };
  return {
    title: t("pins.strip", { first: written(maps[0].epoch), last: written(last.epoch) }),
    config,
    caption: (said) => t("pins.captionStrip", { ...said, ...losses }),
    epoch: last.epoch,
    link,
    besides: OF_STRIP,
    results: () => [
      result("epoch", t("run.epoch"), last.epoch, written(last.epoch)),
      result("testLoss", t("output.testLoss"), last.test ?? NaN, lossText(last.test ?? NaN)),
    ],
    figure: {
      form: "tiles",
      palette: "cells",
      groups: [
        {
          tiles: maps.map(({ epoch, test, map }) => ({
            width: SIDE.small,
            height: SIDE.small,
            pixels: shifted(cellsOf(map)),
            title: `${t("run.epoch")} ${written(epoch)}`,
            note: `${t("output.testLoss")} ${lossText(test ?? NaN)}`,
          })),
        },
      ],
      classes: count > 1 ? classNames(told, count) : [],
    },
  };
}

/** shown: {studies: [{config, runs, of, epochs, vary, link}], threshold}; the first is A, a second B. */
function seedsFigure({ studies, threshold }, { fields }) {
  const [first] = studies;
  if (!first || first.runs.length === 0) return null;
  const { config, link, runs } = first;
  const { solved } = summary(runs, threshold);
  const median = quartiles(runs).median.at(-1);
  const facts = [
    ...factsOf(config, fields, link),
    result("epoch", t("run.epoch"), first.epochs, written(first.epochs)),
    result("testLoss", t("pins.median"), median, lossBesideText(median, threshold)),
    result("seeds", t("seeds.count"), runs.length, String(runs.length)),
    result("solved", t("pins.solved"), solved, `${solved}/${runs.length}`),
  ];
  const band = (study, name) => {
    const { epochs, lower, median: middle, upper } = quartiles(study.runs);
    return { name, x: epochs, y: middle.map(finite), low: lower.map(finite), high: upper.map(finite) };
  };
  const second = studies[1]?.runs.length > 0 ? studies[1] : null;
  const name = second ? (letter) => `${letter}: ${t("pins.medianBand")}` : () => t("pins.medianBand");
  return {
    title: t("pins.seeds"),
    config,
    frame: null,
    facts,
    ...placeOf(first, second, threshold, fields),
    caption: (said) =>
      t("pins.captionStudy", {
        ...said,
        runs: runs.length,
        of: runs.length < first.of ? t("pins.ofSeeds", { of: first.of }) : "",
        epochs: written(first.epochs),
        solved,
        threshold,
        median: lossBesideText(median, threshold),
        others: second ? t("pins.captionOther", { names: listed(differing(studies, fields).map(nameText)) }) : "",
      }),
    figure: {
      form: "chart",
      x: { label: t("run.epoch") },
      y: { label: t("output.testLoss") },
      series: [
        band(first, name("A")),
        ...(second ? [band(second, name("B"))] : []),
        {
          name: t("pins.threshold"),
          x: [0, quartiles(runs).epochs.at(-1)],
          y: [threshold, threshold],
          color: COLORS.train,
          dashed: true,
        },
      ],
    },
  };
}

/** What opens a study again, with what is compared with it; and what all pins of the study share. */
function placeOf({ link, of, epochs, vary }, second, threshold, fields) {
  return {
    link,
    besides: ofStudy({ seeds: of, epochs, vary, threshold }, second?.link ?? null, fields),
    run: `${runOf(link)}&seeds=${of}&epochs=${epochs}`,
  };
}

/** shown: {first, second, threshold}: a study and what is compared with it, as in seedsFigure. */
function pairsFigure({ first, second, threshold }, { fields }) {
  const pairs = pairsOf(first.runs, second.runs);
  if (pairs.length === 0) return null;
  const { config, link } = first;
  const came = compared(pairs);
  const keys = settingsThatDiffer(config, second.config, fields);
  const differs = keys.map((key) => {
    const text = usedText(fields.get(key), second.config);
    return factOf("setting", `${OF_B}${key}`, `B: ${nameText(key)}`, valueOf(key, second.config[key]), text);
  });
  const words = pairs.length < second.of ? [["pins.pairsSoFar", { of: second.of }]] : wordsOf(came, pairs, keys);
  const chance = came.chance / 1000;
  return {
    title: t("pins.pairs"),
    config,
    frame: null,
    facts: [
      ...factsOf(config, fields, link),
      ...differs,
      result("epoch", t("run.epoch"), first.epochs, written(first.epochs)),
      result("pairs", t("seeds.count"), came.pairs, String(came.pairs)),
      result("firstBetter", t("pins.firstBetter"), came.first, String(came.first)),
      result("secondBetter", t("pins.secondBetter"), came.second, String(came.second)),
      result("ties", t("pins.ties"), came.ties, String(came.ties)),
      result("difference", t("pins.difference"), came.median, came.median === null ? "–" : parameterText(came.median)),
      result("chance", t("pins.chance"), chance, came.chance === 0 ? "< 0.001" : String(chance)),
    ],
    ...placeOf(first, second, threshold, fields),
    caption: (said) =>
      t("pins.captionPairs", {
        ...said,
        others: listed(differs.map(({ text }, at) => `${lowered(nameText(keys[at]))} ${text}`)) || "–",
        epochs: written(first.epochs),
        words: [["pairs.counts", came], ...words].map((text) => t(...text)).join(language() === "zh" ? "" : " "),
      }),
    figure: {
      form: "chart",
      x: { names: ["A", "B"] },
      y: { label: t("output.testLoss"), log: pairs.every((pair) => pair.first > 0 && pair.second > 0) },
      series: pairLines(pairs, came),
    },
  };
}

/** A line for each pair from A's loss to B's; of a run that failed there is none, and of its pair a point. */
function pairLines(pairs, came) {
  const line = (accept, text, count, color = null) => {
    const some = pairs.filter(accept);
    return {
      name: t(text, { count }),
      x: some.flatMap(() => [0, 1, 1]),
      y: some.flatMap(({ first, second }) => [finite(first), finite(second), null]),
      ...(color && { color }),
    };
  };
  return [
    line(({ difference }) => difference > 0, "pairs.firstBetter", came.first),
    line(({ difference }) => difference < 0, "pairs.secondBetter", came.second),
    line(({ difference }) => difference === 0, "pairs.neither", came.ties, COLORS.train),
  ].filter(({ x }) => x.length > 0);
}

/** shown: {runs}, as kept.js has them. */
function keptFigure({ runs }, { told, config: present, fields }) {
  if (runs.length === 0) return null;
  const isOfClasses = outputs(runs.at(-1).config) > 1;
  const alike = runs.filter(({ config }) => outputs(config) > 1 === isOfClasses); // of one scale of colours
  const count = outputs(alike.at(-1).config);
  const isOfPresent = chosenIn(alike.at(-1).config) === chosenIn(present);
  return {
    ...ofSeveral(alike, t("pins.keptMaps"), fields),
    figure: {
      form: "tiles",
      palette: "cells",
      groups: [
        {
          tiles: alike.map(({ number, map, epoch, scores }) => ({
            width: SIDE.kept,
            height: SIDE.kept,
            pixels: shifted(cellsOf(map)),
            title: `${t("kept.name", { number })}, ${t("run.epoch")} ${written(epoch)}`,
            note: `${t("output.testLoss")} ${lossText(scores.testLoss ?? NaN)}`,
          })),
        },
      ],
      classes: isOfClasses ? classNames(isOfPresent ? told : null, count) : [],
    },
  };
}

/** The table of what kept runs differ in. */
function comparedFigure({ runs }, { fields }) {
  if (runs.length === 0) return null;
  const keys = differing(runs, fields);
  const isEdited = runs.some(({ link }) => editsOf(link).others > 0);
  const value = (key, { link, config }) => {
    const rates = key === "learningRate" ? ratesText(link) : null;
    const text = rates ? t(...rates) : usedText(fields.get(key), config);
    return typeof config[key] === "number" && text === String(config[key]) ? config[key] : text; // a number sorts as one
  };
  const others = ({ link }) => editsOf(link).others;
  return {
    ...ofSeveral(runs, t("pins.keptTable"), fields),
    figure: tableOf(
      [
        t("kept.run"),
        ...keys.map(nameText),
        ...(isEdited ? [t("edits.byHand")] : []),
        t("run.epoch"),
        t("output.testLoss"),
        t("output.trainLoss"),
      ],
      runs.map((run) => [
        t("kept.name", { number: run.number }),
        ...keys.map((key) => value(key, run)),
        ...(isEdited ? [others(run) ? t("edits.others", { count: others(run) }) : "–"] : []),
        run.epoch,
        lossText(run.scores.testLoss ?? NaN),
        lossText(run.scores.trainLoss ?? NaN),
      ]),
    ),
  };
}

/** A pin of several runs has no facts of its own: it opens the best of them, and offers all. */
function ofSeveral(runs, title, fields) {
  const loss = ({ scores }) => scores.testLoss ?? Infinity;
  const best = runs.reduce((so, run) => (loss(run) < loss(so) ? run : so));
  const names = listed(runs.map(({ number }) => t("kept.name", { number })));
  return {
    title,
    link: best.link,
    besides: ofKept(runs, fields),
    run: `/#kept=${runs.map(({ number }) => number).join("-")}`,
    facts: [],
    caption: t("pins.captionKept", {
      title,
      names,
      best: t("kept.name", { number: best.number }),
      loss: lossText(loss(best)),
    }),
  };
}

// --- bytes ------------------------------------------------------------------------------------------------------------

/** Map cells as they are. cells: an Int8Array. */
function bytes(cells) {
  return toBase64(new Uint8Array(cells.buffer, cells.byteOffset, cells.length));
}

/** Map cells as the bytes of tiles: 128 more. */
function shifted(cells) {
  return toBase64(Uint8Array.from(cells, (cell) => cell + 128));
}

/** x and y of points that are x, y and label in turn. */
function pairs(points) {
  return floats(points.filter((_, at) => at % 3 !== 2));
}

function floats(values) {
  return toBase64(new Uint8Array(Float32Array.from(values).buffer));
}
