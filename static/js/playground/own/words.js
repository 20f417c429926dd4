// Own data in words, as captions and tables name them: their columns, how many points of how many classes, and a mark by which two are told
// apart that have the same of all that. Of data that stand in a setting by their address a page knows as much as it has seen of them.

import { t } from "../../base/i18n.js";
import { fromText, unpack } from "./point-set.js";

const OF_CONTENT = "sha256-"; // begins an address; else it is the points themselves
const MARK = 8; // characters

const seen = new Map(); // by address: {names of columns, classes, points}

/** From now on `ownText` knows the point set at this address. */
export function see(address, set) {
  seen.set(address, about(set));
}

/** value: of the setting `ownData`, not null. */
export function ownText(value) {
  const known = seen.get(value) ?? (isAddress(value) ? null : about(unpack(fromText(value))));
  const mark = `#${markOf(value)}`;
  if (known === null) return mark;
  const { columns, classes, points } = known;
  const key = classes > 0 ? "own.points" : "own.pointsOfValue";
  const count = t(key, { points: points.toLocaleString("en-US"), classes, mark });
  return columns.length > 0 ? t("own.columns", { columns: listed(columns), points: count }) : count;
}

/** The end of an address, which is the hash of all points and names; of points that stand in the setting a hash of theirs. */
export function markOf(value) {
  return isAddress(value) ? value.slice(-MARK) : hash(value);
}

function isAddress(value) {
  return value.startsWith(OF_CONTENT);
}

function about({ columns, classes, x }) {
  return { columns: columns.map(([name]) => name).filter(Boolean), classes, points: x.length };
}

function listed(texts) {
  return texts.reduceRight((others, first) => t("text.listed", { first, others }));
}

/** FNV-1a in 32 bits: hashes of browsers come later than a text can wait, and over plain HTTP not at all. */
function hash(text) {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value >>> 0).toString(16).padStart(MARK, "0");
}
