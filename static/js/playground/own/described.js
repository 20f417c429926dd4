// What is known of the data set in use beyond its points: it asks the server for measured points and for own ones that the settings
// name by their address, and keeps what it was told. A few sets; no page.

import { chosenIn, DATASETS, OWN } from "../datasets.js";
import { describe } from "./description.js";
import { fromText, unpack } from "./point-set.js";
import { see } from "./words.js";

const ADDRESS = "/api/playground/data/";
const OF_CONTENT = "sha256-"; // begins an address; else it is the points themselves
const KEPT = 8; // sets

export class Described {
  #on;
  #send;
  /** @type {Map<string, import("./point-set.js").PointSet>} */
  #sets = new Map();
  #name = null; // of the set that is told of; null: a generated one
  #isOwn = false;
  #generation = 0;
  #asked = 0;
  #other = null; // own data that are there while another data set is in use

  /**
   * on: {told(description | null), own(PointSet | null): own data that are there while another data set is in use, ask(): resolves to the own
   * data that the server has, or null}.
   *
   * @param {any} on
   * @param {typeof fetch} [send]
   */
  constructor(on, send = (...request) => globalThis.fetch.apply(globalThis, request)) {
    this.#on = on;
    this.#send = send;
  }

  /** The settings that are shown, and the number of their network. */
  update(config, generation) {
    const chosen = chosenIn(config);
    const isOwn = chosen === OWN;
    const name = isOwn ? config.ownData : DATASETS[chosen]?.measured ? chosen : null;
    const goesOn = isOwn && this.#isOwn && generation === this.#generation; // points come and go; their columns stay
    const isNews = name !== this.#name && !goesOn;
    [this.#name, this.#isOwn, this.#generation] = [name, isOwn, generation];
    if (isNews) this.#learn(name, isOwn);
    if (isOwn) this.#other = null;
    else if (config.ownData !== this.#other) this.#learnOther(config.ownData);
  }

  /** The classes of the own data in use may be called otherwise. */
  async again() {
    if (!this.#isOwn) return;
    const asked = ++this.#asked;
    const set = await this.#on.ask();
    if (set !== null && asked === this.#asked) this.#on.told(describe(set));
  }

  /** The point set in use, with the names as they read now; null: it is a generated one, or cannot be had. */
  async set() {
    const set = this.#isOwn ? await this.#on.ask() : await this.#setOf(this.#name, false);
    const told = set && describe(set, this.#isOwn ? null : this.#name);
    return told ? { ...set, columns: told.columns, names: told.names(set.classes) } : set;
  }

  async #learn(name, isOwn) {
    const asked = ++this.#asked;
    const tell = (set) => this.#on.told(set && describe(set, isOwn ? null : name));
    const known = this.#known(name);
    tell(known); // what is not known yet has no names
    if (known !== null || name === null) return;
    const set = await this.#setOf(name, isOwn);
    if (asked === this.#asked) tell(set);
  }

  async #learnOther(name) {
    this.#other = name;
    const known = this.#known(name);
    if (known !== null || name === "") return this.#on.own(known);
    const set = await this.#setOf(name, true);
    if (name === this.#other) this.#on.own(set);
  }

  /** What needs no question. */
  #known(name) {
    if (name === null || name === "") return null;
    if (name in DATASETS || name.startsWith(OF_CONTENT)) return this.#sets.get(name) ?? null;
    return unpack(fromText(name));
  }

  /** isOwn: the server has it at hand, though it may not have stored it yet. */
  async #setOf(name, isOwn) {
    if (name === null || name === "") return null;
    const set = this.#known(name) ?? (await this.#stored(name)) ?? (isOwn ? await this.#on.ask() : null);
    if (set === null) return null;
    this.#sets.delete(name);
    this.#sets.set(name, set);
    if (name.startsWith(OF_CONTENT)) see(name, set);
    if (this.#sets.size > KEPT) this.#sets.delete(this.#sets.keys().next().value);
    return set;
  }

  async #stored(name) {
    try {
      const answer = await this.#send(ADDRESS + name);
      return answer.ok ? unpack(new Uint8Array(await answer.arrayBuffer())) : null;
    } catch {
      return null; // nor is there a connection
    }
  }
}
