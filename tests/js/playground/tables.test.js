import assert from "node:assert/strict";
import { test } from "node:test";

import { Description } from "../../../static/js/playground/own/description.js";
import { lossesCsv, pointsCsv } from "../../../static/js/playground/tables.js";

test("the losses of every epoch of the chart, to the last digit; what is no number is empty", () => {
  const curve = { epochs: [0, 5], trainLoss: [0.1 + 0.2, 1e-9], testLoss: [Infinity, NaN] };
  assert.equal(lossesCsv(curve), "epoch,trainLoss,testLoss\r\n0,0.30000000000000004,\r\n5,1e-9,\r\n");
});

test("every point with its label and its set", () => {
  const points = { train: Float64Array.of(1, 2, -1, 3, 4, 1), test: Float64Array.of(-0.5, 6, 1) };
  assert.equal(pointsCsv(points), "x,y,label,set\r\n1,2,-1,train\r\n3,4,1,train\r\n-0.5,6,1,test\r\n");
});

test("points with units of their own stand there in these too", () => {
  const columns = [
    ['length, "long" (cm)', 3.95, 0.59],
    ["", 0, 1],
    ["=kind;+1", 0, 1],
  ];
  const told = new Description({ columns, names: ["@one", ""] });
  const points = { train: Float64Array.of(-5, 0.5, 0), test: Float64Array.of(5, -2, 1) };
  assert.equal(
    pointsCsv(points, told, 2),
    'x,y,label,set,"length, ""long"" (cm)",own y,\'=kind;\'+1\r\n' +
      "-5,0.5,0,train,1,0.5,'@one\r\n5,-2,1,test,6.9,-2,1\r\n",
  );
  const values = new Description({ columns: [columns[0], columns[1], ["z", 10, 4]], names: [] });
  assert.match(
    pointsCsv({ train: Float64Array.of(0, 0, 0.5), test: points.test.subarray(0, 0) }, values),
    /3.95,0,12\r\n$/,
  );
});
