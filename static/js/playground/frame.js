// The binary messages of docs/protocol.md, decoded. Arrays are views into the message, nothing is copied. Pure.

const POINTS_MAGIC = 0x31504c50; // "PLP1"
const FRAME_MAGIC = 0x31464c50; // "PLF1"
const DEFLATED_MAGIC = 0x32464c50; // "PLF2"
const THUMBNAIL = 100; // cells: 10 x 10
const MAP = 10_000; // cells: 100 x 100

/** {generation, train, test}; the point sets are Float64Array of x, y, label, one after the other. */
export function decodePoints(buffer) {
  const view = open(buffer, POINTS_MAGIC, 16);
  const trainLength = 3 * view.getUint32(8, true);
  const testLength = 3 * view.getUint32(12, true);
  want(buffer, 16 + 8 * (trainLength + testLength));
  return {
    generation: view.getUint32(4, true),
    train: new Float64Array(buffer, 16, trainLength),
    test: new Float64Array(buffer, 16 + 8 * trainLength, testLength),
  };
}

/**
 * {generation, epoch, playing, diverged, viewed, trainLoss, testLoss, trainAccuracy, testAccuracy, sizes, weights, thumbnails, selected, map, classified}
 *
 * sizes: inputs, then nodes of each computed layer. weights: a `Weights`. thumbnails: Int8Array, 100 cells a node.
 * selected: {layer, node} whose `map` (Int8Array, 10,000 cells, top row first) this is; of several outputs the node after the
 * last for the picture of them all. classified: the class that each training, then each test point is taken for (Uint8Array); empty where labels are
 * no classes.
 */
export function decodeFrame(buffer) {
  const view = open(buffer, FRAME_MAGIC, 64);
  const flags = view.getUint16(14, true);
  const count = view.getUint16(12, true) + 1;
  const head = count > 8 ? 72 : 64; // the sizes of a deep network need more room
  want(buffer, head);
  const sizes = Array.from({ length: Math.min(count, 12) }, (_, index) => view.getUint16(48 + 2 * index, true));
  const nodes = sizes.slice(1).reduce((sum, size) => sum + size, 0);
  const parameters = sizes.slice(1).reduce((sum, size, index) => sum + size * (sizes[index] + 1), 0);
  const thumbnails = head + 8 * parameters;
  const selected = thumbnails + THUMBNAIL * nodes;
  want(buffer, selected + 4 + MAP);
  return {
    generation: view.getUint32(4, true),
    epoch: view.getUint32(8, true),
    playing: (flags & 1) !== 0,
    diverged: (flags & 2) !== 0,
    viewed: (flags & 4) !== 0,
    trainLoss: view.getFloat64(16, true),
    testLoss: view.getFloat64(24, true),
    trainAccuracy: view.getFloat64(32, true),
    testAccuracy: view.getFloat64(40, true),
    sizes,
    weights: new Weights(sizes, new Float64Array(buffer, head, parameters)),
    thumbnails: new Int8Array(buffer, thumbnails, THUMBNAIL * nodes),
    selected: { layer: view.getUint16(selected, true), node: view.getUint16(selected + 2, true) },
    map: new Int8Array(buffer, selected + 4, MAP),
    classified: new Uint8Array(buffer, selected + 4 + MAP),
  };
}

/** Reads frames that come as differences, in their order. Owns the last one. */
export class FrameReader {
  #inflate;
  #whole = null;
  #sequence = 0;

  /** inflate: from a deflated Uint8Array to what it was. */
  constructor(inflate) {
    this.#inflate = inflate;
  }

  /** The whole frame as an ArrayBuffer; null where it is the difference to one that has not come. */
  read(buffer) {
    const view = open(buffer, DEFLATED_MAGIC, 12);
    const [sequence, before] = [view.getUint32(4, true), view.getUint32(8, true)];
    if (before !== 0 && (this.#whole === null || before !== this.#sequence)) return null;
    const content = this.#inflate(new Uint8Array(buffer, 12));
    if (before !== 0) for (let at = 0; at < content.length; at++) content[at] += this.#whole[at];
    this.#sequence = sequence;
    this.#whole = content;
    return new Uint8Array(content).buffer; // a copy
  }
}

/** The parameters of a network in one flat array: layer by layer the weights, node by node, then the biases. */
export class Weights {
  constructor(sizes, values) {
    this.sizes = sizes;
    this.values = values;
    this.starts = [0];
    for (let layer = 1; layer < sizes.length; layer++) {
      this.starts.push(this.starts[layer - 1] + sizes[layer] * (sizes[layer - 1] + 1));
    }
  }

  weight(layer, node, input) {
    return this.values[this.starts[layer] + node * this.sizes[layer] + input];
  }

  bias(layer, node) {
    return this.values[this.starts[layer] + this.sizes[layer + 1] * this.sizes[layer] + node];
  }
}

function open(buffer, magic, headerLength) {
  want(buffer, headerLength);
  const view = new DataView(buffer);
  const found = view.getUint32(0, true);
  if (found !== magic) throw new Error(`unknown message: magic 0x${found.toString(16)}`);
  return view;
}

function want(buffer, length) {
  if (buffer.byteLength < length) throw new Error(`message of ${buffer.byteLength} bytes, want ${length}`);
}
