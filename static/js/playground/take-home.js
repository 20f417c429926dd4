// What is shown, as files: pictures, one by one or on one sheet, and tables. Those that the server writes are code-view.js's.

import { t } from "../base/i18n.js";
import { saveFile, savePicture } from "../base/save.js";
import { chosenIn } from "./datasets.js";
import { editsOf, ratesText } from "./edits.js";
import { accuracyText, lossBesideText, lossText } from "./format.js";
import { mapPicture } from "./map-picture.js";
import { networkPicture } from "./network-picture.js";
import { nameText, valueText } from "./setting-text.js";
import { PARTS, sheetPicture } from "./sheet-picture.js";
import { sizesOf } from "./sizes.js";
import { lossesCsv, pointsCsv } from "./tables.js";

const MAP = 600; // pixels a side; a PNG has twice as many
const MARK = "\ufeff"; // by which Excel reads UTF-8
const NOT_IN_XML = /[\p{Cc}\ufffe\uffff]/gu;
const NETWORK = [800, 480];
const CHART = [800, 400];
const SETTINGS = [
  "seed",
  "noise",
  "percTrainData",
  "learningRate",
  "activation",
  "regularization",
  "regularizationRate",
  "batchSize",
];

const EDITED = { edited: "edits.edited", restored: "edits.restored" };

/** What can be saved, in which formats. */
export const OFFERED = [
  { name: "losses", text: "code.losses", formats: ["csv"] },
  { name: "points", text: "code.points", formats: ["csv"] },
  { name: "map", text: "code.map", formats: ["png", "svg"] },
  { name: "network", text: "code.network", formats: ["png", "svg"] },
  { name: "chart", text: "code.chart", formats: ["png", "svg"] },
  { name: "sheet", text: "code.sheet", formats: ["png", "svg"] },
];

export class TakeHome {
  #views;
  #now;

  /** views: {heatMap, chart}. now(): {frame, config, besides, edited, scale, link(), addressOf(link)}, of what is shown; edited: "edited", "restored" or null; link() may resolve to null. */
  constructor(views, now) {
    this.#views = views;
    this.#now = now;
  }

  /** Resolves to whether there was something to be saved. */
  async save(name, format) {
    const { heatMap, chart } = this.#views;
    if (name === "losses") saveFile("playlab_losses.csv", lossesCsv(chart.curve), "text/csv");
    else if (name === "points") {
      const { told, classes } = heatMap.shown;
      saveFile("playlab_points.csv", `${told ? MARK : ""}${pointsCsv(heatMap.points, told, classes)}`, "text/csv");
    } else {
      const picture = await this.#picture(name);
      if (picture === null) return false;
      await savePicture(`playlab_${name}`, picture, format);
    }
    return true;
  }

  async #picture(name) {
    const { frame, config, besides, edited, scale, link: linkThere, addressOf } = this.#now();
    if (frame === null || !isOf(frame, config)) return null; // another is on its way
    const { heatMap, chart } = this.#views;
    if (name === "map") return mapPicture(heatMap.shown, color, MAP);
    if (name === "network") return networkPicture(config, frame, scale, color, ...NETWORK);
    if (name === "chart") return chart.picture(...CHART);
    const parts = {
      map: mapPicture(heatMap.shown, color, PARTS.map),
      network: networkPicture(config, frame, scale, color, ...PARTS.network),
      title: titleOf(frame, config),
    };
    const link = await linkThere();
    const rows = rowsOf(frame, config, link, edited, besides);
    const picture = await chart.picture(...PARTS.chart);
    return sheetPicture({ ...parts, rows, chart: picture, address: link && plain(addressOf(link)) }, color);
  }
}

function isOf(frame, config) {
  return JSON.stringify(frame.sizes) === JSON.stringify(sizesOf(config));
}

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** A text that an SVG may have: a seed may have any sign but blanks. */
export function plain(text) {
  return text.replace(NOT_IN_XML, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function titleOf({ sizes, epoch }, config) {
  return `${t(`dataset.${chosenIn(config)}`)}, ${sizes.join("-")}, ${t("run.epoch")} ${epoch.toLocaleString("en-US")}`;
}

/** [name, value] texts of a sheet. link: of the moment, or null where none leads there. besides: keys of the settings that the
 *  original has not and that are not as usual. */
export function rowsOf(frame, config, link, edited, besides = []) {
  const losses = [
    [t("output.trainLoss"), lossText(frame.trainLoss)],
    [t("output.testLoss"), lossBesideText(frame.testLoss, config.stopLoss)],
  ];
  if (config.problem === "classification") losses.push([t("output.testAccuracy"), accuracyText(frame.testAccuracy)]);
  const settings = SETTINGS.filter((key) => key !== "regularizationRate" || config.regularization !== "none");
  const rates = link && ratesText(link);
  const value = (key) => (key === "learningRate" && rates ? t(...rates) : plain(valueText(key, config[key])));
  const byHand = editedText(link, edited);
  return [
    ...losses,
    ...settings.map((key) => [t(`label.${key}`), value(key)]),
    ...besides.map((key) => [nameText(key), value(key)]),
    ...(byHand ? [[t("edits.byHand"), byHand]] : []),
  ];
}

function editedText(link, edited) {
  if (link === null) return edited && t(EDITED[edited]);
  const { others } = editsOf(link);
  return others > 0 ? t("edits.others", { count: others }) : null;
}
