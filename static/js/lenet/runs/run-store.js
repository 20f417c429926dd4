// The runs that are on this page, as the server last told them, what more it has, and who this browser is to it. Asks
// nobody.

const NOTHING = { next: null, total: null };
const pageOf = ({ next = null, total = null }) => ({ next, total });

export class RunStore {
  #me = { owner: null, teacher: false };
  #runs = new Map();
  #deleted = new Set(); // ids: an answer that was on its way does not bring them back
  #refusals = new Map(); // of runs that the server has nothing more of
  #news = 0; // how many have come
  #newsOf = new Map(); // by id, the number of a run's last
  #pages = { all: NOTHING, mine: NOTHING };
  #state = { reading: false, unreadable: [] };
  #changed;

  /** changed(): after every change. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Newest first, as the server lists them. */
  get runs() {
    return [...this.#runs.keys()].map((id) => this.get(id)).sort((a, b) => b.created - a.created);
  }

  /** {next, total} of the list: where its next page begins, or null, and how many runs all pages have. */
  page(mine) {
    return this.#pages[mine ? "mine" : "all"];
  }

  /** Whether the server still reads its runs. */
  get isReading() {
    return this.#state.reading;
  }

  /** What lies where a run should be and cannot be read: [{run, reason}]. */
  get unreadable() {
    return this.#state.unreadable;
  }

  get isTeacher() {
    return this.#me.teacher;
  }

  /** A run as the server last told it; `refusal` is with it where the server has nothing more of it. */
  get(id) {
    const run = this.#runs.get(id) ?? null;
    const refusal = this.refusal(id);
    return run && refusal ? { ...run, refusal } : run;
  }

  /** Why the server has nothing of a run, as an ApiError; null where that is not so. */
  refusal(id) {
    return this.#refusals.get(id) ?? null;
  }

  isMine(run) {
    return run.owner !== null && run.owner === this.#me.owner;
  }

  mayChange(run) {
    return this.#me.teacher || this.isMine(run);
  }

  /** When the server is asked: of a run whose news come after it, these stand and not the answer, which may be older. */
  get moment() {
    return this.#news;
  }

  /** The answer to "which runs are there", its first page or, in one, some more, asked at `moment`. */
  replace({ me, runs, ...page }, moment = this.moment) {
    this.#me = me;
    const before = this.#runs;
    this.#runs = new Map([...before].filter(([id]) => (this.#newsOf.get(id) ?? 0) > moment)); // it may not have these yet
    for (const run of runs) this.#set(run, moment, before);
    this.#pages = { all: pageOf(page), mine: NOTHING };
    this.#state = { reading: page.reading ?? false, unreadable: page.unreadable ?? [] };
    this.#changed();
  }

  /** The same while the server still reads its runs: there are more each time, and none goes. */
  extend({ runs, ...page }, moment = this.moment) {
    this.#pages.all = pageOf(page);
    this.#state = { reading: page.reading, unreadable: page.unreadable };
    this.putAll(runs, moment);
  }

  /** The next page, of all runs or of mine. */
  append({ runs, ...page }, mine, moment = this.moment) {
    this.#pages[mine ? "mine" : "all"] = pageOf(page);
    this.putAll(runs, moment);
  }

  /** An answer that has many runs, asked at `moment`. */
  putAll(runs, moment = this.moment) {
    for (const run of runs) this.#set(run, moment);
    this.#changed();
  }

  /** News of one run: its summary, or that it was deleted. */
  put(news) {
    this.#newsOf.set(news.run, ++this.#news);
    if (news.deleted) {
      this.#deleted.add(news.run);
      this.#runs.delete(news.run);
    } else this.#set(news);
    this.#changed();
  }

  /** The name of a run that is here. */
  rename(id, name) {
    const run = this.#runs.get(id);
    if (run === undefined || run.name === name) return;
    this.#runs.set(id, { ...run, name });
    this.#changed();
  }

  /** The server has nothing more of a run; refusal null: it has. */
  refuse(id, refusal) {
    if (this.refusal(id)?.code === refusal?.code) return;
    if (refusal) this.#refusals.set(id, refusal);
    else this.#refusals.delete(id);
    this.#changed();
  }

  /** News that everybody hears have no name: what is known stays. So do news that are younger than an answer, but for the name. */
  #set(run, moment = Infinity, before = this.#runs) {
    const { run: id } = run;
    if (this.#deleted.has(id)) return;
    const known = before.get(id);
    const isOld = known !== undefined && (this.#newsOf.get(id) ?? 0) > moment;
    const name = "name" in run ? run.name : (known?.name ?? null);
    this.#runs.set(id, isOld ? { ...known, name } : "name" in run ? run : { ...run, name });
  }
}
