// The kinds of cells, notebook/cells.py: their fields, when two are the same, and the words in one. Pure.

const FIELDS = {
  heading: { text: "", level: 1 },
  text: { text: "", hint: "" },
  pin: { pin: "", caption: "", note: "", slot: null },
  slot: { view: "", where: {}, hint: "" },
  picture: { picture: "", caption: "" },
  derived: { of: "runs", tab: null, run: "", sort: "", caption: "" },
  unknown: { content: "{}" },
};

export const MOST = { heading: 200, text: 20_000, caption: 1000, note: 20_000, hint: 1000 }; // characters

/** What a derived cell can be made of. */
export const DERIVED = ["runs", "accuracy", "layers", "settings", "files"];

/** A cell with all its fields: what is not given is as it is by default. */
export function complete(cell) {
  return { ...FIELDS[cell.type], ...cell };
}

/** Whether two cells say the same; null for none. */
export function isSame(one, other) {
  if (one === null || other === null) return one === other;
  return one.type === other.type && spelled(complete(one)) === spelled(complete(other));
}

/** JSON with the keys of objects in order. */
function spelled(value) {
  if (Array.isArray(value)) return `[${value.map(spelled)}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const full = value.type in FIELDS ? complete(value) : value;
  const keys = Object.keys(full).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${spelled(full[key])}`)}}`;
}

/** Which of a cell's fields people write, in the order in which they stand. */
export const WRITTEN = {
  heading: ["text"],
  text: ["text"],
  pin: ["caption", "note"],
  slot: ["hint"],
  picture: ["caption"],
  derived: ["caption"],
  unknown: [],
};

/** The words of a cell. pin: what it holds, where it holds one. */
export function wordsOf(cell, pin = null) {
  const own = WRITTEN[cell.type].map((field) => cell[field] ?? "");
  if (cell.type === "pin" && pin !== null) own.push(pin.title, cell.caption ? "" : pin.caption);
  if (cell.type === "text" && !cell.text) own.push(cell.hint ?? "");
  return own.join("\n");
}

/** All that is read in a cell: also in a table that was pinned, and in `made`, which made itself. */
export function foundIn(cell, pin = null, made = "") {
  const { columns = [], rows = [] } = pin?.table ?? {};
  return [wordsOf(cell, pin), ...columns, ...rows.flat().map((value) => value ?? ""), made].join("\n");
}

/** Whether all words of `wanted` are in `text`, whatever their case. */
export function matches(text, wanted) {
  const all = text.toLocaleLowerCase();
  const words = wanted.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => all.includes(word));
}

const ID = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

/** A new cell's id. */
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => ID[byte % ID.length]).join("");
}
