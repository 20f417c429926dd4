// The choice between WebSocket and long-polling, on a clock of the test's own: which way is gone, what is said of it, and when.

import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import test, { mock } from "node:test";

import { connectTo } from "../../../static/js/base/socket.js";

/** Socket.IO's client as far as the connection looks at it; the test plays the network. */
class FakeConnection extends EventEmitter {
  io = new EventEmitter();
  active = true;
  connected = false;
  attempts = 0;

  constructor(options) {
    super();
    this.io.opts = options;
  }
  get ways() {
    return this.io.opts.transports;
  }
  open(transport = this.ways[0]) {
    this.io.engine = Object.assign(new EventEmitter(), { transport: { name: transport } });
    this.connected = true;
    this.io.emit("open");
  }
  /** From outside: neither by this page nor by the server. */
  cut() {
    this.connected = false;
    this.io.emit("close");
  }
  upgrade() {
    this.io.engine.transport.name = "websocket";
    this.io.engine.emit("upgrade");
  }
  fail(message) {
    const error = /** @type {any} */ (new Error(message));
    this.io.emit("error", error);
    return error.passing;
  }
  disconnect() {
    this.active = this.connected = false;
    this.io.emit("close");
  }
  connect() {
    this.active = true;
    this.attempts++;
  }
}

/** A network that answers to every WebSocket at once, or to none. */
function answering(all) {
  globalThis.location = /** @type {any} */ ({ origin: "http://here" });
  globalThis.WebSocket = /** @type {any} */ (
    class {
      constructor() {
        queueMicrotask(() => (all() ? this.onmessage() : this.onerror()));
      }
      close() {}
    }
  );
}

function start(t) {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const net = { answers: true };
  answering(() => net.answers);
  const said = [];
  let connection;
  connectTo(/** @type {any} */ ((_, options) => (connection = new FakeConnection(options))), "/playground", (slow) =>
    said.push(slow),
  );
  return { connection, said, net };
}

async function after(ms) {
  mock.timers.tick(ms);
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

/** Each WebSocket lives `ms`. */
async function cutAgainAndAgain(connection, ms, times = 3) {
  for (let time = 0; time < times; time++) {
    connection.open("websocket");
    await after(ms);
    connection.cut();
  }
}

const BOTH = ["websocket", "polling"];

for (const ms of [0, 1000, 20_000, 39_000])
  test(`three WebSockets in a row that are cut after ${ms} ms lead to long-polling that stays, and to a word about it`, async (t) => {
    const { connection, said } = start(t);
    await cutAgainAndAgain(connection, ms, 2);
    assert.deepEqual(connection.ways, BOTH); // it may have been chance
    await cutAgainAndAgain(connection, ms, 1);
    assert.deepEqual(connection.ways, ["polling"]); // or the client would make it a WebSocket again
    connection.open();
    assert.deepEqual(said, []);
    await after(3000);
    assert.deepEqual(said, [true]);
  });

test("WebSockets that have become so by an upgrade count the same when they are cut", async (t) => {
  const { connection } = start(t);
  for (let time = 0; time < 3; time++) {
    connection.open("polling");
    connection.upgrade();
    await after(500);
    connection.cut();
  }
  assert.deepEqual(connection.ways, ["polling"]);
});

test("one that lasts forgives those before it", async (t) => {
  const { connection, said } = start(t);
  await cutAgainAndAgain(connection, 1000, 2);
  await cutAgainAndAgain(connection, 60_000, 1);
  await cutAgainAndAgain(connection, 1000, 2);
  assert.deepEqual(connection.ways, BOTH);
  assert.deepEqual(said, []);
});

test("what the page or the server itself ends was not cut", async (t) => {
  const { connection } = start(t);
  for (let time = 0; time < 5; time++) {
    connection.open("websocket");
    await after(100);
    connection.disconnect();
    connection.connect();
  }
  assert.deepEqual(connection.ways, BOTH);
});

test("long-polling that is cut says nothing about WebSockets", async (t) => {
  const { connection } = start(t);
  for (let time = 0; time < 5; time++) {
    connection.open("polling");
    await after(100);
    connection.cut();
  }
  assert.deepEqual(connection.ways, BOTH);
});

/** ms until a WebSocket is tried again. */
async function untilTried(connection) {
  const { attempts } = connection;
  for (let ms = 0; ms <= 1_000_000; ms += 1000) {
    if (connection.attempts > attempts) return ms;
    await after(1000);
  }
  return Infinity;
}

test("a WebSocket is tried again later and later, and one cut is then enough", async (t) => {
  const { connection, said } = start(t);
  await cutAgainAndAgain(connection, 1000);
  const pauses = [];
  for (let time = 0; time < 7; time++) {
    connection.open("polling");
    pauses.push(await untilTried(connection));
    assert.equal(connection.ways[0], "websocket");
    await cutAgainAndAgain(connection, 1000, 1);
    assert.deepEqual(connection.ways, ["polling"]);
  }
  assert.deepEqual(
    pauses,
    [33, 63, 123, 243, 483, 603, 603].map((seconds) => 1000 * seconds),
  );
  assert.deepEqual(said, [true]); // it is slow all the while
});

test("a WebSocket that is tried again and not answered leads back to long-polling alone", async (t) => {
  const { connection } = start(t);
  await cutAgainAndAgain(connection, 1000);
  connection.open("polling");
  await untilTried(connection);
  assert.equal(connection.fail("timeout"), true);
  assert.deepEqual(connection.ways, ["polling"]);
});

test("once a WebSocket lasts again, the connection is no longer called slow, and the next cut is the first one", async (t) => {
  const { connection, said } = start(t);
  await cutAgainAndAgain(connection, 1000);
  connection.open("polling");
  await untilTried(connection);
  connection.open("websocket");
  await after(39_000);
  assert.deepEqual(said, [true]);
  await after(1000);
  assert.deepEqual(said, [true, false]);
  connection.cut();
  await cutAgainAndAgain(connection, 1000, 2);
  assert.deepEqual(connection.ways, BOTH);
});

test("where no WebSocket gets an answer a look every 15 s finds the first that does", async (t) => {
  const { connection, said, net } = start(t);
  net.answers = false;
  assert.equal(connection.fail("timeout"), true);
  assert.deepEqual(connection.ways, ["polling", "websocket"]);
  connection.open("polling");
  await after(60_000);
  assert.equal(connection.attempts, 0);
  net.answers = true;
  assert.ok((await untilTried(connection)) <= 15_000);
  connection.open("websocket");
  assert.deepEqual(said, [true, false]);
});

test("a page that has given its connection up while a look is under way does not take it again", async (t) => {
  const { connection } = start(t);
  connection.open("polling");
  await after(3000);
  mock.timers.tick(15_000); // the look begins
  connection.disconnect();
  await after(0);
  assert.equal(connection.attempts, 0);
});

test("the server is not to be reached only when long-polling has failed too", (t) => {
  const { connection } = start(t);
  assert.equal(connection.fail("timeout"), true); // of the WebSocket
  assert.equal(connection.fail("timeout"), false); // of long-polling
  assert.equal(connection.fail("xhr poll error"), false);
  connection.open("websocket");
  assert.equal(connection.fail("websocket error"), true); // it was open: the server was reached just now
  connection.cut();
  assert.equal(connection.fail("websocket error"), false);
});

test("a server that goes away again and again is no network that cuts WebSockets", async (t) => {
  const { connection, said } = start(t);
  for (let restart = 0; restart < 5; restart++) {
    await cutAgainAndAgain(connection, 5000, 1);
    connection.fail("xhr poll error"); // refused, by every way
    connection.fail("xhr poll error");
  }
  assert.deepEqual(connection.ways, BOTH);
  connection.open("websocket");
  await after(60_000);
  assert.deepEqual(said, []);
});

test("where the server does not answer at all, nothing is said of WebSockets, and they are tried first when it does", async (t) => {
  const { connection, said } = start(t);
  await cutAgainAndAgain(connection, 1000);
  connection.open("polling");
  await after(3000);
  connection.cut();
  assert.deepEqual(said, [true]);
  connection.fail("xhr poll error");
  assert.deepEqual(said, [true, false]);
  assert.deepEqual(connection.ways, BOTH);
});
