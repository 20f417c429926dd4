// Which notices stand when: none longer than it is true.

import assert from "node:assert/strict";
import test from "node:test";

import { t } from "../../../static/js/base/i18n.js";
import { Status } from "../../../static/js/playground/status.js";
import { ownRefusal } from "../../../static/js/playground/refusals.js";

globalThis.document ??= { documentElement: { lang: "en" } };

/** A status, the translation keys of the notices that stand, and of their details, by topic. */
function make() {
  const shown = new Map();
  const details = new Map();
  const notices = {
    show: (topic, { text, details: lines = [] }) => {
      shown.set(topic, [text].flat()[0]);
      details.set(topic, lines);
    },
    hide: (topic) => shown.delete(topic),
    toggle: (topic, on, message) => (on ? notices.show(topic, message) : notices.hide(topic)),
    shows: (topic) => shown.has(topic),
  };
  const on = { reset: () => {}, takeBack: () => {}, smallerRate: () => {}, rates: [0.1], patience: () => 7 };
  return { status: new Status({ dataset: {} }, notices, on), shown, details };
}

test("a refusal for want of a connection goes when there is one again", () => {
  for (const code of ["offline", "elsewhere", "timeout"]) {
    const { status, shown } = make();
    status.setConnection("lost", 0);
    status.failed(ownRefusal(code));
    assert.equal(shown.get("command"), `refused.${code}`);
    status.setConnection("lost", 0);
    assert.ok(shown.has("command"));
    status.setConnection("connected", 0);
    assert.ok(!shown.has("command"), code);
  }
});

test("another refusal stays when the connection returns, and goes with the next command that a user gave", () => {
  const { status, shown } = make();
  status.failed({ code: "diverged", field: null, values: {}, error: "training has diverged" });
  status.setConnection("connected", 0);
  for (const name of ["select", "set_frame_rate"]) status.carriedOut(name);
  assert.equal(shown.get("command"), "refused.diverged");
  status.carriedOut("reset");
  assert.ok(!shown.has("command"));
});

test("that a click is carried out as soon as the workers are up is promised only where it reaches the server", () => {
  const { status, shown } = make();
  const warming = { playing: false, ready: false, reason: null };
  status.setConnection("connected", 0);
  status.setTraining(warming);
  assert.equal(shown.get("workers"), "notice.warming");
  status.setConnection("lost", 0);
  assert.ok(!shown.has("workers"));
  status.setConnection("connected", 0);
  assert.equal(shown.get("workers"), "notice.warming");
  status.refused(ownRefusal("unreachable"));
  assert.ok(!shown.has("workers"));
  status.setConnection("connected", 0);
  status.setTraining({ ...warming, ready: true });
  assert.ok(!shown.has("workers"));
});

test("what happened to a worker stays told when the next status is as usual", () => {
  const { status, shown } = make();
  const usual = { playing: true, ready: true, reason: null };
  status.setConnection("connected", 0);
  status.setTraining({ ...usual, ready: false });
  status.setTraining({ ...usual, reason: "worker_restarted" });
  status.setTraining(usual);
  status.setConnection("lost", 0);
  assert.equal(shown.get("workers"), "notice.workerRestarted");
});

test("that a session goes on after its worker was replaced is not told beside a later notice that it does not", () => {
  const usual = { playing: true, ready: true, reason: null };
  for (const [topic, happens] of [
    ["failed", (status) => status.setTraining({ ...usual, playing: false, reason: "failed" })],
    ["gone", (status) => status.offer({ frame: { epoch: 7 }, since: 0, past: false }, () => {})],
  ]) {
    const { status, shown } = make();
    status.setConnection("connected", 0);
    status.setTraining({ ...usual, reason: "worker_restarted" });
    happens(status);
    assert.ok(shown.has(topic));
    assert.ok(!shown.has("workers"), topic);
  }
  const { status, shown } = make();
  status.setConnection("connected", 0);
  status.setTraining({ ...usual, ready: false }); // it is so still
  status.offer({ frame: { epoch: 7 }, since: 0, past: false }, () => {});
  assert.equal(shown.get("workers"), "notice.warming");
});

test("why points are not kept is told once while it is so, and not once they are", () => {
  const { status, shown, details } = make();
  const locked = { code: "database-locked", field: null, values: {}, error: "the database is locked" };
  status.setUnkept(null);
  assert.ok(!shown.has("unkept"));
  status.setUnkept(locked);
  assert.equal(shown.get("unkept"), "notice.unkept");
  assert.equal(details.get("unkept")[0][0], "refused.database-locked");
  shown.delete("unkept"); // the user closes it
  status.setUnkept({ ...locked });
  assert.ok(!shown.has("unkept"));
  status.setUnkept({ ...locked, code: "too-much-data", values: { most: 50 } });
  assert.equal(details.get("unkept")[0][0], "refused.too-much-data");
  status.setUnkept(null);
  assert.ok(!shown.has("unkept"));
  status.setUnkept(locked);
  assert.ok(shown.has("unkept"));
});

test("that nobody watched a paused training is said only where the page had not lost its connection", () => {
  const paused = { playing: false, ready: true, reason: "disconnected" };
  const { status, shown } = make();
  status.setConnection("connected", 0);
  status.setTraining(paused);
  assert.equal(shown.get("workers"), "notice.disconnected");
  status.setConnection("lost", 5000);
  status.setConnection("connected", 5000);
  status.setTraining(paused);
  assert.equal(shown.get("workers"), "notice.cutOff");
  status.pausedMeanwhile();
  assert.equal(shown.get("workers"), "notice.cutOff");
  status.setConnection("superseded", 0);
  status.setConnection("connected", 0);
  status.pausedMeanwhile();
  assert.equal(shown.get("workers"), "notice.disconnected");
});

test("what led back from a lost training is said to be lost with it, but not where the server still has it", () => {
  const training = { frame: { epoch: 7 }, since: 0, past: true };
  for (const [more, lines] of [
    [{}, ["notice.pastGone"]],
    [{ past: false }, []],
    [{ since: null }, []],
    [{ isLeft: true }, []],
  ]) {
    const { status, details } = make();
    status.offer({ ...training, ...more }, () => {});
    assert.deepEqual(details.get("gone"), lines);
  }
});

test("that the test loss did not improve is said with the number of epochs, in both languages", () => {
  const said = [];
  const notices = { show: (_topic, { text }) => said.push(text), hide: () => {}, shows: () => false };
  notices.toggle = (topic, _on, message) => notices.show(topic, message);
  let patience = 7;
  const status = new Status({ dataset: {} }, notices, { rates: [], patience: () => patience });
  status.setConnection("connected", 0);
  status.setTraining({ playing: false, ready: true, reason: "stop_patience" });
  assert.equal(t(...said.at(-1)), "Paused: the test loss has not improved for 7 epochs.");
  patience = 100; // is set afterwards
  status.setTraining({ playing: false, ready: true, reason: "stop_patience" });
  document.documentElement.lang = "zh-CN";
  assert.equal(t(...said.at(-1)), "已暂停：测试损失已连续 7 轮没有改善。");
  document.documentElement.lang = "en";
});
