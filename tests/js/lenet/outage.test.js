// What is said of an outage holds until the server answers again, and no longer; what was asked meanwhile is asked again.

import assert from "node:assert/strict";
import test from "node:test";

import { ApiError } from "../../../static/js/base/rest.js";
import { OneAtATime } from "../../../static/js/lenet/drawing/one-at-a-time.js";
import { answered, isOutage, onReturn, returned } from "../../../static/js/lenet/outage.js";

const offline = new ApiError(0, { error: "offline", code: "offline" });
const refused = new ApiError(404, { error: "no", code: "no-files" });
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("an answer after an outage, be it a refusal, is the server's return; one after another answer is none", () => {
  let returns = 0;
  onReturn(() => (returns += 1));
  for (const [error, count] of [
    [null, 0],
    [refused, 0],
    [offline, 0],
    [offline, 0],
    [refused, 1],
    [null, 1],
    [offline, 1],
    [null, 2],
  ]) {
    answered(error);
    assert.equal(returns, count);
  }
  returned();
  assert.equal(returns, 3);
});

test("only what the page itself found out is disproved by any answer", () => {
  assert.ok(isOutage(offline) && isOutage(new ApiError(502, { error: "HTTP 502", code: "http" })));
  for (const code of ["busy", "no-worker", "queue-unreachable", "too-many-runs", "no-files"])
    assert.equal(isOutage({ code }), false, code);
});

test("a question that an outage left without answer is asked again, another and a cancelled one are not", async () => {
  const [lost, no, cancelled] = [offline, refused, offline].map((error) => {
    const questions = new OneAtATime();
    const told = [];
    const answers = [() => Promise.reject(error), () => Promise.resolve("answer")];
    questions.ask(
      () => answers.shift()(),
      (answer) => told.push(answer),
      ({ code }) => told.push(code),
    );
    return { questions, told };
  });
  await settled();
  cancelled.questions.cancel();
  returned();
  await settled();
  assert.deepEqual(lost.told, ["offline", "answer"]);
  assert.deepEqual(no.told, ["no-files"]);
  assert.deepEqual(cancelled.told, ["offline"]);
  returned();
  await settled();
  assert.equal(lost.told.length, 2);
});
