// What the address says: `#run=ID` watches a run, `#run=ID&epoch=3` one epoch of it, `&look=maps&image=7` a panel of that and a test
// image, `&look=draw&strokes=...` what is drawn there; `#compare=ID,ID` compares runs, `#sweep=ID` shows a sweep, nothing is the start page. Pure; app.js reads and writes the address.

import { plain, trimmed } from "../base/address.js";
import { STROKES } from "./drawing/strokes.js";

const RUN_ID = /^\d{8}-\d{6}-[0-9a-f]{6}$/;
const FORMS = {
  run: RUN_ID,
  epoch: /^[1-9]\d{0,3}$/,
  look: /^(draw|mistakes|kernels|maps)$/,
  image: /^\d{1,4}$/,
  strokes: STROKES,
  sweep: RUN_ID,
  compare: RUN_ID,
};
const SINGLE = ["epoch", "look", "image", "strokes"]; // which a run alone has
const SAID = 40; // characters of what is left out
const SUBJECTS = ["run", "sweep", "compare"]; // the first that is there is shown

/**
 * {run, epoch, look, image, strokes, sweep, compare, faults} of an address's fragment. faults: what of it is left out, as it is not understood or
 * does not go with what is shown.
 */
export function parseRoute(fragment) {
  const said = Object.fromEntries(Object.keys(FORMS).map((key) => [key, /** @type {string[]} */ ([])]));
  const faults = new Set();
  const leaveOut = (key, value) => faults.add(value === "" ? key : cut(`${key}=${value}`));
  for (const [key, text] of plain(fragment)) {
    if (!Object.hasOwn(FORMS, key) || text === "") {
      leaveOut(key, text);
      continue;
    }
    const values = SINGLE.includes(key) ? [text] : text.split(",").map(trimmed);
    for (const value of values.filter((value) => value !== ""))
      if (FORMS[key].test(value)) said[key].push(value);
      else leaveOut(key, value);
  }

  const shown = SUBJECTS.find((key) => said[key].length > 0);
  const [run = null] = shown === "run" ? said.run : [];
  const [sweep = null] = shown === "sweep" ? said.sweep : [];
  const [[epoch = null], [look = null], [image = null], [strokes = null]] = SINGLE.map((key) =>
    run === null ? [] : said[key],
  );
  const compare = shown === "compare" ? [...new Set(said.compare)] : [];
  const taken = {
    run: [run],
    epoch: [epoch],
    look: [look],
    image: [image],
    strokes: [strokes],
    sweep: [sweep],
    compare,
  };
  for (const [key, values] of Object.entries(said))
    for (const value of values) if (!taken[key].includes(value)) leaveOut(key, value);
  return {
    run,
    epoch: epoch && Number(epoch),
    look,
    image: image && Number(image),
    strokes,
    sweep,
    compare,
    faults: [...faults],
  };
}

function cut(text) {
  return text.length > SAID ? `${text.slice(0, SAID)}…` : text;
}

/**
 * The fragment of a route, with its #.
 *
 * @param {any} route
 */
export function formatRoute({ run, sweep, compare = [], epoch = null, look = null, image = null, strokes = null }) {
  if (run) {
    const besides = Object.entries({ epoch, look, image, strokes }).filter(([, value]) => value !== null);
    return `#run=${run}${besides.map(([key, value]) => `&${key}=${value}`).join("")}`;
  }
  if (sweep) return `#sweep=${sweep}`;
  return compare.length > 0 ? `#compare=${compare.join(",")}` : "#";
}
