// What waits for the end of a press, on a page that tells of presses.

import assert from "node:assert/strict";
import { test } from "node:test";

import { afterPress, watchPresses } from "../../../static/js/base/press.js";

/** An element within a `list`, or in none. */
class Element {
  constructor(list = null) {
    this.list = list;
  }
  closest() {
    return this.list;
  }
}

const heard = new Map();
globalThis.Element = /** @type {any} */ (Element);
globalThis.addEventListener = (type, listener) => void heard.set(type, listener);
const tell = (type, target) => heard.get(type)({ target });

test("what is to happen after a press waits for its click, and for nothing where nothing is pressed", async () => {
  watchPresses();
  const done = [];
  afterPress(() => done.push("at once"));
  assert.deepEqual(done, ["at once"]);
  tell("mousedown", new Element());
  afterPress(() => done.push("later"));
  tell("mouseup", new Element());
  done.push("click"); // which the browser tells right after
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(done, ["at once", "click", "later"]);
  tell("mousedown", new Element("select")); // whose end no browser tells
  afterPress(() => done.push("at once"));
  assert.equal(done.length, 4);
});
