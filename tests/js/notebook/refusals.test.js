import assert from "node:assert/strict";
import test from "node:test";

import en from "../../../static/js/i18n/notebook.en.js";
import zh from "../../../static/js/i18n/notebook.zh.js";
import { addTexts } from "../../../static/js/base/i18n.js";
import { refusalText } from "../../../static/js/notebook/refusals.js";

addTexts({ en, zh });

test("a refusal is told by the text of its code, of its kind, or by its sentence", () => {
  const key = (code) => refusalText({ code, error: "a sentence" })[0];
  assert.equal(key("offline"), "error.offline");
  assert.equal(key("too-many-cells"), "refused.too-many-cells");
  assert.equal(key("archive-size"), "refused.archive-size");
  assert.equal(key("archive-entries"), "refused.archive");
  assert.equal(key("database-locked"), "refused.database");
  assert.equal(key("database-full"), "refused.notebooks-full");
  assert.deepEqual(refusalText({ code: "new-one", error: "a sentence" }), ["refused.other", { error: "a sentence" }]);
  assert.deepEqual(refusalText({ code: "too-many-cells", values: { most: 4000 } })[1].most, "4,000");
});
