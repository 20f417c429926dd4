// From a number in [-1, 1] to a colour: palettes, and look-up tables for the canvases. Pure; touches no page.

/** Colours of -1, 0 and +1, and the surface maps are drawn on. `classic` light is the original Playground's. */
export const PALETTES = {
  classic: {
    light: { negative: "#f59322", zero: "#e8eaeb", positive: "#0877bd", surface: "#ffffff" },
    dark: { negative: "#f59322", zero: "#333d48", positive: "#2f9be6", surface: "#171e26" },
  },
  // The two ends differ in lightness as well as in hue, so that they stay apart without any colour vision.
  safe: {
    light: { negative: "#e6b422", zero: "#e8eaeb", positive: "#0b3c8c", surface: "#ffffff" },
    dark: { negative: "#ffd95a", zero: "#333d48", positive: "#3a6fd8", surface: "#171e26" },
  },
};

/** Colours of the classes 0 to 5. With any colour vision two of them are 18 apart in CIELAB at least; each has a shape too. */
export const CLASSES = {
  light: ["#0877bd", "#f59322", "#aa3377", "#00b89c", "#222222", "#8c510a"],
  dark: ["#2f9be6", "#f59322", "#d6439a", "#b5e8a0", "#e8e8e8", "#a34f2a"],
};

export const SURE = 42; // levels of a class in a map of several
const LEVELS = 256; // as many as a map cell has values
const MAP_OPACITY = 160 / 255; // points of the same colour must stand out from the map below them

/**
 * The colour scale of a look.
 *
 * css(value): the colour of a number, clamped to [-1, 1], as CSS.
 * map, steps: 256 packed pixels, index `q + 128` for a map cell q; `steps` knows only the two ends (Discretize).
 * classes: the same of what a network with an output for each class says, whose numbers are classes: {css, map, steps}, and
 * `outputs`, the pixels for a map of how likely each class is.
 */
export function colorScale({ theme, palette }) {
  const { negative, zero, positive, surface } = PALETTES[palette]?.[theme] ?? PALETTES.classic.light;
  const [low, middle, high, under] = [negative, zero, positive, surface].map(parseHex);
  const colors = Array.from({ length: LEVELS }, (_, index) => {
    const value = (index - 128 + 0.5) / 128;
    return value < 0 ? mix(middle, low, -value) : mix(middle, high, value);
  });
  const names = colors.map(cssOf);
  const map = Uint32Array.from(colors, (color) => pack(mix(under, color, MAP_OPACITY)));
  const steps = Uint32Array.from(map, (_, index) => map[index < 128 ? 0 : LEVELS - 1]);
  const css = (value) => names[cellOf(value) + 128];
  return { css, map, steps, negative, zero, positive, classes: classScale(CLASSES[theme] ?? CLASSES.light, under) };
}

/** names: a colour of each class. under: what maps are drawn on. */
function classScale(names, under) {
  const colors = names.map(parseHex);
  const shade = (color, share) => pack(mix(under, color, share * MAP_OPACITY));
  const cells = (paint) =>
    Uint32Array.from({ length: LEVELS }, (_, index) => {
      const color = colors[Math.floor(index / SURE)];
      return color ? paint(color, ((index % SURE) + 0.5) / SURE) : shade(under, 1);
    });
  return {
    css: (label) => cssOf(colors[label]),
    map: cells(shade),
    steps: cells((color) => shade(color, 1)),
    outputs: colors.map((color) =>
      Uint32Array.from({ length: LEVELS }, (_, index) => shade(color, Math.max(0, index - 128) / 127)),
    ),
  };
}

/** A number as a map cell: floor(128 v) limited to -128..127, so that q >= 0 exactly when v >= 0; 0 for NaN. */
export function cellOf(value) {
  if (Number.isNaN(value)) return 0;
  return Math.max(-128, Math.min(127, Math.floor(128 * value)));
}

/** The colour between two of the form #rrggbb, `share` of the way from the first, as CSS. */
export function between(from, to, share) {
  return cssOf(mix(parseHex(from), parseHex(to), share));
}

function cssOf(channels) {
  return `rgb(${channels.map(Math.round).join(", ")})`;
}

function parseHex(hex) {
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
}

function mix(from, to, share) {
  return from.map((channel, index) => channel + (to[index] - channel) * share);
}

/** One opaque pixel as canvas memory holds it on a little-endian machine: bytes R, G, B, A. */
function pack([r, g, b]) {
  return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}
