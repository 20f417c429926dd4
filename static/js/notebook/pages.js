// The pages of this browser that show notebooks: which of them are there, and what one tells the others.

import { CHANNEL } from "../parts/pins.js";

const ROLL = "playlab-notebook-pages"; // who is there
const PATIENCE = 250; // ms for the others to answer

export class Pages {
  id = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  #news = null;
  #roll = null;
  #heard;
  #there = new Set();

  /** heard({notebook, revision}): another page changed something. */
  constructor(heard) {
    this.#heard = heard;
    this.#open();
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#open());
  }

  tell(notebook, revision) {
    this.#news?.postMessage({ notebook, revision });
  }

  /** Resolves to the ids of the other pages that answer. */
  async others() {
    if (this.#roll === null) return new Set();
    this.#there.clear();
    this.#roll.postMessage({ asks: this.id });
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    return new Set(this.#there);
  }

  #open() {
    if (typeof BroadcastChannel === "undefined") return;
    this.#news = new BroadcastChannel(CHANNEL);
    this.#news.onmessage = ({ data }) => this.#heard(data);
    this.#roll = new BroadcastChannel(ROLL);
    this.#roll.onmessage = ({ data }) => {
      if (data.asks) this.#roll.postMessage({ here: this.id });
      else this.#there.add(data.here);
    };
  }

  #close() {
    this.#news?.close();
    this.#roll?.close();
    this.#news = this.#roll = null;
  }
}
