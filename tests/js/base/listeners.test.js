// Listeners end with the view that they are of.

import assert from "node:assert/strict";
import test from "node:test";

import { Listeners } from "../../../static/js/base/listeners.js";

test("a listener hears until its signal aborts; the others go on", () => {
  const listeners = new Listeners();
  const [view, heard] = [new AbortController(), []];
  listeners.add(() => heard.push("page"));
  listeners.add(() => heard.push("view"), view.signal);
  listeners.tell();
  view.abort();
  listeners.tell();
  assert.deepEqual(heard, ["page", "view", "page"]);
});

test("of a view that is gone already nothing is added", () => {
  const listeners = new Listeners();
  listeners.add(() => assert.fail("heard"), AbortSignal.abort());
  listeners.tell();
});

test("a listener that ends others, or adds one, while all are told disturbs nobody", () => {
  const listeners = new Listeners();
  const [view, heard] = [new AbortController(), []];
  listeners.add(() => {
    view.abort();
    listeners.add(() => heard.push("later"));
  });
  listeners.add(() => heard.push("page"));
  listeners.tell();
  assert.deepEqual(heard, ["page"]);
});
