// Questions that replace each other.

import assert from "node:assert/strict";
import test from "node:test";

import { OneAtATime } from "../../../static/js/lenet/drawing/one-at-a-time.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));

function asking() {
  const log = [];
  const waiting = [];
  const questions = new OneAtATime();
  const ask = (name) =>
    questions.ask(
      () => {
        log.push(`ask ${name}`);
        return new Promise((resolve, reject) =>
          waiting.push({ resolve: () => resolve(name), reject: () => reject(name) }),
        );
      },
      (answer) => log.push(`show ${answer}`),
      (error) => log.push(`fail ${error}`),
    );
  const answer = async (how = "resolve") => {
    waiting.shift()[how]();
    await settled();
  };
  return { log, questions, ask, answer };
}

test("while one is asked, only the newest of the others waits", async () => {
  const { log, ask, answer } = asking();
  for (const name of "abc") ask(name);
  await answer();
  await answer();
  assert.deepEqual(log, ["ask a", "show a", "ask c", "show c"]);
});

test("a failure is told, and the next one is asked all the same", async () => {
  const { log, ask, answer } = asking();
  ask("a");
  ask("b");
  await answer("reject");
  await answer();
  assert.deepEqual(log, ["ask a", "fail a", "ask b", "show b"]);
});

test("after a cancel no answer is shown, and what is asked then is", async () => {
  const { log, questions, ask, answer } = asking();
  ask("a");
  ask("b");
  questions.cancel();
  await answer();
  ask("c");
  await answer();
  assert.deepEqual(log, ["ask a", "ask c", "show c"]);
});
