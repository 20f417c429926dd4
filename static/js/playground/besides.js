// What the link of a pin says besides the run: a study of many seeds, what is compared with it, kept runs, the strip. The page reads
// it and takes it out of the link; the server, which is asked for the run alone, never sees it. Pure.
//
//     study=30,500,both,0.05    how many seeds, the epochs of each, what differs, the test loss below which it is solved
//     against=LINK              the settings that are compared with the study's on the same seeds
//     kept=1.LINK,3.LINK        kept runs by their numbers
//     strip=true                how the output formed is shown, up to the link's epoch
//
// A LINK is in URL-safe base64: whatever undoes an encoding on its way finds no key in it. It goes without the settings
// that have their default. What mail, chat and web pages make of the signs before and behind a key is undone, as
// playground/address.py undoes it for the run's.

import { trimmed } from "../base/address.js";
import { fromBase64, toBase64 } from "../base/base64.js";

const KEYS = ["study", "against", "kept", "strip"];
const MOST_LENGTH = 3500; // characters: an address that is longer is cut on its way too often
const LIMITS = { seeds: [5, 100], epochs: [1, 10_000] }; // as playground/studies/plan.py has them
const VARY = ["both", "weights", "data"];
const ENCODED = /^[\w-]+$/;
// Between two settings, as it is and as an address has it.
const SIGNS = [..."& \t\r\n\u00a0\u2028\u3000,;+|·•、＆，；｜"].map((sign) => `[${sign}]|${encodeURIComponent(sign)}`);
const BETWEEN = String.raw`(?:&(?:amp;|#0*38;|#x0*26;)+|%(?:25)+26|[\\%]u0026|\\|${SIGNS.join("|")})+`;
const EQUALS = String.raw`\\?(?:=(?:3D)?|%(?:25)*3D|\\u003d|＝|${encodeURIComponent("＝")}|&#0*61;|&#x0*3d;)`;
const CHANGED = new RegExp(`${BETWEEN}(${KEYS.join("|")})${EQUALS}`, "gi");

/**
 * What a fragment says: link, the run's alone; study, {seeds, epochs, vary, threshold, against}, or null; kept, [{number,
 * link}]; strip, whether it is shown; warnings of what of it is left out or mended, as the server has them.
 */
export function besidesOf(fragment) {
  const parts = fragment.replace(CHANGED, (_, key) => `&${key.toLowerCase()}=`).split("&");
  const isBesides = (part) => KEYS.includes(splitAt(part)[0]);
  const said = new Map(
    parts
      .filter(isBesides)
      .map(splitAt)
      .map(([key, text]) => [key, plain(text)]),
  );
  const warnings = [];
  const leaveOut = (field) =>
    warnings.push({ code: "unreadable", field, values: { value: said.get(field), taken: "" } });
  const study = said.has("study") ? studyOf(said.get("study"), warnings) : null;
  if (said.has("study") && study === null) leaveOut("study");
  const against = said.has("against") ? linkOf(said.get("against")) : null;
  if (said.has("against") && (against === null || study === null)) leaveOut("against");
  const kept = said.has("kept") ? keptOf(said.get("kept")) : [];
  if (said.has("kept") && kept.length === 0) leaveOut("kept");
  if (said.has("strip") && said.get("strip") !== "true") leaveOut("strip");
  return {
    link: parts.filter((part) => !isBesides(part)).join("&"),
    study: study && { ...study, against },
    kept,
    strip: said.get("strip") === "true",
    warnings,
  };
}

/** What a link has besides that of a run whose strip is shown. */
export const OF_STRIP = "&strip=true";

/** What a link has besides that of the study's settings. against: a link, or null. */
export function ofStudy({ seeds, epochs, vary, threshold }, against, fields) {
  const study = `&study=${[seeds, epochs, vary, threshold].join(",")}`;
  const other = against === null ? "" : `&against=${encoded(against, fields)}`;
  return other.length > MOST_LENGTH ? study : study + other;
}

/** What a link has besides that of one of the kept runs; nothing where it would be too long. */
export function ofKept(runs, fields) {
  const kept = `&kept=${runs.map(({ number, link }) => `${number}.${encoded(link, fields)}`).join(",")}`;
  return kept.length > MOST_LENGTH ? "" : kept;
}

/** A value with its commas, without what stands around it. */
function plain(text) {
  return trimmed(text.replaceAll("\\", "").replace(/%(?:25)*2C|，|%EF%BC%8C/gi, ","));
}

function studyOf(text, warnings) {
  const [first, second, vary, last, ...more] = text.split(",");
  const [seeds, epochs, threshold] = [first, second, last].map((part) => (part ? Number(part) : NaN));
  const isRead = more.length === 0 && VARY.includes(vary) && [seeds, epochs, threshold].every(Number.isFinite);
  if (!isRead || threshold < 0) return null;
  return {
    seeds: nearest("seeds", seeds, warnings),
    epochs: nearest("epochs", epochs, warnings),
    vary,
    threshold,
  };
}

function nearest(field, value, warnings) {
  const [low, high] = LIMITS[field];
  const taken = Math.round(Math.min(high, Math.max(low, value)));
  const values = { value: String(value), low, high, taken: String(taken) };
  if (taken !== value) warnings.push({ code: "whole", field, values });
  return taken;
}

/** The runs that can be read. */
function keptOf(text) {
  const runs = text.split(",").map((run) => run.split("."));
  return runs
    .map(([number, link = ""]) => ({ number: Number(number), link: linkOf(link) }))
    .filter(({ number, link }) => Number.isInteger(number) && number > 0 && link !== null);
}

/** A link as it stands within another. */
function encoded(link, fields) {
  const isDefault = ([key, text]) =>
    fields.has(key) && key !== "seed" && text === String(fields.get(key).default ?? "");
  const said = link.split("&").filter((part) => !isDefault(splitAt(part)));
  return toBase64(new TextEncoder().encode(said.join("&")))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/** The link that stands within another; null where that is none. */
function linkOf(text) {
  if (!ENCODED.test(text)) return null;
  try {
    const bytes = fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
    const link = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return /^\w+=/.test(link) ? link : null;
  } catch {
    return null;
  }
}

/** @returns {[string, string]} */
function splitAt(part) {
  const at = part.indexOf("=");
  return [part.slice(0, at), part.slice(at + 1)];
}
