// What docs/protocol.md says, for tests to hold the page to.

import { codesOf } from "../codes.js";

/** {code: names of its values}, of every refusal that has a code. */
export const refusalCodes = () => codesOf("protocol", ["code", "when", "values"]);
