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

const LEVELS = 256; // as many as a map cell has values
const MAP_OPACITY = 160 / 255; // points of the same colour must stand out from the map below them

/**
 * The colour scale of a look.
 *
 * css(value): the colour of a number, clamped to [-1, 1], as CSS.
 * map, steps: 256 packed pixels, index `q + 128` for a map cell q; `steps` knows only the two ends (Discretize).
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
  return { css, map, steps, negative, zero, positive };
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
