// Orders of runs. Pure.

/** By name: the value runs are sorted by, and whether the largest comes first. */
export const ORDERS = {
  newest: { value: ({ created }) => created, down: true },
  accuracy: { value: ({ best_accuracy }) => best_accuracy, down: true },
  duration: { value: ({ train_s }) => train_s || null, down: false },
  preset: { value: ({ preset }) => preset, down: false },
  status: { value: ({ status }) => status, down: false },
};
