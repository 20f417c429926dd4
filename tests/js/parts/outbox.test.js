// What waits to be sent. The browser's own database is tested in tests/browser/playground/test_pins.py.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Outbox } from "../../../static/js/parts/outbox.js";

test("without a database it keeps what waits in memory, in the order in which it came", async () => {
  const outbox = new Outbox("pins", null);
  assert.equal(await outbox.put("b", { number: 1 }), false);
  assert.equal(await outbox.put("a", { number: 2 }), false);
  assert.deepEqual(await outbox.all(), [
    ["b", { number: 1 }],
    ["a", { number: 2 }],
  ]);
});

test("what is put again takes the place of what was there, and what is removed is gone", async () => {
  const outbox = new Outbox("changes", null);
  await outbox.put("a", 1);
  await outbox.put("a", 2);
  assert.deepEqual(await outbox.all(), [["a", 2]]);
  await outbox.remove("a");
  assert.deepEqual(await outbox.all(), []);
});

test("a database that cannot be opened is none", async () => {
  const refuses = {
    open() {
      throw new DOMException("blocked", "SecurityError");
    },
  };
  const outbox = new Outbox("pins", refuses);
  assert.equal(await outbox.put("a", 1), false);
  assert.deepEqual(await outbox.all(), [["a", 1]]);
});

test("what a full disk refuses waits in memory", async () => {
  const outbox = new Outbox("pins", fullDisk());
  assert.equal(await outbox.put("a", 1), false);
  assert.deepEqual(await outbox.all(), [["a", 1]]);
});

/** A database that opens and takes nothing. */
function fullDisk() {
  const store = { put: () => ({}), getAll: () => ({ result: [] }), getAllKeys: () => ({ result: [] }) };
  const transaction = (_name, mode) => {
    const made = { objectStore: () => store, error: new DOMException("full", "QuotaExceededError") };
    queueMicrotask(() => (mode === "readwrite" ? made.onabort() : made.oncomplete()));
    return made;
  };
  return {
    open() {
      const request = { result: { transaction } };
      queueMicrotask(() => request.onsuccess());
      return request;
    },
  };
}
