// Softmax, worked out where everyone can follow it. Pure.

/**
 * The steps from logits to probabilities, one row a class: {logit, power, probability}.
 * power is e to the (logit - the largest logit): the same shares as without the subtraction, and no overflow.
 */
export function softmaxSteps(logits) {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return logits.map((logit, index) => ({ logit, power: powers[index], probability: powers[index] / sum }));
}
