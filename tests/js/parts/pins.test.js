// Pins on their way: kept until the server has them, tried again, and told of where it never will take them.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Outbox } from "../../../static/js/parts/outbox.js";
import { newId, Pins } from "../../../static/js/parts/pins.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset()); // what would be tried again for ever

const PIN = { id: "abcdefgh", title: "Map" };
const OTHER = { id: "ijklmnop", title: "Network" };

/** statuses: what each question is answered with, the last one from then on; 0: not at all. */
function server(...statuses) {
  const asked = [];
  const send = async (path, { method, body }) => {
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    asked.push([method, path, JSON.parse(body)]);
    if (status === 0) throw new TypeError("no server");
    const answer = status < 300 ? { notebook: { id: "n" }, cell: "c" } : { error: "no", code: "why" };
    return { ok: status < 300, status, headers: new Map(), json: async () => answer };
  };
  return { asked, send };
}

function desk(send, outbox = new Outbox("pins", null)) {
  const told = [];
  const on = Object.fromEntries(
    ["sent", "refused", "waiting"].map((name) => [name, (...what) => told.push([name, ...what])]),
  );
  return { told, outbox, pins: new Pins(on, outbox, send) };
}

const names = (told) => told.map(([name]) => name);

test("an id is one that the server takes", () => {
  for (let time = 0; time < 50; time++) assert.match(newId(), /^[A-Za-z0-9_-]{8,40}$/);
  assert.notEqual(newId(), newId());
});

test("a pin is sent with its note after it, and then waits no more", async () => {
  const { asked, send } = server(201);
  const { pins, outbox } = desk(send);
  await outbox.put(PIN.id, { pin: PIN });
  await outbox.put(`${PIN.id} note`, { id: PIN.id, note: "why" });
  await pins.send();
  assert.deepEqual(asked, [
    ["POST", "/api/notebook/pins", { pin: PIN }],
    ["PATCH", `/api/notebook/pins/${PIN.id}`, { note: "why" }],
  ]);
  assert.deepEqual(await outbox.all(), []);
});

test("without an answer it stays, and is tried again by itself with growing pauses", async () => {
  const { asked, send } = server(0, 0, 503, 201);
  const { pins, outbox, told } = desk(send);
  await outbox.put(PIN.id, { pin: PIN });
  await pins.send();
  assert.deepEqual(told.at(-1), ["waiting", 1, true]);
  for (const [pause, tries] of [
    [999, 1],
    [1, 2],
    [1999, 2],
    [1, 3],
    [4000, 4],
  ]) {
    mock.timers.tick(pause);
    for (let turn = 0; turn < 50; turn++) await null;
    assert.equal(asked.length, tries);
  }
  assert.deepEqual(await outbox.all(), []);
  assert.deepEqual(names(told), ["waiting", "waiting", "waiting", "sent", "waiting"]);
});

test("what the server never will take is told of, and holds up nothing else", async () => {
  for (const status of [409, 413, 422]) {
    const { asked, send } = server(status, 201);
    const { pins, outbox, told } = desk(send);
    await outbox.put(PIN.id, { pin: PIN });
    await outbox.put(OTHER.id, { pin: OTHER });
    await pins.send();
    assert.equal(asked.length, 2);
    assert.deepEqual(told[0], ["refused", { pin: PIN, status, code: "why", error: "no" }]);
    assert.deepEqual(names(told), ["refused", "sent", "waiting"]);
    assert.deepEqual(await outbox.all(), []);
  }
});

test("what gets no answer holds up nothing else", async () => {
  const { asked, send } = server(0, 201);
  const { pins, outbox, told } = desk(send);
  await outbox.put(PIN.id, { pin: PIN });
  await outbox.put(`${PIN.id} note`, { id: PIN.id, note: "why" });
  await outbox.put(OTHER.id, { pin: OTHER });
  await pins.send();
  assert.equal(asked.length, 2);
  assert.deepEqual(names(told), ["sent", "waiting"]);
  assert.deepEqual(told.at(-1), ["waiting", 2, true]);
  assert.deepEqual(
    (await outbox.all()).map(([key]) => key),
    [PIN.id, `${PIN.id} note`],
  );
});

test("a note waits for its pin, and others do not", async () => {
  const { asked, send } = server(503, 201, 503);
  const { pins, outbox } = desk(send);
  await outbox.put(PIN.id, { pin: PIN });
  await outbox.put(`${PIN.id} note`, { id: PIN.id, note: "why" });
  await outbox.put(OTHER.id, { pin: OTHER });
  await pins.send();
  assert.deepEqual(
    asked.map(([method, , { pin }]) => [method, pin?.id]),
    [
      ["POST", PIN.id],
      ["POST", OTHER.id],
    ],
  );
  assert.equal((await outbox.all()).length, 2);
});

test("the next page sends what one has left", async () => {
  const outbox = new Outbox("pins", null); // as the browser keeps it between the two
  await desk(server(0).send, outbox).pins.pin(PIN);
  const { asked, send } = server(201);
  await desk(send, outbox).pins.send();
  assert.deepEqual(asked, [["POST", "/api/notebook/pins", { pin: PIN }]]);
});
