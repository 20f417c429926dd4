import assert from "node:assert/strict";
import test from "node:test";

import { between, cellOf, colorScale, PALETTES } from "../../../static/js/base/color.js";

const channels = (css) => css.match(/\d+/g).map(Number);
const hex = (text) => [1, 3, 5].map((start) => parseInt(text.slice(start, start + 2), 16));
const near = (got, want, by) =>
  got.forEach((value, index) => assert.ok(Math.abs(value - want[index]) <= by, `${got} is not near ${want}`));

test("a cell is not negative exactly where its value is not", () => {
  assert.equal(cellOf(0), 0);
  assert.equal(cellOf(-1e-300), -1);
  assert.equal(cellOf(0.999), 127);
  assert.equal(cellOf(1), 127);
  assert.equal(cellOf(-1), -128);
  assert.equal(cellOf(Infinity), 127);
  assert.equal(cellOf(-Infinity), -128);
  assert.equal(cellOf(NaN), 0);
});

for (const [palette, themes] of Object.entries(PALETTES)) {
  for (const [theme, colors] of Object.entries(themes)) {
    test(`${palette}, ${theme}: -1, 0 and 1 have the palette's colours, and beyond them it stays there`, () => {
      const { css } = colorScale({ palette, theme });
      near(channels(css(-1)), hex(colors.negative), 1);
      near(channels(css(0)), hex(colors.zero), 1);
      near(channels(css(1)), hex(colors.positive), 1);
      assert.equal(css(100), css(1));
      assert.equal(css(-100), css(-1));
    });
  }
}

test("between two colours lies what is that share of the way from the first", () => {
  assert.equal(between("#000000", "#ff8000", 0), "rgb(0, 0, 0)");
  assert.equal(between("#000000", "#ff8000", 1), "rgb(255, 128, 0)");
  assert.equal(between("#102030", "#304050", 0.25), "rgb(24, 40, 56)");
});

test("half way the colour is half way", () => {
  const { negative, zero } = PALETTES.classic.light;
  const [from, to] = [hex(zero), hex(negative)];
  near(
    channels(colorScale({ palette: "classic", theme: "light" }).css(-0.5)),
    from.map((value, index) => (value + to[index]) / 2),
    1,
  );
});

test("a map's pixel is its colour at 160/255 on the surface, opaque, as bytes R, G, B, A", () => {
  const { map } = colorScale({ palette: "classic", theme: "light" });
  const bytes = [...new Uint8Array(map.buffer, 4 * 255, 4)];
  near(bytes, [...hex("#0877bd").map((value) => 255 + (value - 255) * (160 / 255)), 255], 1);
});

test("discretized maps have two colours, parted at zero", () => {
  const { map, steps } = colorScale({ palette: "safe", theme: "dark" });
  assert.equal(new Set(steps).size, 2);
  assert.equal(steps[127], map[0]);
  assert.equal(steps[128], map[255]);
});

test("the colour-blind safe ends differ in lightness too", () => {
  const lightness = (color) =>
    hex(color).reduce((sum, value, index) => sum + [0.2126, 0.7152, 0.0722][index] * (value / 255) ** 2.2, 0);
  for (const { negative, positive } of Object.values(PALETTES.safe)) {
    assert.ok((lightness(negative) + 0.05) / (lightness(positive) + 0.05) > 3);
  }
});

test("an unknown look falls back to the original's colours", () => {
  assert.equal(colorScale({ palette: "none", theme: "none" }).positive, "#0877bd");
});
