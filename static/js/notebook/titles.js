// Brings the titles of notebooks to the server: in the outbox at once, sent, and sent again when the server is back.

const AGAIN = 5000; // ms until a title that got no answer goes off again

export class Titles {
  #outbox;
  #send;
  #page;
  #on;
  #pending = new Map(); // by notebook
  #working = null; // as long as they go off

  /**
   * send(notebook, title): resolves to the summary. page: an id of this page. on: {named(summary), refused(error)}.
   */
  constructor({ outbox, send, page, on }) {
    this.#outbox = outbox;
    this.#send = send;
    this.#page = page;
    this.#on = on;
  }

  note(notebook, title) {
    this.#pending.set(notebook, title);
    this.#outbox.put(this.#key(notebook), { notebook, title });
    this.#work();
  }

  /** What a notebook is to be called, null: as the server says. */
  of(notebook) {
    return this.#pending.get(notebook) ?? null;
  }

  /** Titles of a page that is no more: {key: {notebook, title}}. */
  adopt(kept) {
    for (const [key, { notebook, title }] of kept) {
      this.#outbox.remove(key);
      this.note(notebook, title);
    }
  }

  /** The server is there again. */
  wake() {
    this.#work();
  }

  /** Sends at once. Resolves when all is answered, or cannot be by now. */
  async flush() {
    await this.#work();
  }

  #work() {
    if (this.#pending.size > 0) this.#working ??= this.#all();
    return this.#working;
  }

  /** One after another, also those that are noted meanwhile. */
  async #all() {
    try {
      while (this.#pending.size > 0) {
        const [[notebook, title]] = this.#pending;
        const summary = await this.#tried(notebook, title);
        if (this.#pending.get(notebook) !== title) continue; // it has another one by now
        this.#pending.delete(notebook);
        this.#outbox.remove(this.#key(notebook));
        if (summary) this.#on.named(summary);
      }
    } catch (error) {
      if (!(error.status >= 0)) throw error;
      setTimeout(() => this.wake(), AGAIN);
    } finally {
      this.#working = null;
    }
  }

  async #tried(notebook, title) {
    try {
      return await this.#send(notebook, title);
    } catch (error) {
      if (!(error.status >= 400 && error.status < 500)) throw error;
      this.#on.refused(error);
      return null;
    }
  }

  #key(notebook) {
    return `${this.#page} title ${notebook}`;
  }
}
