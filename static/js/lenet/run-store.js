// All runs as the server last told them, and who this browser is to the server. Owns both; asks nobody.

export class RunStore {
  #me = { owner: null, teacher: false };
  #runs = new Map();
  #changed;

  /** changed(): after every change. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Newest first, as the server lists them. */
  get runs() {
    return [...this.#runs.values()].sort((a, b) => b.created - a.created);
  }

  get isTeacher() {
    return this.#me.teacher;
  }

  get(id) {
    return this.#runs.get(id) ?? null;
  }

  isMine(run) {
    return run.owner !== null && run.owner === this.#me.owner;
  }

  mayChange(run) {
    return this.#me.teacher || this.isMine(run);
  }

  /** The answer to "which runs are there". */
  replace({ me, runs }) {
    this.#me = me;
    this.#runs = new Map(runs.map((run) => [run.run, run]));
    this.#changed();
  }

  /** News of many runs. */
  putAll(runs) {
    for (const run of runs) this.#runs.set(run.run, run);
    this.#changed();
  }

  /** News of one run: its summary, or that it was deleted. */
  put(news) {
    if (news.deleted) this.#runs.delete(news.run);
    else this.#runs.set(news.run, news);
    this.#changed();
  }
}
