import assert from "node:assert/strict";
import test from "node:test";

import { linkWithHidden } from "../../../static/js/playground/hide-panel.js";

test("names are hidden at the end of the link, and the rest of it stays", () => {
  assert.equal(
    linkWithHidden("activation=tanh&seed=0.5&hideText=false", ["playButton", "sinX"], false),
    "activation=tanh&seed=0.5&hideText=false&playButton_hide=true&sinX_hide=true",
  );
});

test("what was hidden before is not, unless it is chosen again", () => {
  assert.equal(
    linkWithHidden("seed=1&hideText=false&noise_hide=true", ["batchSize"], true),
    "seed=1&hideText=true&batchSize_hide=true",
  );
});

test("an empty link works", () => {
  assert.equal(linkWithHidden("", [], false), "hideText=false");
});
