// The forward pass, as in numpy_ann: z = x W + b, y = f(z), stage by stage.

const ACTIVATIONS = {
  linear: (z) => z,
  relu: (z) => z.map((v) => Math.max(v, 0)),
  sigmoid: (z) => z.map((v) => 1 / (1 + Math.exp(-v))),
  tanh: (z) => z.map(Math.tanh),
  softmax: (z) => {
    const largest = z.reduce((a, b) => Math.max(a, b)); // exp(z - max) / sum is exp(z) / sum, without overflow
    const powers = z.map((v) => Math.exp(v - largest));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((v) => v / sum);
  },
};

const activate = (names, z) => names.reduce((values, name) => ACTIVATIONS[name](values), z);

// With the units in `off` out of it: a softmax shares what they had among the others, as if their z were -infinity.
function activateWithout(names, z, off) {
  return names.reduce((values, name) => ACTIVATIONS[name](name === "softmax" ? without(values, off) : values), z);
}

const without = (values, off) => values.map((v, i) => (off.has(i) ? -Infinity : v));

// x: numbers. Returns z = x W + b, computed in double precision.
function weightedSum(x, { kernel, bias, units }) {
  const z = Float64Array.from(bias);
  for (let i = 0; i < x.length; i++) {
    const xi = x[i];
    if (xi === 0) continue; // most pixels are blank
    for (let j = 0, k = i * units; j < units; j++, k++) z[j] += xi * kernel[k];
  }
  return z;
}

// x: the picture as the model reads it. Returns each stage's input x, weighted sum z and output y.
function forward({ before, stages }, x) {
  let y = activate(before, Float64Array.from(x));
  return stages.map((stage) => {
    const input = y;
    const z = weightedSum(input, stage);
    y = activateWithout(stage.activations, Float64Array.from(z), stage.off);
    for (const unit of stage.off) y[unit] = 0;
    return { x: input, z, y };
  });
}

const lastOf = (list) => list[list.length - 1];

const outputs = (network, x) => lastOf(forward(network, x)).y;

// What the bars show: the outputs, if they lie between 0 and 1, else their softmax.
function probabilities(network, y) {
  const { activations, off } = lastOf(network.stages);
  const last = lastOf(activations);
  if (last === "softmax" || last === "sigmoid") return y;
  return off.size < y.length ? ACTIVATIONS.softmax(without(y, off)) : y;
}

const argmax = (values) => values.reduce((best, v, i) => (v > values[best] ? i : best), 0);

// From bytes to the model's input; noise is in units of full ink.
function modelInput(pixels, scale, noise = 0, seed = 0) {
  if (!noise) return Float32Array.from(pixels, (p) => p * scale);
  const normal = normalStream(seed);
  const noisy = (p) => Math.min(Math.max(p / 255 + noise * normal(), 0), 1);
  return Float32Array.from(pixels, (p) => noisy(p) * 255 * scale);
}

function deviation(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}

// The network with what `breaks` says taken away or disturbed; the original stays whole.
function broken(network, breaks) {
  const last = network.stages.length - 1;
  const stages = network.stages.map((stage, s) => {
    const off = new Set(breaks.off[s]);
    const random = s < last ? Math.round((stage.units * breaks.shareOff) / 100) : 0;
    for (const unit of shuffled(stage.units, breaks.seed + s).slice(0, random)) off.add(unit);
    let { kernel, bias } = stage;
    if (breaks.noBias[s]) bias = new Float32Array(stage.units);
    if (breaks.weightNoise) {
      const normal = normalStream(breaks.seed + 100 + s);
      const spread = breaks.weightNoise * deviation(kernel);
      kernel = kernel.map((w) => w + spread * normal());
    }
    return { ...stage, kernel, bias, off };
  });
  return { ...network, stages };
}
