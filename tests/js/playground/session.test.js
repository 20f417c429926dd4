// The session against a socket made for the test: what it sends, in which order, and what it acknowledges when.

import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { inflateRawSync } from "node:zlib";

import { Session } from "../../../static/js/playground/session.js";
import { deflated } from "./deflated.js";

/** A socket that answers commands from `answers` and lets the test speak as the server. */
class FakeSocket {
  sent = [];
  connected = false;
  disconnects = 0;
  #listeners = new Map();

  constructor(answers) {
    this.answers = answers;
  }
  on(event, listener) {
    this.#listeners.set(event, listener);
  }
  hear(event, ...values) {
    if (event === "disconnect") this.connected = false;
    return this.#listeners.get(event)(...values);
  }
  connect() {
    this.connected = true;
    return this.hear("connect");
  }
  disconnect() {
    this.disconnects++;
    this.connected = false;
  }
  timeout() {
    return this;
  }
  emit(name, argument) {
    this.sent.push([name, argument]);
  }
  async emitWithAck(name, argument) {
    this.sent.push([name, argument]);
    const answer = this.answers[name];
    return typeof answer === "function" ? answer(argument) : (answer ?? { ok: true });
  }
}

class FakeStore extends Map {
  getItem(key) {
    return this.get(key) ?? null;
  }
  setItem(key, value) {
    this.set(key, value);
  }
  removeItem(key) {
    this.delete(key);
  }
}

const OPENED = { ok: true, session: "token", resumed: false, link: "seed=1", config: {} };

async function start({ answers = {}, store = new FakeStore(), link = "seed=1" } = {}) {
  const heard = [];
  const names = [
    "opened",
    "configured",
    "carriedOut",
    "kept",
    "failed",
    "refused",
    "connection",
    "frame",
    "points",
    "status",
    "history",
  ];
  const handlers = Object.fromEntries(names.map((name) => [name, (value) => heard.push([name, value])]));
  const scheduled = [];
  const socket = new FakeSocket({ open: OPENED, ...answers });
  const session = new Session({
    socket,
    handlers,
    schedule: (work) => scheduled.push(work),
    inflate: inflateRawSync,
    store,
    link: () => link,
  });
  const left = session.start();
  await settled();
  return {
    session,
    left,
    socket,
    heard,
    scheduled,
    store,
    names: (name) => heard.filter(([event]) => event === name).map(([, value]) => value),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

function frameMessage(epoch, sequence = 1, before = 0) {
  const view = new DataView(new ArrayBuffer(10_968));
  view.setUint32(0, 0x31464c50, true);
  view.setUint32(8, epoch, true);
  view.setUint16(12, 3, true);
  [2, 4, 2, 1].forEach((size, index) => view.setUint16(48 + 2 * index, size, true));
  return deflated(new Uint8Array(view.buffer), sequence, before);
}

test("a new page opens the address's link", async () => {
  const { socket, names } = await start({ link: "dataset=xor" });
  assert.deepEqual(socket.sent, [["open", { protocol: 2, link: "dataset=xor", deflated: true }]]);
  assert.deepEqual(names("connection"), ["connected"]);
  assert.deepEqual(names("opened"), [OPENED]);
});

test("a reload finds its session; a duplicate of a living page does not", async () => {
  const first = await start();
  const duplicate = await start({ store: new FakeStore(first.store) });
  assert.deepEqual(duplicate.socket.sent, [["open", { protocol: 2, link: "seed=1", deflated: true }]]);
  first.session.leave();
  const reloaded = await start({ store: first.store });
  assert.deepEqual(reloaded.socket.sent, [["open", { protocol: 2, session: "token", link: "seed=1", deflated: true }]]);
});

test("a reload finds what else the page left, once; a duplicate and another link do not", async () => {
  const first = await start();
  assert.equal(first.left, null);
  assert.equal((await start({ store: new FakeStore(first.store) })).left, null);
  first.session.leave({ training: [1, 2] });
  assert.equal((await start({ store: new FakeStore(first.store), link: "seed=2" })).left, null);
  assert.deepEqual((await start({ store: first.store })).left, { training: [1, 2] });
  assert.equal((await start({ store: first.store })).left, null);
});

test("where there is no room for all of it the token is left all the same", async () => {
  class SmallStore extends FakeStore {
    setItem(key, value) {
      if (value.length > 100) throw new Error("QuotaExceededError");
      super.setItem(key, value);
    }
  }
  const { session, store } = await start({ store: new SmallStore() });
  session.leave({ training: Array(1000).fill(0) });
  const { socket, left } = await start({ store });
  assert.deepEqual(socket.sent, [["open", { protocol: 2, session: "token", link: "seed=1", deflated: true }]]);
  assert.equal(left, null);
  const blocked = await start({ store: null });
  blocked.session.leave({ training: [] });
  assert.equal(blocked.left, null);
});

test("another link in the address is a new session, no link is the old one", async () => {
  const store = new FakeStore();
  (await start({ store })).session.leave();
  const other = await start({ store: new FakeStore(store), link: "dataset=spiral" });
  assert.deepEqual(other.socket.sent, [["open", { protocol: 2, link: "dataset=spiral", deflated: true }]]);
  const plain = await start({ store: new FakeStore(store), link: "" });
  assert.deepEqual(plain.socket.sent, [["open", { protocol: 2, session: "token", link: "", deflated: true }]]);
});

test("after a lost connection the same session is opened again, with the link in case it is forgotten", async () => {
  const { socket, names } = await start();
  socket.hear("disconnect", "transport close");
  socket.connect();
  await settled();
  assert.deepEqual(socket.sent.at(-1), ["open", { protocol: 2, session: "token", link: "seed=1", deflated: true }]);
  assert.deepEqual(names("connection"), ["connected", "lost", "connected"]);
});

test("a command without a connection is not sent, and says so", async () => {
  const { session, socket, names } = await start();
  socket.hear("disconnect", "transport close");
  const reply = await session.command("play");
  assert.equal(reply.ok, false);
  assert.deepEqual(
    names("failed").map(({ code }) => code),
    ["offline"],
  );
  assert.equal(socket.sent.length, 1);
});

test("what was carried out is told by its name, and nothing else is", async () => {
  const { session, names } = await start({ answers: { play: { ok: false, code: "diverged", values: {} } } });
  await session.command("play");
  await session.command("reset");
  assert.deepEqual(names("carriedOut"), ["reset"]);
});

test("a refused command and one without an answer reach `failed`", async () => {
  const refused = { ok: false, code: "number", field: "noise", values: {}, error: "invalid noise: 99" };
  const silent = () => Promise.reject(new Error("operation has timed out"));
  const { session, names } = await start({ answers: { configure: refused, play: silent } });
  await session.configure({ noise: 99 });
  await session.command("play");
  assert.deepEqual(
    names("failed").map(({ code }) => code),
    ["number", "timeout"],
  );
  assert.deepEqual(names("configured"), []);
});

test("changes gather while one is under way, and only the last answer counts", async () => {
  const waiting = [];
  const configure = ({ config }) => new Promise((resolve) => waiting.push(() => resolve({ ok: true, config })));
  const { session, socket, names } = await start({ answers: { configure } });
  const first = session.configure({ noise: 5 });
  session.configure({ noise: 10 });
  session.configure({ noise: 15 });
  session.configure({ batchSize: 3 });
  waiting.shift()();
  await settled();
  waiting.shift()();
  await first;
  const sent = socket.sent.filter(([name]) => name === "configure").map(([, { config }]) => config);
  assert.deepEqual(sent, [{ noise: 5 }, { noise: 15, batchSize: 3 }]);
  assert.deepEqual(
    names("configured").map(({ config }) => config),
    [{ noise: 15, batchSize: 3 }],
  );
});

test("what is being changed is known until the last answer, and what was taken before one that is refused is told", async () => {
  const waiting = [];
  const configure = ({ config }) =>
    new Promise((resolve) => waiting.push((ok) => resolve(ok ? { ok, config } : { ok, code: "number" })));
  const { session, names } = await start({ answers: { configure } });
  assert.deepEqual(session.changing, {});
  const first = session.configure({ networkShape: [4], noise: 5 });
  assert.deepEqual(session.changing, { networkShape: [4], noise: 5 });
  session.configure({ networkShape: [] });
  assert.deepEqual(session.changing, { networkShape: [], noise: 5 });
  waiting.shift()(true);
  await settled();
  assert.deepEqual(session.changing, { networkShape: [], noise: 5 });
  waiting.shift()(false);
  await first;
  assert.deepEqual(session.changing, {});
  assert.deepEqual(
    names("configured").map(({ config }) => config),
    [{ networkShape: [4], noise: 5 }],
  );
});

test("a frame is acknowledged when it has been drawn, not before", async () => {
  const { socket, scheduled, names } = await start();
  let acknowledged = 0;
  socket.hear("frame", frameMessage(5), () => acknowledged++);
  assert.equal(acknowledged, 0);
  scheduled.shift()();
  assert.equal(acknowledged, 1);
  assert.deepEqual(
    names("frame").map(({ epoch }) => epoch),
    [5],
  );
});

test("of two frames before a drawing the newer is drawn, both are acknowledged, once each", async () => {
  const { socket, scheduled, names } = await start();
  const acknowledged = [];
  socket.hear("frame", frameMessage(5), () => acknowledged.push(5));
  socket.hear("frame", frameMessage(6), () => acknowledged.push(6));
  assert.equal(scheduled.length, 1);
  scheduled.shift()();
  assert.deepEqual(acknowledged, [5, 6]);
  assert.deepEqual(
    names("frame").map(({ epoch }) => epoch),
    [6],
  );
});

for (const [what, message] of [
  ["that cannot be read", new ArrayBuffer(3)],
  [
    "of bytes that inflate to nothing",
    new Uint8Array([0x50, 0x4c, 0x46, 0x32, 9, 0, 0, 0, 0, 0, 0, 0, 255, 255]).buffer,
  ],
  ["that is the difference to one that has not come", frameMessage(6, 3, 2)],
]) {
  test(`a frame ${what} is acknowledged, and a whole one is asked for`, async () => {
    const { socket, scheduled } = await start();
    let acknowledged = 0;
    socket.hear("frame", message, () => acknowledged++);
    assert.equal(acknowledged, 1);
    assert.deepEqual(socket.sent.at(-1), ["whole", {}]);
    assert.equal(scheduled.length, 0);
  });
}

test("frames of a lost connection are not acknowledged to the next one", async () => {
  const { socket, scheduled } = await start();
  let acknowledged = 0;
  socket.hear("frame", frameMessage(5), () => acknowledged++);
  socket.hear("disconnect", "transport close");
  scheduled.shift()();
  assert.equal(acknowledged, 0);
});

test("a superseded page lets go, leaves no token, and takes the session back only when asked", async () => {
  const { session, socket, names, store } = await start();
  socket.hear("superseded", {});
  socket.hear("disconnect", "io client disconnect");
  assert.deepEqual(names("connection"), ["connected", "superseded"]);
  assert.equal(socket.disconnects, 1);
  session.leave();
  assert.equal(store.size, 0);
  await session.command("play");
  assert.equal(names("failed").at(-1).code, "elsewhere"); // to try again in a moment would not help
  assert.equal(socket.sent.length, 1);
  session.takeBack();
  await settled();
  assert.deepEqual(socket.sent.at(-1), ["open", { protocol: 2, session: "token", link: "seed=1", deflated: true }]);
  assert.equal(names("connection").at(-1), "connected");
});

test("blocked storage is no hindrance", async () => {
  const { session, socket } = await start({ store: null });
  session.leave();
  assert.equal(socket.sent.length, 1);
});

/** Lets `ms` pass on the mocked clock, with everything that is due in between. */
async function pass(ms) {
  for (let step = 0; step < ms; step += 250) {
    mock.timers.tick(250);
    await settled();
  }
}

test("a refused session is asked for again, with growing pauses, until there is one", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const full = { ok: false, error: "the server is full: it holds 400 sessions", field: null };
  const replies = [full, full, full, OPENED];
  const { session, socket, names } = await start({ answers: { open: () => replies.shift() } });
  assert.deepEqual(names("refused"), [full]);
  await pass(1000);
  assert.equal(socket.sent.length, 2);
  await pass(1000);
  assert.equal(socket.sent.length, 2); // two seconds this time
  await pass(5000);
  assert.equal(socket.sent.length, 4);
  assert.deepEqual(names("connection"), ["connected"]);
  assert.equal((await session.command("play")).ok, true);
});

test("a late answer to open is taken, whether it was asked again meanwhile or not", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  for (const lateness of [5500, 20_000]) {
    let answer;
    const open = () => (answer ? new Promise(() => {}) : new Promise((resolve) => (answer = resolve)));
    const { names } = await start({ answers: { open } });
    await pass(lateness);
    assert.equal(names("refused")[0].code, "timeout");
    answer(OPENED);
    await settled();
    assert.deepEqual(names("opened"), [OPENED]);
    assert.deepEqual(names("connection"), ["connected"]);
  }
});

test("an answer that belongs to a connection before this one is not taken", async () => {
  let answer;
  const replies = [new Promise((resolve) => (answer = resolve)), { ...OPENED, session: "newer" }];
  const { socket, names } = await start({ answers: { open: () => replies.shift() } });
  socket.hear("disconnect", "transport close");
  await socket.hear("connect");
  await settled();
  answer(OPENED);
  await settled();
  assert.deepEqual(
    names("opened").map(({ session }) => session),
    ["newer"],
  );
});

test("a link that the server does not read at all opens the page without it, with a warning", async () => {
  const refusal = {
    ok: false,
    code: "length",
    field: "link",
    values: { value: "x", most: 4000 },
    error: "invalid link",
  };
  const open = ({ link }) => (link === "" ? OPENED : refusal);
  const { socket, names } = await start({ answers: { open }, link: "x".repeat(5000) });
  await settled();
  assert.equal(socket.sent.length, 2);
  assert.deepEqual(names("opened"), [{ ...OPENED, warnings: [refusal] }]);
  assert.deepEqual(names("refused"), []);
});

test("of a link that no message has room for as much is sent as the server needs to refuse it", async () => {
  const sizes = ({ sent }) => sent.map(([, { link }]) => [link.length, JSON.stringify(link).length < 65_000]);
  for (const sign of ["x", "\\"]) {
    const { socket, session } = await start({ link: sign.repeat(100_000) });
    assert.deepEqual(sizes(socket), [[60_001, true]]);
    await session.configureLink(sign.repeat(70_000));
    assert.deepEqual(sizes(socket).at(-1), [60_001, true]);
  }
  const { socket } = await start({ link: "x".repeat(60_000) });
  assert.deepEqual(sizes(socket), [[60_000, true]]);
});

test("that the server has no room is told, and another failure to connect only while there never was a session", async () => {
  const { socket, names } = await start({ answers: { open: { ok: false, error: "full", field: null } } });
  const before = names("refused").length;
  socket.hear("connect_error", { message: "timeout", passing: true }); // of a WebSocket: long-polling is tried next
  assert.equal(names("refused").length, before);
  socket.hear("connect_error", { message: "xhr poll error" });
  assert.equal(names("refused").at(-1).code, "unreachable");
  socket.hear("disconnect", "transport close"); // ends the asking
  const opened = await start();
  opened.socket.hear("connect_error", { message: "websocket error" });
  assert.deepEqual(opened.names("refused"), []);
  opened.socket.hear("connect_error", { context: { status: 502, responseText: "<h1>Bad Gateway</h1>" } }); // a proxy's
  assert.deepEqual(opened.names("refused"), []);
  opened.socket.hear("connect_error", {
    context: { status: 503, responseText: "this browser has 20 connections ...\n" },
  });
  assert.deepEqual(
    opened.names("refused").map(({ code }) => code),
    ["no-room"],
  );
});

test("what a page before this one left behind may be damaged", async () => {
  const store = new FakeStore([["playlab.session", "{"]]);
  const { socket } = await start({ store });
  assert.deepEqual(socket.sent, [["open", { protocol: 2, link: "seed=1", deflated: true }]]);
});

test("an answered ping is contact: what is said of a silence begins there", async (t) => {
  let now = 0;
  t.mock.method(performance, "now", () => now);
  t.mock.method(Date, "now", () => 1000 + now);
  const { session, names } = await start();
  for (; now < 60_000; now += 250) {
    session.tick();
    await settled();
  }
  assert.ok(session.heard > 1000 + 57_000, `${session.heard}`);
  assert.deepEqual(names("connection"), ["connected"]);
});

test("what is pressed before the first connection stands is carried out when it does", async () => {
  let answer;
  const { session, socket, names } = await start({
    answers: { open: () => new Promise((resolve) => (answer = resolve)) },
  });
  const played = session.command("play");
  await settled();
  assert.equal(socket.sent.length, 1);
  answer(OPENED);
  assert.equal((await played).ok, true);
  assert.deepEqual(socket.sent.at(-1), ["play", {}]);
  assert.deepEqual(names("failed"), []);
});

test("a page that the server gives no session says so, and not that there is no connection", async () => {
  const full = { ok: false, code: "full", error: "the server is full", field: null, values: {} };
  const { session, socket, names } = await start({ answers: { open: full } });
  assert.equal((await session.command("play")).code, "no-session");
  assert.equal(names("failed").length, 1);
  socket.hear("disconnect", "transport close"); // ends the asking
});

test("a refusal of which whoever asks tells by itself is not told twice", async () => {
  const beyond = { ok: false, code: "number", field: "value", values: {}, error: "invalid value" };
  const { session, names } = await start({ answers: { set_bias: beyond } });
  assert.equal((await session.command("set_bias", {}, ["number"])).code, "number");
  assert.deepEqual(names("failed"), []);
  await session.command("set_bias", {});
  assert.deepEqual(names("failed"), [beyond]);
});

test("replies tell whether the points are kept, but for those that leave it open", async () => {
  const unkept = { code: "database-locked", field: null, values: {}, error: "the database is locked" };
  const reply = { ok: true, config: {} };
  const answers = {
    configure: { ...reply, unkept },
    select: { ok: true },
    add_points: reply,
    drop_points: reply,
    play: { ...reply, unkept },
    pause: reply,
  };
  const { session, names } = await start({ answers });
  assert.deepEqual(names("kept"), [null]); // by `open`
  for (const name of Object.keys(answers)) await session.command(name);
  assert.deepEqual(names("kept"), [null, unkept, unkept, null]);
});
