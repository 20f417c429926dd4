// What a person changed while a run trained, as the link of one of its moments tells it. Pure.

/** {rates: [[epoch, rate]], others}: the changes of the learning rate, and how many weights, biases and data were changed. */
export function editsOf(link) {
  const given = settingOf(link, "edits");
  const edits = given ? given.split(",").map((edit) => edit.split(":")) : [];
  const rates = edits.filter(([, word]) => word === "rate").map(([epoch, , rate]) => [Number(epoch), rate]);
  return { rates, others: edits.length - rates.length };
}

/** [translation key, values] for a learning rate that was changed; null: it was not. */
export function ratesText(link) {
  const { rates } = editsOf(link);
  if (rates.length === 0) return null;
  const [epoch, rate] = rates.at(-1);
  const first = settingOf(link, "learningRate");
  return [rates.length === 1 ? "edits.rate" : "edits.rates", { first, epoch: epoch.toLocaleString("en-US"), rate }];
}

function settingOf(link, key) {
  return new URLSearchParams(link.slice(link.indexOf("#") + 1)).get(key);
}
