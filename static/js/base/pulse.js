// Whether the server still answers: a question whenever nothing has been heard for a moment. TCP alone would tell of a dead
// network after minutes, Socket.IO's own heartbeat after 20 seconds.

const QUIET = 1000; // ms without a word after which to ask
const PATIENCE = 2500; // ms for the answer; both together stay well below 5 s
const HOPELESS = 8000; // ms after which the connection is made anew
const SLEPT = 5000; // ms between two ticks in which the page itself did not run

export class Pulse {
  #clock;
  #on;
  #heard; // when the server last said something
  #asked = null; // when it was asked since
  #ticked;
  #silent = false;

  /** on: {ask() gives a promise, silent(), back(), hopeless()}. clock: ms that only grow. */
  constructor(on, clock = () => performance.now()) {
    this.#on = on;
    this.#clock = clock;
    this.restart();
  }

  /** A new connection: nothing is overdue. */
  restart() {
    this.#heard = this.#ticked = this.#clock();
    this.#asked = null;
    this.#silent = false;
  }

  /** The server has said something. */
  heard() {
    this.#heard = this.#clock();
    this.#asked = null;
    if (!this.#silent) return;
    this.#silent = false;
    this.#on.back();
  }

  tick() {
    const now = this.#clock();
    // A page that slept, or was stopped in a debugger, has heard nothing for that reason alone: the server gets its time.
    if (now - this.#ticked > SLEPT) {
      this.#heard = now;
      this.#asked = null;
    }
    this.#ticked = now;
    if (this.#asked === null) {
      if (now - this.#heard < QUIET) return;
      this.#asked = now;
      this.#on.ask().then(
        () => this.heard(),
        () => {},
      );
      return;
    }
    const waited = now - this.#asked;
    if (waited >= PATIENCE && !this.#silent) {
      this.#silent = true;
      this.#on.silent();
    }
    if (waited >= HOPELESS) {
      this.#asked = now;
      this.#on.hopeless();
    }
  }
}
