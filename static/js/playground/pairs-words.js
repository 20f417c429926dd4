// What two settings on the same seeds come to, in words that a student understands. Pure.

import { parameterText } from "./format.js";
import { differing } from "./kept.js";

const DATA = ["problem", "dataset", "regDataset", "noise", "percTrainData", "classes", "ownData"]; // settings that make other test points
const UNLIKELY = 50; // thousandths: below that it is called no chance
const OF_THE_SEED = ["seed", "weightsDraw"]; // which both studies have from the first

/** The settings, by key, in which two configs differ, without what a study takes from its seeds. */
export function settingsThatDiffer(one, other, fields) {
  return differing([{ config: one }, { config: other }], fields).filter((key) => !OF_THE_SEED.includes(key));
}

/** What the pairs come to, as texts. */
export function wordsOf(came, pairs, keys) {
  const { first, second, ties, median, chance } = came;
  const failed = ["first", "second"].map((which) => pairs.filter((pair) => pair[which] === Infinity).length);
  const texts = [];
  if (ties > 0) texts.push(["pairs.ties", { ties }]);
  if (failed[0] + failed[1] > 0) texts.push(["pairs.failed", { first: failed[0], second: failed[1] }]);
  if (median === null) texts.push(["pairs.noDifference"]);
  else if (median === 0) texts.push(["pairs.zero"]);
  else if (chance >= UNLIKELY) {
    texts.push(["pairs.median", { difference: parameterText(median) }]); // its sign is no evidence either
  } else {
    const better = median > 0 ? "A" : "B";
    texts.push(["pairs.difference", { difference: parameterText(Math.abs(median)), better }]);
  }
  if (first === second) texts.push(["pairs.even"]);
  else texts.push([chance < UNLIKELY ? "pairs.unlikely" : "pairs.likely", { chance: chanceText(chance) }]);
  if (keys.some((key) => DATA.includes(key))) texts.push(["pairs.data"]);
  return texts;
}

/** Thousandths in words. */
function chanceText(chance) {
  if (chance === 0) return ["pairs.below", { of: 1, all: "1,000" }];
  return ["pairs.about", chance < 10 ? { of: chance, all: "1,000" } : { of: Math.round(chance / 10), all: "100" }];
}
