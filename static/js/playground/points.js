// The data points as a picture of the plane has them.

const CELLS = 100; // of the map below them
const RADIUS = 3; // pixels in a picture of 320

/** A coordinate's place as a share of the side: cell i's centre lies at -6 + 12 i / 99. */
export const share = (value) => (((value + 6) / 12) * (CELLS - 1) + 0.5) / CELLS;

/** The other way round. */
export const valueAt = (part) => ((part * CELLS - 0.5) / (CELLS - 1)) * 12 - 6;

const SQUARE = [-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9];
const DIAMOND = [0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0];
const TRIANGLE = [0, -1.3, 1.2, 0.9, -1.2, 0.9];
const PLUS = [-0.4, -1.2, 0.4, -1.2, 0.4, -0.4, 1.2, -0.4, 1.2, 0.4, 0.4, 0.4];
/** Of the classes 0 to 5: a circle (null), or the corners of a shape as large as a circle of radius 1, x and y in turn. */
const CLASS_SHAPES = [
  null,
  SQUARE,
  TRIANGLE,
  DIAMOND,
  TRIANGLE.map((value, index) => (index % 2 ? -value : value)),
  [...PLUS, ...PLUS.map((value) => -value)],
];

/** From a label to its shape, as above. isClass: labels are classes. safe: negative ones are diamonds, for those who cannot tell the colours. */
export function shapesOf(isClass, safe) {
  if (isClass) return (label) => CLASS_SHAPES[label];
  return (label) => (safe && label < 0 ? DIAMOND : null);
}

/**
 * Paints points on a square of `size` pixels. points: {train, test}, each x, y and label of one after the other. look: {css(label) is its
 * colour; shape(label): as `shapesOf` has it; showTest: those too; scale: of the radius; line: width; marked: {train, test}, which of them
 * have a ring, as indices; test points that have are shown in any case}.
 */
export function paintPoints(context, size, { train, test }, { css, shape, showTest, scale, line, marked = null }) {
  const radius = RADIUS * scale;
  const place = (points, index) => [share(points[3 * index]) * size, (1 - share(points[3 * index + 1])) * size];
  const draw = (points, stroke, which = Array.from({ length: points.length / 3 }, (_, index) => index)) => {
    context.lineWidth = line;
    context.strokeStyle = stroke;
    for (const index of which) {
      const label = points[3 * index + 2];
      context.fillStyle = css(label);
      context.beginPath();
      trace(context, ...place(points, index), radius, shape(label));
      context.fill();
      context.stroke();
    }
  };
  const rings = (points, which) => {
    for (const [width, color] of [
      [3 * line, "#fff"],
      [1.5 * line, "#000"],
    ]) {
      [context.lineWidth, context.strokeStyle] = [width, color];
      for (const index of which) {
        context.beginPath();
        trace(context, ...place(points, index), 2 * radius, null);
        context.stroke();
      }
    }
  };
  draw(train, "rgba(255, 255, 255, 0.9)");
  if (showTest || marked) draw(test, "rgba(0, 0, 0, 0.8)", showTest ? undefined : marked.test);
  if (marked) rings(train, marked.train);
  if (marked) rings(test, marked.test);
}

function trace(context, x, y, radius, corners) {
  if (corners === null) return context.arc(x, y, radius, 0, 2 * Math.PI);
  for (let at = 0; at < corners.length; at += 2) context.lineTo(x + radius * corners[at], y + radius * corners[at + 1]);
  context.closePath();
}
