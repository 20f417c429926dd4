// What a name may be that people give: it is shown as text, in one line, and seen. core/names.py is the same, and says
// why it goes by code points and not by the tables of Unicode that a browser has. Pure.

const HIDDEN =
  /[\p{Cc}\xa0\xad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}\u{f0000}-\u{10ffff}\p{Noncharacter_Code_Point}]/u;
const BLANKS = new RegExp(`(?:${HIDDEN.source}| )+`, "gu");
const SEEN = /[^ \u200c\u200d]/u; // the joiners of some scripts, and of emoji, are seen in what they join

/** Whether each character of the text has a place in a name, and one of them is seen. No text is no name. */
export function isName(text) {
  return !HIDDEN.test(text) && SEEN.test(text);
}

/** The text as a name: what has no place in one is a blank. Empty where nothing of it is seen. */
export function oneLine(text) {
  const line = text.replace(BLANKS, " ").trim();
  return isName(line) ? line : "";
}
