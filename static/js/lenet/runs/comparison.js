// What comparing runs comes to: columns of a table, and which settings differ. Pure.

const RESULTS = [
  "best_accuracy",
  "accuracy",
  "test_loss",
  "train_accuracy",
  "epoch",
  "train_s",
  "trained_images_per_s",
];

/** Names of the settings that are not the same in all runs. */
export function differing(runs) {
  const names = Object.keys(runs[0]?.config ?? {});
  return names.filter((name) => runs.some(({ config }) => config[name] !== runs[0].config[name]));
}

/** A name for each run by the first of `ways`, functions of a run, that names no other run the same; else by the last. */
export function distinctNames(runs, ways) {
  const isOnly = (way, run) => runs.every((other) => other === run || way(other) !== way(run));
  return runs.map((run) => (ways.find((way) => isOnly(way, run)) ?? ways.at(-1))(run));
}

/**
 * A place for each id, by which its curve has a colour: the one that it had `before`, else the first that is free.
 *
 * @param {string[]} ids
 * @param {Map<string, number>} [before]
 */
export function placesOf(ids, before = new Map()) {
  const places = new Map([...before].filter(([id]) => ids.includes(id)));
  const taken = new Set(places.values());
  for (const id of ids) {
    if (places.has(id)) continue;
    let place = 0;
    while (taken.has(place)) place++;
    places.set(id, place);
    taken.add(place);
  }
  return places;
}

/**
 * The table's columns: {name, kind: "result" or "setting", value(run), differs}. What sets the runs apart is first, then what came of
 * it, and last, with `all`, the settings that are equal.
 */
export function columnsOf(runs, all) {
  const different = differing(runs);
  const equal = all ? Object.keys(runs[0]?.config ?? {}).filter((name) => !different.includes(name)) : [];
  const setting = (differs) => (name) => ({ name, kind: "setting", value: ({ config }) => config[name], differs });
  return [
    ...different.map(setting(true)),
    ...RESULTS.map((name) => ({ name, kind: "result", value: (run) => run[name], differs: false })),
    ...equal.map(setting(false)),
  ];
}
