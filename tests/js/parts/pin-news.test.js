// What becomes of pins on their way, as every page says it: also the notebook's, which sends what a page before it left.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { t } from "../../../static/js/base/i18n.js";
import { pinNews } from "../../../static/js/parts/pin-news.js";
import { Outbox } from "../../../static/js/parts/outbox.js";
import { Pins } from "../../../static/js/parts/pins.js";

globalThis.document ??= { documentElement: { lang: "en" } };

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset()); // what would be tried again for ever

/** Notices as the page would show them: texts by name. */
class Board {
  texts = new Map();
  actions = [];

  show(name, { text, details = [], actions = [] }) {
    this.actions.push(...actions);
    this.texts.set(
      name,
      [text, ...details].map((one) => t(...one)),
    );
  }

  toggle(name, isShown, notice) {
    if (isShown) this.show(name, notice);
    else this.texts.delete(name);
  }
}

/** What a page says that opens while the outbox has `waiting`, and the server answers so. */
async function said(waiting, status, code = "", board = new Board()) {
  const outbox = new Outbox("pins", null);
  for (const [key, value] of Object.entries(waiting)) await outbox.put(key, value);
  const answer = { error: "no such thing", code };
  const send = async () => ({ ok: false, status, headers: new Map(), json: async () => answer });
  const left = await new Pins(pinNews(board), outbox, send).send();
  return { left, texts: [...board.texts.values()].flat() };
}

const PIN = { pinned01: { pin: { id: "pinned01", title: "Output" } } };
const NOTE = { "pinned01 note": { id: "pinned01", note: "why" } };

for (const [lang, full, note, waits] of [
  [
    "en",
    "“Output” could not be pinned: the notebook is full. Begin another one on its page.",
    "The note “why” could not be kept: the pin is not in the notebook any more.",
    "Not in the notebook yet: 1 pin. This browser keeps it, and sends it when the server answers.",
  ],
  [
    "zh-CN",
    "“Output”没能记入实验记录：这份实验记录已满，请在实验记录页面另建一份。",
    "备注“why”没能保存：实验记录中已没有这一条。",
    "有 1 条还没有记入实验记录。浏览器已保存，服务器一有回应就会发送。",
  ],
])
  test(`a pin or a note that is refused and pins that wait are said, in ${lang}`, async (at) => {
    const before = document.documentElement.lang;
    document.documentElement.lang = lang;
    at.after(() => (document.documentElement.lang = before));
    assert.deepEqual(await said(PIN, 409), { left: 0, texts: [full] });
    assert.deepEqual(await said(NOTE, 404), { left: 0, texts: [note] });
    assert.deepEqual(await said(PIN, 503), { left: 1, texts: [waits] });
    const { texts } = await said(PIN, 422);
    assert.match(texts[1], /no such thing/); // what has no words of ours is said in the server's
    const known = await said(PIN, 422, "notebook-invalid");
    assert.equal(known.texts[1], t("pins.server", { error: ["refused.notebook-invalid"] }));
    assert.equal(/no such thing/.test(known.texts[1]), false);
  });

test("what a refused pin was of can be opened again, beside the page", async (at) => {
  const opened = [];
  globalThis.open = (...how) => opened.push(how);
  at.after(() => delete globalThis.open);
  const place = "/#seed=1&epoch=2";
  const board = new Board();
  await said({ pinned01: { pin: { ...PIN.pinned01.pin, place } } }, 422, "notebook-invalid", board);
  for (const { run } of board.actions) run();
  assert.deepEqual(opened, [[place, "_blank", "noopener"]]);
});
