// What was drawn as a text for the address, and back: strokes with a dot between them, each two signs for its width and four for
// each of its points. A sign is a digit of base 36: an address passes on small letters and digits unchanged. Pure.

export const STROKES = /^[0-9a-z]{2}([0-9a-z]{4})+(\.[0-9a-z]{2}([0-9a-z]{4})+)*$/;
const STEPS = 3; // of a canvas pixel: as finely a place is kept
const BEYOND = 48; // canvas pixels around the canvas that a text can have
const MOST = 36 ** 2 - 1;
const LONGEST = 3600; // characters

/** A place on the canvas as a text can have it: what is drawn is drawn there, so that the text gives the same ink. */
export function placed(value) {
  return Math.min(MOST, Math.max(0, Math.round(STEPS * (value + BEYOND)))) / STEPS - BEYOND;
}

/** strokes: [{width, points: [[x, y], ...]}]. Of a drawing that would be too long points are left out that lie close together. */
export function textOf(strokes) {
  for (let apart = 0; ; apart += 1) {
    const text = strokes.map((stroke) => strokeText(stroke, apart)).join(".");
    if (text.length <= LONGEST || apart > 2 * BEYOND) return text.length <= LONGEST ? text : "";
  }
}

/** The strokes of a text that STROKES matches; their width within {min, max}. */
export function strokesOf(text, { min, max }) {
  return text.split(".").map((stroke) => {
    const numbers = stroke.match(/../g).map((digits) => Number.parseInt(digits, 36));
    const width = Math.min(max, Math.max(min, numbers[0]));
    const points = [];
    for (let at = 1; at < numbers.length; at += 2)
      points.push([numbers[at] / STEPS - BEYOND, numbers[at + 1] / STEPS - BEYOND]);
    return { width, points };
  });
}

function strokeText({ width, points }, apart) {
  const kept = [points[0]];
  points.slice(1).forEach((point, at) => {
    const [x, y] = kept.at(-1);
    const isLast = at === points.length - 2;
    if (Math.hypot(point[0] - x, point[1] - y) > apart || (isLast && apart > 0)) kept.push(point);
  });
  return [width, ...kept.flat().map((value) => STEPS * (value + BEYOND))].map(digits).join("");
}

/** Two signs. */
function digits(value) {
  return Math.min(MOST, Math.max(0, Math.round(value)))
    .toString(36)
    .padStart(2, "0");
}
