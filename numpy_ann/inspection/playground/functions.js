// Activation functions y = f(z), each beside its derivative, and the losses beside theirs. Names and formulas are the library's.

const erf = (x) => {
  // Series near 0, continued fraction elsewhere. Source: Abramowitz and Stegun (1964), 7.1.6 and 7.1.14.
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) sum += term *= (2 * a * a) / (2 * n + 1);
    return (Math.sign(x) * 2 * Math.exp(-a * a) * sum) / Math.sqrt(Math.PI);
  }
  let fraction = a;
  for (let n = 60; n > 0; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / (fraction * Math.sqrt(Math.PI)));
};

const sigmoid = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z))); // no overflow
const SELU = { alpha: 1.6732632423543772, scale: 1.0507009873554805 };
const normalCdf = (z) => 0.5 * (1 + erf(z / Math.SQRT2));

// slope(z, y): dy/dz, of whichever is handier.
const FUNCTIONS = {
  linear: { formula: "z", f: (z) => z, slope: () => 1, derivative: "1" },
  relu: { formula: "max(z, 0)", f: (z) => Math.max(z, 0), slope: (z, y) => +(y > 0), derivative: "1 if z > 0, else 0" },
  leaky_relu: { formula: "z if z > 0, else 0.2 z", f: (z) => (z > 0 ? z : 0.2 * z), slope: (z) => (z > 0 ? 1 : 0.2), derivative: "1 if z > 0, else 0.2" },
  sigmoid: { formula: "1 / (1 + exp(−z))", f: sigmoid, slope: (z, y) => y * (1 - y), derivative: "y (1 − y)" },
  tanh: { formula: "tanh(z)", f: Math.tanh, slope: (z, y) => 1 - y * y, derivative: "1 − y²" },
  elu: { formula: "z if z > 0, else exp(z) − 1", f: (z) => (z > 0 ? z : Math.expm1(z)), slope: (z, y) => (z > 0 ? 1 : y + 1), derivative: "1 if z > 0, else y + 1" },
  selu: {
    formula: "1.05 (z if z > 0, else 1.67 (exp(z) − 1))",
    f: (z) => SELU.scale * (z > 0 ? z : SELU.alpha * Math.expm1(z)),
    slope: (z, y) => (z > 0 ? SELU.scale : y + SELU.scale * SELU.alpha),
    derivative: "1.05 if z > 0, else y + 1.76",
  },
  gelu: {
    formula: "z Φ(z), Φ the normal distribution",
    f: (z) => z * normalCdf(z),
    slope: (z) => normalCdf(z) + (z * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI),
    derivative: "Φ(z) + z φ(z)",
  },
  silu: {
    formula: "z / (1 + exp(−z))",
    f: (z) => z * sigmoid(z),
    slope: (z, y) => y + sigmoid(z) * (1 - y),
    derivative: "y + σ(z) (1 − y)",
  },
  softplus: { formula: "log(1 + exp(z))", f: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), slope: (z) => sigmoid(z), derivative: "1 / (1 + exp(−z))" },
  softsign: { formula: "z / (1 + |z|)", f: (z) => z / (1 + Math.abs(z)), slope: (z) => 1 / (1 + Math.abs(z)) ** 2, derivative: "1 / (1 + |z|)²" },
};

// The losses. formula: of one sample, of k outputs. slope: dL/dp of each number's error p − y, before the mean; where activation and loss are taken together
// (fused), it is dL/dz. power: what the loss of errors twice as large is, as a power of 2.
const LOSSES = {
  binary_crossentropy: {
    formula: () => "l = −(y log p + (1 − y) log(1 − p))",
    // log p = −log(1 + exp(−z)): from z, so that a certain answer isn't infinitely wrong
    loss: (z, p, y) => Math.max(z[0], 0) - z[0] * y[0] + Math.log1p(Math.exp(-Math.abs(z[0]))),
    fused: true, slope: (error) => error, derivative: "(p − y)", power: 1,
  },
  categorical_crossentropy: {
    formula: () => "l = −Σ y log p",
    loss: (z, p, y) => {
      const most = z.reduce((a, b) => Math.max(a, b));
      const logSum = most + Math.log(z.reduce((sum, v) => sum + Math.exp(v - most), 0));
      return y.reduce((sum, v, k) => sum - v * (z[k] - logSum), 0);
    },
    fused: true, slope: (error) => error, derivative: "(p − y)", power: 1,
  },
  mean_squared_error: {
    formula: (k) => (k > 1 ? "l = Σ (p − y)² / k" : "l = (p − y)²"),
    loss: (z, p, y) => p.reduce((sum, v, k) => sum + (v - y[k]) ** 2, 0) / p.length,
    slope: (error) => 2 * error, derivative: "2 (p − y)", power: 2,
  },
  mean_absolute_error: {
    formula: (k) => (k > 1 ? "l = Σ |p − y| / k" : "l = |p − y|"),
    loss: (z, p, y) => p.reduce((sum, v, k) => sum + Math.abs(v - y[k]), 0) / p.length,
    slope: Math.sign, derivative: "sign(p − y)", power: 1,
  },
};

function softmaxRows(z, rows, columns) {
  const p = new Float64Array(z.length);
  for (let i = 0; i < rows; i++) {
    const start = i * columns;
    let most = -Infinity;
    for (let k = 0; k < columns; k++) most = Math.max(most, z[start + k]);
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += p[start + k] = Math.exp(z[start + k] - most);
    for (let k = 0; k < columns; k++) p[start + k] /= sum;
  }
  return p;
}

// dz = p (dy − Σ p dy), for each row of a softmax that isn't taken together with its loss.
function softmaxBack(p, dy, columns) {
  return dy.map((d, i) => {
    const start = i - (i % columns);
    let sum = 0;
    for (let k = start; k < start + columns; k++) sum += p[k] * dy[k];
    return p[i] * (d - sum);
  });
}
