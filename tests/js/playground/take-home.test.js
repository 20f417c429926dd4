import assert from "node:assert/strict";
import { test } from "node:test";

import { plain } from "../../../static/js/playground/take-home.js";

test("what XML cannot have is escaped, and nothing else is changed", () => {
  assert.equal(plain("a\u0001\u0085\ufffe\u4e2d<z"), "a\\u0001\\u0085\\ufffe\u4e2d<z");
});
