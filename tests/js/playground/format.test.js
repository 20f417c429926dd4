import assert from "node:assert/strict";
import test from "node:test";

import {
  accuracyText,
  epochText,
  lossBesideText,
  lossText,
  parameterText,
} from "../../../static/js/playground/format.js";

test("an epoch has six digits and a comma, and more digits where it takes more", () => {
  assert.equal(epochText(0), "000,000");
  assert.equal(epochText(123), "000,123");
  assert.equal(epochText(45_678), "045,678");
  assert.equal(epochText(1_234_567), "1,234,567");
});

test("a loss has three decimals, or three significant digits, and no width that breaks the page", () => {
  assert.equal(lossText(0.12345), "0.123");
  assert.equal(lossText(0), "0.000");
  assert.equal(lossText(0.0123), "0.012");
  assert.equal(lossText(0.01), "0.010");
  assert.equal(lossText(0.00987), "0.00987");
  assert.equal(lossText(0.001), "0.00100");
  assert.equal(lossText(0.00099951), "0.00100");
  assert.equal(lossText(0.000123456), "0.000123");
  assert.equal(lossText(0.00012), "0.000120");
  assert.equal(lossText(0.0000741), "7.41e-5");
  assert.equal(lossText(1.23456e-7), "1.23e-7");
  assert.equal(lossText(1234567), "1.2e+6");
  assert.equal(lossText(NaN), "NaN");
  assert.equal(lossText(Infinity), "∞");
});

test("losses of the best seeds are told apart wherever their first three digits are other", () => {
  const losses = [0.000996, 0.00101, 0.00138, 0.00149, 0.00151, 0.00233];
  assert.deepEqual(losses.map(lossText), ["0.000996", "0.00101", "0.00138", "0.00149", "0.00151", "0.00233"]);
});

test("beside a threshold a loss has the digits that say on which side it is", () => {
  assert.equal(lossBesideText(0.0496, 0.05), "0.0496");
  assert.equal(lossBesideText(0.04999996, 0.05), "0.04999996");
  assert.equal(lossBesideText(0.0504, 0.05), "0.050"); // not below it either
  assert.equal(lossBesideText(0.0504, 0.0502), "0.0504");
  assert.equal(lossBesideText(0.05, 0.05), "0.050");
  assert.equal(lossBesideText(0.123456, 0.05), "0.123");
  assert.equal(lossBesideText(1234.5, 1210), "1234.5000");
  for (const loss of [NaN, Infinity, 0]) assert.equal(lossBesideText(loss, 0.05), lossText(loss));
});

test("an accuracy is a share of a hundred; regression has none", () => {
  assert.equal(accuracyText(0.9876), "98.8 %");
  assert.equal(accuracyText(1), "100.0 %");
  assert.equal(accuracyText(NaN), "–");
});

test("a weight has two significant digits", () => {
  assert.equal(parameterText(0.2345), "0.23");
  assert.equal(parameterText(-0.000456), "-0.00046");
  assert.equal(parameterText(12.34), "12");
  assert.equal(parameterText(0.1), "0.1");
  assert.deepEqual([NaN, Infinity, -Infinity].map(parameterText), ["NaN", "∞", "−∞"]);
});
