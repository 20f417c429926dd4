// Facts of LeNet-5's layers for those who explain it. Pure.

/** The exercise's network, as the server's `start` record lists one: name, output shape, trainable parameters. */
export const EXERCISE_LAYERS = [
  { name: "input", shape: [1, 28, 28], parameters: 0 },
  { name: "conv1", shape: [6, 24, 24], parameters: 156 },
  { name: "pool1", shape: [6, 12, 12], parameters: 0 },
  { name: "conv2", shape: [16, 8, 8], parameters: 2416 },
  { name: "pool2", shape: [16, 4, 4], parameters: 0 },
  { name: "fc1", shape: [120], parameters: 30840 },
  { name: "fc2", shape: [84], parameters: 10164 },
  { name: "fc3", shape: [10], parameters: 850 },
];

const KERNEL = 5;

/** How a layer's parameters are counted, "6 × (1×5×5 + 1)"; null where it is not that simple. */
export function parameterFormula(layers, index) {
  const { name, shape, parameters } = layers[index];
  const before = layers[index - 1]?.shape;
  if (!before || parameters === 0) return null;
  const isConvolution = name.startsWith("conv");
  const inputs = isConvolution ? before[0] * KERNEL ** 2 : before.reduce((product, side) => product * side, 1);
  if (shape[0] * (inputs + 1) !== parameters) return null;
  return `${shape[0]} × (${isConvolution ? `${before[0]}×${KERNEL}×${KERNEL}` : inputs} + 1)`;
}

export function parameterSum(layers) {
  return layers.reduce((sum, { parameters }) => sum + parameters, 0);
}
