// The data points as a picture of the plane has them.

const CELLS = 100; // of the map below them
const RADIUS = 3; // pixels in a picture of 320

/** A coordinate's place as a share of the side: cell i's centre lies at -6 + 12 i / 99. */
export const share = (value) => (((value + 6) / 12) * (CELLS - 1) + 0.5) / CELLS;

/**
 * Paints points on a square of `size` pixels. points: {train, test}, each x, y and label of one after the other. look: {css(label) is its
 * colour; shapes: negative ones as diamonds, for those who cannot tell the colours; showTest: those too; scale: of the radius; line: width}.
 */
export function paintPoints(context, size, { train, test }, { css, shapes, showTest, scale, line }) {
  context.lineWidth = line;
  const radius = RADIUS * scale;
  const draw = (points, stroke) => {
    context.strokeStyle = stroke;
    for (let index = 0; index < points.length; index += 3) {
      const [x, y, label] = [share(points[index]) * size, (1 - share(points[index + 1])) * size, points[index + 2]];
      context.fillStyle = css(label);
      context.beginPath();
      if (shapes && label < 0) diamond(context, x, y, radius * 1.3);
      else context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  };
  draw(train, "rgba(255, 255, 255, 0.9)");
  if (showTest) draw(test, "rgba(0, 0, 0, 0.8)");
}

function diamond(context, x, y, radius) {
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.closePath();
}
