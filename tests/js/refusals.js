// Every refusal that there is, for tests to hold the table of texts to.

import { codesOf, ofAnyRequest } from "./codes.js";
import { refusals as ofLenet } from "./lenet/codes.js";
import { refusalCodes as ofPlayground } from "./playground/protocol.js";

const OF_PAGES = ["offline", "elsewhere", "timeout", "unreachable", "no-room"]; // what a page finds by itself
/** What one code says besides, by its values. */
const BESIDES = {
  whole: { value: "" },
  number: { value: "" },
  "archive-missing": { name: "notebook.json" },
  full: { most: undefined },
  "too-many-runs": { of: "programs" },
  "queue-unreachable": { may_be_done: false },
};

const filled = (names) => Object.fromEntries(names.map((name) => [name, name === "choices" ? ["a", "b"] : "7"]));

/** {tab: {code: names of its values}}. */
export const tabs = () => ({
  playground: { ...ofPlayground(), unreadable: ["value"] }, // of a link, as a warning
  lenet: Object.fromEntries(ofLenet().map(([code, names]) => [code, names])),
  notebook: codesOf("notebook", ["code", "status", "values"]),
  any: Object.fromEntries([...ofAnyRequest(), ...OF_PAGES].map((code) => [code, []])),
});

/** {code, values} of each, more than once where it says more than one thing. */
export const all = () =>
  Object.values(tabs())
    .flatMap(Object.entries)
    .flatMap(([code, names]) => [
      { code, values: filled(names) },
      ...(code in BESIDES ? [{ code, values: { ...filled(names), ...BESIDES[code] } }] : []),
    ]);
