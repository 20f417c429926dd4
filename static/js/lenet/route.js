// What the address after the # says: `#run=ID` watches a run, `#run=ID&epoch=3` one epoch of it, `#compare=ID,ID`
// compares runs, `#sweep=ID` shows a sweep, nothing is the start page. Pure; app.js reads and writes the address.

const RUN_ID = /^\d{8}-\d{6}-[0-9a-f]{6}$/;

/** {run, epoch, sweep, compare} of an address's fragment; what is not well-formed is left out. */
export function parseRoute(fragment) {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  const run = RUN_ID.test(parts.get("run") ?? "") ? parts.get("run") : null;
  const epoch = run && /^[1-9]\d{0,3}$/.test(parts.get("epoch") ?? "") ? Number(parts.get("epoch")) : null;
  const sweep = !run && RUN_ID.test(parts.get("sweep") ?? "") ? parts.get("sweep") : null;
  const compare = run || sweep ? [] : (parts.get("compare") ?? "").split(",").filter((id) => RUN_ID.test(id));
  return { run, epoch, sweep, compare: [...new Set(compare)] };
}

/** The fragment of a route, with its #. */
export function formatRoute({ run = null, epoch = null, sweep = null, compare = [] }) {
  if (run) return epoch ? `#run=${run}&epoch=${epoch}` : `#run=${run}`;
  if (sweep) return `#sweep=${sweep}`;
  return compare.length > 0 ? `#compare=${compare.join(",")}` : "#";
}
