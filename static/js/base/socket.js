// The Socket.IO connection of a page: by WebSocket, or where a network lets none through by long-polling, until it does.
// Whatever fails is tried again by itself, with growing pauses. What is said on it is its users' business.

const PATIENCE = 4000; // ms for a connection to come about
const SLOW_AFTER = 3000; // ms of long-polling after which it is no mere beginning
const LOOK_EVERY = 15_000; // ms between two looks whether WebSockets get through by now
const PAUSE = { first: 1000, most: 15_000 }; // ms until a refused namespace is asked for again

/**
 * A connection to `namespace` by Socket.IO's `io`. slow(true): it has to do without WebSockets; slow(false): no longer.
 *
 * @param {Window["io"]} io
 * @param {string} namespace
 * @param {(slow: boolean) => void} [slow]
 */
export function connectTo(io, namespace, slow = () => {}) {
  const connection = io(namespace, {
    transports: ["websocket", "polling"],
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

/** Chooses how the connection is made, and returns to WebSockets as soon as one gets through. */
class Transport {
  #connection;
  #slow;
  #timer = null;
  #isSlow = false;

  constructor(connection, slow) {
    this.#connection = connection;
    this.#slow = slow;
    const manager = connection.io;
    // A network that swallows WebSockets without an answer: the client itself tries the next way only after a refusal.
    manager.on("error", ({ message }) => message === "timeout" && this.#prefer("polling"));
    manager.on("open", () => this.#opened(manager.engine));
    manager.on("close", () => clearTimeout(this.#timer));
  }

  #opened(engine) {
    clearTimeout(this.#timer);
    if (engine.transport.name === "websocket") this.#found(false);
    else {
      engine.once("upgrade", () => this.#fast());
      this.#timer = setTimeout(() => this.#found(true), SLOW_AFTER);
    }
  }

  #fast() {
    clearTimeout(this.#timer);
    this.#prefer("websocket");
    this.#found(false);
  }

  #found(slow) {
    if (slow) this.#timer = setTimeout(() => this.#look(), LOOK_EVERY);
    if (slow === this.#isSlow) return;
    this.#isSlow = slow;
    this.#slow(slow);
  }

  /** Whether a WebSocket gets an answer; then the connection is made anew, with one. */
  async #look() {
    if (!(await answered())) {
      if (this.#connection.connected) this.#timer = setTimeout(() => this.#look(), LOOK_EVERY);
      return;
    }
    this.#prefer("websocket");
    this.#connection.disconnect();
    this.#connection.connect();
  }

  #prefer(first) {
    this.#connection.io.opts.transports = first === "websocket" ? ["websocket", "polling"] : ["polling", "websocket"];
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
