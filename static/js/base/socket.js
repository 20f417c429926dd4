// The Socket.IO connection of a page: by WebSocket, or where a network lets none through, or none last, by long-polling, until it does.
// Whatever fails is tried again by itself, with growing pauses. What is said on it is its users' business.

const WEBSOCKET_FIRST = ["websocket", "polling"];
const POLLING_FIRST = ["polling", "websocket"]; // which becomes a WebSocket as soon as one gets an answer
const POLLING_ALONE = ["polling"];
const PATIENCE = 4000; // ms for a connection to come about
const SLOW_AFTER = 3000; // ms of long-polling after which it is no mere beginning
const LOOK_EVERY = 15_000; // ms between two looks whether WebSockets get through by now
const LASTING = 40_000; // ms that a WebSocket has to last to count as one that the network lets through
const MOST_CUT = 3; // WebSockets in a row that do not last, after which the page goes by long-polling
const TRY_AGAIN = { first: 30_000, most: 600_000 }; // ms from then until a WebSocket is tried again
const PAUSE = { first: 1000, most: 15_000 }; // ms until a refused namespace is asked for again

/**
 * A connection to `namespace` by Socket.IO's `io`. slow(true): it has to do without WebSockets; slow(false): no longer.
 * A `connect_error` whose error is `passing` does not say yet that the server cannot be reached: another way is tried next.
 *
 * @param {Window["io"]} io
 * @param {string} namespace
 * @param {(slow: boolean) => void} [slow]
 */
export function connectTo(io, namespace, slow = () => {}) {
  const connection = io(namespace, {
    transports: WEBSOCKET_FIRST,
    tryAllTransports: true,
    timeout: PATIENCE,
    reconnectionDelay: 300,
    reconnectionDelayMax: 3000,
    autoConnect: false,
  });
  new Transport(connection, slow);
  askAgain(connection);
  return connection;
}

/** Chooses how the connection is made, and returns to WebSockets as soon as one gets through, and lasts. */
class Transport {
  #connection;
  #slow;
  #timer = null; // of the one thing that is waited for: a connection has one transport
  #isSlow = false;
  #isOpen = false;
  #young = false; // a WebSocket that has not lasted yet
  #cut = 0; // WebSockets in a row that did not last
  #pause = TRY_AGAIN.first;

  constructor(connection, slow) {
    this.#connection = connection;
    this.#slow = slow;
    const manager = connection.io;
    manager.on("error", (error) => this.#failed(error));
    manager.on("open", () => this.#opened(manager.engine));
    manager.on("close", () => this.#closed());
  }

  /** Before anyone else hears of it. */
  #failed(error) {
    const isLate = error.message === "timeout";
    error.passing = this.#isOpen || (isLate && this.#connection.io.opts.transports[0] === "websocket");
    if (!error.passing) this.#away();
    // A network that swallows WebSockets without an answer: the client itself tries the next way only after a refusal.
    if (isLate) this.#prefer(this.#isCutting ? POLLING_ALONE : POLLING_FIRST);
  }

  /** No way leads to the server. That it went away cut the WebSockets before, and says nothing of the network. */
  #away() {
    if (this.#isCutting) this.#prefer(WEBSOCKET_FIRST);
    this.#cut = 0;
    this.#pause = TRY_AGAIN.first;
    this.#found(false);
  }

  #opened(engine) {
    this.#isOpen = true;
    if (engine.transport.name === "websocket") this.#fast();
    else {
      engine.once("upgrade", () => this.#fast());
      this.#wait(SLOW_AFTER, () => {
        this.#found(true);
        this.#lookLater();
      });
    }
  }

  /** There is a WebSocket. Where the ones before it were cut, it has to last before it is trusted. */
  #fast() {
    this.#prefer(WEBSOCKET_FIRST);
    this.#young = true;
    this.#wait(LASTING, () => {
      this.#young = false;
      this.#cut = 0;
      this.#pause = TRY_AGAIN.first;
      this.#found(false);
    });
    if (!this.#isCutting) this.#found(false);
  }

  #closed() {
    clearTimeout(this.#timer);
    const wasCut = this.#young && this.#connection.active; // else this page or the server has ended it
    this.#isOpen = this.#young = false;
    if (!wasCut) return;
    this.#cut++;
    if (this.#isCutting) this.#prefer(POLLING_ALONE); // after the first one that is tried again, too
  }

  get #isCutting() {
    return this.#cut >= MOST_CUT;
  }

  #found(slow) {
    if (slow === this.#isSlow) return;
    this.#isSlow = slow;
    this.#slow(slow);
  }

  #lookLater() {
    this.#wait(this.#isCutting ? this.#pause : LOOK_EVERY, () => this.#look());
  }

  /** Whether a WebSocket gets an answer; then the connection is made anew, with one. Whether it lasts only time can tell. */
  async #look() {
    const gotThrough = await answered();
    if (!this.#connection.connected) return; // meanwhile; the next one looks for itself
    if (!gotThrough) {
      this.#lookLater();
      return;
    }
    if (this.#isCutting) this.#pause = Math.min(2 * this.#pause, TRY_AGAIN.most);
    this.#prefer(WEBSOCKET_FIRST);
    this.#connection.disconnect();
    this.#connection.connect();
  }

  #prefer(transports) {
    this.#connection.io.opts.transports = transports;
  }

  #wait(ms, then) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }
}

/** Whether the server answers to a WebSocket of ours in time. */
function answered() {
  return new Promise((resolve) => {
    const probe = new WebSocket(`${location.origin.replace(/^http/, "ws")}/socket.io/?EIO=4&transport=websocket`);
    const end = (result) => {
      clearTimeout(timer);
      probe.close();
      resolve(result);
    };
    const timer = setTimeout(() => end(false), PATIENCE);
    probe.onmessage = () => end(true);
    probe.onerror = probe.onclose = () => end(false);
  });
}

/** A refused namespace is the one failure after which the client gives up. */
function askAgain(connection) {
  let pause = PAUSE.first;
  connection.on("connect", () => (pause = PAUSE.first));
  connection.on("connect_error", () => {
    if (connection.active) return;
    setTimeout(() => connection.connect(), pause);
    pause = Math.min(2 * pause, PAUSE.most);
  });
}
