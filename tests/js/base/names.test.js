// What a name may be, character by character beside core/names.py.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";

import { isName, oneLine } from "../../../static/js/base/names.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** For each code point: whether it is a name by itself, and whether it may be in one. */
function ofServer() {
  const program = `
from core.names import is_name
print("".join(str(2 * is_name(chr(point)) + is_name("a" + chr(point))) for point in range(0x110000)))
`;
  const options = { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 24 };
  const python = spawnSync(process.env.PYTHON ?? "python3", ["-c", program], options);
  assert.equal(python.status, 0, python.stderr);
  return python.stdout.trim();
}

test("every character is in a name here as on the server", () => {
  const said = ofServer();
  assert.equal(said.length, 0x110000);
  const others = [];
  for (let point = 0; point < 0x110000; point++) {
    const sign = String.fromCodePoint(point);
    if (2 * Number(isName(sign)) + Number(isName(`a${sign}`)) !== Number(said[point])) others.push(point.toString(16));
  }
  assert.deepEqual(others, []);
});

test("characters newer than a table of Unicode and joiners are in names", () => {
  for (const text of ["𱍐", "🫨", "👨\u200d👩\u200d👧 家庭", "\u{3fffd}"]) {
    assert.ok(isName(text), text);
    assert.equal(oneLine(text), text);
  }
});

test("what is hidden is a blank in a line, and what has nothing that is seen is none", () => {
  assert.equal(oneLine("\ta\u202eb\u2028\0 c\ud800\u3000"), "a b c");
  for (const text of ["", "  ", "\u200d", " \u200c\u202e"]) {
    assert.ok(!isName(text));
    assert.equal(oneLine(text), "");
  }
});
