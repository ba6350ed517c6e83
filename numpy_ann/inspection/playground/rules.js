// The optimizers' rules, as the library and Keras have them: w a number, g its gradient, s its slots, t the step from 1.

const EPSILON = 1e-7;
const MOMENTS = { beta_1: 0.9, beta_2: 0.999, epsilon: EPSILON };
const rest = (share) => Number((1 - share).toPrecision(6));
const means = (beta_1, beta_2) => `m = ${beta_1} m + ${rest(beta_1)} g;  v = ${beta_2} v + ${rest(beta_2)} g²`;
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
    options: { rho: 0.9, epsilon: EPSILON },
    slots: () => ({ velocity: 0 }),
    formula: ({ rho }) => `v = ${rho} v + ${rest(rho)} g²;  w = w − α g / √(v + ε)`,
    rule(w, g, s, t, rate, { rho, epsilon }) {
      s.velocity = rho * s.velocity + (1 - rho) * g * g;
      return w - (rate * g) / Math.sqrt(s.velocity + epsilon);
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
    options: MOMENTS,
    slots: () => ({ momentum: 0, velocity: 0 }),
    formula: ({ beta_1, beta_2 }) => `${means(beta_1, beta_2)};  w = w − α √(1 − ${beta_2}ᵗ) / (1 − ${beta_1}ᵗ) m / (√v + ε)`,
    rule(w, g, s, t, rate, { beta_1, beta_2, epsilon }) {
      s.momentum += (g - s.momentum) * (1 - beta_1);
      s.velocity += (g * g - s.velocity) * (1 - beta_2);
      return w - (((rate * Math.sqrt(1 - beta_2 ** t)) / (1 - beta_1 ** t)) * s.momentum) / (Math.sqrt(s.velocity) + epsilon);
    },
  },
  AdamW: {
    rate: 0.03,
    options: { weight_decay: 0.004, ...MOMENTS },
    slots: () => ({ momentum: 0, velocity: 0 }),
    formula: (o) => `w = w − α ${o.weight_decay} w;  ${OPTIMIZERS.Adam.formula(o)}`,
    rule: (w, g, s, t, rate, o) => OPTIMIZERS.Adam.rule(w - rate * o.weight_decay * w, g, s, t, rate, o),
  },
  Adamax: {
    rate: 0.03,
    options: MOMENTS,
    slots: () => ({ momentum: 0, norm: 0 }),
    formula: ({ beta_1, beta_2 }) => `m = ${beta_1} m + ${rest(beta_1)} g;  u = max(${beta_2} u, |g|);  w = w − α / (1 − ${beta_1}ᵗ) m / (u + ε)`,
    rule(w, g, s, t, rate, { beta_1, beta_2, epsilon }) {
      s.momentum += (g - s.momentum) * (1 - beta_1);
      s.norm = Math.max(beta_2 * s.norm, Math.abs(g));
      return w - (rate * s.momentum) / ((1 - beta_1 ** t) * (s.norm + epsilon));
    },
  },
  Nadam: {
    rate: 0.03,
    options: MOMENTS,
    slots: () => ({ momentum: 0, velocity: 0 }),
    formula: ({ beta_1, beta_2 }) => `${means(beta_1, beta_2)};  w = w − α (c m + (1 − μ) / (1 − Π) g) / (√(v / (1 − ${beta_2}ᵗ)) + ε),  μ = ${beta_1} (1 − 0.5 · 0.96ᵗ);  c = μ′ / (1 − Π μ′), μ′ the next step's μ, Π the product of all μ up to t`,
    rule(w, g, s, t, rate, { beta_1, beta_2, epsilon }) {
      const product = productOfMomenta(beta_1, t); // Π
      const next = momentumAt(beta_1, t + 1);
      s.momentum += (g - s.momentum) * (1 - beta_1);
      s.velocity += (g * g - s.velocity) * (1 - beta_2);
      const m = (next * s.momentum) / (1 - product * next) + ((1 - momentumAt(beta_1, t)) * g) / (1 - product);
      return w - (rate * m) / (Math.sqrt(s.velocity / (1 - beta_2 ** t)) + epsilon);
    },
  },
  Lion: {
    rate: 0.003,
    options: { beta_1: 0.9, beta_2: 0.99 },
    slots: () => ({ momentum: 0 }),
    formula: ({ beta_1, beta_2 }) => `w = w − α sign(${beta_1} m + ${rest(beta_1)} g);  m = ${beta_2} m + ${rest(beta_2)} g`,
    rule(w, g, s, t, rate, { beta_1, beta_2 }) {
      const step = rate * Math.sign(beta_1 * s.momentum + (1 - beta_1) * g);
      s.momentum = beta_2 * s.momentum + (1 - beta_2) * g;
      return w - step;
    },
  },
};

const momentumAt = (beta_1, t) => beta_1 * (1 - 0.5 * 0.96 ** t);
const products = {};
function productOfMomenta(beta_1, t) {
  const each = (products[beta_1] ??= [1]);
  while (each.length <= t) each.push(each[each.length - 1] * momentumAt(beta_1, each.length));
  return each[t];
}

// The letters that the formulas have for the slots.
const LETTERS = { momentum: "m", velocity: "v", accumulator: "s", accumulated_grad: "s", accumulated_delta_var: "u", norm: "u" };
const letterOf = (optimizer, slot) => (optimizer.name === "SGD" ? "v" : LETTERS[slot]);

// The loss times c makes gradients times c. The steps stay the same if slots, and what is added to them, grow with it, by
// these powers; plain SGD's rate has to shrink instead, and what it keeps are steps.
const POWERS = { momentum: 1, velocity: 2, accumulator: 2, accumulated_grad: 2, accumulated_delta_var: 0, norm: 1 };
const slotFactor = (optimizer, slot, c) => (optimizer.name === "SGD" ? 1 : c ** POWERS[slot]);
const epsilonFactor = ({ name }, c) => (name === "RMSprop" ? c * c : c); // added to a square, or to a root
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
