// The explanations below the Playground, in the page's language, and the links of the recipes.

import { h } from "../base/dom.js";
import { language, onLanguage, t } from "../base/i18n.js";
import en from "./article-en.js";
import zh from "./article-zh.js";
import { lossText } from "./format.js";
import { EPOCHS, LAST, TRIALS } from "./trials.js";

export const ARTICLES = { en, zh };

/** data set -> the link of a setting that fits it. docs/ and the browser tests use the same ones. */
export const RECIPES = {
  circle: "dataset=circle&learningRate=0.03&activation=tanh&networkShape=4,2&seed=0.31415",
  xor: "dataset=xor&learningRate=0.03&activation=tanh&networkShape=4,2&seed=0.31415",
  gauss: "dataset=gauss&learningRate=0.03&activation=tanh&networkShape=4,2&seed=0.31415",
  spiral:
    "dataset=spiral&learningRate=0.03&activation=tanh&networkShape=8,6&x=true&y=true&xSquared=true&ySquared=true&xTimesY=true&sinX=true&sinY=true&seed=0.31415",
  "reg-plane": "problem=regression&regDataset=reg-plane&learningRate=0.01&activation=linear&networkShape=&seed=0.31415",
  "reg-gauss":
    "problem=regression&regDataset=reg-gauss&learningRate=0.1&activation=tanh&networkShape=8,6&x=true&y=true&ySquared=true&xTimesY=true&sinX=true&sinY=true&seed=0.31415",
  moons: "dataset=moons&learningRate=0.03&activation=tanh&networkShape=4,2&seed=0.31415",
  rings:
    "dataset=rings&learningRate=0.03&activation=tanh&networkShape=4&x=false&y=false&xSquared=true&ySquared=true&seed=0.31415",
  checkerboard:
    "dataset=checkerboard&learningRate=0.03&activation=tanh&networkShape=4,2&x=false&y=false&sinX=true&sinY=true&seed=0.31415",
  sine: "dataset=sine&learningRate=0.03&activation=tanh&networkShape=&x=false&y=true&sinX=true&seed=0.31415",
  cubic: "dataset=cubic&learningRate=0.1&activation=tanh&networkShape=4&seed=0.31415",
  absolute: "dataset=absolute&learningRate=0.03&activation=tanh&networkShape=2&seed=0.31415",
  "reg-wave":
    "problem=regression&regDataset=reg-wave&learningRate=0.01&activation=tanh&networkShape=8,4&x=false&y=false&xSquared=true&ySquared=true&seed=0.31415",
  "reg-saddle":
    "problem=regression&regDataset=reg-saddle&learningRate=0.001&activation=linear&networkShape=&x=false&y=false&xSquared=true&ySquared=true&seed=0.31415",
  blobs: "dataset=blobs&learningRate=0.03&networkShape=&classes=6&seed=0.31415",
  arms: "dataset=arms&learningRate=0.01&activation=tanh&networkShape=8,6&optimizer=adam&seed=0.31415",
  iris: "dataset=iris&learningRate=0.1&networkShape=&seed=0.31415",
  penguins: "dataset=penguins&learningRate=0.03&networkShape=&seed=0.31415",
  cars: "problem=regression&regDataset=cars&learningRate=0.01&networkShape=&seed=0.31415",
};

/** data set -> the link of a setting that cannot fit it, however long it trains. */
export const FAILURES = {
  moons: "dataset=moons&learningRate=0.03&activation=tanh&networkShape=&seed=0.31415",
  rings:
    "dataset=rings&learningRate=0.03&activation=tanh&networkShape=&x=false&y=false&xSquared=true&ySquared=true&seed=0.31415",
  checkerboard:
    "dataset=checkerboard&learningRate=0.03&activation=tanh&networkShape=&x=false&y=false&sinX=true&sinY=true&seed=0.31415",
  sine: "dataset=sine&learningRate=0.03&activation=tanh&networkShape=&x=true&y=true&seed=0.31415",
  cubic: "dataset=cubic&learningRate=0.1&activation=tanh&networkShape=1&seed=0.31415",
  absolute: "dataset=absolute&learningRate=0.03&activation=tanh&networkShape=1&seed=0.31415",
  "reg-wave":
    "problem=regression&regDataset=reg-wave&learningRate=0.001&activation=tanh&networkShape=&x=false&y=false&xSquared=true&ySquared=true&seed=0.31415",
  "reg-saddle":
    "problem=regression&regDataset=reg-saddle&learningRate=0.01&activation=linear&networkShape=4,2&x=true&y=true&seed=0.31415",
  blobs: "dataset=blobs&learningRate=0.03&networkShape=&y=false&classes=6&seed=0.31415",
  arms: "dataset=arms&learningRate=0.01&activation=tanh&networkShape=&optimizer=adam&seed=0.31415",
  iris: "dataset=iris&learningRate=0.1&networkShape=&x=false&y=false&sinY=true&seed=0.31415",
  penguins: "dataset=penguins&learningRate=0.03&networkShape=&y=false&seed=0.31415",
  cars: "problem=regression&regDataset=cars&learningRate=0.01&networkShape=&x=false&y=false&sinX=true&seed=0.31415",
};

export function startArticle(host) {
  const show = () => host.replaceChildren(...ARTICLES[language()].map(section));
  onLanguage(show);
  show();
}

// What was measured of a trial, and how a figure of it is said.
const MEASURES = {
  epochs: { of: ({ level }) => t("trial.epochs", { level }), said: epochsText },
  right: { of: ({ level }) => t("trial.right", { level: 100 * level }), said: epochsText },
  loss: { of: () => t("trial.loss", { epochs: EPOCHS }), said: lossText },
  range: {
    of: () => t("trial.range", { first: EPOCHS - LAST + 1, last: EPOCHS }),
    said: ([least, most]) => t("trial.between", { least: lossText(least), most: lossText(most) }),
  },
  pause: {
    of: () => t("trial.pause"),
    said: ([epoch, loss]) => t("trial.atEpoch", { loss: lossText(loss), epoch }),
  },
};

function epochsText(count) {
  return count === null ? t("trial.never", { epochs: EPOCHS }) : t("trial.after", { count });
}

function section({ id, title, paragraphs = [], recipes = [], terms = [], folded = [], after = [] }) {
  const recipe = ([name, head, text, action, spoilt]) =>
    h(
      "li",
      { class: "recipe surface" },
      h("h3", {}, head),
      h("p", {}, rich(text)),
      h(
        "div",
        { class: "recipe-links row" },
        h("a", { href: `#${RECIPES[name]}`, testid: `recipe-${name}` }, action),
        name in FAILURES ? h("a", { href: `#${FAILURES[name]}`, testid: `failure-${name}` }, spoilt) : null,
      ),
    );
  return h(
    "section",
    { id, class: "article-section" },
    h("h2", {}, title),
    paragraphs.map((text) => h("p", {}, rich(text))),
    recipes.length > 0 ? h("ul", { class: "recipes" }, recipes.map(recipe)) : null,
    terms.length > 0
      ? h("dl", { class: "terms" }, terms.map(([term, text]) => [h("dt", {}, term), h("dd", {}, rich(text))]).flat())
      : null,
    folded.map(([head, trials]) =>
      h(
        "details",
        { class: "folded surface" },
        h("summary", {}, head),
        h("dl", { class: "terms" }, trials.map(trial).flat()),
      ),
    ),
    after.map((text) => h("p", {}, rich(text))),
  );
}

/** A setting, what it does, and its two runs with what came of them. */
function trial([name, head, text, ...actions]) {
  const { measure, links, figures } = TRIALS[name];
  const { of, said } = MEASURES[measure];
  const run = (action, at) =>
    h(
      "li",
      {},
      h("a", { href: `#${links[at]}`, testid: `trial-${name}-${at}` }, action),
      h("span", { class: "trial-figure" }, said(figures[at])),
    );
  return [
    h("dt", {}, head),
    h(
      "dd",
      {},
      h("p", {}, rich(text)),
      h("p", { class: "trial" }, of(TRIALS[name])),
      h("ul", { class: "trial-runs" }, actions.map(run)),
    ),
  ];
}

/** "**bold**" and "[text](address)" in a paragraph; nothing else. */
function rich(text) {
  return text.split(/(\*\*[^*]+\*\*|\[[^\]]+\]\([^)]+\))/).map((piece) => {
    if (piece.startsWith("**")) return h("strong", {}, piece.slice(2, -2));
    const link = piece.match(/^\[([^\]]+)\]\(([^)]+)\)$/);
    return link ? h("a", { href: link[2] }, link[1]) : piece;
  });
}
