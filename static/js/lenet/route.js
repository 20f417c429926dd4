// What the address after the # says: `#run=ID` watches a run, `#run=ID&epoch=3` one epoch of it, `#compare=ID,ID`
// compares runs, `#sweep=ID` shows a sweep, nothing is the start page. Pure; app.js reads and writes the address.

const RUN_ID = /^\d{8}-\d{6}-[0-9a-f]{6}$/;
// What mail, chat and HTML put around a link or into it: `&amp;`, a full stop or a bracket after it, capitals.
const AROUND = /^[\s"'<([]+|[\s"'>)\].,;:!?]+$/g;
const KEYS = ["run", "epoch", "sweep", "compare"];

/**
 * {run, epoch, sweep, compare, faults} of an address's fragment. faults: what of it is not understood, and so left out.
 */
export function parseRoute(fragment) {
  const parts = new URLSearchParams(decoded(fragment.replace(/^#/, "")).replace(/&amp;/gi, "&"));
  const faults = [];
  const fault = (key, value) => faults.push(value === "" ? key : `${key}=${value}`);
  const ids = (key) =>
    (parts.get(key) ?? "")
      .split(/,|%2C/i)
      .map((text) => text.replace(AROUND, "").toLowerCase())
      .filter((id) => id !== "" && (RUN_ID.test(id) || (fault(key, id), false)));
  const isIn = (key) => parts.has(key) && (ids(key).length > 0 || parts.get(key) !== "" || (fault(key, ""), false));
  for (const [key, value] of parts) if (!KEYS.includes(key)) fault(key, value);

  const [run = null] = isIn("run") ? ids("run") : [];
  const [sweep = null] = run === null && isIn("sweep") ? ids("sweep") : [];
  const compare = run === null && sweep === null && isIn("compare") ? ids("compare") : [];
  return {
    run,
    epoch: epochOf(parts, run, fault),
    sweep,
    compare: [...new Set(compare)],
    faults: [...new Set(faults)],
  };
}

function epochOf(parts, run, fault) {
  const text = parts.get("epoch")?.replace(AROUND, "") ?? null;
  if (text === null || run === null) return null;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  fault("epoch", text);
  return null;
}

/** The text of an address in which a program has encoded the signs that divide it, too. */
function decoded(text) {
  if (text.includes("=")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The fragment of a route, with its #. */
export function formatRoute({ run = null, epoch = null, sweep = null, compare = [] }) {
  if (run) return epoch ? `#run=${run}&epoch=${epoch}` : `#run=${run}`;
  if (sweep) return `#sweep=${sweep}`;
  return compare.length > 0 ? `#compare=${compare.join(",")}` : "#";
}
