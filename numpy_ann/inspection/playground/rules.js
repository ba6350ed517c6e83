// The optimizers' rules, as the library and Keras have them: w a number, g its gradient, s its slots, t the step from 1.

const EPSILON = 1e-7;
const OPTIMIZERS = {
  SGD: {
    rate: 0.1,
    options: { momentum: 0, nesterov: false },
    slots: (o) => (o.momentum ? { momentum: 0 } : {}),
    formula: (o) => (!o.momentum ? "w = w − α g" : o.nesterov ? "v = μ v − α g;  w = w + μ v − α g" : "v = μ v − α g;  w = w + v"),
    rule(w, g, s, t, rate, { momentum, nesterov }) {
      if (!momentum) return w - rate * g;
      s.momentum = momentum * s.momentum - rate * g;
      return nesterov ? w + momentum * s.momentum - rate * g : w + s.momentum;
    },
  },
  RMSprop: {
    rate: 0.01,
    options: {},
    slots: () => ({ velocity: 0 }),
    formula: () => "v = 0.9 v + 0.1 g²;  w = w − α g / √(v + ε)",
    rule(w, g, s, t, rate) {
      s.velocity = 0.9 * s.velocity + 0.1 * g * g;
      return w - (rate * g) / Math.sqrt(s.velocity + EPSILON);
    },
  },
  Adagrad: {
    rate: 0.1,
    options: {},
    slots: () => ({ accumulator: 0.1 }),
    formula: () => "s = s + g²;  w = w − α g / √(s + ε)",
    rule(w, g, s, t, rate) {
      s.accumulator += g * g;
      return w - (rate * g) / Math.sqrt(s.accumulator + EPSILON);
    },
  },
  Adadelta: {
    rate: 1,
    options: {},
    slots: () => ({ accumulated_grad: 0, accumulated_delta_var: 0 }),
    formula: () => "s = 0.95 s + 0.05 g²;  d = g √(u + ε) / √(s + ε);  u = 0.95 u + 0.05 d²;  w = w − α d",
    rule(w, g, s, t, rate) {
      s.accumulated_grad = 0.95 * s.accumulated_grad + 0.05 * g * g;
      const d = (g * Math.sqrt(s.accumulated_delta_var + EPSILON)) / Math.sqrt(s.accumulated_grad + EPSILON);
      s.accumulated_delta_var = 0.95 * s.accumulated_delta_var + 0.05 * d * d;
      return w - rate * d;
    },
  },
  Adam: {
    rate: 0.03,
    options: {},
    slots: () => ({ momentum: 0, velocity: 0 }),
    formula: () => "m = 0.9 m + 0.1 g;  v = 0.999 v + 0.001 g²;  w = w − α √(1 − 0.999ᵗ) / (1 − 0.9ᵗ) m / (√v + ε)",
    rule(w, g, s, t, rate) {
      s.momentum += (g - s.momentum) * 0.1;
      s.velocity += (g * g - s.velocity) * 0.001;
      return w - (((rate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t)) * s.momentum) / (Math.sqrt(s.velocity) + EPSILON);
    },
  },
  AdamW: {
    rate: 0.03,
    options: { weight_decay: 0.004 },
    slots: () => ({ momentum: 0, velocity: 0 }),
    formula: (o) => `w = w − α ${o.weight_decay} w;  then as Adam`,
    rule: (w, g, s, t, rate, { weight_decay }) => OPTIMIZERS.Adam.rule(w - rate * weight_decay * w, g, s, t, rate),
  },
  Adamax: {
    rate: 0.03,
    options: {},
    slots: () => ({ momentum: 0, norm: 0 }),
    formula: () => "m = 0.9 m + 0.1 g;  u = max(0.999 u, |g|);  w = w − α / (1 − 0.9ᵗ) m / (u + ε)",
    rule(w, g, s, t, rate) {
      s.momentum += (g - s.momentum) * 0.1;
      s.norm = Math.max(0.999 * s.norm, Math.abs(g));
      return w - (rate * s.momentum) / ((1 - 0.9 ** t) * (s.norm + EPSILON));
    },
  },
  Nadam: {
    rate: 0.03,
    options: {},
    slots: () => ({ momentum: 0, velocity: 0 }),
    formula: () => "m, v as Adam;  w = w − α (c m + (1 − μ) / (1 − Π) g) / (√(v / (1 − 0.999ᵗ)) + ε),  μ = 0.9 (1 − 0.5 · 0.96ᵗ)",
    momentumAt: (t) => 0.9 * (1 - 0.5 * 0.96 ** t),
    rule(w, g, s, t, rate) {
      const { momentumAt } = OPTIMIZERS.Nadam;
      const product = productOfMomenta(t); // Π
      const next = momentumAt(t + 1);
      s.momentum += (g - s.momentum) * 0.1;
      s.velocity += (g * g - s.velocity) * 0.001;
      const m = (next * s.momentum) / (1 - product * next) + ((1 - momentumAt(t)) * g) / (1 - product);
      return w - (rate * m) / (Math.sqrt(s.velocity / (1 - 0.999 ** t)) + EPSILON);
    },
  },
  Lion: {
    rate: 0.003,
    options: {},
    slots: () => ({ momentum: 0 }),
    formula: () => "w = w − α sign(0.9 m + 0.1 g);  m = 0.99 m + 0.01 g",
    rule(w, g, s, t, rate) {
      const step = rate * Math.sign(0.9 * s.momentum + 0.1 * g);
      s.momentum = 0.99 * s.momentum + 0.01 * g;
      return w - step;
    },
  },
};

const products = [1];
function productOfMomenta(t) {
  while (products.length <= t) products.push(products[products.length - 1] * OPTIMIZERS.Nadam.momentumAt(products.length));
  return products[t];
}

// The loss times c makes gradients times c. The steps stay the same if slots grow with it, by these powers; plain SGD's
// rate has to shrink instead, and what it keeps are steps.
const POWERS = { momentum: 1, velocity: 2, accumulator: 2, accumulated_grad: 2, accumulated_delta_var: 0, norm: 1 };
const slotFactor = (optimizer, slot, c) => (optimizer.name === "SGD" ? 1 : c ** POWERS[slot]);
const rateFactor = (optimizer, c) => (optimizer.name === "SGD" ? 1 / c : 1);

const makeOptimizer = (name, rate = OPTIMIZERS[name].rate) => ({ name, rate, ...OPTIMIZERS[name].options });

// Give a variable its slots, if it has none of this optimizer yet.
function prepareSlots(optimizer, each) {
  const slots = OPTIMIZERS[optimizer.name].slots(optimizer);
  if (each.slotsOf === optimizer.name && Object.keys(slots).every((slot) => slot in each.slots)) return;
  each.slotsOf = optimizer.name;
  each.slots = Object.fromEntries(Object.entries(slots).map(([slot, start]) => [slot, new Float64Array(each.value.length).fill(start)]));
}

function descend(optimizer, each, t) {
  prepareSlots(optimizer, each);
  const { rule } = OPTIMIZERS[optimizer.name];
  const { value, grad, slots } = each;
  const names = Object.keys(slots);
  const s = {};
  for (let i = 0; i < value.length; i++) {
    for (const name of names) s[name] = slots[name][i];
    value[i] = rule(value[i], grad[i], s, t, optimizer.rate, optimizer);
    for (const name of names) slots[name][i] = s[name];
  }
}
