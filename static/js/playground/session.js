// The one module that knows Socket.IO: opening and finding a session again, commands, frames and their acknowledgement.
// It draws nothing. What it hears it passes to `handlers`; every handler is called with one argument.

import { Pulse } from "../base/pulse.js";
import { decodeFrame, decodePoints, FrameReader } from "./frame.js";
import { ownRefusal } from "./refusals.js";

const PROTOCOL = 2; // the version of docs/protocol.md
const TIMEOUT = 5000; // ms until an unanswered command counts as failed
const PAUSE = { first: 1000, most: 15_000 }; // ms until a refused or unanswered `open` is sent again
const STORE = "playlab.session";
const STROKES = ["add_points", "drop_points"]; // what they drew is kept only later
const TIMED_OUT = ownRefusal("timeout");

// What a message has room for, 64 KiB, and more than any link that the server reads (MOST_LENGTH of playground/link.py). A
// longer message would end the connection, and so would each after it.
const MOST = { link: 60_000, text: 64_000 }; // characters, of a link and of what JSON makes of it

/**
 * handlers: opened(reply), carriedOut(name of a command), failed(reply), configured(reply), connection("connected" | "lost" | "superseded"),
 *   kept(unkept): null, or why the server could not keep the points that a link has the address of,
 *   refused(reply): the server opens no session yet; it is asked again until it does,
 *   frame(frame), points(points), status(status), history(history), past({undo, redo}), settings(settings), code(told), strip(told), study(told)
 * schedule: requestAnimationFrame, so that a hidden page draws nothing, acknowledges nothing and gets no more frames.
 * inflate: from a deflated Uint8Array to what it was.
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
  #attempt = 0; // which `open` counts: one of an older connection no longer does
  #pulse;
  #reader;
  #waiting = null; // the newest frame that is not drawn yet, with its acknowledgement
  #changes = {}; // settings not sent yet
  #sent = {}; // those sent before, of which the last answer is awaited
  #sending = false;
  #begin; // resolves `#first`
  /** Until it is known what becomes of the first connection, for which what is pressed waits; then null. */
  #first = new Promise((resolve) => (this.#begin = resolve));

  /** When the server last said anything, in ms since 1970. */
  heard = Date.now();

  constructor({ socket, handlers, schedule, inflate, store, link }) {
    this.#socket = socket;
    this.#reader = new FrameReader(inflate);
    this.#handlers = handlers;
    this.#schedule = schedule;
    this.#store = store;
    this.#link = link;
    this.#pulse = new Pulse({
      ask: async () => {
        await socket.timeout(60_000).emitWithAck("ping", {});
        this.#heardSomething();
      },
      silent: () => handlers.connection("lost"),
      back: () => handlers.connection("connected"),
      hopeless: () => socket.io.engine.close(), // then the client connects anew
    });
  }

  /** Connects; `opened` follows. A reload finds its session by the token the page left behind. Gives what else it left. */
  start() {
    const left = this.#takeToken();
    const socket = this.#socket;
    socket.on("connect", () => this.#opened());
    socket.on("disconnect", (reason) => this.#lost(reason));
    const hear = (event, listener) =>
      socket.on(event, (...message) => {
        this.#heardSomething();
        listener(...message);
      });
    socket.on("connect_error", (error) => this.#unconnected(error));
    hear("superseded", () => this.#supersede());
    hear("frame", (buffer, acknowledge) => this.#received(buffer, acknowledge));
    hear("points", (buffer) => this.#handlers.points(decodePoints(buffer)));
    hear("status", (status) => this.#handlers.status(status));
    hear("history", (history) => {
      this.#draw(); // it goes on from the frames before it
      this.#handlers.history(history);
    });
    for (const event of ["past", "settings", "code", "strip", "animation", "study"])
      hear(event, (told) => this.#handlers[event](told));
    socket.connect();
    return left;
  }

  /** A few times a second: notices that the server no longer answers. */
  tick() {
    if (this.#open) this.#pulse.tick();
  }

  /**
   * Leaves the token for the page that a reload makes, and `page`, what else it is to find. A duplicate of this tab must find
   * neither: hence only now.
   */
  leave(page = null) {
    if (!this.#token || this.#superseded) return;
    const left = { token: this.#token, link: this.#link() };
    if (!this.#keep({ ...left, page })) this.#keep(left);
  }

  /** Whether there was room for it. */
  #keep(left) {
    try {
      this.#store?.setItem(STORE, JSON.stringify(left));
      return true;
    } catch {
      return false;
    }
  }

  /** Takes the session back from the connection that superseded this one. */
  takeBack() {
    this.#superseded = false;
    if (this.#socket.connected) this.#opened();
    else this.#socket.connect();
  }

  /**
   * Sends a command. Always resolves to an acknowledgement; failures, the page's own too ("offline", "no-session", "elsewhere",
   * "timeout"), also reach `failed`, but for the codes of which whoever asks tells by itself.
   */
  async command(name, argument = {}, told = []) {
    if (this.#first) await this.#first;
    const reply = this.#open ? await this.#ask(name, argument) : ownRefusal(this.#away());
    if (reply.ok) {
      this.#handlers.carriedOut(name);
      this.#tellKept(name, reply);
    } else if (!told.includes(reply.code)) this.#handlers.failed(reply);
    return reply;
  }

  /** A reply without settings, and that to a stroke, says nothing where all went well. */
  #tellKept(name, { config, unkept = null }) {
    if (unkept || (config && !STROKES.includes(name))) this.#handlers.kept(unkept);
  }

  /** Changes settings. While one change is under way the next ones gather: a dragged slider never queues. */
  async configure(changes) {
    Object.assign(this.#changes, changes);
    if (this.#sending) return;
    this.#sending = true;
    let taken = null; // the answer to the last that was
    while (Object.keys(this.#changes).length > 0) {
      const config = this.#changes;
      this.#sent = { ...this.#sent, ...config };
      this.#changes = {};
      const reply = await this.command("configure", { config });
      if (reply.ok) taken = reply;
    }
    this.#sending = false;
    this.#sent = {};
    if (taken) this.#handlers.configured(taken);
  }

  /** The settings that are being changed, as they will be: what the next change is to begin with, however late the answer is. */
  get changing() {
    return { ...this.#sent, ...this.#changes };
  }

  /** Sets everything from a link. */
  async configureLink(link) {
    const reply = await this.command("configure", { link: sendable(link) });
    if (reply.ok) this.#handlers.configured(reply);
    return reply;
  }

  /** Why nothing can be asked. */
  #away() {
    if (this.#superseded) return "elsewhere";
    return this.#socket.connected ? "no-session" : "offline";
  }

  async #ask(name, argument) {
    try {
      const reply = await this.#socket.timeout(TIMEOUT).emitWithAck(name, argument);
      this.#heardSomething();
      return reply;
    } catch {
      return TIMED_OUT;
    }
  }

  #heardSomething() {
    this.heard = Date.now();
    if (this.#open) this.#pulse.heard();
  }

  /** Asks for the session until there is one. A late answer is as good as one in time. */
  async #opened() {
    const attempt = ++this.#attempt;
    let link = sendable(this.#link());
    let unreadable = null; // what the server says of a link that it does not read at all
    let pause = PAUSE.first;
    while (attempt === this.#attempt && !this.#open) {
      const asked = this.#socket.emitWithAck("open", {
        protocol: PROTOCOL,
        link,
        deflated: true,
        ...(this.#token && { session: this.#token }),
      });
      const answer = asked.then(
        (reply) => {
          const own = unreadable ? { ...reply, warnings: [unreadable] } : reply;
          if (reply.ok && attempt === this.#attempt) this.#take(own);
          return reply;
        },
        () => TIMED_OUT, // the connection was lost
      );
      const reply = await within(answer, TIMEOUT, TIMED_OUT);
      if (attempt !== this.#attempt || this.#open) return;
      if (reply.field === "link" && link !== "") {
        [unreadable, link] = [reply, ""]; // the page opens whatever its address says
        continue;
      }
      this.#refused(reply);
      await sleep(pause);
      pause = Math.min(2 * pause, PAUSE.most);
    }
  }

  #take(reply) {
    if (this.#open && reply.session === this.#token) return; // the same answer to a question asked twice
    this.#open = true;
    this.#token = reply.session;
    this.#pulse.restart();
    this.#handlers.connection("connected");
    this.#handlers.opened(reply);
    this.#tellKept("open", reply);
    this.heard = Date.now();
    this.#came();
  }

  /** No connection at all, or none for now: the client goes on trying. The server's answer, if any, came by polling. */
  #unconnected(error) {
    if (error.passing) return; // another way is tried next
    const isFull = error.context?.status === 503;
    if (isFull || this.#token === null) this.#refused(ownRefusal(isFull ? "no-room" : "unreachable"));
  }

  #refused(reply) {
    this.#handlers.refused(reply);
    this.#came();
  }

  #came() {
    this.#first = null;
    this.#begin();
  }

  #lost(reason) {
    this.#came();
    this.#attempt++;
    this.#open = false;
    this.#waiting = null; // its acknowledgement would go to a connection that is no more
    if (this.#superseded) return;
    this.#handlers.connection("lost");
    if (reason === "io server disconnect") this.#socket.connect(); // the one case the client does not retry by itself
  }

  #supersede() {
    this.#attempt++;
    this.#open = false;
    this.#superseded = true;
    this.#socket.disconnect(); // or it would reconnect and take the session from the other page
    this.#handlers.connection("superseded");
  }

  /** Reads every frame, since the next may be the difference to it; draws the newest. */
  #received(message, acknowledge) {
    const buffer = this.#read(message);
    if (buffer === null) {
      acknowledge();
      this.#socket.emit("whole", {});
      return;
    }
    const idle = this.#waiting === null;
    if (!idle) this.#waiting.acknowledge(); // never drawn: a newer one is here
    this.#waiting = { buffer, acknowledge };
    if (idle) this.#schedule(() => this.#draw());
  }

  #read(message) {
    try {
      return this.#reader.read(message);
    } catch {
      return null; // a whole one makes good for it
    }
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

  /** Takes the token of the page before this one, unless the address asks for something else than that page showed. */
  #takeToken() {
    const stored = this.#store?.getItem(STORE) ?? "null";
    this.#store?.removeItem(STORE);
    let left = null;
    try {
      left = JSON.parse(stored);
    } catch {
      // as if there were none
    }
    if (!left || (this.#link() !== "" && this.#link() !== left.link)) return null;
    this.#token = left.token;
    return left.page ?? null;
  }
}

/** A link as it is sent: of one that is too long as much as the server needs to refuse it. */
function sendable(link) {
  const cut = link.slice(0, MOST.link + 1);
  return JSON.stringify(cut).length > MOST.text ? cut.replaceAll("\\", "/") : cut; // no link of this server has a backslash
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What `promise` gives, or `late` where it takes longer than `ms`. */
function within(promise, ms, late) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(late), ms);
    promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
