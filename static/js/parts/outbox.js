// What waits to be sent to the server. The browser keeps it beyond the page; where it refuses, this page has it in memory.

const DATABASE = "playlab-notebook";
const STORES = ["pins", "changes"];
const PATIENCE = 3000; // ms for the database to open: another page may be in its way

export class Outbox {
  #name;
  #opened;
  #memory = new Map(); // what the database did not take
  #count = 0;

  /**
   * name: of a store, "pins" or "changes". factory: the browser's indexedDB, or null.
   *
   * @param {string} name
   * @param {IDBFactory | null} [factory]
   */
  constructor(name, factory = browsers()) {
    this.#name = name;
    this.#opened = opened(factory);
  }

  /** Keeps `value`, which JSON can have, in place of what has the same key. Resolves to whether it outlives the page. */
  async put(key, value) {
    const order = [Date.now(), this.#count++];
    try {
      await this.#do("readwrite", (store) => store.put({ order, value }, key));
      this.#memory.delete(key);
      return true;
    } catch {
      this.#memory.set(key, { order, value });
      return false;
    }
  }

  /** [key, value] of all that wait, in the order in which they were put. */
  async all() {
    const kept = new Map(this.#memory);
    try {
      const [keys, values] = await this.#do("readonly", (store) => [store.getAllKeys(), store.getAll()]);
      keys.forEach((key, at) => kept.has(key) || kept.set(key, values[at]));
    } catch {
      // memory has what there is
    }
    const sorted = [...kept].sort(([, { order: one }], [, { order: other }]) => one[0] - other[0] || one[1] - other[1]);
    return sorted.map(([key, { value }]) => [key, value]);
  }

  async remove(key) {
    this.#memory.delete(key);
    await this.#do("readwrite", (store) => store.delete(key)).catch(() => {});
  }

  /** ask(store) gives a request or several. Resolves to what they came to, once that is on the disk. */
  async #do(mode, ask) {
    const database = await this.#opened;
    if (database === null) throw new Error("no database");
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(this.#name, mode);
      const requests = ask(transaction.objectStore(this.#name));
      transaction.oncomplete = () =>
        resolve(Array.isArray(requests) ? requests.map(({ result }) => result) : requests.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }
}

/** The browser's; null where it is blocked. */
function browsers() {
  try {
    return window.indexedDB ?? null;
  } catch {
    return null;
  }
}

/** Resolves to the database, or to null. */
function opened(factory) {
  return new Promise((resolve) => {
    if (factory === null) return resolve(null);
    setTimeout(() => resolve(null), PATIENCE);
    try {
      const request = factory.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        for (const name of STORES) request.result.createObjectStore(name);
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}
