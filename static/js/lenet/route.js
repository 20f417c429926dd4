// What the address says: `#run=ID` watches a run, `#run=ID&epoch=3` one epoch of it, `#compare=ID,ID` compares runs,
// `#sweep=ID` shows a sweep, nothing is the start page. Pure; app.js reads and writes the address.

import { plain, trimmed } from "../base/address.js";

const RUN_ID = /^\d{8}-\d{6}-[0-9a-f]{6}$/;
const FORMS = { run: RUN_ID, epoch: /^[1-9]\d{0,3}$/, sweep: RUN_ID, compare: RUN_ID };
const SUBJECTS = ["run", "sweep", "compare"]; // the first that is there is shown

/**
 * {run, epoch, sweep, compare, faults} of an address's fragment. faults: what of it is left out, as it is not understood or
 * does not go with what is shown.
 */
export function parseRoute(fragment) {
  const said = { run: [], epoch: [], sweep: [], compare: [] };
  const faults = new Set();
  const leaveOut = (key, value) => faults.add(value === "" ? key : `${key}=${value}`);
  for (const [key, text] of plain(fragment)) {
    if (!Object.hasOwn(FORMS, key) || text === "") {
      leaveOut(key, text);
      continue;
    }
    const values = key === "epoch" ? [text] : text.split(",").map(trimmed);
    for (const value of values.filter((value) => value !== ""))
      if (FORMS[key].test(value)) said[key].push(value);
      else leaveOut(key, value);
  }

  const shown = SUBJECTS.find((key) => said[key].length > 0);
  const [run = null] = shown === "run" ? said.run : [];
  const [sweep = null] = shown === "sweep" ? said.sweep : [];
  const [epoch = null] = run === null ? [] : said.epoch;
  const compare = shown === "compare" ? [...new Set(said.compare)] : [];
  const taken = { run: [run], epoch: [epoch], sweep: [sweep], compare };
  for (const [key, values] of Object.entries(said))
    for (const value of values) if (!taken[key].includes(value)) leaveOut(key, value);
  return { run, epoch: epoch && Number(epoch), sweep, compare, faults: [...faults] };
}

/** The fragment of a route, with its #. */
export function formatRoute({ run = null, epoch = null, sweep = null, compare = [] }) {
  if (run) return epoch ? `#run=${run}&epoch=${epoch}` : `#run=${run}`;
  if (sweep) return `#sweep=${sweep}`;
  return compare.length > 0 ? `#compare=${compare.join(",")}` : "#";
}
