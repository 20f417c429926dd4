// From the bytes of a file to its text, in whatever encoding it was saved, and what it is where it is no text. Pure.

/** @type {[string, number[]][]} */
const MARKS = [
  // encoding, how its text begins
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];
/** @type {[string, number[]][]} */
const KINDS = [
  // what is no text, how it begins
  ["workbook", [0x50, 0x4b, 0x03, 0x04]],
  ["oldWorkbook", [0xd0, 0xcf, 0x11, 0xe0]],
  ["picture", [0x89, 0x50, 0x4e, 0x47]],
  ["picture", [0xff, 0xd8, 0xff]],
  ["picture", [0x47, 0x49, 0x46, 0x38]],
  ["picture", [0x42, 0x4d]],
  ["document", [0x25, 0x50, 0x44, 0x46]],
];
const SAMPLE = 4096; // bytes or characters from which the rest is judged
const SHARE = 0.3; // of zeros among the bytes of UTF-16 without a mark, of which most are ASCII
const DAMAGED = 3; // as many whole characters speak for UTF-8 as one that is damaged against it
const CONTROL = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/; // eslint-disable-line no-control-regex -- no text has them
const MARKUP = /^\s*(<!doctype|<html|<head|<body|<table|<div|<svg|<script|<\?xml)/i;

/** What somebody may say that a file is in. */
export const ENCODINGS = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16",
  "utf-16be": "UTF-16 BE",
  gb18030: "GB18030",
  "windows-1252": "Latin-1",
};

/**
 * {text, encoding}, or {fault}: "empty", "workbook", "oldWorkbook", "picture", "document", "markup" or "binary".
 *
 * @param {Uint8Array} bytes
 * @param {string | null} [chosen] the encoding, where somebody has said it
 * @returns {{text?: string, encoding?: string, fault?: string}}
 */
export function decode(bytes, chosen = null) {
  if (bytes.length === 0) return { fault: "empty" };
  if (chosen) return { text: new TextDecoder(chosen).decode(bytes), encoding: chosen };
  const starts = ([, mark]) => mark.every((byte, at) => bytes[at] === byte);
  const encoding = MARKS.find(starts)?.[0] ?? unmarked(bytes);
  const kind = MARKS.some(starts) ? null : KINDS.find(starts)?.[0];
  if (kind && kind !== "picture") return { fault: kind };
  if (encoding === null) return { fault: kind ?? "binary" };
  const text = read(bytes, encoding, encoding !== "utf-8");
  if (text === null || CONTROL.test(text.slice(0, SAMPLE))) return { fault: kind ?? "binary" };
  if (text.trim() === "") return { fault: "empty" };
  if (MARKUP.test(text)) return { fault: "markup" };
  return { text, encoding };
}

/** The encoding of a text without a mark; null: it is none. */
function unmarked(bytes) {
  const zeros = [0, 0]; // at even places, at odd ones
  const sample = bytes.subarray(0, SAMPLE);
  sample.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2]++;
  });
  const [even, odd] = zeros.map((count) => count / (sample.length / 2));
  if (odd > SHARE && even < odd / 8) return "utf-16le";
  if (even > SHARE && odd < even / 8) return "utf-16be";
  if (even + odd > 0) return null;
  if (isUtf8(bytes)) return "utf-8";
  return isChinese(bytes) && read(bytes, "gb18030") !== null ? "gb18030" : "windows-1252";
}

/** Whether it is, but for a few damaged bytes. Of a text in another encoding most beyond ASCII would be. */
function isUtf8(bytes) {
  const text = read(bytes, "utf-8", false);
  const [damaged, whole] = [/\ufffd/gu, /[^\x00-\x7f\ufffd]/gu].map((one) => text.match(one)?.length ?? 0); // eslint-disable-line no-control-regex -- ASCII begins with them
  return damaged * DAMAGED <= whole;
}

/** The text, without its mark; null: the encoding is another. strict: also where a single byte does not fit. */
function read(bytes, encoding, strict = true) {
  try {
    return new TextDecoder(encoding, { fatal: strict }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Whether most of what is beyond ASCII would be common Chinese characters. A small letter with an accent has a byte from 0xdf
 * on and mostly stands alone; of the characters that begin so few are in use.
 */
function isChinese(bytes) {
  let [common, other] = [0, 0];
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] < 0x80) continue;
    const isPair = bytes[at + 1] > 0xa0;
    if (isPair && bytes[at] > 0xa0 && bytes[at] < 0xd8) common++;
    else other++;
    if (isPair) at++;
  }
  return common >= other;
}
