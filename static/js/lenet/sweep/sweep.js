// A sweep: the runs that try one recipe with many settings. It is nothing but these runs, and is read from them. Pure.

import { isActive, isUnfinished } from "../runs/run-status.js";

// A sweep is doing what comes first here of what its trials do.
const FOREMOST = ["running", "starting", "queued", "interrupted", "paused", "stopped", "failed", "finished"];

/** The sweeps that `runs` belong to, by id. */
export function sweepsOf(runs) {
  const groups = new Map();
  for (const run of runs) {
    if (!run.sweep) continue;
    if (!groups.has(run.sweep.id)) groups.set(run.sweep.id, []);
    groups.get(run.sweep.id).push(run);
  }
  return new Map([...groups].map(([id, trials]) => [id, sweepOf(trials)]));
}

/**
 * {id, size, search, axes} of the trials, {owner, preset, created, config} of the first, `trials` in the order of their
 * numbers; `best`, the trial with the highest last test accuracy; and what a list of runs shows and sorts by.
 */
function sweepOf(unordered) {
  const trials = [...unordered].sort((a, b) => a.sweep.number - b.sweep.number);
  const [first] = trials;
  const { id, size, search, axes } = first.sweep;
  const best = trials.reduce(
    (so, run) => (run.accuracy !== null && run.accuracy > (so?.accuracy ?? -1) ? run : so),
    null,
  );
  return {
    id,
    size,
    search,
    axes,
    trials,
    best,
    owner: first.owner,
    preset: first.preset,
    created: first.created,
    config: first.config,
    status: FOREMOST.find((status) => trials.some((run) => run.status === status)),
    requested: null,
    download: trials.find(isActive)?.download ?? null,
    best_accuracy: best?.accuracy ?? null,
    train_s: trials.reduce((sum, run) => sum + (run.train_s ?? 0), 0),
    done: trials.filter((run) => !isActive(run) && !isUnfinished(run)).length,
    failed: trials.filter(({ status }) => status === "failed").length,
  };
}

/** How much of a sweep's training is done, from 0 to 1; a trial that ended early counts whole. */
export function shareOf({ trials }) {
  const share = (run) => (isActive(run) || isUnfinished(run) ? run.step / (run.steps || Infinity) : 1);
  return trials.reduce((sum, run) => sum + share(run), 0) / trials.length;
}
