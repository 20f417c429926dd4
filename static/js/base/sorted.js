// Sorting rows of a list or a table. Pure.

/** `rows` sorted by what `value` gives, equal ones in their order; those without a value last, whichever way it goes. */
export function sorted(rows, value, down = false) {
  const none = (x) => x === null || x === undefined || Number.isNaN(x);
  return rows
    .map((row) => /** @type {[any, any]} */ ([row, value(row)]))
    .sort(([, a], [, b]) => {
      if (none(a) || none(b)) return Number(none(a)) - Number(none(b));
      const order = typeof a === "string" ? a.localeCompare(b) : a - b;
      return down ? -order : order;
    })
    .map(([row]) => row);
}
