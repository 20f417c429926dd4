// Addresses as people pass them on: what mail, chat and web pages do to them, undone. Pure; whoever owns a page says which keys
// and values there are.

const LONGEST = 4096; // characters; no link of ours is longer, and a page is not held up by one
const ROUNDS = 4; // how often something may have been encoded again
const LOCAL = /^(localhost|127\.|\[::1\])/;
const UNSEEN = /[\s\p{Cf}\\+]+/gu; // spaces, line breaks, what is not seen, and Markdown's backslashes
// Around an address and so around its parts: the brackets and quotes of the prose that it stands in, and the stop after it.
const BEFORE = /^["'`*<([{“‘«「『【《〈]+/;
const AFTER = /["'`*>)\]}”’»」』】》〉.,;:!?。/]+$/;

/**
 * The fragment of an address whose `#` somebody has turned into a `?`, or which a program gave a query besides: both, what
 * stands after the # first.
 *
 * @param {{ hash: string, search: string }} address
 */
export function fragmentOf({ hash, search }) {
  return [hash.replace(/^#/, ""), search.replace(/^\?/, "")].filter((part) => part !== "").join("&");
}

/**
 * The [key, value] of a fragment, decoded, in small letters and half-width signs, in their order, a key perhaps more than once.
 * Only for keys and values that are words, numbers, and lists of these: other signs are taken for what stands around them.
 *
 * @param {string} fragment
 * @returns {[string, string][]}
 */
export function plain(fragment) {
  let text = fragment.replace(/^#/, "").slice(0, LONGEST);
  for (let round = 0; round < ROUNDS; round++) text = decoded(text).replace(/&amp;/gi, "&");
  return text
    .normalize("NFKC") // full-width signs, as a Chinese keyboard types them
    .replace(UNSEEN, "")
    .replace(/\p{Pd}|\u2212/gu, "-") // the dashes that a word processor makes of a hyphen
    .replaceAll("、", ",")
    .toLowerCase()
    .split(/[&#?]/)
    .map((pair) => {
      const [key, ...values] = pair.split("=");
      return /** @type {[string, string]} */ ([trimmed(key).replace(/^[/!]+/, ""), trimmed(values.join("="))]);
    })
    .filter(([key, value]) => key !== "" || value !== "");
}

/** What stands around a part of an address, taken away. */
export function trimmed(text) {
  return text.replace(BEFORE, "").replace(AFTER, "");
}

/** Each run of %XX by itself: one that is no UTF-8 stays, and spoils no other. */
function decoded(text) {
  return text.replace(/(%[0-9a-f]{2})+/gi, (codes) => {
    try {
      return decodeURIComponent(codes);
    } catch {
      return codes;
    }
  });
}

/**
 * Whether a page at this host was opened by a name that only this computer has for the server.
 *
 * @param {string} host
 */
export function isThisComputer(host) {
  return LOCAL.test(host);
}
