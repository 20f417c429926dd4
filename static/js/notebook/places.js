// Where cells stand: a place is a text, and cells are in the order of their places, so that one is moved without telling the
// others. Pure.

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = DIGITS.length;
const WIDTH = 3; // digits that count when something is put at the end
const STEP = 8; // of them, so that some fit between

/** For sorting {place, id}: by place, ties by id. */
export function byPlace(one, other) {
  return compared(one.place, other.place) || compared(one.id, other.id);
}

/**
 * A place between two; null for an end. Null where there is none: they are equal, or nothing fits.
 *
 * @param {string | null} before
 * @param {string | null} after
 * @returns {string | null}
 */
export function between(before, after) {
  if (after === null) return atEnd(before ?? "");
  if (before !== null && before >= after) return null;
  return middle(before ?? "", after);
}

/**
 * The place for what is put before the cell number `index` of `cells`, [{id, place}] in their order, as {place, moved}.
 * moved: [{id, place}] of those that have to make room, seldom any.
 *
 * @param {{id: string, place: string}[]} cells
 * @param {number} index
 */
export function placeAt(cells, index) {
  const before = index > 0 ? cells[index - 1].place : null;
  let next = index;
  for (;;) {
    const after = next < cells.length ? cells[next].place : null;
    const found = between(before, after);
    if (found !== null) {
      const moved = [];
      let last = found;
      for (const { id } of cells.slice(index, next)) {
        last = between(last, after);
        moved.push({ id, place: last });
      }
      return { place: found, moved };
    }
    next++;
  }
}

function compared(one, other) {
  return one < other ? -1 : Number(one > other);
}

/** A little behind `before`: places at the end stay short. */
function atEnd(before) {
  const head = before.slice(0, WIDTH).padEnd(WIDTH, DIGITS[0]);
  let number = [...head].reduce((sum, digit) => BASE * sum + DIGITS.indexOf(digit), 0) + STEP;
  if (number % BASE === 0) number++; // a place that ends with the first digit has no room before it
  if (number >= BASE ** WIDTH) return before + DIGITS[BASE / 2];
  let text = "";
  for (let left = WIDTH; left > 0; left--, number = Math.floor(number / BASE)) text = DIGITS[number % BASE] + text;
  return text;
}

/** A text between `before`, to which as many first digits as wanted may be added, and `after`; null for no end. */
function middle(before, after) {
  let common = 0;
  while (common < after.length && (before[common] ?? DIGITS[0]) === after[common]) common++;
  if (common === after.length) return null;
  const [low, high] = [before.slice(common), after.slice(common)];
  const [first, last] = [low === "" ? 0 : DIGITS.indexOf(low[0]), DIGITS.indexOf(high[0])];
  const start = after.slice(0, common);
  if (last - first > 1) return start + DIGITS[Math.round((first + last) / 2)];
  if (high.length > 1) return start + high[0];
  return start + DIGITS[first] + behind(low.slice(1));
}

/** A text behind `before`, by halves. */
function behind(before) {
  const first = before === "" ? 0 : DIGITS.indexOf(before[0]);
  if (BASE - first > 1) return DIGITS[Math.round((first + BASE) / 2)];
  return DIGITS[first] + behind(before.slice(1));
}
