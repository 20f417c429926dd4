// The run's numbers as tables that a spreadsheet reads. Pure.

/**
 * curve: {epochs, trainLoss, ...}, columns of one length.
 *
 * @param {Record<string, any>} curve
 */
export function lossesCsv({ epochs, ...series }) {
  const names = Object.keys(series);
  return csv([["epoch", ...names], ...epochs.map((epoch, at) => [epoch, ...names.map((name) => series[name][at])])]);
}

/** train, test: x, y, label of each point, one after the other. */
export function pointsCsv({ train, test }) {
  const rows = (points, set) =>
    Array.from({ length: points.length / 3 }, (_, at) => [...points.subarray(3 * at, 3 * at + 3), set]);
  return csv([["x", "y", "label", "set"], ...rows(train, "train"), ...rows(test, "test")]);
}

/** Numbers as they are, to the last digit; what is none is empty. */
function csv(rows) {
  const cell = (value) => (typeof value === "number" && !Number.isFinite(value) ? "" : String(value ?? ""));
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
