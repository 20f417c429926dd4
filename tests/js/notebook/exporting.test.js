// A file that is made of a notebook: what is asked, and what is told where there is none.

import assert from "node:assert/strict";
import test from "node:test";

import { Api } from "../../../static/js/notebook/api.js";
import { made } from "../../../static/js/notebook/exporting.js";

const JOB = { "POST /api/notebook/notebooks/n/export": { job: "j" } };

/** An Api whose questions have these answers; a refusal is one with a status. */
function answering(answers) {
  return new Api(async (path, { method }) => {
    const { status = 200, ...said } = answers[`${method} ${path}`];
    return { ok: status < 400, status, headers: new Map(), json: async () => said };
  });
}

test("a file that could not be made is refused as the server refuses it, with all that the text fills in", async () => {
  const refusal = { code: "archive-size", field: "archive", values: { most: 7 }, error: "too large" };
  const api = answering({
    ...JOB,
    "GET /api/notebook/exports/j": { done: 1, of: 2, ready: false, error: "archive-size" },
    "GET /api/notebook/exports/j/file": { status: 413, ...refusal },
  });
  await assert.rejects(
    made(api, "n", { format: "zip", language: "en", name: "", number: "" }, () => {}),
    (error) => {
      const { status, code, field, values, error: sentence } = error;
      assert.deepEqual({ status, code, field, values, error: sentence }, { status: 413, ...refusal });
      return true;
    },
  );
});
