// Own data in words: what a reader knows them by, and a mark where that is not enough.

import assert from "node:assert/strict";
import test from "node:test";

import { settingsOf } from "../../../../static/js/playground/own/giving.js";
import { markOf, ownText, see } from "../../../../static/js/playground/own/words.js";

globalThis.document ??= { documentElement: { lang: "en" } };

function setOf(count, { names = ["length", "width", "species"], classes = 3, first = 0 } = {}) {
  const values = Float32Array.from({ length: count }, (_, at) => (at === 0 ? first : (at % 100) / 20));
  const labels = classes > 0 ? Uint8Array.from(values, (_, at) => at % classes) : values.map((value) => value / 5);
  const columns = names.map((name) => /** @type {[string, number, number]} */ ([name, 0, 1]));
  return { classes, columns, names: [], x: values, y: values, labels };
}

const textOf = async (set) => (await settingsOf(set, () => assert.fail("sent"))).config.ownData;

test("they are known by their columns, their points and their classes", async () => {
  assert.match(
    ownText(await textOf(setOf(20))),
    /^columns length, width, species; 20 points of 3 classes; #[0-9a-f]{8}$/,
  );
  const drawn = { names: ["", "", ""], classes: 0 };
  assert.match(ownText(await textOf(setOf(20, drawn))), /^20 points, each with a number; #[0-9a-f]{8}$/);
  document.documentElement.lang = "zh-CN";
  assert.match(ownText(await textOf(setOf(20))), /^列 length、width、species；20 个点，3 个类别；#[0-9a-f]{8}$/);
  document.documentElement.lang = "en";
});

test("two that differ in one point alone have other marks, and the same has the same", async () => {
  const [one, other, again] = await Promise.all([0, 1.5, 0].map((first) => textOf(setOf(20, { first }))));
  assert.notEqual(ownText(one), ownText(other));
  assert.equal(one.slice(-20), other.slice(-20)); // as they end with the same labels
  assert.equal(ownText(one), ownText(again));
});

test("those that are named by their address are known once they were seen, and have a mark before", async () => {
  const address = `sha256-${"0".repeat(56)}01234567`;
  assert.equal(ownText(address), "#01234567");
  const set = setOf(1200);
  see(address, set);
  assert.equal(ownText(address), "columns length, width, species; 1,200 points of 3 classes; #01234567");
  const given = `sha256-${"1".repeat(64)}`;
  await settingsOf(set, async () => /** @type {any} */ ({ ok: true, json: async () => ({ address: given }) }));
  assert.match(ownText(given), /1,200 points/);
  assert.equal(markOf(given), "11111111");
});
