import assert from "node:assert/strict";
import test from "node:test";

import { between, cellOf, CLASSES, colorScale, PALETTES, SURE } from "../../../static/js/base/color.js";

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

/** What red, green and blue become without one kind of cones: Machado, Oliveira and Fernandes, 2009, severity 1, of linear light. */
const VISIONS = {
  all: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};
const XYZ = [0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505];
const times = (matrix, [a, b, c]) =>
  [0, 3, 6].map((row) => matrix[row] * a + matrix[row + 1] * b + matrix[row + 2] * c);

/** CIELAB of a colour as somebody sees it. */
function lab(color, vision) {
  const linear = hex(color).map((value) =>
    value <= 10.31 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  const seen = times(VISIONS[vision], linear).map((value) => Math.min(1, Math.max(0, value)));
  const [x, y, z] = times(XYZ, seen).map((value, axis) => {
    const share = value / [0.9505, 1, 1.089][axis];
    return share > 0.008856 ? Math.cbrt(share) : 7.787 * share + 16 / 116;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

for (const [theme, colors] of Object.entries(CLASSES)) {
  for (const vision of Object.keys(VISIONS)) {
    test(`two classes look different: ${theme}, ${vision}`, () => {
      colors.forEach((one, index) => {
        for (const other of colors.slice(index + 1)) {
          const [from, to] = [lab(one, vision), lab(other, vision)];
          assert.ok(Math.hypot(...from.map((value, axis) => value - to[axis])) > 18, `${one} ${other}`);
        }
      });
    });
  }
}

const rgb = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
const WHITE = [255, 255, 255];

test("a map of classes is the paler the less sure it is, and with discretize has the class alone", () => {
  const { classes } = colorScale({ theme: "light", palette: "classic" });
  CLASSES.light.forEach((color, label) => {
    const first = label * SURE;
    near(rgb(classes.map[first]), WHITE, 4);
    near(rgb(classes.map[first + SURE - 1]), rgb(classes.steps[first]), 4);
    for (let level = 0; level < SURE; level++) assert.equal(classes.steps[first + level], classes.steps[first]);
    near(channels(classes.css(label)), hex(color), 0);
  });
});

test("how likely a class is goes from nothing to its colour", () => {
  const { classes } = colorScale({ theme: "light", palette: "classic" });
  classes.outputs.forEach((pixels, label) => {
    near(rgb(pixels[128]), WHITE, 0);
    near(rgb(pixels[255]), rgb(classes.steps[label * SURE]), 0);
  });
});
