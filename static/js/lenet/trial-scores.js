// The last losses and train accuracies of a sweep's trials, which no summary has. Asks for those that are new, in as few
// questions as the server allows; knows nothing of a page.

const MOST_COMPARED = 20; // runs in a question

export class TrialScores {
  #compare;
  #changed;
  #scores = new Map();
  #asking = false;

  /** compare(ids): the server's answer to a comparison. changed(): more is known. */
  constructor(compare, changed) {
    this.#compare = compare;
    this.#changed = changed;
  }

  /** {epoch, trainAccuracy, testLoss} of a run, as far as they are known; null before its first epoch. */
  of({ run }) {
    return this.#scores.get(run) ?? null;
  }

  /** Asks what is new about these runs. One that is gone meanwhile, or a server that is, leaves it as it was. */
  async refresh(runs) {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const stale = runs.filter((run) => run.epoch > 0 && this.of(run)?.epoch !== run.epoch).slice(0, MOST_COMPARED);
      if (stale.length === 0) return;
      for (const { run, curves } of await this.#compare(stale.map(({ run }) => run)))
        this.#scores.set(run, {
          epoch: curves.epoch.length,
          trainAccuracy: curves.train_accuracy.at(-1) ?? null,
          testLoss: curves.test_loss.at(-1) ?? null,
        });
      this.#changed(); // which asks for the next ones
    } catch (error) {
      if (!(error.status >= 0)) throw error;
    } finally {
      this.#asking = false;
    }
  }
}
