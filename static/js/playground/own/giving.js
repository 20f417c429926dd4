// How a point set gets to the server: within a setting where it is short, else by its address.

import { ownRefusal } from "../refusals.js";
import { pack, toText } from "./point-set.js";
import { see } from "./words.js";

export const INSIDE = 150; // points, from which on the server keeps them
const ADDRESS = "/api/playground/data";

/**
 * The settings that train a point set: {ok: true, config}, or what the server answered in place of keeping it.
 *
 * @param {import("./point-set.js").PointSet} set
 * @param {typeof fetch} [send]
 */
export async function settingsOf(set, send = fetch) {
  const bytes = pack(set);
  const given = set.x.length < INSIDE ? { ok: true, address: toText(bytes) } : await give(bytes, send);
  if (!given.ok) return given;
  see(given.address, set);
  const chosen = set.classes > 0 ? { dataset: "own", classes: set.classes } : { regDataset: "own" };
  const problem = set.classes > 0 ? "classification" : "regression";
  return { ok: true, config: { problem, ...chosen, ownData: given.address } };
}

async function give(bytes, send) {
  try {
    const headers = { "Content-Type": "application/octet-stream" };
    const answer = await send(ADDRESS, { method: "POST", headers, body: bytes });
    return { field: null, values: {}, ...(await answer.json()), ok: answer.ok };
  } catch {
    return ownRefusal("offline");
  }
}
