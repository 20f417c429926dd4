// What a report lacks: held to the page's own ways to the server, with a server that answers as it likes.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { LANGUAGES } from "../../../static/js/base/i18n.js";
import en from "../../../static/js/i18n/notebook.en.js";
import { lacking } from "../../../static/js/notebook/complete.js";
import { Saver } from "../../../static/js/notebook/saver.js";
import { Titles } from "../../../static/js/notebook/titles.js";
import { Outbox } from "../../../static/js/parts/outbox.js";
import { Pins } from "../../../static/js/parts/pins.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

const CELL = { type: "text", text: "One" };

/** statuses: what the server says to cells, titles and pins; 0: nothing. */
function page({ cells = 200, title = 200, pins = 201 } = {}) {
  const arrived = [];
  const take = (what, status) => {
    if (status >= 300 || status === 0) throw { status, code: "why", values: {} };
    arrived.push(what);
  };
  const changes = new Outbox("changes", null);
  const ignore = () => {};
  const saver = new Saver({
    outbox: changes,
    page: "p",
    send: async (_, sent) => {
      take("cell", cells);
      return { cells: sent.map(({ id, cell }) => ({ id, cell, version: 1, place: "V" })) };
    },
    on: { state: ignore, answered: ignore, conflict: ignore, refused: ignore },
  });
  const titles = new Titles({
    outbox: changes,
    page: "p",
    send: async () => take("title", title),
    on: { named: ignore, refused: ignore },
  });
  const waiting = new Outbox("pins", null);
  const post = async () => {
    if (pins < 300) arrived.push("pin");
    return { ok: pins < 300, status: pins, headers: new Map(), json: async () => ({ code: "why", error: "no" }) };
  };
  return { arrived, waiting, ways: { saver, titles, pins: new Pins({}, waiting, post) } };
}

async function typed(statuses) {
  const { arrived, waiting, ways } = page(statuses);
  await waiting.put("pinned01", { pin: { id: "pinned01" } }); // what a page before this one has left
  ways.saver.note("n", "cell-1", { base: 0, place: "V", cell: CELL });
  ways.titles.note("n", "My report");
  return { lacks: await lacking("n", ways), arrived: arrived.sort() };
}

test("what was typed, a title and pins that wait are on the server before a report is made", async () => {
  assert.deepEqual(await typed({}), { lacks: [], arrived: ["cell", "pin", "title"] });
});

test("without the texts or the title there is no report", async () => {
  for (const status of [0, 503, 507]) {
    assert.equal((await typed({ cells: status })).lacks, null, `cells ${status}`);
    assert.equal((await typed({ title: status })).lacks, null, `title ${status}`);
  }
});

test("pins that still wait and cells that are refused are named", async () => {
  assert.deepEqual((await typed({ pins: 507 })).lacks, [["export.lacksPins", 1]]);
  assert.deepEqual((await typed({ cells: 422 })).lacks, [["export.lacksCells", 1]]);
  assert.deepEqual((await typed({ cells: 422, pins: 503 })).lacks, [
    ["export.lacksPins", 1],
    ["export.lacksCells", 1],
  ]);
  for (const key of ["export.lacksPins", "export.lacksCells"]) assert.ok(key in { ...LANGUAGES.en, ...en }, key);
});
