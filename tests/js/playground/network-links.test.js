// The colour of a link: of its weight's sign, and into an output of several of the class for which it speaks.

import assert from "node:assert/strict";
import test from "node:test";

import { CLASSES, colorScale } from "../../../static/js/base/color.js";
import { colorOf, widthOf } from "../../../static/js/playground/network-links.js";

const LOOKS = ["light", "dark"].flatMap((theme) => ["classic", "safe"].map((palette) => ({ theme, palette })));

test("a link has the colour of its weight's sign", () => {
  for (const scale of LOOKS.map(colorScale))
    for (const weight of [-7, -0.3, 0, 0.3, 7]) assert.equal(colorOf(weight, null, scale), scale.css(weight));
});

test("a link into a class's output has its class's colour where it speaks for it, and is grey where against it", () => {
  for (const look of LOOKS) {
    const scale = colorScale(look);
    const classes = CLASSES[look.theme].map((_, label) => scale.classes.css(label));
    classes.forEach((color, label) => {
      for (const weight of [0, 0.001, 7]) assert.equal(colorOf(weight, label, scale), color);
      for (const weight of [-0.001, -7]) assert.ok(isGrey(colorOf(weight, label, scale)));
    });
    assert.ok(!classes.some(isGrey), "or a class could not be told from what speaks against it");
    assert.equal(new Set(classes).size, classes.length);
  }
});

test("a link is as wide as its weight, of either sign, up to 5", () => {
  assert.deepEqual([0, 2.5, -2.5, 5, -99].map(widthOf), ["1.0", "5.5", "5.5", "10.0", "10.0"]);
  assert.equal(widthOf(NaN), "1.0");
});

/** Whether a CSS colour is a middle grey: its channels are near one another, and far from black and white. */
function isGrey(color) {
  const channels = color.startsWith("#")
    ? [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16))
    : color.match(/\d+/g).map(Number);
  const [least, most] = [Math.min(...channels), Math.max(...channels)];
  return most - least < 30 && least > 60 && most < 200;
}
