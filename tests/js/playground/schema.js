// The schema of a tab's settings, as its server gives it to the page, for tests.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

const ROOT = new URL("../../../", import.meta.url);

/** module: of Python, with a function `schema`. */
export function python(module) {
  const program = `import json; from ${module} import schema; print(json.dumps(schema()))`;
  const run = spawnSync(process.env.PYTHON ?? "python3", ["-c", program], { cwd: ROOT, encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout);
}
