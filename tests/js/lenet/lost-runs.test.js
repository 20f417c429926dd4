// Runs of which the server has nothing more: what its answers say of them, and what is then left to do.

import assert from "node:assert/strict";
import test from "node:test";

import { Api } from "../../../static/js/lenet/api.js";
import { fits } from "../../../static/js/lenet/run/run-actions.js";
import { isSameNetwork, noNetworkText } from "../../../static/js/lenet/run/saved-network.js";
import { isLost, LostRuns } from "../../../static/js/lenet/runs/lost-runs.js";
import { useStates } from "../../../static/js/lenet/runs/run-status.js";
import { RunStore } from "../../../static/js/lenet/runs/run-store.js";
import { states } from "./codes.js";

useStates(states());

const LOST = ["no-files", "no-such-run", "unreadable"];
const ID = "20261124-122612-7f0921";

/** A page's ways to a server that answers `status` with `body` to whatever is asked. */
function page(answer) {
  const found = [];
  const asked = [];
  const fetch = async (path, { method }) => {
    asked.push(`${method} ${path}`);
    const { status, body } = answer(path);
    return { status, ok: status < 400, headers: new Headers(), json: async () => body };
  };
  const lost = new LostRuns({
    ask: (run) => api.show(run).catch(() => {}),
    found: (run, refusal) => found.push([run, refusal?.code ?? null]),
  });
  const api = new Api(fetch, (question, error) => lost.heard(question, error));
  return { api, found, asked };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const refused = (code) => () => ({ status: code === "unreadable" ? 409 : 404, body: { code, error: "no" } });

test("whatever is refused of a run whose files are gone says so", async () => {
  for (const code of LOST)
    for (const ask of [
      (api) => api.show(ID),
      (api) => api.records(ID, 0),
      (api) => api.resume(ID),
      (api) => api.rename(ID, "x"),
    ]) {
      const { api, found } = page(refused(code));
      await assert.rejects(ask(api), isLost);
      assert.deepEqual(found, [[ID, code]], ask.toString());
    }
});

test("where the network of one epoch is gone, the run itself is asked for before it is called lost", async () => {
  const gone = page(refused("no-files"));
  await assert.rejects(gone.api.kernels(ID, 1));
  await settled();
  assert.deepEqual(gone.asked, [`GET /api/lenet/runs/${ID}/epochs/1/kernels`, `GET /api/lenet/runs/${ID}`]);
  assert.deepEqual(gone.found, [[ID, "no-files"]]);
  const there = page((path) => (path.includes("epochs") ? refused("no-files")() : { status: 200, body: {} }));
  await assert.rejects(there.api.kernels(ID, 1));
  await settled();
  assert.deepEqual(there.found, [[ID, null]]);
});

test("no other refusal makes a run a lost one, and only what was read of it makes it one that is there", async () => {
  for (const code of ["reading", "not-yours", "no-such-epoch", "mistake"]) {
    const { api, found } = page(refused(code));
    await assert.rejects(api.show(ID));
    await assert.rejects(api.kernels(ID, 1));
    assert.deepEqual(found, [], code);
  }
  const fine = page(() => ({ status: 200, body: { records: [], runs: [] } }));
  await fine.api.runs();
  await fine.api.compare([ID]);
  await fine.api.pause(ID);
  assert.deepEqual(fine.found, []);
  await fine.api.records(ID, 0);
  assert.deepEqual(fine.found, [[ID, null]]);
});

test("the store tells with a run why nothing is left of it, through news, until it is there again", () => {
  let changes = 0;
  const store = new RunStore(() => (changes += 1));
  store.put({ run: ID, created: 1, status: "finished", name: null });
  store.refuse(ID, { code: "no-files" });
  store.refuse(ID, { code: "no-files" });
  assert.equal(changes, 2);
  store.put({ run: ID, created: 1, status: "finished" });
  assert.deepEqual([store.get(ID).refusal.code, store.runs[0].refusal.code], ["no-files", "no-files"]);
  store.refuse(ID, null);
  assert.equal("refusal" in store.get(ID), false);
});

test("of a run without files nothing is offered but to delete it, and of one that is gone nothing", () => {
  const offered = (status, code) =>
    ["pause", "resume", "stop", "delete"].filter((name) =>
      fits(name, { run: ID, status, requested: null, refusal: code && { code } }),
    );
  assert.deepEqual(offered("stopped", null), ["resume", "delete"]);
  assert.deepEqual(offered("stopped", "no-files"), ["delete"]);
  assert.deepEqual(offered("running", "no-files"), ["pause", "stop"]);
  for (const code of ["no-such-run", "unreadable"]) assert.deepEqual(offered("stopped", code), []);
  const trials = [{ status: "stopped", refusal: { code: "no-files" } }, { status: "finished" }];
  assert.equal(fits("resume", { trials }), false);
});

test("nothing is 'not done yet' of a run that has ended, and a panel hears of the end", () => {
  const run = (status) => ({ run: ID, status });
  for (const [status, { active }] of Object.entries(states()))
    assert.equal(noNetworkText(run(status)), active ? "draw.noEpoch" : "draw.noNetwork", status);
  const [before, after] = ["running", "failed"].map((status) => ({ run: run(status), epoch: null }));
  assert.equal(isSameNetwork(before, after), false);
  assert.equal(isSameNetwork({ ...before, epoch: 1 }, { ...after, epoch: 1 }), true);
  assert.equal(isSameNetwork(null, before), false);
});
