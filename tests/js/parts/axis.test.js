// The ranges and ticks of a chart's axes.

import assert from "node:assert/strict";
import test from "node:test";

import { axisAround, logTicks, powerTicks, wholeAxis, wholeTicks } from "../../../static/js/parts/axis.js";

test("an axis of whole numbers has whole ticks, few of them, and all values", () => {
  for (const last of [0, 1, 2, 3, 7, 8, 9, 12, 20, 99, 100, 1000, 123_456]) {
    const { range, tick0, dtick } = wholeAxis(last);
    assert.equal(tick0, 0);
    assert.ok(Number.isInteger(dtick) && dtick >= 1, `${last}: ${dtick}`);
    assert.ok(range[1] / dtick < 9, `${last}: ${range[1] / dtick} ticks`);
    assert.ok(range[0] === 0 && range[1] > last && range[1] < 1.1 * Math.max(1, last), `${last}: ${range}`);
  }
});

test("equal values have an axis around them that does not leave what there can be", () => {
  for (const share of [0, 0.004, 0.0978, 0.5, 0.9999, 1])
    for (const values of [[share], [share, share], [null, share, undefined]]) {
      const [low, high] = axisAround(values, { isShare: true }).range;
      assert.ok(low < share && share < high, `${share}: ${low} to ${high}`);
      assert.ok(low > -0.01 && high < 1.01 && high - low < 0.015, `${share}: ${low} to ${high}`);
    }
  for (const loss of [0, 1e-9, 2.3026, 1e6]) {
    const [low, high] = axisAround([loss, loss]).range;
    assert.ok(low < loss && loss < high, `${loss}: ${low} to ${high}`);
    assert.ok(low >= (loss === 0 ? -0.2 : 0), `${loss}: ${low} to ${high}`);
  }
});

test("different values fill their axis", () => {
  for (const values of [
    [0.1, 0.98],
    [0, 1],
    [0.981, 0.99, Infinity, NaN],
  ]) {
    const [low, high] = axisAround(values, { isShare: true }).range;
    const known = values.filter(Number.isFinite);
    const span = Math.max(...known) - Math.min(...known);
    assert.ok(low < Math.min(...known) && high > Math.max(...known));
    assert.ok(high - low < 2.1 * Math.max(span, 0.01), `${values}: ${low} to ${high}`);
  }
  const [low, high] = axisAround([], { isShare: true }).range;
  assert.ok(low < high);
});

test("ticks of an axis are around its values, and few", () => {
  for (const [values, isShare] of [
    [[0.9871, 0.9874], true],
    [[0.765, 0.9812, 0.984], true],
    [[0.098, 1], true],
    [[1, 0.9999], true],
    [[0.0371, 0.0419], false],
    [[2.3026, 0.04], false],
  ]) {
    const { range, tick0, dtick } = axisAround(values, { isShare });
    const ticks = Array.from({ length: 100 }, (_, at) => Math.ceil(range[0] / dtick) * dtick + at * dtick);
    const shown = ticks.filter((tick) => tick <= range[1]);
    assert.equal(tick0, 0);
    assert.ok(shown[0] <= Math.min(...values) + 1e-12, `${values}: from ${shown[0]}`);
    assert.ok(shown.at(-1) >= Math.max(...values) - 1e-12, `${values}: to ${shown.at(-1)}`);
    assert.ok(shown.length >= 4 && shown.length <= 8, `${values}: ${shown}`);
  }
});

test("an axis that begins at its first whole number has no parts of it as ticks", () => {
  for (const last of [0, 1, 2, 5]) assert.deepEqual(wholeTicks(last, 6), { tick0: 0, dtick: 1 });
});

test("a logarithmic axis of many powers of ten leaves some of them out", () => {
  assert.equal(powerTicks([0.5, 0.1, NaN, 0], 3).dtick, 1);
  assert.equal(powerTicks([0.5, 1e-6], 3).dtick, 2);
  assert.equal(powerTicks([], 3).dtick, 1);
});

test("ticks of losses within a power of ten are at round values of their own, and written with all digits", () => {
  const { tick0, dtick, tickformat } = logTicks([0.021, 0.068]);
  assert.deepEqual([tick0, dtick, tickformat], [0, "L0.01", "~g"]);
  assert.equal(logTicks([0.0305, 0.0306]).dtick, "L0.00002");
  assert.match(logTicks([0.02]).dtick, /^L0.0/);
  assert.deepEqual(logTicks([0.02, 0.3, NaN, Infinity]), { dtick: "D2", tickformat: "~g" });
  assert.deepEqual(logTicks([1e-7, 1]), { dtick: 2, exponentformat: "power" });
  assert.match(logTicks([]).dtick, /^L[0-9.]+$/);
});
