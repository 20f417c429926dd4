// One notice says what the server refused; what says only that it did not answer goes when it answers again.

import assert from "node:assert/strict";
import test from "node:test";

import { addTexts } from "../../../static/js/base/i18n.js";
import en from "../../../static/js/i18n/lenet.en.js";
import zh from "../../../static/js/i18n/lenet.zh.js";
import { ApiError } from "../../../static/js/base/rest.js";
import { Failure } from "../../../static/js/lenet/failure.js";
import { returned } from "../../../static/js/lenet/outage.js";

addTexts({ en, zh });

const offline = new ApiError(0, { error: "offline", code: "offline" });
const refused = new ApiError(404, { error: "no such run", code: "no-such-run", values: { run: "one" } });

/** A failure with notices that keep what they show. */
function failureWithNotices() {
  const shown = new Map();
  const notices = { show: (name, about) => shown.set(name, about), hide: (name) => shown.delete(name) };
  return { failure: new Failure(notices), shown };
}

test("a refusal is shown in the page's words, and stays when the server returns", () => {
  const { failure, shown } = failureWithNotices();
  failure.show(refused);
  assert.equal(shown.get("failure").text[0], "refused.no-such-run");
  returned();
  assert.equal(shown.size, 1);
  failure.hide();
  assert.equal(shown.size, 0);
});

test("an outage goes with the server's return, and a refusal after it does not", () => {
  const { failure, shown } = failureWithNotices();
  failure.show(offline);
  assert.equal(shown.size, 1);
  returned();
  assert.equal(shown.size, 0);
  failure.show(offline);
  failure.show(refused);
  returned();
  assert.equal(shown.get("failure").text[0], "refused.no-such-run");
});

test("a mistake of the page's own is not shown as the server's", () => {
  const { failure, shown } = failureWithNotices();
  assert.throws(() => failure.show(new TypeError("ours")), /ours/);
  assert.equal(shown.size, 0);
});
