// The decoder against messages laid out byte by byte from docs/protocol.md.

import assert from "node:assert/strict";
import test from "node:test";

import { inflateRawSync } from "node:zlib";

import * as fflate from "fflate"; // what the page has

import { decodeFrame, decodePoints, FrameReader, Weights } from "../../../static/js/playground/frame.js";
import { deflated } from "./deflated.js";

/** A frame of a network 2-3-1: 13 parameters 0.5, 1.5, ...; 4 nodes; thumbnail cells 0, 1, ...; map cells -(i % 128). */
function frameMessage() {
  const parameters = 3 * 2 + 3 + 3 + 1;
  const thumbnails = 64 + 8 * parameters;
  const selected = thumbnails + 400;
  const view = new DataView(new ArrayBuffer(selected + 4 + 10_000));
  view.setUint8(0, "P".charCodeAt());
  view.setUint8(1, "L".charCodeAt());
  view.setUint8(2, "F".charCodeAt());
  view.setUint8(3, "1".charCodeAt());
  view.setUint32(4, 7, true);
  view.setUint32(8, 123_456, true);
  view.setUint16(12, 2, true);
  view.setUint16(14, 0b10, true);
  [0.25, 0.5, 0.75, NaN].forEach((value, index) => view.setFloat64(16 + 8 * index, value, true));
  [2, 3, 1].forEach((size, index) => view.setUint16(48 + 2 * index, size, true));
  for (let index = 0; index < parameters; index++) view.setFloat64(64 + 8 * index, index + 0.5, true);
  for (let index = 0; index < 400; index++) view.setInt8(thumbnails + index, index % 128);
  view.setUint16(selected, 0, true);
  view.setUint16(selected + 2, 2, true);
  for (let index = 0; index < 10_000; index++) view.setInt8(selected + 4 + index, -(index % 128));
  return view.buffer;
}

test("a frame's header is read field by field", () => {
  const frame = decodeFrame(frameMessage());
  assert.equal(frame.generation, 7);
  assert.equal(frame.epoch, 123_456);
  assert.equal(frame.playing, false);
  assert.equal(frame.diverged, true);
  assert.equal(frame.trainLoss, 0.25);
  assert.equal(frame.testLoss, 0.5);
  assert.equal(frame.trainAccuracy, 0.75);
  assert.ok(Number.isNaN(frame.testAccuracy));
  assert.deepEqual(frame.sizes, [2, 3, 1]);
  assert.deepEqual(frame.selected, { layer: 0, node: 2 });
});

test("a deep network's header is longer, and everything behind it stands later", () => {
  const sizes = [2, 3, 1, 1, 1, 1, 1, 1, 16, 1];
  const parameters = sizes.slice(1).reduce((sum, size, index) => sum + size * (sizes[index] + 1), 0);
  const nodes = sizes.slice(1).reduce((sum, size) => sum + size);
  const view = new DataView(new ArrayBuffer(72 + 8 * parameters + 100 * nodes + 4 + 10_000));
  view.setUint32(0, 0x31464c50, true);
  view.setUint16(12, 9, true);
  sizes.forEach((size, index) => view.setUint16(48 + 2 * index, size, true));
  view.setFloat64(72, 0.5, true);
  view.setInt8(72 + 8 * parameters, 7);
  const frame = decodeFrame(view.buffer);
  assert.deepEqual(frame.sizes, sizes);
  assert.equal(frame.weights.weight(0, 0, 0), 0.5);
  assert.equal(frame.thumbnails[0], 7);
  assert.throws(() => decodeFrame(view.buffer.slice(0, 70)), /bytes/);
});

test("weights come node by node and input by input, then the layer's biases", () => {
  const { weights } = decodeFrame(frameMessage());
  assert.equal(weights.weight(0, 0, 0), 0.5);
  assert.equal(weights.weight(0, 0, 1), 1.5);
  assert.equal(weights.weight(0, 2, 1), 5.5);
  assert.equal(weights.bias(0, 0), 6.5);
  assert.equal(weights.bias(0, 2), 8.5);
  assert.equal(weights.weight(1, 0, 2), 11.5);
  assert.equal(weights.bias(1, 0), 12.5);
});

test("thumbnails and map are signed and keep their order", () => {
  const frame = decodeFrame(frameMessage());
  assert.equal(frame.thumbnails.length, 400);
  assert.equal(frame.thumbnails[105], 105);
  assert.equal(frame.map.length, 10_000);
  assert.equal(frame.map[99], -99);
});

test("the default network's frame is as long as the protocol says", () => {
  const message = new DataView(new ArrayBuffer(10_968));
  message.setUint32(0, 0x31464c50, true);
  message.setUint16(12, 3, true);
  [2, 4, 2, 1].forEach((size, index) => message.setUint16(48 + 2 * index, size, true));
  const frame = decodeFrame(message.buffer);
  assert.equal(frame.weights.values.length, 25);
  assert.equal(frame.thumbnails.length, 700);
  assert.equal(frame.map.byteOffset + frame.map.length, 10_968);
});

test("a network without inputs has biases alone", () => {
  const weights = new Weights([0, 2, 1], Float64Array.of(0.1, 0.2, 3, 4, 0.3));
  assert.equal(weights.bias(0, 1), 0.2);
  assert.equal(weights.weight(1, 0, 1), 4);
  assert.equal(weights.bias(1, 0), 0.3);
});

test("a message cut short or of another kind is refused, not misread", () => {
  const message = frameMessage();
  assert.throws(() => decodeFrame(message.slice(0, message.byteLength - 1)), /bytes, want/);
  assert.throws(() => decodeFrame(message.slice(0, 10)), /bytes, want/);
  assert.throws(() => decodePoints(message), /unknown message: magic 0x31464c50/);
});

test("points are two sets of x, y, label", () => {
  const view = new DataView(new ArrayBuffer(16 + 8 * 9));
  view.setUint32(0, 0x31504c50, true);
  view.setUint32(4, 3, true);
  view.setUint32(8, 2, true);
  view.setUint32(12, 1, true);
  for (let index = 0; index < 9; index++) view.setFloat64(16 + 8 * index, index, true);
  const points = decodePoints(view.buffer);
  assert.equal(points.generation, 3);
  assert.deepEqual([...points.train], [0, 1, 2, 3, 4, 5]);
  assert.deepEqual([...points.test], [6, 7, 8]);
});

test("frames that come as differences are the frames that were sent, in any order of whole ones", () => {
  const reader = new FrameReader(inflateRawSync);
  const frames = [1, 2, 3, 4].map((seed) => Uint8Array.from({ length: 999 }, (_, at) => (at * seed * 7 + seed) % 256));
  const read = (frame, ...where) => new Uint8Array(reader.read(deflated(frame, ...where)));
  const difference = (one, other) => one.map((value, at) => value - other[at]);
  assert.deepEqual(read(frames[0], 1, 0), frames[0]);
  assert.deepEqual(read(difference(frames[1], frames[0]), 2, 1), frames[1]);
  assert.deepEqual(read(frames[2], 3, 0), frames[2]);
  assert.deepEqual(read(difference(frames[3], frames[2]), 4, 3), frames[3]);
});

test("the difference to a frame that has not come is none", () => {
  const reader = new FrameReader(inflateRawSync);
  assert.equal(reader.read(deflated(new Uint8Array(9), 2, 1)), null);
  reader.read(deflated(new Uint8Array(9), 3, 0));
  assert.equal(reader.read(deflated(new Uint8Array(9), 5, 4)), null);
});

test("what was read does not change with the next one", () => {
  const reader = new FrameReader(inflateRawSync);
  const first = reader.read(deflated(Uint8Array.of(1, 2, 3), 1, 0));
  reader.read(deflated(Uint8Array.of(1, 1, 1), 2, 1));
  assert.deepEqual(new Uint8Array(first), Uint8Array.of(1, 2, 3));
});

/** The median of the ms that it takes to read a frame which differs from the one before in all parameters and in some cells. */
function timeToRead(sizes) {
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const parameters = sum(sizes.slice(1).map((size, index) => size * (sizes[index] + 1)));
  const head = sizes.length > 8 ? 72 : 64;
  const length = head + 8 * parameters + 100 * sum(sizes.slice(1)) + 4 + 10_000;
  const whole = Uint8Array.from({ length }, (_, at) => (at * at * 31) >> 7); // hardly to be deflated
  const view = new DataView(whole.buffer);
  view.setUint32(0, 0x31464c50, true);
  view.setUint16(12, sizes.length - 1, true);
  for (let index = 0; index < 12; index++) view.setUint16(48 + 2 * index, sizes[index] ?? 0, true);
  const isOther = (at) => at >= head && (at < head + 8 * parameters || at % 17 === 0);
  const change = Uint8Array.from({ length }, (_, at) => (isOther(at) ? (at * 7919) >> 3 : 0));
  const reader = new FrameReader(fflate.inflateSync);
  reader.read(deflated(whole, 1, 0));
  const times = Array.from({ length: 200 }, (_, index) => {
    const message = deflated(change, index + 2, index + 1);
    const begun = performance.now();
    decodeFrame(reader.read(message));
    return performance.now() - begun;
  });
  return times.sort((one, other) => one - other)[100];
}

test("a frame is read within half a millisecond, and the largest within two", () => {
  const [usual, largest] = [
    [2, 4, 2, 1],
    [7, ...Array(10).fill(16), 6],
  ].map(timeToRead);
  assert.ok(usual < 0.5, `${usual} ms`);
  assert.ok(largest < 2, `${largest} ms`); // 0.5 beside fifteen other programs on two processors
});
