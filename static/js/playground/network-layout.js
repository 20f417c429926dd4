// Where the nodes and links of the network's picture are. Pure geometry in CSS pixels.

const ROWS = 8; // room for the most neurons of a layer of the original: nothing jumps when one is added
const LABEL = 3.9; // rem, left of the features
const COLUMN = { least: 72, deep: 92 }; // pixels between columns; a narrower picture scrolls. deep: of more columns than the original's
const PITCH = { least: 42, narrow: 28, most: 84 }; // narrow: where a layer has more than the original's may
const ARRIVAL = 0.6; // the part of a node's side on which its links arrive
const HIT = 9; // how far from a link the pointer still means it

/**
 * sizes: nodes of each column, the features first, the output last. Returns {columns: [{x, nodes: [y, ...]}, ...], node, width, height};
 * x and y are centres, `node` is a node's side. The picture is wider than `width` where the columns need it.
 */
export function layout(sizes, width, height, rem = 16) {
  const rows = Math.max(ROWS, ...sizes);
  const pitch = Math.min(PITCH.most, Math.max(rows > ROWS ? PITCH.narrow : PITCH.least, height / rows));
  const node = Math.round(pitch * 0.8);
  const gaps = sizes.length - 1;
  const first = LABEL * rem + node / 2;
  const margin = node / 2 + 10;
  const total = Math.max(width, first + (gaps > 7 ? COLUMN.deep : COLUMN.least) * gaps + margin);
  const step = (total - first - margin) / gaps;
  const columns = sizes.map((count, column) => ({
    x: first + step * column,
    nodes: Array.from({ length: count }, (_, row) => pitch * (rows / 2 + row - (count - 1) / 2)),
  }));
  return { columns, node, width: total, height: pitch * rows };
}

/**
 * The ends of a link: from the right edge of one node to the left edge of the next. Where it arrives, it has a place of
 * its own among the `count` inputs of that node, so that each can be pointed at.
 */
export function linkEnds({ columns, node }, column, from, to, input, count) {
  const [left, right] = [columns[column], columns[column + 1]];
  const place = ((input - (count - 1) / 2) / count) * node * ARRIVAL;
  return { x0: left.x + node / 2, y0: left.nodes[from], x1: right.x - node / 2, y1: right.nodes[to] + place };
}

/** An S-shaped curve between two ends, as an SVG path. */
export function linkPath({ x0, y0, x1, y1 }) {
  const middle = (x0 + x1) / 2;
  return `M${x0} ${y0}C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}`;
}

/**
 * The link nearest to a point, or null. `ends` is a list of {x0, y0, x1, y1, ...} and one of them is returned. Where
 * links cross, the one whose curve is nearest wins, whichever is drawn on top.
 */
export function nearestLink(ends, x, y) {
  let best = null;
  let least = HIT;
  for (const end of ends) {
    if (x < end.x0 || x > end.x1) continue;
    const along = curveParameter((x - end.x0) / (end.x1 - end.x0));
    const height = end.y0 + (end.y1 - end.y0) * (3 - 2 * along) * along * along;
    // dy/dx of the curve, to turn the vertical distance into one across the link
    const slope =
      ((end.y1 - end.y0) * 6 * along * (1 - along)) / ((end.x1 - end.x0) * (1.5 - 3 * along + 3 * along * along));
    const distance = Math.abs(height - y) / Math.hypot(1, slope);
    if (distance < least) [best, least] = [end, distance];
  }
  return best;
}

/** t of the Bezier curve with both control points half way, where it has gone `share` of its width: bisection. */
function curveParameter(share) {
  let [low, high] = [0, 1];
  for (let round = 0; round < 20; round++) {
    const t = (low + high) / 2;
    if (1.5 * t * (1 - t) + t * t * t < share) low = t;
    else high = t;
  }
  return (low + high) / 2;
}
