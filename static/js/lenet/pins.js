// What a pin of each view holds: its figure as numbers, in the forms of notebook/figures.py, and the run that made it in words. A row and a
// function a view. Pure but for what this tab pinned last, which its captions leave out.

import { fromBase64, toBase64 } from "../base/base64.js";
import { language, t } from "../base/i18n.js";
import { hasEffect } from "../parts/setting-value.js";
import { cut, finite, lastPinned, lowered, MOST_ROWS, rememberPinned, saidInAll, tableOf } from "../parts/pinned.js";
import { durationText } from "./duration.js";
import { countText, lossText, numberText, percentText, shapeText } from "./format.js";
import { listText, nameText, optionText, settingText, valueText } from "./launch/setting-text.js";
import { formatRoute } from "./route.js";
import { className } from "./run/classes.js";
import { parameterFormula, parameterSum } from "./run/layers.js";
import { peakOf } from "./run/pixels.js";
import { presetText, runTitle } from "./run/run-title.js";
import { thin } from "./run/thin.js";

const OF_MANY = ["lenet.compared", "lenet.sweep"]; // views of no one run
const PICTURE = 28; // pixels a side
const MOST_BATCHES = 1200; // points of the curve of batches
const MOST_SERIES = 60;
const ROW = { fc1: 40, fc2: 42, fc3: 10 }; // neurons of a row
const COLORS = { batch: "#c5ced6", train: "#8a949e", holdout: "#aa3377", test: "#0877bd" };

/**
 * From a view to what is pinned of it: null where nothing is seen, else {title, figure, words, place, run, caption}, of which all after the figure may be
 * missing: they are then those of the run's epoch.
 */
export const FIGURES = {
  "lenet.curves": curvesFigure,
  "lenet.epochs": epochsFigure,
  "lenet.confusion": confusionFigure,
  "lenet.mistakes": mistakesFigure,
  "lenet.kernels": kernelsFigure,
  "lenet.maps": mapsFigure,
  "lenet.layers": layersFigure,
  "lenet.settings": settingsFigure,
  "lenet.files": filesFigure,
  "lenet.digit": digitFigure,
  "lenet.compared": comparedFigure,
  "lenet.sweep": sweepFigure,
};

/**
 * A Pin but for its id; null: there is nothing. shown: as the view tells it. now: {run, log, epoch, fields, presets}: what is watched, null where none is; the
 * number of the epoch that is seen; the rows and the presets of the schema. store: this tab's, for what it pinned last; or null.
 */
export function pinOf(view, shown, now, store = null) {
  const isThere = shown !== null && (now.run !== null || OF_MANY.includes(view));
  const made = isThere ? FIGURES[view](shown, now) : null;
  if (made === null) return null;
  const pin = { view, language: language(), title: cut(made.title), figure: made.figure };
  if (made.caption) {
    const { place, caption } = made;
    return { ...pin, place, run: place, caption: cut(caption, "line"), facts: [] };
  }
  const { run, epoch, log } = now;
  const facts = saidInAll(() => factsOf(now));
  const caption = captionOf(made, facts, now, store);
  const settings = facts.filter(({ role }) => role === "setting").map(({ key, value }) => [key, value]);
  rememberPinned(store, "lenet", Object.fromEntries(settings));
  return {
    ...pin,
    place: `/lenet${formatRoute({ run: run.run, epoch, look: made.look ?? null, image: made.image ?? null, strokes: made.strokes || null })}`,
    run: `/lenet${formatRoute({ run: run.run })}`,
    caption: cut(caption, "line"),
    facts,
    tables: {
      ...(log.layers.length > 0 && { layers: layersTable(log.layers) }),
      settings: settingsTable(now),
      ...(log.epochs.length > 0 && { files: filesTable(log.epochs) }),
    },
  };
}

// --- in words ---------------------------------------------------------------------------------------------------------

/** The settings of the run, and what the epoch that is seen came to. */
export function factsOf({ run, log, epoch, fields }) {
  const setting = (field) => {
    const value = run.config[field.name];
    const text = String(valueText(field, value, run.config));
    const known = ["number", "boolean"].includes(typeof value) ? value : cut(value);
    return { key: field.name, label: nameText(field.name), value: known, text: cut(text), role: "setting" };
  };
  const result = (key, label, value, text) => ({ key, label, value, text, role: "result" });
  const record = log.epoch(epoch);
  const settings = [
    { key: "preset", label: t("launch.preset"), value: cut(run.preset), text: cut(presetText(run)), role: "setting" },
    ...fields.filter((field) => isThere(field, run.config) && hasEffect(field, run.config)).map(setting),
  ];
  if (record === null) return settings;
  const score = (part, name, write) => {
    const value = record[part]?.[name];
    const known = Number.isFinite(value) ? value : String(value);
    return value === undefined || value === null
      ? []
      : [result(`${part}_${name}`, t(`figure.${part}-${name}`), known, write(value))];
  };
  const seconds = log.epochs
    .filter((other) => other.epoch <= epoch)
    .reduce((sum, other) => sum + (other.seconds ?? 0), 0);
  return [
    ...settings,
    result("epoch", t("epochs.epoch"), epoch, countText(epoch)),
    ...score("train", "loss", lossText),
    ...score("test", "loss", lossText),
    ...score("train", "accuracy", percentText),
    ...score("test", "accuracy", percentText),
    result("seconds", t("pin.seconds"), Number(seconds.toFixed(3)), durationText(seconds)),
  ];
}

/** Whether the run has this setting: an older one may lack it. */
function isThere({ name }, config) {
  return config[name] !== undefined && config[name] !== null;
}

/**
 * One sentence: the run, its network, what is set otherwise than in the preset, so that a caption says the same wherever its
 * figure is moved to, or than in the last pin, and what came of it.
 */
function captionOf({ title, words }, facts, { run, log, epoch, fields, presets }, store) {
  const known = [presets[run.preset]?.config, lastPinned(store, "lenet")].filter(Boolean);
  const isNews = ({ name }) => known.some((before) => (before[name] ?? null) !== (run.config[name] ?? null));
  const isSaid = ({ name }) => ["dataset", "model"].includes(name); // of every run
  const different = fields.filter(
    (field) => field.name in run.config && hasEffect(field, run.config) && !isSaid(field) && isNews(field),
  );
  const record = log.epoch(epoch);
  const said = {
    title,
    settings: listText([
      run.name ? `${run.name} · ${optionText(run.config.dataset)}` : runTitle(run),
      lowered(settingText({ name: "model", kind: "choice" }, run.config)),
      ...different.map((field) => lowered(settingText(field, run.config))),
    ]),
    came: record
      ? t("pin.came", {
          epoch: countText(epoch),
          train: lossText(record.train.loss),
          test: lossText(record.test.loss),
          accuracy: percentText(record.test.accuracy),
        })
      : "",
    of: words ? t(...words) : "",
  };
  return t("pin.captionRun", said);
}

/** Accuracies are drawn in percent, as they are said. */
function shared(name, value) {
  return name === "accuracy" && typeof value === "number" ? 100 * value : value;
}

function percentLabel(label) {
  return `${label} (%)`;
}

// --- a run ------------------------------------------------------------------------------------------------------------

/** shown: {score}: "loss", with the accuracies at the right, or "accuracy" alone; {isLog}. */
function curvesFigure({ score, isLog = false }, { log, epoch }) {
  if (log.epochs.length === 0 && (score === "accuracy" || log.losses.length === 0)) return null;
  const x = log.epochs.map((record) => record.epoch);
  const parts = log.newest?.holdout ? ["train", "holdout", "test"] : ["train", "test"];
  const lines = (name, dashed = false) =>
    log.epochs.length === 0
      ? []
      : parts.map((part) => ({
          name: t(`epochs.${name}`, { part: [`curve.${part}`] }),
          x,
          y: log.epochs.map((record) => finite(shared(name, record[part]?.[name]))),
          color: COLORS[part],
          dashed,
        }));
  const batches = thin(log.losses, MOST_BATCHES);
  const perEpoch = log.stepsPerEpoch ?? 1;
  const losses = [
    ...(batches.x.length > 0
      ? [
          {
            name: t("curve.batch"),
            x: batches.x.map((step) => (step + 1) / perEpoch),
            y: batches.y.map(finite),
            color: COLORS.batch,
          },
        ]
      : []),
    ...lines("loss"),
  ];
  const marks = epoch === null || epoch === log.newest?.epoch ? [] : [{ x: epoch, label: t("pins.shown") }];
  const share = { label: percentLabel(t("curve.accuracy")) };
  if (score === "accuracy")
    return {
      title: t("curve.accuracy"),
      figure: { form: "chart", x: { label: t("curve.epoch") }, y: share, series: lines("accuracy"), marks },
    };
  const right = lines("accuracy", true);
  return {
    title: t("pin.curves"),
    figure: {
      form: "chart",
      x: { label: t("curve.epoch") },
      y: { label: t("curve.loss"), log: isLog },
      series: losses,
      right,
      ...(right.length > 0 && { y_right: share }),
      marks,
    },
  };
}

function epochsFigure(_shown, { log }) {
  if (log.epochs.length === 0) return null;
  const parts = log.newest.holdout ? ["train", "holdout", "test"] : ["train", "test"];
  const scores = parts.flatMap((part) => [
    { head: t("epochs.loss", { part: [`curve.${part}`] }), text: (record) => lossText(record[part]?.loss) },
    { head: t("epochs.accuracy", { part: [`curve.${part}`] }), text: (record) => percentText(record[part]?.accuracy) },
  ]);
  return {
    title: t("epochs.title"),
    figure: tableOf(
      [t("epochs.epoch"), ...scores.map(({ head }) => head), t("epochs.seconds")],
      lastOf(log.epochs).map((record) => [
        record.epoch,
        ...scores.map(({ text }) => text(record)),
        record.seconds === undefined ? null : Number(record.seconds.toFixed(2)),
      ]),
    ),
  };
}

/** shown: {counts}. */
function confusionFigure({ counts }, { run }) {
  const names = counts.map((_, index) => className(run.config.dataset, index));
  return {
    title: t("pin.testMatrix"),
    look: "mistakes",
    figure: {
      form: "matrix",
      rows: names,
      columns: names,
      counts,
      row_label: t("pins.class"),
      column_label: t("pins.takenFor"),
    },
  };
}

/** shown: {title, pictures: [{pixels, title, note}]}. */
function mistakesFigure({ title, pictures }) {
  if (pictures.length === 0) return null;
  return {
    title,
    look: "mistakes",
    figure: {
      form: "tiles",
      palette: "ink",
      groups: [{ tiles: pictures.slice(0, 256).map(({ pixels, ...said }) => ({ ...inkTile(pixels), ...said })) }],
    },
  };
}

/** shown: {conv1, conv2}, as the server answers. */
function kernelsFigure({ conv1, conv2 }) {
  const first = conv1.map(([kernel]) => kernel);
  const second = conv2[0].flatMap((_, input) => conv2.map((map) => map[input]));
  const group = (kernels, layer) => {
    const peak = peakOf(kernels);
    return {
      label: t("pin.kernels", { layer, count: kernels.length, peak: numberText(peak) }),
      tiles: kernels.map((kernel) => signedTile(kernel, peak)),
    };
  };
  return {
    title: t("look.kernels"),
    look: "kernels",
    figure: {
      form: "tiles",
      palette: "signed",
      groups: [group(first, "conv1"), group(second, "conv2")],
      columns: conv2.length,
    },
  };
}

/** shown: {answer, image, label}, as the server answers to a test image. */
function mapsFigure({ answer, image, label }, { run }) {
  const { dataset } = run.config;
  const groups = Object.entries(answer.maps).map(([layer, values]) => {
    const isFlat = typeof values[0] === "number";
    const shape = isFlat ? [values.length] : [values.length, values[0].length, values[0][0].length];
    const maps = isFlat ? [folded(values, ROW[layer])] : values;
    const peak = peakOf(maps);
    return { label: `${layer} ${shapeText(shape)}`, tiles: maps.map((map) => signedTile(map, peak)) };
  });
  return {
    title: t("look.maps"),
    look: "maps",
    image,
    words: ["pin.imageSays", { truth: className(dataset, label), ...saysOf(answer, dataset) }],
    figure: { form: "tiles", palette: "signed", groups, bars: barsOf(answer, dataset) },
  };
}

/** shown: {answer, strokes}: as the server answers to a drawing, and that as a text. */
function digitFigure({ answer, strokes = "" }, { run }) {
  const { dataset } = run.config;
  return {
    title: t("pin.digit"),
    look: "draw",
    strokes,
    words: ["pin.drawingSays", saysOf(answer, dataset)],
    figure: {
      form: "tiles",
      palette: "ink",
      groups: [{ tiles: [inkTile(Uint8Array.from(answer.input))] }],
      bars: barsOf(answer, dataset),
    },
  };
}

function saysOf({ predicted, probabilities }, dataset) {
  return { name: className(dataset, predicted), percent: percentText(probabilities[predicted], 1) };
}

function barsOf({ probabilities }, dataset) {
  return probabilities.map((share, index) => [className(dataset, index), share]);
}

function layersFigure(_shown, { log }) {
  return log.layers.length === 0 ? null : { title: t("layer.title"), figure: layersTable(log.layers) };
}

function layersTable(layers) {
  return tableOf(
    [...["name", "does", "shape"].map((name) => t(`layer.${name}`)), t("pin.counted"), t("layer.parameters")],
    [
      ...layers.map((layer, index) => [
        layer.name,
        t(`layer.${layer.name}`),
        shapeText(layer.shape),
        parameterFormula(layers, index) ?? "",
        layer.parameters,
      ]),
      [t("layer.sum"), "", "", "", parameterSum(layers)],
    ],
  );
}

function settingsFigure(_shown, now) {
  return { title: t("watch.settings"), figure: settingsTable(now) };
}

function settingsTable({ run, fields }) {
  return tableOf(
    [t("pin.settingName"), t("pin.settingValue")],
    fields
      .filter(({ name }) => name in run.config)
      .map((field) => [nameText(field.name), String(valueText(field, run.config[field.name], run.config))]),
  );
}

function filesFigure(_shown, { log }) {
  return log.epochs.length === 0 ? null : { title: t("files.title"), figure: filesTable(log.epochs) };
}

function filesTable(records) {
  return tableOf(
    [t("epochs.epoch"), t("pin.file"), t("figure.test-accuracy")],
    lastOf(records).map(({ epoch, checkpoint, test }) => [epoch, checkpoint, percentText(test?.accuracy)]),
  );
}

/** As many rows as a table may have: the last ones. */
function lastOf(records) {
  return records.slice(-MOST_ROWS);
}

// --- several runs -----------------------------------------------------------------------------------------------------

/** shown: {ids, curves: [{name, x, y, color}], x, y}: the chart with its axes' names; or {ids, table: {columns, rows}}. */
function comparedFigure({ ids, curves = null, x, y, table = null }) {
  const title = t("compare.title");
  const place = `/lenet${formatRoute({ compare: ids })}`;
  if (table)
    return {
      title: t("compare.table"),
      place,
      caption: t("pin.captionRuns", { title: t("compare.table"), count: ids.length }),
      figure: tableOf(table.columns, table.rows),
    };
  const series = curves.slice(0, MOST_SERIES).map(({ name, x: along, y: up }) => ({
    name: cut(name),
    ...known(along, up),
  }));
  if (series.length === 0) return null;
  const names = listText(series.map(({ name }) => name));
  return {
    title,
    place,
    caption: t("pin.captionCurves", { title, score: y, names }),
    figure: { form: "chart", x: { label: x }, y: { label: y }, series },
  };
}

/** A curve's points that have a place, as many y as x. */
function known(along, up) {
  const at = along.map((value, index) => [value, up[index]]).filter(([value]) => Number.isFinite(value));
  return { x: at.map(([value]) => value), y: at.map(([, value]) => finite(value)) };
}

/** shown: {sweep, title, table: {columns, rows}} or {sweep, title, axis}: the name of the setting that the chart stands over. */
function sweepFigure({ sweep, title, table = null, fields }) {
  const place = `/lenet${formatRoute({ sweep: sweep.id })}`;
  const best = sweep.best
    ? t("pin.best", {
        accuracy: percentText(sweep.best.accuracy),
        settings: listText(
          Object.keys(sweep.axes).map((name) => lowered(settingText(fields.get(name) ?? { name }, sweep.best.config))),
        ),
      })
    : "";
  const caption = t("pin.captionSweep", { title, count: sweep.trials.length, best });
  if (table) return { title, place, caption, figure: tableOf(table.columns, table.rows) };
  const figure = sweepChart(sweep, fields);
  return figure && { title, place, caption, figure };
}

/** The accuracies over the setting with most values, a series for each way in which the others are set; null: none has numbers. */
function sweepChart({ axes, trials }, fields) {
  const done = trials.filter(({ accuracy }) => accuracy !== null);
  const values = (name) => new Set(done.map(({ config }) => config[name]));
  const numeric = Object.keys(axes).filter((name) => [...values(name)].every((value) => typeof value === "number"));
  const [along] = numeric.sort((one, other) => values(other).size - values(one).size);
  if (along === undefined || done.length === 0) return null;
  const others = Object.keys(axes).filter((name) => name !== along && values(name).size > 1);
  const nameOf = ({ config }) =>
    others.map((name) => settingText(fields.get(name) ?? { name }, config)).join(" · ") || t("sweep.accuracy");
  const groups = new Map();
  for (const run of done) groups.set(nameOf(run), [...(groups.get(nameOf(run)) ?? []), run]);
  const isMany = groups.size > MOST_SERIES || groups.size === done.length;
  const rows = isMany ? [[t("sweep.accuracy"), done]] : [...groups];
  const least = Math.min(...values(along));
  return {
    form: "chart",
    x: { label: nameText(along), log: least > 0 && Math.max(...values(along)) / least >= 20 },
    y: { label: percentLabel(t("sweep.accuracy")) },
    series: rows.map(([name, runs]) => {
      const sorted = [...runs].sort((one, other) => one.config[along] - other.config[along]);
      return {
        name: cut(name),
        x: sorted.map(({ config }) => config[along]),
        y: sorted.map(({ accuracy }) => finite(shared("accuracy", accuracy))),
        dots: isMany,
      };
    }),
  };
}

// --- bytes ------------------------------------------------------------------------------------------------------------

/** pixels: 28 times 28 bytes, 255 is ink; or the same in base64. */
function inkTile(pixels) {
  const known = typeof pixels === "string" ? fromBase64(pixels) : pixels;
  return { width: PICTURE, height: PICTURE, pixels: toBase64(known) };
}

/** rows: of numbers; peak: the one with the strongest colour. */
function signedTile(rows, peak) {
  const byte = (value) => Math.max(0, Math.min(255, Math.round(128 + (127.5 * value) / peak)));
  return {
    width: rows[0].length,
    height: rows.length,
    pixels: toBase64(Uint8Array.from(rows.flat(), (value) => byte(Number.isFinite(value) ? value : 0))),
  };
}

/** A vector as rows of `width`; the last is filled up with zeros. */
function folded(values, width) {
  return Array.from({ length: Math.ceil(values.length / width) }, (_, row) =>
    Array.from({ length: width }, (_, column) => values[row * width + column] ?? 0),
  );
}
