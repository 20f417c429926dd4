// Brings changes of cells to the server. Each is in the outbox at once, so that a reload or a server that is away loses none,
// and goes off in a batch when no key was pressed for a moment. Knows no page.

const PAUSE = 300; // ms without a key until what was typed goes off
const LONGEST = 3000; // ms that somebody who types on keeps it back
const AGAIN = { first: 1000, most: 30_000 }; // ms until a batch that got no answer goes off again
const MOST = 50; // changes of a batch
const PATIENCE = 20_000; // ms for an answer
const FULL = 507; // the status of a server that has no more room
const GONE = ["notebook-deleted", "no-notebook"]; // codes that refuse a notebook, whatever the change
const PASSING = [0, 408, 425, 429]; // statuses that another time may change, besides those of servers that are down

export class Saver {
  #outbox;
  #send;
  #on;
  #page;
  #pending = new Map(); // entries by notebook and cell
  #timer = null;
  #since = null; // when the oldest of what waits for a pause was typed
  #pause = AGAIN.first;
  #working = null; // as long as batches go off
  #held = new Set(); // notebooks whose last batch the server did not take, and may another time
  #isFull = false; // why it is
  #isKept = true;

  /**
   * outbox: put, all, remove. send(notebook, changes): resolves to the server's answer, rejects with an ApiError. page: an
   * id of this page, under which it keeps its changes. on: {state(): `stateOf` may be another now; conflict(notebook, {id, copy, cell}): what was sent became the
   * cell `copy`, where what was typed since goes on, or nothing where that is null; answered(notebook, answer, sent), sent by the ids of the cells; refused(notebook, error, entry);
   * gone(notebook, error, entries): the notebook is not there, and these wait until `again` or `drop`}.
   */
  constructor({ outbox, send, page, on }) {
    this.#outbox = outbox;
    this.#send = send;
    this.#page = page;
    this.#on = on;
  }

  /** What is not on the server yet, of one notebook: entries by the ids of their cells. */
  pendingOf(notebook) {
    const found = new Map();
    for (const entry of this.#pending.values()) if (entry.notebook === notebook) found.set(entry.id, entry);
    return found;
  }

  get isDone() {
    return this.#pending.size === 0;
  }

  /**
   * How a page stands that shows this notebook: "saved", "saving", "lost", "full", which is a server that answers but cannot
   * keep it now, or "refused", of this notebook alone.
   */
  stateOf(notebook) {
    const all = [...this.#pending.values()].filter((entry) => entry.refused === null || entry.notebook === notebook);
    if (all.length === 0) return "saved";
    if (this.isLost) return this.#isFull ? "full" : "lost";
    return all.every(({ refused }) => refused !== null) ? "refused" : "saving";
  }

  /** Whether what waits outlives the page, as far as is known. */
  get isKept() {
    return this.#isKept;
  }

  /** A cell is to be so. cell: null where it is to be there no more. base: the version that this was made of, 0 for none. */
  note(notebook, id, { base, place, cell }) {
    const key = keyOf(notebook, id);
    const before = this.#pending.get(key);
    if (before && before.sent === null && before.base === 0 && cell === null) {
      this.#forget(before); // the server has never heard of it
      this.#tell();
      return;
    }
    this.#keep({ notebook, id, base: before?.base ?? base, place, cell, sent: before?.sent ?? null, refused: null });
    if (!this.#held.has(notebook)) this.#soon();
    this.#tell();
  }

  #soon() {
    this.#since ??= Date.now();
    this.#later(Math.min(PAUSE, Math.max(0, this.#since + LONGEST - Date.now())));
  }

  /** Changes of a page that is no more, as its outbox has them: {key: entry}. What was sent without an answer goes first. */
  async adopt(kept) {
    for (const [key, entry] of kept) {
      if (!this.#pending.has(keyOf(entry.notebook, entry.id))) this.#keep({ ...entry, refused: null });
      if (key !== this.#outboxKey(entry)) await this.#outbox.remove(key);
    }
    this.#tell();
    if (kept.length > 0) this.flush();
  }

  /** Sends at once. Resolves when all is answered, or cannot be by now. */
  async flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#since = null;
    await this.#work();
  }

  /** The server is there again, as something else tells. */
  wake() {
    if (!this.isLost) return;
    this.#pause = AGAIN.first;
    this.flush();
  }

  get isLost() {
    return this.#held.size > 0;
  }

  /** The notebook is there again: what was refused while it was not goes off. */
  again(notebook) {
    const waiting = [...this.pendingOf(notebook).values()].filter(({ refused }) => GONE.includes(refused));
    for (const entry of waiting) this.#keep({ ...entry, refused: null });
    if (waiting.length > 0) this.flush();
  }

  /** Nothing more of this notebook is sent: it is not there any more. */
  drop(notebook) {
    for (const entry of this.pendingOf(notebook).values()) this.#forget(entry);
    this.#held.delete(notebook);
    this.#tell();
  }

  /** One batch after another. What is not taken of one notebook, or has no answer, holds up no other. */
  #work() {
    this.#working ??= this.#batches().finally(() => {
      this.#working = null;
      this.#tell();
    });
    return this.#working;
  }

  async #batches() {
    const tried = new Set(); // notebooks for which this was in vain
    for (;;) {
      const [first] = [...this.#pending.values()].filter(
        ({ refused, notebook }) => refused === null && !tried.has(notebook),
      );
      if (!first || this.#timer !== null) break; // more is being typed: it goes off with the rest
      const batch = [...this.pendingOf(first.notebook).values()]
        .filter(({ refused }) => refused === null)
        .slice(0, MOST);
      this.#tell();
      if (!(await this.#go(first.notebook, batch))) tried.add(first.notebook);
    }
    if (tried.size === 0) this.#pause = AGAIN.first;
    else if (this.#timer === null) {
      this.#later(this.#pause);
      this.#pause = Math.min(2 * this.#pause, AGAIN.most);
    }
  }

  /** Sends a batch. Resolves to whether it is over with. */
  async #go(notebook, batch) {
    const sent = new Map();
    for (const entry of batch) {
      const { base, place, cell } = entry;
      sent.set(entry.id, entry.sent ?? { base, place, cell });
      if (entry.sent === null) this.#keep({ ...entry, sent: sent.get(entry.id) });
    }
    const changes = [...sent].map(([id, change]) => ({ id, ...change }));
    let answer;
    try {
      answer = await inTime(this.#send(notebook, changes));
    } catch (error) {
      if (!(error.status >= 0)) throw error; // a mistake of ours
      if (PASSING.includes(error.status) || error.status >= 500) {
        this.#held.add(notebook);
        this.#isFull = error.status === FULL;
        return false;
      }
      return this.#refused(notebook, batch, error);
    }
    this.#held.delete(notebook);
    this.#answered(notebook, sent, answer);
    return true;
  }

  #answered(notebook, sent, answer) {
    const versions = new Map(answer.cells.map((state) => [state.id, state]));
    const conflicts = new Map((answer.conflicts ?? []).map(({ id, copy }) => [id, copy]));
    const goOn = [];
    for (const [id, was] of sent) {
      const entry = this.#pending.get(keyOf(notebook, id));
      if (!entry) continue;
      const isNewer = entry.cell !== was.cell || entry.place !== was.place;
      const copy = conflicts.get(id) ?? null;
      if (copy !== null) {
        this.#forget(entry);
        if (isNewer) goOn.push({ ...entry, id: copy, base: versions.get(copy)?.version ?? 1, sent: null });
      } else if (isNewer) {
        const version = versions.get(id)?.version ?? (was.cell === null ? 0 : entry.base);
        this.#keep({ ...entry, base: version, sent: null });
      } else this.#forget(entry);
    }
    for (const entry of goOn) this.#keep({ ...entry, place: versions.get(entry.id)?.place ?? entry.place });
    for (const [id, copy] of conflicts) this.#on.conflict(notebook, { id, copy, cell: sent.get(id)?.cell });
    this.#on.answered(notebook, answer, sent);
  }

  /** One of them is at fault: each goes alone, and that one waits until it is changed. */
  async #refused(notebook, batch, error) {
    this.#held.delete(notebook);
    if (GONE.includes(error.code)) {
      for (const entry of this.pendingOf(notebook).values()) this.#keep({ ...entry, sent: null, refused: error.code });
      this.#on.gone(notebook, error, [...this.pendingOf(notebook).values()]);
      return true;
    }
    for (const { id } of batch) {
      const entry = this.#pending.get(keyOf(notebook, id));
      if (entry) this.#keep({ ...entry, sent: null });
    }
    if (batch.length > 1) {
      for (const { id } of batch) {
        const entry = this.#pending.get(keyOf(notebook, id));
        if (entry && !(await this.#go(notebook, [entry]))) return false;
      }
      return true;
    }
    const entry = this.#pending.get(keyOf(notebook, batch[0].id));
    if (entry) {
      this.#keep({ ...entry, refused: error.code });
      this.#on.refused(notebook, error, entry);
    }
    return true;
  }

  #later(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), pause);
  }

  #keep(entry) {
    this.#pending.set(keyOf(entry.notebook, entry.id), entry);
    this.#outbox.put(this.#outboxKey(entry), entry).then((outlives) => {
      if (outlives === this.#isKept) return;
      this.#isKept = outlives;
      this.#tell();
    });
  }

  #forget(entry) {
    this.#pending.delete(keyOf(entry.notebook, entry.id));
    this.#outbox.remove(this.#outboxKey(entry));
  }

  #outboxKey({ notebook, id }) {
    return `${this.#page} ${keyOf(notebook, id)}`;
  }

  #tell() {
    this.#on.state();
  }
}

function keyOf(notebook, id) {
  return `${notebook} ${id}`;
}

/** A question that is answered in time, or has not come. */
function inTime(question) {
  let timer;
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject({ status: 0, code: "offline", values: {} }), PATIENCE);
  });
  return Promise.race([question, late]).finally(() => clearTimeout(timer));
}
