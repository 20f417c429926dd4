// The codes that LeNet's Python can send, read from its source, for tests to hold the page to.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

const ROOT = new URL("../../../", import.meta.url);

/** What a program prints, as JSON. */
export function python(program) {
  const run = spawnSync(process.env.PYTHON ?? "python3", ["-c", program], { cwd: ROOT, encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout);
}

/** Every refusal in LeNet's source, and of what it shares: [code, names of its values, where], and those of the kinds of value. */
export const refusals = () =>
  python(`
import ast, json, pathlib
from lenet.config import FIELDS
CODE = {"RefusedError": 2, "BusyError": 2, "ConfigError": 3}
found = [(field.kind.code, ["value", *field.kind.limits], "kind") for field in FIELDS.values()]
for path in [*sorted(pathlib.Path("lenet").rglob("*.py")), pathlib.Path("web/errors.py"), pathlib.Path("core/places.py"), pathlib.Path("core/refused.py")]:
    for call in ast.walk(ast.parse(path.read_text())):
        name = getattr(call.func, "id", getattr(call.func, "attr", "")) if isinstance(call, ast.Call) else ""
        if name not in CODE: continue
        where = f"{path}:{call.lineno}"
        said = call.args[CODE[name]:]
        codes = [part.value for part in ast.walk(said[0]) if isinstance(part, ast.Constant)] if said else ["invalid"]
        values = [key.value for part in said[1:] if isinstance(part, ast.Dict) for key in part.keys]
        values += ["value"] if name == "ConfigError" else [word.arg for word in call.keywords if word.arg != "field"]
        if said and isinstance(said[0], ast.Attribute): continue  # passed on: it has its code elsewhere
        found += [(code, values, where) for code in codes if isinstance(code, str)]
print(json.dumps(found))`);

/** {status: {active, resumable}}, as the server's schema has them. */
export const states = () =>
  python("import json; from lenet.states import STATES; print(json.dumps({n: s.schema() for n, s in STATES.items()}))");

/** {code: names of its values}, of lenet/reasons.py. */
export const reasons = () =>
  python(`
import json, string
from lenet.reasons import SENTENCES
print(json.dumps({code: [name for _, name, _, _ in string.Formatter().parse(text) if name] for code, text in SENTENCES.items()}))`);
