import assert from "node:assert/strict";
import { test } from "node:test";

import { lossesCsv, pointsCsv } from "../../../static/js/playground/tables.js";

test("the losses of every epoch of the chart, to the last digit; what is no number is empty", () => {
  const curve = { epochs: [0, 5], trainLoss: [0.1 + 0.2, 1e-9], testLoss: [Infinity, NaN] };
  assert.equal(lossesCsv(curve), "epoch,trainLoss,testLoss\r\n0,0.30000000000000004,\r\n5,1e-9,\r\n");
});

test("every point with its label and its set", () => {
  const points = { train: Float64Array.of(1, 2, -1, 3, 4, 1), test: Float64Array.of(-0.5, 6, 1) };
  assert.equal(pointsCsv(points), "x,y,label,set\r\n1,2,-1,train\r\n3,4,1,train\r\n-0.5,6,1,test\r\n");
});
