// The server's live news of the runs, Socket.IO's namespace /lenet. The only module that knows the socket.

const TIMEOUT = 5000; // ms for an answer

export class News {
  #socket;
  #handlers;

  /** handlers: connected(), lost(), run(summary or {run, deleted}), records({run, line, records}). */
  constructor(socket, handlers) {
    this.#socket = socket;
    this.#handlers = handlers;
  }

  start() {
    const { connected, lost, run, records } = this.#handlers;
    this.#socket.on("connect", () => connected());
    this.#socket.on("disconnect", (reason) => {
      lost();
      if (reason === "io server disconnect") this.#socket.connect(); // the one case it does not retry by itself
    });
    this.#socket.on("connect_error", () => lost());
    this.#socket.on("run", (news) => run(news));
    this.#socket.on("records", (news) => records(news));
    this.#socket.connect();
  }

  /** From its answer on a run's records come; again after every reconnection. False where the server does not answer. */
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
