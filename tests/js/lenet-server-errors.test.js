// The server's sentences in the page's language: each that the server can say is known, with what it says in particular.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import test from "node:test";

import en from "../../static/js/i18n/lenet.en.js";
import zh from "../../static/js/i18n/lenet.zh.js";
import { addTexts, t } from "../../static/js/i18n.js";
import { errorText, refusalText } from "../../static/js/lenet/server-errors.js";

globalThis.document ??= { documentElement: { lang: "en" } };
addTexts({ en, zh });

const ROOT = new URL("../../", import.meta.url);

function python(program) {
  const run = spawnSync(process.env.PYTHON ?? "python3", ["-c", program], { cwd: ROOT, encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout);
}

/** What stands in the server's source as an error, [sentence, code], with 7 for all that is put in. */
const refusals = () =>
  python(`
import ast, json, pathlib
ERRORS = {"RefusedError", "TrainingError", "EmptyDrawingError"}
def text(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str): return node.value
    if isinstance(node, ast.JoinedStr): return "".join(text(part) or "7" for part in node.values)
found = []
for path in pathlib.Path("lenet").glob("*.py"):
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in ERRORS:
            said = [word for argument in call.args if (word := text(argument))]
            empty = "empty-drawing" if getattr(call.func, "id", "") == "EmptyDrawingError" else ""
            code = next((word for word in said[1:] if " " not in word), empty)
            found += [(word, code) for word in said if " " in word]
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "State":
            reasons = [word.value for word in call.keywords if word.arg == "reason"]
            reasons += [part for node in reasons if isinstance(node, ast.IfExp) for part in (node.body, node.orelse)]
            found += [(said, "") for node in reasons if " " in (said := text(node) or "")]
print(json.dumps(found))`);

test("every refusal of the server and every reason of an end is known here", () => {
  const all = refusals();
  assert.ok(all.length >= 8, `only ${all.length} sentences found`);
  const unknown = all.filter(([message, code]) => refusalText({ code, message })[0] === "fault.other");
  assert.deepEqual(unknown, []);
});

test("a code that says it all counts, whatever the sentence", () => {
  const codes = ["wrong-token", "no-such-run", "no-files", "not-yours", "reading", "busy", "no-answer", "http", "offline"];
  for (const code of codes) {
    const [key, values] = refusalText({ code, message: "the loss is no longer a number in epoch 3" });
    assert.ok(!["fault.other", "fault.notANumber"].includes(key), code);
    for (const lang of ["en", "zh-CN"]) {
      document.documentElement.lang = lang;
      assert.doesNotMatch(t(key, values), /[{}]|fault\./);
    }
  }
  document.documentElement.lang = "en";
});

test("every way a setting can be wrong is told in the page's language", () => {
  const program = `
import json
from lenet.config import PRESETS, ConfigError
def refused(**changes):
    try: PRESETS["fast"].config.updated(changes)
    except ConfigError as error: return str(error)
print(json.dumps([refused(epochs=0), refused(epochs="many"), refused(learning_rate=99), refused(activation="x"),
  refused(train_images=100, holdout=100, batch_size=1), refused(train_images=100), refused(seed=-1)]))`;
  const keys = python(program).map((sentence) => errorText(sentence));
  assert.deepEqual(
    keys.map(([key]) => key),
    ["fault.whole", "fault.whole", "fault.number", "fault.choice", "fault.holdout", "fault.batch", "fault.whole"],
  );
  assert.deepEqual(keys[0][1], { value: "0", low: "1", high: "1000" });
  assert.deepEqual(keys[6][1], { value: "-1", low: "0", high: "2147483647" }); // all of its digits
});

test("a data set that cannot be had is told with what was tried and which files go where", () => {
  const [begin, middle] = ["could not get the data set ", "Put these four files, unpacked, into "];
  const source = readFileSync(new URL("lenet/data.py", ROOT), "utf8");
  for (const words of [begin, middle]) assert.ok(source.includes(words), `lenet/data.py says it otherwise: ${words}`);
  const list = ["a", "b", "c", "d"].map((name) => `  ${name}  10,008 bytes`).join("\n");
  const said = `${begin}fashion. Tried:\n  torchvision: no\n  npm: no\n${middle}/data/FashionMNIST/raw:\n${list}`;
  const [key, { tried, folder, files }] = errorText(said);
  assert.equal(key, "fault.noData");
  assert.match(tried, /torchvision: no\n.*npm: no/);
  assert.equal(folder, "/data/FashionMNIST/raw");
  assert.equal(files, list);
});

test("what is said in particular is in the translation too", () => {
  for (const [sentence, value] of [
    ["you have 4 runs queued or running, the most a browser may have", "4"],
    ["the loss is no longer a number in epoch 3; try a lower learning rate", "3"],
    ["the loss is no longer a number after epoch 3; try a lower learning rate", "3"],
    ["the disk: [Errno 28] No space left on device", "[Errno 28] No space left on device"],
  ]) {
    const [key, values] = errorText(sentence);
    const [[name, said]] = Object.entries(values);
    assert.equal(said, value, sentence);
    for (const texts of [en, zh]) assert.ok(texts[key].includes(`{${name}}`), `${key} has no {${name}}`);
  }
});

test("another sentence is quoted as it is", () => {
  assert.deepEqual(errorText("quite another sentence"), ["fault.other", { error: "quite another sentence" }]);
});

test("a value stands without the server's quotes, and choices by their names on the form", () => {
  const [key, values] = errorText("invalid activation: 'abc' (want one of sigmoid, relu, tanh)");
  assert.deepEqual([key, values.value], ["fault.choice", "abc"]);
  assert.equal(t(...values.choices), "Sigmoid, ReLU, Tanh");
  assert.equal(errorText('invalid epochs: "abc" (want a whole number from 1 to 1000)')[1].value, "abc");
});
