// Orders of runs. Pure.

/** By name: the value runs are sorted by, and whether the largest comes first. */
export const ORDERS = {
  newest: { value: ({ created }) => created, down: true },
  accuracy: { value: ({ best_accuracy }) => best_accuracy, down: true },
  duration: { value: ({ train_s }) => train_s || null, down: false },
  preset: { value: ({ preset }) => preset, down: false },
  status: { value: ({ status }) => status, down: false },
};

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
