// The server's live news of the runs, Socket.IO's namespace /lenet. The only module that knows the socket.

import { Pulse } from "../base/pulse.js";

const TIMEOUT = 5000; // ms for an answer
const TICK = 250; // ms between two looks at the connection

export class News {
  #socket;
  #handlers;
  #pulse;

  /** handlers: connected(), lost({isFull}?), which may come more than once, run(summary or {run, deleted}), named({run}), records({run, line, records}). */
  constructor(socket, handlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#pulse = new Pulse({
      ask: () => socket.timeout(60_000).emitWithAck("ping", {}),
      silent: () => handlers.lost(),
      back: () => handlers.connected(),
      hopeless: () => socket.io.engine.close(), // then the client connects anew
    });
  }

  start() {
    const { connected, lost, run, named, records } = this.#handlers;
    this.#socket.on("connect", () => {
      this.#pulse.restart();
      connected();
    });
    this.#socket.on("disconnect", (reason) => {
      lost();
      if (reason === "io server disconnect") this.#socket.connect(); // the one case it does not retry by itself
    });
    this.#socket.on("connect_error", (error) => error.passing || lost({ isFull: error.context?.status === 503 }));
    this.#socket.on("run", (news) => run(news));
    this.#socket.on("named", (news) => named(news));
    this.#socket.on("records", (news) => records(news));
    this.#socket.onAny(() => this.#pulse.heard());
    setInterval(() => this.#socket.connected && this.#pulse.tick(), TICK);
    this.#socket.connect();
  }

  /** Whether there is a connection, so that asking has sense. */
  get connected() {
    return this.#socket.connected;
  }

  /** From its answer on a run's records come; again after every reconnection. False where the server refuses or does not answer. */
  async follow(run) {
    return this.#ask("follow", run);
  }

  async unfollow(run) {
    return this.#ask("unfollow", run);
  }

  async #ask(command, run) {
    if (!this.#socket.connected) return false;
    try {
      return (await this.#socket.timeout(TIMEOUT).emitWithAck(command, { run })).ok;
    } catch {
      return false;
    }
  }
}
