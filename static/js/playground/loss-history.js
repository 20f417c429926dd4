// The course of the losses and accuracies of one training, thinned so that it never grows beyond what a chart can show. Pure.

import { thinned } from "./thinned.js";

const MOST = 2000; // points; then they are thinned

export class LossHistory {
  generation = null;
  epochs = [];
  trainLoss = [];
  testLoss = [];
  trainAccuracy = [];
  testAccuracy = [];

  /** Takes a frame's figures; true where that changed the history. Only a new epoch adds a point: an edited weight does not. */
  add(frame) {
    if (frame.generation < this.generation) return false; // it was on its way when another curve came
    const restarted = frame.generation !== this.generation || frame.epoch < (this.epochs.at(-1) ?? -1);
    if (restarted) this.#clear(frame.generation);
    if (frame.epoch === this.epochs.at(-1)) return restarted;
    this.epochs.push(frame.epoch);
    for (const name of SERIES) this[name].push(frame[name]);
    if (this.epochs.length > MOST) Object.assign(this, thinned(this.copy(), MOST));
    return true;
  }

  /** {epochs, trainLoss, ...}, as `replace` takes it. */
  copy() {
    return Object.fromEntries(["epochs", ...SERIES].map((name) => [name, [...this[name]]]));
  }

  /** Takes the history a resumed session is given. */
  replace({ generation, epochs, ...series }) {
    this.#clear(generation);
    this.epochs = [...epochs];
    for (const name of SERIES) this[name] = [...(series[name] ?? epochs.map(() => NaN))];
  }

  /**
   * The top of a loss axis on which the curve can be read: it reaches to the untrained network's loss and to everything in
   * the recent half. So an early spike squashes the curve only until it is half of the training ago.
   */
  top() {
    if (this.epochs.length === 0) return 1;
    const recent = this.epochs.at(-1) / 2;
    let top = Math.max(this.trainLoss[0], this.testLoss[0]);
    for (let index = 0; index < this.epochs.length; index++) {
      if (this.epochs[index] >= recent)
        top = Math.max(top, finite(this.trainLoss[index]), finite(this.testLoss[index]));
    }
    return top > 0 && Number.isFinite(top) ? 1.05 * top : 1;
  }

  #clear(generation) {
    this.generation = generation;
    this.epochs = [];
    for (const name of SERIES) this[name] = [];
  }
}

const SERIES = ["trainLoss", "testLoss", "trainAccuracy", "testAccuracy"];

function finite(value) {
  return Number.isFinite(value) ? value : 0;
}
