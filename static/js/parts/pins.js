// Pins on their way to the notebook: what was pinned is kept at once, and sent when the server takes it, by this page or the next.

import { Rest } from "../base/rest.js";
import { Outbox } from "./outbox.js";

export const CHANNEL = "playlab-notebook"; // where pages hear that a notebook has changed
const ADDRESS = "notebook/pins";
const PAUSE = { first: 1000, most: 60_000 }; // ms until it is tried again
const PATIENCE = 20_000; // ms for an answer
const NO_USE = [400, 409, 413, 415, 422]; // statuses that the same again will have too

/** An id as the server wants one. Over plain HTTP a browser makes no UUID. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

export class Pins {
  #outbox;
  #on;
  #rest;
  #isKept = true;
  #sending = null; // as long as it sends
  #isAsked = false; // again, while it sends
  #pause = PAUSE.first;
  #timer = null;
  #channel;

  /**
   * on: {sent({pin, answer}), refused({pin, note, status, code, error}), waiting(n, isKept)}: the server took a pin; it never will
   * take a pin or a note; so many wait for it, also 0, and whether they outlive the page. Each may be missing.
   *
   * @param {any} on
   * @param {Outbox} [outbox]
   * @param {(path: string, options: any) => Promise<any>} [send] the browser's fetch
   */
  constructor(on = {}, outbox = new Outbox("pins"), send = browsers) {
    this.#on = on;
    this.#outbox = outbox;
    this.#rest = new Rest(send);
    this.#channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
    this.#channel?.unref?.(); // of Node, for its tests
  }

  /** Resolves once this browser has it. */
  async pin(pin) {
    this.#isKept = await this.#outbox.put(pin.id, { pin });
    this.send();
  }

  /** A note to a pin, in place of the one before. */
  async note(id, note) {
    this.#isKept = await this.#outbox.put(`${id} note`, { id, note });
    this.send();
  }

  /**
   * Sends what waits, in its order. Resolves when nothing can be done any more for now, to how many still wait.
   *
   * @returns {Promise<number>}
   */
  send() {
    this.#isAsked = true;
    this.#sending ??= this.#rounds();
    return this.#sending;
  }

  async #rounds() {
    clearTimeout(this.#timer);
    let left = 0;
    while (this.#isAsked) {
      this.#isAsked = false;
      left = await this.#round();
    }
    this.#sending = null;
    this.#on.waiting?.(left, this.#isKept);
    if (left === 0) this.#pause = PAUSE.first;
    else {
      this.#timer = setTimeout(() => this.send(), this.#pause);
      this.#pause = Math.min(2 * this.#pause, PAUSE.most);
    }
    return left;
  }

  /** Tries each once: of a server that does not answer one, another may hear. Gives how many are left. */
  async #round() {
    const held = new Set(); // ids of pins that are not there yet: nor can they have a note
    let left = 0;
    for (const [key, waiting] of await this.#outbox.all()) {
      const id = waiting.pin?.id ?? waiting.id;
      if (held.has(id)) {
        left++;
        continue;
      }
      const { status, ...said } = await this.#ask(waiting);
      if (status === 200) {
        await this.#outbox.remove(key);
        this.#told(waiting, said.answer);
      } else if (NO_USE.includes(status) || (status === 404 && waiting.note !== undefined)) {
        await this.#outbox.remove(key);
        this.#on.refused?.({ ...waiting, status, ...said });
      } else {
        held.add(id);
        left++;
      }
    }
    return left;
  }

  #told({ pin }, answer) {
    const notebook = answer?.notebook?.id ?? answer?.notebook;
    if (notebook) this.#channel?.postMessage({ notebook, revision: answer.revision ?? null });
    if (pin) this.#on.sent?.({ pin, answer });
  }

  /** {status: 200, answer}, or {status, code, error}; status 0: no answer. */
  async #ask({ pin, id, note }) {
    try {
      const asked = pin
        ? this.#rest.ask("POST", ADDRESS, { pin })
        : this.#rest.ask("PATCH", `${ADDRESS}/${id}`, { note });
      return { status: 200, answer: await asked };
    } catch ({ status = 0, code = "", error = "" }) {
      return { status, code, error };
    }
  }
}

/** The browser's fetch, which waits for no answer for ever. */
function browsers(path, options) {
  return globalThis.fetch.call(globalThis, path, { ...options, signal: AbortSignal.timeout?.(PATIENCE) });
}
