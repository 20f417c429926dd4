// A screen reader hears where a training rests, once, and nothing while pictures come.

import assert from "node:assert/strict";
import test from "node:test";

import { Announcer } from "../../../static/js/playground/announcer.js";

const FRAME = { epoch: 12, testLoss: 0.25 };

/** What the element said in the end, after a time in which `act(announcer)` is followed by quiet. */
function said(context, act, before = "") {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.document = /** @type {any} */ ({ documentElement: { lang: "en" } });
  const element = { textContent: before, dataset: {} };
  const announcer = new Announcer(element);
  act(announcer, context.mock.timers);
  context.mock.timers.tick(1000);
  delete globalThis.document;
  return element.textContent;
}

test("a paused training says its epoch and its test loss", (context) => {
  assert.match(
    said(context, (announcer) => announcer.update(FRAME, false)),
    /12.*0\.25/,
  );
});

test("a large epoch is written as beside the slider", (context) => {
  assert.match(
    said(context, (announcer) => announcer.update({ ...FRAME, epoch: 5405 }, false)),
    /5,405/,
  );
});

test("nothing is said while it trains, nor before there is a picture", (context) => {
  assert.equal(
    said(context, (announcer) => {
      announcer.update(FRAME, false);
      announcer.update({ ...FRAME, epoch: 13 }, true);
      announcer.update(null, false);
    }),
    "",
  );
});

test("only the last of several pictures in a row is said", (context) => {
  const text = said(context, (announcer, timers) => {
    for (const epoch of [20, 21, 22]) {
      announcer.update({ ...FRAME, epoch }, false);
      timers.tick(100);
    }
  });
  assert.match(text, /22/);
  assert.doesNotMatch(text, /2[01]/);
});

test("a training set back to its start takes back what was said", (context) => {
  assert.equal(
    said(context, (announcer) => announcer.update({ ...FRAME, epoch: 0 }, false), "Paused at epoch 12"),
    "",
  );
});
