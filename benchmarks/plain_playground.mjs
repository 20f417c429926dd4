// A plain Playground: an object for every neuron and link, one sample at a time, as a page in a browser has it.
// The baseline of training.py, which talks to it by lines of JSON: a request on standard input, its answer on standard output.
//   {"load": {sizes, activations, parameters, features, train, test, batchSize, learningRate}}   -> {}
//   {"losses": epochs}                       trains -> {"losses": [[train, test], ... one per epoch]}
//   {"draw": true}                           -> {"map": [100 rows of 100]}, the output's
//   {"rate": "full" | "train", "seconds"}    -> {"rate": steps per second}
// sizes: inputs, then the neurons of each layer; parameters: per layer the weights neuron by neuron, then the biases;
// points: [x, y, label]. No regularization.

import {createInterface} from "node:readline";

const SIDE = 100;
const EDGE = 6;

const FEATURES = {
  x: (x, y) => x,
  y: (x, y) => y,
  xSquared: (x, y) => x * x,
  ySquared: (x, y) => y * y,
  xTimesY: (x, y) => x * y,
  sinX: (x, y) => Math.sin(x),
  sinY: (x, y) => Math.sin(y),
};

// Each derivative is written in the function's own value.
const ACTIVATIONS = {
  tanh: {value: Math.tanh, derivative: (value) => 1 - value * value},
  sigmoid: {value: (total) => 1 / (1 + Math.exp(-total)), derivative: (value) => value * (1 - value)},
  relu: {value: (total) => Math.max(0, total), derivative: (value) => (value > 0 ? 1 : 0)},
  linear: {value: (total) => total, derivative: () => 1},
};

class Link {
  constructor(source, target, weight) {
    this.source = source;
    this.target = target;
    this.weight = weight;
    this.gradient = 0; // summed over the samples since the last update
  }
}

class Neuron {
  constructor(activation, bias) {
    this.activation = activation;
    this.bias = bias;
    this.biasGradient = 0;
    this.incoming = [];
    this.outgoing = [];
    this.output = 0;
    this.slope = 0; // of the loss, by this neuron's output
  }

  fire() {
    let total = this.bias;
    for (const link of this.incoming) {
      total += link.weight * link.source.output;
    }
    this.output = this.activation.value(total);
  }

  learn() {
    const slope = this.slope * this.activation.derivative(this.output);
    this.biasGradient += slope;
    for (const link of this.incoming) {
      link.gradient += slope * link.source.output;
      link.source.slope += slope * link.weight;
    }
  }

  update(rate) {
    this.bias -= rate * this.biasGradient;
    this.biasGradient = 0;
    for (const link of this.incoming) {
      link.weight -= rate * link.gradient;
      link.gradient = 0;
    }
  }
}

class Playground {
  constructor({sizes, activations, parameters, features, train, test, batchSize, learningRate}) {
    Object.assign(this, {train, test, batchSize, learningRate});
    this.features = features.map((name) => FEATURES[name]);
    this.inputs = Array.from({length: sizes[0]}, () => new Neuron(ACTIVATIONS.linear, 0));
    this.layers = [];
    this.count = 0; // samples since the last update
    let below = this.inputs;
    let at = 0;
    activations.forEach((name, index) => {
      const biasAt = at + sizes[index + 1] * below.length;
      const layer = [];
      for (let j = 0; j < sizes[index + 1]; j++) {
        const neuron = new Neuron(ACTIVATIONS[name], parameters[biasAt + j]);
        for (const source of below) {
          const link = new Link(source, neuron, parameters[at++]);
          neuron.incoming.push(link);
          source.outgoing.push(link);
        }
        layer.push(neuron);
      }
      at = biasAt + layer.length;
      this.layers.push(layer);
      below = layer;
    });
    this.output = below[0];
    this.maps = this.layers.flat().map(() => Array.from({length: SIDE}, () => new Array(SIDE)));
  }

  forward(x, y) {
    this.inputs.forEach((neuron, i) => {
      neuron.output = this.features[i](x, y);
    });
    for (const layer of this.layers) {
      for (const neuron of layer) {
        neuron.fire();
      }
    }
    return this.output.output;
  }

  backward(label) {
    for (const layer of this.layers) {
      for (const neuron of layer) {
        neuron.slope = 0;
      }
    }
    this.output.slope = this.output.output - label;
    for (let index = this.layers.length - 1; index >= 0; index--) {
      for (const neuron of this.layers[index]) {
        neuron.learn();
      }
    }
  }

  update() {
    const rate = this.learningRate / this.count;
    for (const layer of this.layers) {
      for (const neuron of layer) {
        neuron.update(rate);
      }
    }
    this.count = 0;
  }

  epoch() {
    this.train.forEach(([x, y, label], i) => {
      this.forward(x, y);
      this.backward(label);
      this.count++;
      if ((i + 1) % this.batchSize === 0) {
        this.update();
      }
    });
  }

  loss(points) {
    let sum = 0;
    for (const [x, y, label] of points) {
      sum += 0.5 * (this.forward(x, y) - label) ** 2;
    }
    return sum / points.length;
  }

  losses() {
    return [this.loss(this.train), this.loss(this.test)];
  }

  draw() {
    const neurons = this.layers.flat();
    for (let row = 0; row < SIDE; row++) {
      for (let column = 0; column < SIDE; column++) {
        this.forward(-EDGE + (2 * EDGE * column) / (SIDE - 1), EDGE - (2 * EDGE * row) / (SIDE - 1));
        neurons.forEach((neuron, index) => {
          this.maps[index][row][column] = neuron.output;
        });
      }
    }
  }

  full() {
    this.epoch();
    this.losses();
    this.draw();
  }
}

function rate(step, seconds) {
  const start = performance.now();
  let steps = 0;
  let elapsed = 0;
  while (elapsed < seconds * 1000) {
    step();
    steps++;
    elapsed = performance.now() - start;
  }
  return (steps * 1000) / elapsed;
}

let playground;

function answer(request) {
  if ("load" in request) {
    playground = new Playground(request.load);
    return {};
  }
  if ("losses" in request) {
    const losses = [];
    for (let epoch = 0; epoch < request.losses; epoch++) {
      playground.epoch();
      losses.push(playground.losses());
    }
    return {losses};
  }
  if ("draw" in request) {
    playground.draw();
    return {map: playground.maps.at(-1)};
  }
  const step = request.rate === "full" ? () => playground.full() : () => playground.epoch();
  return {rate: rate(step, request.seconds)};
}

for await (const line of createInterface({input: process.stdin})) {
  console.log(JSON.stringify(answer(JSON.parse(line))));
}
