// Those who want to hear of something, each until its view is gone.

export class Listeners {
  #all = new Set();

  /**
   * signal: ends it, as of any other listener of a view that does not stay as long as the page.
   *
   * @param {() => void} listener
   * @param {AbortSignal} [signal]
   */
  add(listener, signal) {
    if (signal?.aborted) return;
    this.#all.add(listener);
    signal?.addEventListener("abort", () => this.#all.delete(listener), { once: true });
  }

  tell() {
    for (const listener of [...this.#all]) listener();
  }
}
