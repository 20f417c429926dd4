// How a point set gets to the server: within the settings, or by an address for which it is sent.

import assert from "node:assert/strict";
import test from "node:test";

import { INSIDE, settingsOf } from "../../../../static/js/playground/own/giving.js";
import { fromText, unpack } from "../../../../static/js/playground/own/point-set.js";

function setOf(count, classes = 3) {
  const values = Float32Array.from({ length: count }, (_, at) => (at % 100) / 20);
  const labels = classes > 0 ? Uint8Array.from(values, (_, at) => at % classes) : values.map((value) => value / 5);
  const plain = /** @type {[string, number, number]} */ (["", 0, 1]);
  return { classes, columns: [plain, plain, plain], names: [], x: values, y: values, labels };
}

const never = () => assert.fail("nothing is to be sent");
const answering = (ok, body) => async () => ({ ok, json: async () => body });

test("a short one stands in the settings, whole", async () => {
  const set = setOf(INSIDE - 1);
  const { ok, config } = await settingsOf(set, never);
  assert.ok(ok);
  const { ownData, ...others } = config;
  assert.deepEqual(others, { problem: "classification", dataset: "own", classes: 3 });
  assert.deepEqual(unpack(fromText(ownData)).labels, set.labels);
});

test("a regression has no classes", async () => {
  const { config } = await settingsOf(setOf(10, 0), never);
  const { ownData, ...others } = config;
  assert.deepEqual(others, { problem: "regression", regDataset: "own" });
  assert.equal(unpack(fromText(ownData)).classes, 0);
});

test("a long one is sent, and the settings have its address", async () => {
  const sent = [];
  const address = "sha256-0123456789abcdefghijklmnopqrstuv";
  const send = (url, options) => (sent.push([url, options]), answering(true, { address, points: 150, classes: 3 })());
  const { ok, config } = await settingsOf(setOf(INSIDE), send);
  assert.ok(ok);
  assert.equal(config.ownData, address);
  const [[url, { method, body }]] = sent;
  assert.deepEqual([url, method], ["/api/playground/data", "POST"]);
  assert.equal(unpack(body).x.length, INSIDE);
});

test("what the server refuses comes back as it says it, and no answer as such", async () => {
  const refusal = { code: "too-fast", field: null, values: {}, error: "too many" };
  assert.deepEqual(await settingsOf(setOf(INSIDE), answering(false, refusal)), { ...refusal, ok: false });
  const lost = await settingsOf(setOf(INSIDE), async () => {
    throw new TypeError("Failed to fetch");
  });
  assert.deepEqual([lost.ok, lost.code], [false, "offline"]);
});
