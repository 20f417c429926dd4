// Brings runs from the server into the store: the list, page by page, and single ones that are on none of its pages. Shows
// nothing; every method may throw the ApiError of a refusal.

import { sweepsOf } from "../sweep/sweep.js";

const READING_INTERVAL = 1000; // ms between two looks at the list, while the server reads its runs

export class RunReader {
  #api;
  #store;
  #on;
  #timer = null;
  #naming = new Map(); // ids of runs whose names are asked for, and whether they have changed meanwhile

  /** on: {more() after each look while the server still reads its runs, failed(error) of such a look}. */
  constructor(api, store, on) {
    this.#api = api;
    this.#store = store;
    this.#on = on;
  }

  /** The list anew, as much of it as is shown. */
  async read() {
    const { moment } = this.#store;
    const answer = await this.#api.runs();
    // A further page may come meanwhile, and is not to go again.
    while (answer.next !== null && answer.runs.length < this.#store.runs.length) {
      const { runs, next } = await this.#api.runs({ after: answer.next });
      answer.runs.push(...runs);
      answer.next = next;
    }
    this.#store.replace(answer, moment);
    this.#lookAgain(answer);
  }

  /** The next page of the list, of all runs or of mine. */
  async readNext(mine) {
    const { moment } = this.#store;
    this.#store.append(await this.#api.runs({ after: this.#store.page(mine).next, mine }), mine, moment);
  }

  async readRun(id) {
    const { moment } = this.#store;
    await this.take(await this.#api.show(id), moment);
  }

  async readSweep(id) {
    const { moment } = this.#store;
    this.#store.putAll((await this.#api.sweep(id)).trials, moment);
  }

  /** The name alone: news of the rest may have come since the server answered. Resolves to whether this question brought it. */
  async readName(id) {
    if (this.#naming.has(id)) {
      this.#naming.set(id, true);
      return false;
    }
    try {
      do {
        this.#naming.set(id, false);
        const { name } = await this.#api.show(id);
        this.#store.rename(id, name);
      } while (this.#naming.get(id));
      return true;
    } finally {
      this.#naming.delete(id);
    }
  }

  /** A run, asked at `moment`, with the others of its sweep where none of them is here. */
  async take(run, moment = this.#store.moment) {
    const { sweep } = run;
    if (sweep !== null && !sweepsOf(this.#store.runs).has(sweep.id)) await this.readSweep(sweep.id);
    else this.#store.putAll([run], moment);
  }

  #lookAgain({ reading }) {
    clearTimeout(this.#timer);
    if (reading) this.#timer = setTimeout(() => this.#look().catch(this.#on.failed), READING_INTERVAL);
  }

  async #look() {
    const { moment } = this.#store;
    const answer = await this.#api.runs();
    this.#store.extend(answer, moment);
    this.#lookAgain(answer);
    await this.#on.more();
  }
}
