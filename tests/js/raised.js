// Every refusal that the source raises, of all packages, for tests to hold the texts to.

import { python } from "./lenet/codes.js";

/**
 * [code, names of its values, where], of each call that raises one. A code that stands in no call, as it is passed on, comes
 * with the values that are passed on with it: of those without any the codes that it may be are written here.
 */
export const raised = () =>
  python(`
import ast, json, pathlib
from core.settings import Flag
from db.errors import KINDS as KINDS_OF_DATABASE
from notebook.messages import BROKEN, FAILED, TOO_LONG
from web.refusals import CODES
# The places of the code, and of an object of values, among the arguments. None: the values are named arguments.
KINDS = {
    "RefusedError": (2, None), "BusyError": (2, None), "SessionError": (1, 2),
    "InvalidError": (3, 4), "ConfigError": (3, 4), "SentError": (3, 4),
}
HELPERS = {"notebook/export/bundle.py": (0, None), "playground/sockets.py": (1, 2), "db/database.py": (0, None)}
PASSED_ON = {
    "notebook/press.py": [code for _, code in (BROKEN, FAILED, TOO_LONG)],
    "notebook/printer.py": [code for _, code in (TOO_LONG,)],
    "notebook/changing.py": ["no-pin", "no-picture"],
    "notebook/store.py": ["no-notebook", "no-pin", "no-picture"],
    "db/database.py": [*KINDS_OF_DATABASE],
    "playground/link.py": [Flag.code],
    "web/refusals.py": [*CODES.values(), "http", "full", "origin", "host"],
}
HAS_VALUE = ("InvalidError", "ConfigError", "SentError")
found = []
for path in sorted(one for folder in ("core", "db", "lenet", "notebook", "playground", "web") for one in pathlib.Path(folder).rglob("*.py")):
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = getattr(call.func, "id", getattr(call.func, "attr", "")) if isinstance(call, ast.Call) else ""
        place = KINDS.get(name) or (HELPERS.get(path.as_posix()) if name == "_refused" else None)
        if place is None: continue
        code, limits = place
        if any(isinstance(one, ast.Starred) for one in call.args) or len(call.args) <= code: continue
        said = call.args[code]
        given = call.args[limits] if limits is not None and len(call.args) > limits else None
        names = [key.value for key in given.keys] if isinstance(given, ast.Dict) else []
        names += [word.arg for word in call.keywords if word.arg not in ("field", None)]
        names += ["value"] if name in HAS_VALUE else []
        are_passed_on = any(word.arg is None for word in call.keywords) or not isinstance(given, ast.Dict | None)
        if are_passed_on: continue
        is_said = not isinstance(said, ast.JoinedStr)
        codes = [one.value for one in ast.walk(said) if isinstance(one, ast.Constant)] if is_said else []
        where = f"{path.as_posix()}:{call.lineno}"
        found += [(one, names, where) for one in codes or PASSED_ON.get(path.as_posix(), [f"unknown at {where}"])]
print(json.dumps(found))`);
