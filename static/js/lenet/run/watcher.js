// Keeps the log of the one run that is watched complete: replays its records, then follows. Owns the log; shows nothing.

import { RunLog } from "./run-log.js";

const PART = 5000; // records that the server sends in one answer
const AGAIN = 3000; // ms until the server is asked again for news that it did not promise

export class Watcher {
  #api;
  #news;
  #on;
  #run = null;
  #log = new RunLog();
  #fetching = null; // the log that lines are being fetched for
  #again = false; // more came in while they were
  #attempt = 0; // which one to follow counts
  #retry = null; // the timer of the next one

  /** on: {changed(log), failed(error)}. */
  constructor(api, news, on) {
    this.#api = api;
    this.#news = news;
    this.#on = on;
  }

  get run() {
    return this.#run;
  }

  get log() {
    return this.#log;
  }

  /** Watches `run` from now on, and no other; null: none. */
  async watch(run) {
    if (run === this.#run) return;
    if (this.#run !== null) this.#news.unfollow(this.#run);
    this.#run = run;
    this.#log = new RunLog();
    this.#again = false;
    await this.reconnected();
  }

  /** After a connection was made: follows anew, and fetches what was missed meanwhile. */
  async reconnected() {
    clearTimeout(this.#retry);
    const attempt = ++this.#attempt;
    if (this.#run === null) return;
    const isFollowed = await this.#news.follow(this.#run); // before fetching: a record may come twice, none is missed
    if (attempt !== this.#attempt) return; // a later one does all this
    if (!isFollowed && this.#news.connected) this.#retry = setTimeout(() => this.reconnected(), AGAIN);
    await this.#catchUp();
  }

  /** Records from the server's news. */
  received({ run, line, records }) {
    if (run !== this.#run) return;
    if (this.#log.add(line, records)) this.#on.changed(this.#log);
    else this.#catchUp();
  }

  async #catchUp() {
    const log = this.#log;
    if (this.#fetching === log) {
      this.#again = true;
      return;
    }
    this.#fetching = log;
    try {
      do {
        this.#again = false;
        const line = log.lines;
        const records = await this.#api.records(this.#run, line);
        if (log !== this.#log) return; // another run is watched by now
        log.add(line, records);
        this.#on.changed(log);
        if (records.length >= PART) this.#again = true;
      } while (this.#again);
    } catch (error) {
      if (log === this.#log) this.#on.failed(error);
    } finally {
      if (this.#fetching === log) this.#fetching = null;
    }
  }
}
