// What the records of one run come to: the fold of metrics.jsonl, as the server's lenet/training/progress.py has it. No IO.

export class RunLog {
  lines = 0;
  step = 0;
  steps = null;
  stepsPerEpoch = null;
  images = null;
  device = null;
  layers = [];
  losses = []; // of every batch, by step
  epochs = []; // the epoch records that hold
  imagesPerSecond = null;
  leftSeconds = null;
  trainSeconds = 0; // of training and testing
  download = null;
  failedSources = []; // of the data set, one after another
  end = null;

  /** Adds records that begin at line `line`; those known already are passed over. False: lines are missing between. */
  add(line, records) {
    if (line > this.lines) return false;
    for (const record of records.slice(this.lines - line)) {
      this.lines += 1;
      FOLDS[record.kind]?.(this, record);
    }
    return true;
  }

  /** The share of the present epoch that is done, and of the whole run. */
  get epochShare() {
    return this.stepsPerEpoch ? (this.step % this.stepsPerEpoch) / this.stepsPerEpoch : 0;
  }

  get share() {
    return this.steps ? this.step / this.steps : 0;
  }

  /** The record of an epoch; null where there is none. */
  epoch(number) {
    return this.epochs.find(({ epoch }) => epoch === number) ?? null;
  }

  get newest() {
    return this.epochs.at(-1) ?? null;
  }
}

const FOLDS = {
  data(log, record) {
    const before = log.download;
    const hasFailed = before && before.source !== record.source && before.done < before.total;
    if (hasFailed && before.source !== null) log.failedSources.push(before.source);
    log.download = record;
    log.end = null;
  },
  /** A run begins or goes on: what came after the place it goes on from no longer holds. */
  start(log, record) {
    log.epochs = log.epochs.filter(({ epoch }) => epoch <= record.epoch);
    log.trainSeconds = log.newest?.train_s ?? 0;
    log.failedSources = [];
    log.losses.length = Math.min(log.losses.length, record.step);
    Object.assign(log, { step: record.step, steps: record.steps, stepsPerEpoch: record.steps_per_epoch });
    Object.assign(log, { device: record.device, layers: record.layers, images: record.images });
    log.imagesPerSecond = log.leftSeconds = log.download = log.end = null;
  },
  batches(log, record) {
    record.loss.forEach((loss, index) => (log.losses[record.step + index] = loss));
    log.step = record.step + record.loss.length;
    log.imagesPerSecond = record.images_per_s;
    log.leftSeconds = record.left_s;
    log.trainSeconds = record.train_s ?? log.trainSeconds;
  },
  epoch(log, record) {
    while (log.newest?.epoch >= record.epoch) log.epochs.pop(); // the start between is left out as odd
    log.epochs.push(record);
    log.stepsPerEpoch ??= record.step / record.epoch; // as no start says
    log.trainSeconds = record.train_s;
  },
  /** Its speed is now the mean over all finished epochs, their tests included. */
  end(log, record) {
    log.end = record;
    log.leftSeconds = null;
    const last = log.newest;
    const isKnown = last?.train_s > 0 && log.images;
    log.imagesPerSecond = isKnown ? Math.round((log.images * last.epoch) / last.train_s) : null;
    if (record.step === undefined) return;
    // It goes on from there: what came after it no longer holds.
    log.step = record.step;
    log.losses.length = Math.min(log.losses.length, record.step);
    log.trainSeconds = last?.train_s ?? 0;
  },
};
