// The network: layers with a way forward and a way back. Arrays are row by row, in double precision.

const variable = (shape, fill = 0) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, value: new Float64Array(size).fill(fill), grad: new Float64Array(size), slots: {} };
};

// Uniform between ±sqrt(6 / (inputs + units)). Source: Glorot and Bengio (2010), equation 16.
// Normal, cut off at two standard deviations, of variance 2 / inputs. Source: He et al. (2015), equation 10.
const INITIALIZERS = {
  glorot_uniform: (inputs, units, uniform) => () => (2 * uniform() - 1) * Math.sqrt(6 / (inputs + units)),
  he_normal: (inputs, units, uniform) => {
    const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return () => {
      let n = normal();
      while (Math.abs(n) > 2) n = normal();
      return (n * Math.sqrt(2 / inputs)) / 0.87962566103423978; // the cut takes variance away
    };
  },
  zeros: () => () => 0,
};

const LAYERS = {
  // y = f(x W + b);  dz = dy f'(z),  dW = xᵀ dz,  db = Σ dz over the batch,  dx = dz Wᵀ
  Dense: {
    build(layer, inputs, uniform) {
      layer.kernel = variable([inputs, layer.units]);
      layer.bias = variable([layer.units]);
      layer.kernel.value = layer.kernel.value.map(INITIALIZERS[layer.initializer](inputs, layer.units, uniform));
      layer.variables = [layer.kernel, layer.bias];
      return layer.units;
    },
    forward(layer, x, rows) {
      const [inputs, units] = layer.kernel.shape;
      const [W, b] = [layer.kernel.value, layer.bias.value];
      const z = new Float64Array(rows * units);
      for (let i = 0; i < rows; i++) {
        const row = i * units;
        for (let j = 0; j < units; j++) z[row + j] = b[j];
        for (let k = 0; k < inputs; k++) {
          const xk = x[i * inputs + k];
          if (xk === 0) continue; // most pixels are blank
          for (let j = 0, w = k * units; j < units; j++, w++) z[row + j] += xk * W[w];
        }
      }
      const y = layer.activation === "softmax" ? softmaxRows(z, rows, units) : z.map(FUNCTIONS[layer.activation].f);
      layer.memory = { x, z, y };
      return y;
    },
    backward(layer, dy, rows, needed, fused) {
      const [inputs, units] = layer.kernel.shape;
      const { x, z, y } = layer.memory;
      const W = layer.kernel.value;
      const { slope } = FUNCTIONS[layer.activation] ?? {};
      const dz = fused ? dy : slope ? dy.map((d, i) => d * slope(z[i], y[i])) : softmaxBack(y, dy, units);
      const dW = layer.kernel.grad.fill(0);
      const db = layer.bias.grad.fill(0);
      const dx = needed ? new Float64Array(rows * inputs) : null;
      for (let i = 0; i < rows; i++) {
        const row = i * units;
        for (let j = 0; j < units; j++) db[j] += dz[row + j];
        for (let k = 0; k < inputs; k++) {
          const xk = x[i * inputs + k];
          let sum = 0;
          if (xk !== 0) for (let j = 0, w = k * units; j < units; j++, w++) dW[w] += xk * dz[row + j];
          if (!needed) continue;
          for (let j = 0, w = k * units; j < units; j++, w++) sum += dz[row + j] * W[w];
          dx[i * inputs + k] = sum;
        }
      }
      // The penalty l1 Σ|W| + l2 ΣW² has the gradient l1 sign(W) + 2 l2 W.
      if (layer.l1 || layer.l2) for (let w = 0; w < W.length; w++) dW[w] += layer.l1 * Math.sign(W[w]) + 2 * layer.l2 * W[w];
      Object.assign(layer.memory, { dy, dz, dx });
      return dx;
    },
    penalty: ({ kernel, l1, l2 }) => kernel.value.reduce((sum, w) => sum + l1 * Math.abs(w) + l2 * w * w, 0),
  },

  // y = x m / (1 − rate), m 0 with probability rate, else 1;  dx = dy m / (1 − rate)
  Dropout: {
    build: (layer, inputs) => inputs,
    forward(layer, x, rows, training, random) {
      if (!training || !layer.rate) {
        layer.memory = { x, y: x, mask: null };
        return x;
      }
      const mask = random.masks?.shift() ?? x.map(() => +(random.uniform() >= layer.rate));
      const y = x.map((v, i) => (v * mask[i]) / (1 - layer.rate));
      layer.memory = { x, y, mask };
      return y;
    },
    backward(layer, dy) {
      const { mask } = layer.memory;
      const dx = mask ? dy.map((d, i) => (d * mask[i]) / (1 - layer.rate)) : dy;
      Object.assign(layer.memory, { dy, dx });
      return dx;
    },
  },

  // x̂ = (x − mean) / sqrt(variance + 0.001),  y = γ x̂ + β; mean and variance of the batch in training, else running ones
  // dγ = Σ x̂ dy,  dβ = Σ dy,  dx = γ / sqrt(variance + 0.001) (dy − mean(dy) − x̂ mean(x̂ dy))
  BatchNormalization: {
    epsilon: 1e-3,
    momentum: 0.99,
    build(layer, inputs) {
      layer.gamma = variable([inputs], 1);
      layer.beta = variable([inputs]);
      layer.movingMean = variable([inputs]);
      layer.movingVariance = variable([inputs], 1);
      layer.variables = [layer.gamma, layer.beta];
      return inputs;
    },
    forward(layer, x, rows, training) {
      const units = layer.gamma.shape[0];
      const { epsilon, momentum } = LAYERS.BatchNormalization;
      const [mean, variance] = [layer.movingMean.value.slice(), layer.movingVariance.value.slice()];
      if (training) {
        mean.fill(0);
        variance.fill(0);
        x.forEach((v, i) => (mean[i % units] += v / rows));
        x.forEach((v, i) => (variance[i % units] += (v - mean[i % units]) ** 2 / rows));
        for (let j = 0; j < units; j++) {
          layer.movingMean.value[j] = momentum * layer.movingMean.value[j] + (1 - momentum) * mean[j];
          layer.movingVariance.value[j] = momentum * layer.movingVariance.value[j] + (1 - momentum) * variance[j];
        }
      }
      const root = variance.map((v) => Math.sqrt(v + epsilon));
      const normalized = x.map((v, i) => (v - mean[i % units]) / root[i % units]);
      const y = normalized.map((v, i) => v * layer.gamma.value[i % units] + layer.beta.value[i % units]);
      layer.memory = { x, y, normalized, root };
      return y;
    },
    backward(layer, dy, rows) {
      const units = layer.gamma.shape[0];
      const { normalized, root } = layer.memory;
      const dGamma = layer.gamma.grad.fill(0);
      const dBeta = layer.beta.grad.fill(0);
      dy.forEach((d, i) => {
        dGamma[i % units] += d * normalized[i];
        dBeta[i % units] += d;
      });
      const dx = dy.map((d, i) => {
        const j = i % units;
        return (layer.gamma.value[j] / root[j]) * (d - dBeta[j] / rows - (normalized[i] * dGamma[j]) / rows);
      });
      Object.assign(layer.memory, { dy, dx });
      return dx;
    },
  },
};

const argmax = (values) => values.reduce((best, v, i) => (v > values[best] ? i : best), 0);
const lastOf = (list) => list[list.length - 1];
const outputOf = (network) => lastOf(network.layers);
const trainables = (network) => network.layers.flatMap((layer) => layer.variables ?? []);
const penaltyOf = (network) => network.layers.reduce((sum, layer) => sum + (LAYERS[layer.kind].penalty?.(layer) ?? 0), 0);

// Give every layer its variables. A network is { inputs, loss, layers: [{ kind, … }], optimizer }.
function build(network, seed) {
  const uniform = uniformStream(seed);
  network.layers.reduce((inputs, layer) => {
    layer.inputs = inputs;
    return (layer.outputs = LAYERS[layer.kind].build(layer, inputs, uniform));
  }, network.inputs);
  network.iterations = 0;
  network.random = { uniform: uniformStream(seed + 1000) };
  return network;
}

const predict = (network, x, rows, training = false) =>
  network.layers.reduce((values, layer) => LAYERS[layer.kind].forward(layer, values, rows, training, network.random), x);

// The mean loss of the rows, with and without penalties, of what share the largest output (or the side of one half) is
// right, and the mean of the squared errors.
function score(network, x, y, rows) {
  const p = predict(network, x, rows);
  const { z } = outputOf(network).memory;
  const columns = p.length / rows;
  let [loss, right, squares] = [0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const [from, to] = [i * columns, (i + 1) * columns];
    const [pi, yi] = [p.subarray(from, to), y.subarray(from, to)];
    loss += LOSSES[network.loss].loss(z.subarray(from, to), pi, yi) / rows;
    squares += LOSSES.mean_squared_error.loss(null, pi, yi) / rows;
    right += columns > 1 ? argmax(pi) === argmax(yi) : +(pi[0] > 0.5) === yi[0];
  }
  return { loss: loss + penaltyOf(network), error: loss, accuracy: right / rows, squares };
}

// Forward and back: every variable's gradient. Returns the outputs.
function gradients(network, x, y, rows) {
  const p = predict(network, x, rows, true);
  const { slope, fused } = LOSSES[network.loss];
  const n = network.loss === "categorical_crossentropy" ? rows : p.length; // what the loss is the mean over
  const dp = p.map((v, i) => slope(v - y[i]) / n);
  const first = network.layers.findIndex((layer) => layer.variables);
  network.layers.reduceRight((dy, layer, at) => {
    return at < first ? null : LAYERS[layer.kind].backward(layer, dy, rows, at > first, fused && layer === outputOf(network));
  }, dp);
  return p;
}

// The whole recipe: gradients, then the optimizer's rule for each variable.
function trainStep(network, x, y, rows) {
  const p = gradients(network, x, y, rows);
  network.iterations += 1;
  for (const each of trainables(network)) descend(network.optimizer, each, network.iterations);
  return p;
}
