// What each setting beyond the original's does: a run with it, the same run without, and what was measured of both.
// tests/playground/test_article.py trains them all and holds the figures to it.

export const EPOCHS = 500; // of a run
export const LAST = 100; // epochs of a `range`

const FEATURES = "x=true&y=true&xSquared=true&ySquared=true&xTimesY=true&sinX=true&sinY=true";
const SPIRAL = `dataset=spiral&activation=tanh&networkShape=8,6&${FEATURES}&seed=0.31415`;
const CALM = `${SPIRAL}&learningRate=0.003`;
const PLAIN = `${SPIRAL}&learningRate=0.03`;
const RESTLESS = `${PLAIN}&optimizer=momentum`;
const BARE = "dataset=spiral&networkShape=8,8&learningRate=0.01&optimizer=adam&seed=0.31415";
const ADAPTING = `${SPIRAL}&learningRate=0.01&optimizer=adam`;
const QUICK = `${PLAIN}&optimizer=rmsprop`;
const GROUPS = "dataset=blobs&learningRate=0.03&networkShape=2&seed=0.31415";
const CIRCLE = "dataset=circle&activation=tanh&seed=0.31415";
const DEEP = `${CIRCLE}&learningRate=0.03&networkShape=8,8,8,8,8,8`;
const DEEPER = "dataset=circle&activation=relu&learningRate=0.03&networkShape=8,8,8,8,8,8,8,8,8,8&seed=0.31415";
const STEEP = `${CIRCLE}&learningRate=0.1&networkShape=8,8,8&optimizer=momentum`;
const NARROW = "dataset=xor&networkShape=3,3,3&learningRate=0.01&optimizer=adam&seed=0.31415";
const ROUND = "dataset=circle&networkShape=8&learningRate=0.1&seed=0.31415";
const RINGS = "dataset=rings&activation=tanh&networkShape=8,6&learningRate=0.03&seed=0.31415";
const FEW = `noise=50&percTrainData=10&activation=tanh&networkShape=8,8&${FEATURES}&seed=0.31415`;
const LEARNT_BY_HEART = `dataset=circle&${FEW}&learningRate=0.03`;
const CLOUDS = `dataset=gauss&${FEW}&learningRate=0.03`;
const ORDERED = "dataset=gauss&noise=50&networkShape=&batchSize=1&learningRate=0.03&seed=0.10103";
// Points that were drawn: two clouds with six points of the wrong colour among them, and without those. And the flats and houses
// of the sample file (own/sample.js): by area and age, and by area alone.
const TAINTED =
  "AQI6AAAAAABgwAAAwL-amRnAAACAvzMzM79mZua_AABAwGZmZsAzM7O_zcwswGZmBsAAAADAZmYmwAAAAAAAAADAAAAAAJqZOcAzM3PAAADAv83MTMAAAMC_ZmYmwAAAAMDNzCzAAAAAv83MLMDNzCxAmpnZP2ZmBkCamRlAzcwMQDMzg0CamZk_AAAgQJqZWUAzMzNAMzOTQM3MzD-amZk-ZmZmQDMzM0CamZlAAABAQJqZmT5mZmY_ZmamPzMz8z8zMzNAzcxMP5qZGUBmZmZAAADAP5qZGcBmZua_mpk5wAAAIEAzM_M_MzMzQJqZmT5mZma_ZmZmv2Zm5j8AAIA_ZmamP2Zm5j-amZk_mpnZPwAAgEAAAIA_AACAP5qZmT_NzMw_MzMTQDMzsz-amYlAmpmZPzMzg0DNzIy_AACAP2ZmBkAzM_M_AABAQM3MzD-amRlAzcwswM3MzL4AAADAzczMv83MbMAzM7O_AAAAv83MzL9mZmY_zczMPc3MLMAzMzO_MzPzvwAAAL_NzGzAAACAv83MjL_NzEzAAAAAPzMz878AAIC_ZmamvzMzo8BmZqa_mpnZv83MjL8zM_M_zcyMP5qZmT-amZm_MzPzv2ZmBsAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAAAA";
const CLEAN =
  "AQI0AAAAAABgwAAAwL-amRnAAACAvzMzM79mZua_AABAwGZmZsAzM7O_zcwswGZmBsAAAADAZmYmwAAAAAAAAADAAAAAAJqZOcAzM3PAAADAv83MTMAAAMC_ZmYmwAAAAMDNzCzAAAAAv83MLMDNzCxAmpnZP2ZmBkCamRlAzcwMQDMzg0CamZk_AAAgQJqZWUAzMzNAMzOTQM3MzD-amZk-ZmZmQDMzM0CamZlAAABAQJqZmT5mZmY_ZmamPzMz8z8zMzNAzcxMP5qZGUBmZmZAAADAP5qZmT5mZma_ZmZmv2Zm5j8AAIA_ZmamP2Zm5j-amZk_mpnZPwAAgEAAAIA_AACAP5qZmT_NzMw_MzMTQDMzsz-amYlAmpmZPzMzg0DNzIy_AACAP2ZmBkAzM_M_AABAQM3MzD-amRlAzcwswM3MzL4AAADAzczMv83MbMAzM7O_AAAAv83MzL9mZmY_zczMPc3MLMAzMzO_MzPzvwAAAL_NzGzAAACAv83MjL_NzEzAAAAAPzMz878AAIC_ZmamvzMzo8BmZqa_mpnZv83MjL8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";
const HOMES =
  "AQIoAC4AW1siIiw5Mi41LDEwLjFdLFsiIiwzMC4wLDUuNF0sWyIiLDAuMCwxLjBdLFtdXQAAKEIAAPRCAABcQgAAB0MAAIhCAACuQgAAokIAAMhCAAC8QgAA4kIAADhCAAD8QgAAbEIAAAtDAACQQgAAtkIAAKpCAADQQgAAxEIAAOpCAABIQgAAAkMAAHxCAAAPQwAAmEIAAL5CAACyQgAA2EIAAMxCAADyQgAAWEIAAAZDAACGQgAArEIAAKBCAADGQgAAukIAAOBCAAA0QgAA-kIAAEBAAAAkQgAAEEEAADxCAABwQQAAVEIAAKhBAACYQQAA2EEAAMhBAAAEQgAA-EEAABxCAAAUQgAAoEAAACxCAAAwQQAAREIAAIhBAABcQgAAuEEAAKhBAADoQQAA2EEAAAxCAAAEQgAAJEIAABxCAADgQAAANEIAAFBBAABMQgAAmEEAAGRCAADIQQAAuEEAAPhBAADoQQAAFEIAAAxCAAEAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAQ";
const AREAS =
  "AQIoAC0AW1siIiw5Mi41LDEwLjFdLFsiIiwwLjAsMS4wXSxbIiIsMC4wLDEuMF0sW11dAAAoQgAA9EIAAFxCAAAHQwAAiEIAAK5CAACiQgAAyEIAALxCAADiQgAAOEIAAPxCAABsQgAAC0MAAJBCAAC2QgAAqkIAANBCAADEQgAA6kIAAEhCAAACQwAAfEIAAA9DAACYQgAAvkIAALJCAADYQgAAzEIAAPJCAABYQgAABkMAAIZCAACsQgAAoEIAAMZCAAC6QgAA4EIAADRCAAD6QgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAQAB";
const OWN = "dataset=own&activation=tanh&learningRate=0.03&seed=0.31415";

/**
 * name -> links: with and without. figures: of either.
 * measure: `epochs`: after how many the test loss is below `level`; `right`: after how many that share of the test points
 *   is; null: never. `loss`: the test loss at the end; `range`: its least and most in the last epochs; `pause`: after how
 *   many epochs the training ends, and with which test loss.
 */
export const TRIALS = {
  momentum: { measure: "epochs", level: 0.05, links: [`${CALM}&optimizer=momentum`, CALM], figures: [135, null] },
  nesterov: { measure: "epochs", level: 0.05, links: [`${CALM}&optimizer=nesterov`, CALM], figures: [141, null] },
  rmsprop: { measure: "epochs", level: 0.05, links: [`${CALM}&optimizer=rmsprop`, CALM], figures: [87, null] },
  adam: { measure: "epochs", level: 0.05, links: [`${CALM}&optimizer=adam`, CALM], figures: [143, null] },
  adamw: {
    measure: "loss",
    links: [
      `dataset=circle&${FEW}&learningRate=0.01&optimizer=adamw&weightDecay=1`,
      `dataset=circle&${FEW}&learningRate=0.01&optimizer=adam`,
    ],
    figures: [0.422, 0.597],
  },
  coefficient: {
    measure: "loss",
    links: [`${CALM}&optimizer=momentum&momentum=0.5`, `${CALM}&optimizer=momentum`],
    figures: [0.119, 0.008],
  },
  alpha: {
    measure: "loss",
    links: [`${CALM}&optimizer=rmsprop&alpha=0`, `${CALM}&optimizer=rmsprop`],
    figures: [0.184, 0.013],
  },
  beta1: {
    measure: "loss",
    links: [`${BARE}&activation=tanh&beta1=0`, `${BARE}&activation=tanh`],
    figures: [0.136, 0.052],
  },
  beta2: { measure: "loss", links: [`${ADAPTING}&beta2=0.5`, ADAPTING], figures: [0.426, 0.01] },
  epsilon: { measure: "loss", links: [`${QUICK}&epsilon=1`, QUICK], figures: [0.019, 0.112] },

  step: { measure: "loss", links: [`${RESTLESS}&schedule=step`, RESTLESS], figures: [0.088, 0.174] },
  exponential: {
    measure: "loss",
    links: [`${RESTLESS}&schedule=exponential&scheduleEpochs=50`, RESTLESS],
    figures: [0.036, 0.174],
  },
  cosine: {
    measure: "loss",
    links: [`${RESTLESS}&schedule=cosine&scheduleEpochs=500`, RESTLESS],
    figures: [0.061, 0.174],
  },
  scheduleEpochs: {
    measure: "loss",
    links: [`${RESTLESS}&schedule=step&scheduleEpochs=20`, `${RESTLESS}&schedule=step`],
    figures: [0.065, 0.088],
  },
  scheduleFactor: {
    measure: "loss",
    links: [`${RESTLESS}&schedule=step&scheduleFactor=0.1`, `${RESTLESS}&schedule=step`],
    figures: [0.177, 0.088],
  },
  warmup: { measure: "loss", links: [`${STEEP}&schedule=warmup`, STEEP], figures: [0.000482, 0.019] },

  crossEntropy: {
    measure: "right",
    level: 0.97,
    links: [`${RINGS}&loss=crossEntropy`, RINGS],
    figures: [189, null],
  },

  leakyRelu: {
    measure: "loss",
    links: [`${NARROW}&activation=leakyRelu`, `${NARROW}&activation=relu`],
    figures: [0.016, 0.266],
  },
  elu: {
    measure: "loss",
    links: [`${NARROW}&activation=elu`, `${NARROW}&activation=relu`],
    figures: [0.00000282, 0.266],
  },
  softplus: {
    measure: "epochs",
    level: 0.005,
    links: [`${ROUND}&activation=softplus`, `${ROUND}&activation=relu`],
    figures: [42, 60],
  },
  gelu: {
    measure: "epochs",
    level: 0.05,
    links: [`${BARE}&activation=gelu`, `${BARE}&activation=relu`],
    figures: [87, 393],
  },
  silu: {
    measure: "epochs",
    level: 0.05,
    links: [`${BARE}&activation=silu`, `${BARE}&activation=relu`],
    figures: [127, 393],
  },
  sin: {
    measure: "epochs",
    level: 0.05,
    links: [`${BARE}&activation=sin`, `${BARE}&activation=relu`],
    figures: [31, 393],
  },
  layerActivations: {
    measure: "epochs",
    level: 0.1,
    links: [`${BARE}&activation=tanh&layerActivations=sin`, `${BARE}&activation=tanh`],
    figures: [37, 233],
  },

  xavier: { measure: "epochs", level: 0.05, links: [`${DEEP}&initialWeights=xavier`, DEEP], figures: [10, 23] },
  he: { measure: "epochs", level: 0.05, links: [`${DEEPER}&initialWeights=he`, DEEPER], figures: [6, 16] },
  large: { measure: "loss", links: [`${DEEP}&initialWeights=large`, DEEP], figures: [0.665, 0.0000743] },
  zero: { measure: "loss", links: [`${DEEP}&initialWeights=zero`, DEEP], figures: [0.5, 0.0000743] },

  dropout: {
    measure: "loss",
    links: [`${LEARNT_BY_HEART}&dropout=0.2,0.2`, LEARNT_BY_HEART],
    figures: [0.371, 0.445],
  },
  both: {
    measure: "loss",
    links: [
      `${CLOUDS}&regularization=both&regularizationRate=0.001&l2Rate=0.1`,
      `${CLOUDS}&regularization=L1&regularizationRate=0.001`,
    ],
    figures: [0.123, 0.151],
  },

  fullBatch: {
    measure: "loss",
    links: [`${CIRCLE}&learningRate=3&networkShape=4,2&fullBatch=true`, `${CIRCLE}&learningRate=3&networkShape=4,2`],
    figures: [0.06, 1],
  },
  shuffle: {
    measure: "range",
    links: [`${ORDERED}&shuffle=true`, ORDERED],
    figures: [
      [0.131, 0.154],
      [0.137, 0.137],
    ],
  },

  stopEpoch: {
    measure: "pause",
    links: [`${PLAIN}&stopEpoch=100`, PLAIN],
    figures: [
      [100, 0.112],
      [500, 0.015],
    ],
  },
  stopLoss: {
    measure: "pause",
    links: [`${PLAIN}&stopLoss=0.05`, PLAIN],
    figures: [
      [150, 0.05],
      [500, 0.015],
    ],
  },
  stopPatience: {
    measure: "pause",
    links: [`${CLOUDS}&stopPatience=50`, CLOUDS],
    figures: [
      [77, 0.134],
      [500, 0.158],
    ],
  },

  classes: {
    measure: "loss",
    links: [`${GROUPS}&classes=6`, `${GROUPS}&classes=2`],
    figures: [0.119, 0.000563],
  },
  networkShape: {
    measure: "loss",
    links: [
      "dataset=spiral&activation=relu&learningRate=0.03&networkShape=16,16&seed=0.31415",
      "dataset=spiral&activation=relu&learningRate=0.03&networkShape=8,8&seed=0.31415",
    ],
    figures: [0.123, 0.452],
  },

  drawn: {
    measure: "loss",
    links: [`${OWN}&networkShape=8,8&ownData=${TAINTED}`, `${OWN}&networkShape=8,8&ownData=${CLEAN}`],
    figures: [0.419, 0.011],
  },
  file: {
    measure: "loss",
    links: [`${OWN}&networkShape=4&ownData=${HOMES}`, `${OWN}&networkShape=4&ownData=${AREAS}`],
    figures: [0.075, 0.418],
  },
};
