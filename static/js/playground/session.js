// The one module that knows Socket.IO: opening and finding a session again, commands, frames and their acknowledgement.
// It draws nothing. What it hears it passes to `handlers`; every handler is called with one argument.

import { decodeFrame, decodePoints } from "./frame.js";

const TIMEOUT = 5000; // ms until an unanswered command counts as failed
const STORE = "playlab.session";

/**
 * handlers: opened(reply), failed(reply), configured(reply), connection("connected" | "lost" | "superseded"),
 *   frame(frame), points(points), status(status), history(history)
 * schedule: requestAnimationFrame, so that a hidden page draws nothing, acknowledges nothing and gets no more frames.
 * store: sessionStorage, or null where it is blocked. link: gives the page's link without the "#".
 */
export class Session {
  #socket;
  #handlers;
  #schedule;
  #store;
  #link;
  #token = null;
  #open = false;
  #superseded = false;
  #waiting = null; // the newest frame that is not drawn yet, with its acknowledgement
  #changes = {}; // settings not sent yet
  #sending = false;

  constructor({ socket, handlers, schedule, store, link }) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#schedule = schedule;
    this.#store = store;
    this.#link = link;
  }

  /** Connects; `opened` follows. A reload finds its session by the token the page left behind. */
  start() {
    this.#takeToken();
    const socket = this.#socket;
    socket.on("connect", () => this.#opened());
    socket.on("disconnect", (reason) => this.#lost(reason));
    socket.on("superseded", () => this.#supersede());
    socket.on("frame", (buffer, acknowledge) => this.#received(buffer, acknowledge));
    socket.on("points", (buffer) => this.#handlers.points(decodePoints(buffer)));
    socket.on("status", (status) => this.#handlers.status(status));
    socket.on("history", (history) => this.#handlers.history(history));
    socket.connect();
  }

  /** Leaves the token for the page that a reload makes. A duplicate of this tab must not find it: hence only now. */
  leave() {
    if (this.#token && !this.#superseded)
      this.#store?.setItem(STORE, JSON.stringify({ token: this.#token, link: this.#link() }));
  }

  /** Takes the session back from the connection that superseded this one. */
  takeBack() {
    this.#superseded = false;
    if (this.#socket.connected) this.#opened();
    else this.#socket.connect();
  }

  /** Sends a command. Always resolves to an acknowledgement; failures, `error` "offline" and "timeout" too, also reach `failed`. */
  async command(name, argument = {}) {
    const reply = this.#open ? await this.#ask(name, argument) : { ok: false, error: "offline", field: null };
    if (!reply.ok) this.#handlers.failed(reply);
    return reply;
  }

  /** Changes settings. While one change is under way the next ones gather: a dragged slider never queues. */
  async configure(changes) {
    Object.assign(this.#changes, changes);
    if (this.#sending) return;
    this.#sending = true;
    while (Object.keys(this.#changes).length > 0) {
      const config = this.#changes;
      this.#changes = {};
      const reply = await this.command("configure", { config });
      if (reply.ok && Object.keys(this.#changes).length === 0) this.#handlers.configured(reply);
    }
    this.#sending = false;
  }

  /** Sets everything from a link. */
  async configureLink(link) {
    const reply = await this.command("configure", { link });
    if (reply.ok) this.#handlers.configured(reply);
    return reply;
  }

  async #ask(name, argument) {
    try {
      return await this.#socket.timeout(TIMEOUT).emitWithAck(name, argument);
    } catch {
      return { ok: false, error: "timeout", field: null };
    }
  }

  async #opened() {
    const reply = await this.#ask("open", { link: this.#link(), ...(this.#token && { session: this.#token }) });
    if (!reply.ok) {
      this.#handlers.failed(reply);
      return;
    }
    this.#open = true;
    this.#token = reply.session;
    this.#handlers.connection("connected");
    this.#handlers.opened(reply);
  }

  #lost(reason) {
    this.#open = false;
    this.#waiting = null; // its acknowledgement would go to a connection that is no more
    if (this.#superseded) return;
    this.#handlers.connection("lost");
    if (reason === "io server disconnect") this.#socket.connect(); // the one case the client does not retry by itself
  }

  #supersede() {
    this.#open = false;
    this.#superseded = true;
    this.#socket.disconnect(); // or it would reconnect and take the session from the other page
    this.#handlers.connection("superseded");
  }

  #received(buffer, acknowledge) {
    const idle = this.#waiting === null;
    if (!idle) this.#waiting.acknowledge(); // never drawn: a newer one is here
    this.#waiting = { buffer, acknowledge };
    if (idle) this.#schedule(() => this.#draw());
  }

  #draw() {
    if (this.#waiting === null) return;
    const { buffer, acknowledge } = this.#waiting;
    this.#waiting = null;
    try {
      this.#handlers.frame(decodeFrame(buffer));
    } finally {
      acknowledge();
    }
  }

  /** The token of the page before this one, unless the address asks for something else than that page showed. */
  #takeToken() {
    const left = JSON.parse(this.#store?.getItem(STORE) ?? "null");
    this.#store?.removeItem(STORE);
    if (left && (this.#link() === "" || this.#link() === left.link)) this.#token = left.token;
  }
}
