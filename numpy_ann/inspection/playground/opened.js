// A step opened up: the numbers of one sample on the way forward and back, each layer's formulas beside them.

const SHOWN = 6;
const figure = (v) => (v !== 0 && Math.abs(v) < 5e-4 ? v.toExponential(1).replaceAll("-", "−") : signed(v, 3).replace("+", ""));
const row = (values, columns, at = 0) => Array.from(values.subarray(at * columns, (at + 1) * columns));
const MANY = 100; // pixels, of which the first few say nothing

function list(values) {
  if (values.length > MANY) return [`${values.length} numbers, ${values.filter((v) => v !== 0).length} of them not 0`];
  const cells = values.slice(0, SHOWN).map((v) => make("span", {}, figure(v)));
  return values.length > SHOWN ? [...cells, make("em", {}, `and ${values.length - SHOWN} more`)] : cells;
}

// A network that can be trained without the original noticing.
function copyOf(network) {
  const same = (each) => ({ ...each, value: each.value.slice(), grad: each.grad.slice(), slots: Object.fromEntries(Object.entries(each.slots).map(([name, values]) => [name, values.slice()])) });
  const layers = network.layers.map((layer) => {
    const copy = { ...layer };
    for (const name of ["kernel", "bias", "gamma", "beta", "movingMean", "movingVariance"]) if (layer[name]) copy[name] = same(layer[name]);
    if (layer.variables) copy.variables = layer.kind === "Dense" ? [copy.kernel, copy.bias] : [copy.gamma, copy.beta];
    return copy;
  });
  const { masks, uniform } = network.random; // the numbers still to come
  return { ...network, layers, random: { masks: masks?.slice(), uniform: uniform.copy() } };
}

// What one step would do: forward, back, and the optimizer's. Of a sample that isn't in the batch the numbers are worked
// out (own) as if it stood first in it; the gradients and the step are the batch's all the same.
function openStep(network, data, batch, sample = batch[0]) {
  const before = copyOf(network);
  for (const each of trainables(before)) prepareSlots(before.optimizer, each);
  const take = (rows) => {
    const [after, y] = [copyOf(before), targetsOf(data, rows)];
    const p = trainStep(after, inputsOf(data, rows), y, rows.length);
    return { after, y, p };
  };
  const step = take(batch);
  const at = batch.indexOf(sample);
  return { before, ...step, n: batch.length, at: Math.max(at, 0), own: at < 0 ? take([sample, ...batch.slice(1)]) : step };
}

// The weight whose step is shown: of the first layer, where the gradient is largest; it stays, so that it can be followed,
// until its gradient is 0.
function weightToFollow({ after }, followed) {
  const { grad } = after.layers.find((layer) => layer.kernel).kernel;
  return grad[followed] ? followed : argmax(grad.map(Math.abs));
}

function numbers(title, pairs) {
  const rows = pairs.filter(([, values]) => values).flatMap(([name, values]) => [make("dt", {}, name), make("dd", {}, ...(typeof values === "string" ? [values] : list(values)))]);
  return make("div", {}, make("div", { class: "column-name" }, title), make("dl", { class: "numbers" }, ...rows));
}

function stage(title, formulas, forward, back) {
  const words = [make("strong", {}, title), ...formulas.map((formula) => make("span", { class: "formula" }, formula))];
  return make("div", { class: "stage" }, make("div", { class: "formulas" }, ...words), numbers("forward", forward), numbers("back", back));
}

// own: the layer in the pass that the sample is shown of, at its row.
function denseStage(layer, own, at, weights, n, loss) {
  const { x, z, y, dy, dz, dx } = own.memory;
  const [inputs, units] = layer.kernel.shape;
  const W = columnOf(weights, units, 0);
  const dW = columnOf(layer.kernel.grad, units, 0);
  const { formula, derivative } = FUNCTIONS[layer.activation] ?? { formula: "exp(z) / Σ exp(z)" };
  const across = loss && !loss.fused && units > 1; // the mean is over the classes, too
  const from = loss && `${loss.derivative} / ${across ? "(n k)" : "n"}, n = ${n}${across ? `, k = ${units}` : ""}`;
  const down = derivative ? `dz = dy f′(z), f′ = ${derivative}` : "dz = y (dy − Σ y dy)";
  const penalties = `${layer.l1 ? ` + ${layer.l1} sign(W)` : ""}${layer.l2 ? ` + ${2 * layer.l2} W` : ""}`;
  const atOnce = loss && (loss.fused || layer.activation === "linear");
  const upstream = !loss ? [down] : atOnce ? [`dz = ${from}`] : [`dy = ${from}`, down.replace(/\by\b/g, "p")]; // y is the target there
  return stage(`Dense, ${layer.activation}`, ["z = x W + b", `f(z) = ${formula}`, ...upstream, `dW = xᵀ dz${penalties}, db = Σ dz`, ...(dx ? ["dx = dz Wᵀ"] : [])],
    [["x", row(x, inputs, at)], ["W₁", Array.from(W)], ["z", row(z, units, at)], [loss ? "p" : "y", row(y, units, at)]],
    [["dy", atOnce ? null : row(dy, units, at)], ["dz", row(dz, units, at)], ["dW₁", Array.from(dW)], ["db", Array.from(layer.bias.grad)], ["dx", dx && row(dx, inputs, at)]]);
}

function otherStage(layer, own, at) {
  const { x, y, dy, dx, mask, normalized } = own.memory;
  const units = layer.inputs;
  if (layer.kind === "Dropout") {
    return stage(`Dropout, rate ${layer.rate}`, ["y = x m / (1 − rate)", "dx = dy m / (1 − rate)"],
      [["x", row(x, units, at)], ["m", mask ? row(mask, units, at) : "1 everywhere"], ["y", row(y, units, at)]], [["dy", dy && row(dy, units, at)], ["dx", dx && row(dx, units, at)]]);
  }
  return stage("BatchNormalization", ["x̂ = (x − mean) / √(variance + 0.001)", "y = γ x̂ + β", "dγ = Σ x̂ dy, dβ = Σ dy", "dx = γ / √(variance + 0.001) (dy − mean(dy) − x̂ mean(x̂ dy))"],
    [["x", row(x, units, at)], ["x̂", row(normalized, units, at)], ["y", row(y, units, at)]],
    [["dy", dy && row(dy, units, at)], ["dγ", Array.from(layer.gamma.grad)], ["dβ", Array.from(layer.beta.grad)], ["dx", dx && row(dx, units, at)]]);
}

function lossStage({ before, after, p, y, n, at, own }) {
  const { z } = outputOf(own.after).memory;
  const columns = p.length / n;
  const { formula, loss, fused } = LOSSES[after.loss];
  const cost = (z, p, y, i) => loss(...[z, p, y].map((values) => values.subarray(i * columns, (i + 1) * columns)));
  const whole = outputOf(after).memory.z;
  let mean = penaltyOf(before);
  for (let i = 0; i < n; i++) mean += cost(whole, p, y, i) / n;
  const back = fused ? ["dz", "above, at the output: activation and loss taken together"] : [outputOf(after).activation === "linear" ? "dz" : "dy", "above, at the output"];
  const total = `L = Σ l / n${penaltyOf(before) ? " + the penalties" : ""}, over the batch`;
  return stage(`Loss: ${after.loss}`, [formula(columns), total],
    [["p", row(own.p, columns, at)], ["y", row(own.y, columns, at)], ["l", [cost(z, own.p, own.y, at)]], ["L", [mean]]], [back]);
}

// The optimizer's letters, and what they stand for.
function constantsOf(optimizer, rule, t) {
  const letters = { α: optimizer.rate, ε: optimizer.epsilon ?? EPSILON, μ: optimizer.momentum };
  const values = Object.entries(letters).filter(([letter, value]) => value !== undefined && rule.includes(letter)).map(([letter, value]) => `${letter} = ${String(value).replace("-", "−")}`);
  if (rule.includes("ᵗ")) values.push(`t = ${t}, the number of this step`);
  return values.join(", ");
}

function ruleStage({ before, after }, data, k) {
  const { optimizer, iterations } = after;
  const at = after.layers.findIndex((layer) => layer.kernel);
  const [was, now] = [before, after].map(({ layers }) => layers[at].kernel);
  const { units, inputs } = after.layers[at];
  const rule = OPTIMIZERS[optimizer.name].formula(optimizer);
  const slots = Object.keys(now.slots);
  const kept = (each) => slots.map((slot) => [letterOf(optimizer, slot), [each.slots[slot][k]]]);
  const names = slots.map((slot) => `${letterOf(optimizer, slot)}: ${slot.replaceAll("_", " ")}`).join(", ");
  const [input, unit] = [Math.floor(k / units), (k % units) + 1];
  const pixel = data.kind === "pictures" && inputs === data.rows * data.columns && `the pixel in row ${Math.floor(input / data.columns) + 1}, column ${(input % data.columns) + 1},`;
  const from = pixel || (inputs === data.features && at === 0 && data.columns[input]) || `input ${input + 1}`;
  const shown = stage(`Step ${iterations}: ${optimizer.name}`, rule.split(";").map((line) => line.trim()).concat(constantsOf(optimizer, rule, iterations)),
    [["w", [was.value[k]]], ["g", [now.grad[k]]], ...kept(was)], [["w", [now.value[k]]], ["change", [now.value[k] - was.value[k]]], ...kept(now)]);
  const words = `Of one weight of the first layer, from ${from} to unit ${unit}: its gradient was the largest when it was chosen, and it is shown until its gradient is 0.${names ? ` ${names}.` : ""}`;
  shown.querySelector(".formulas").after(make("p", { class: "note" }, words));
  const [left, right] = shown.querySelectorAll(".column-name");
  left.textContent = "before";
  right.textContent = "after";
  return shown;
}

function showOpened(panel, opened, data, weight) {
  const { before, after, n, at, own } = opened;
  const stages = after.layers.map((layer, i) => {
    const [theirs, last] = [own.after.layers[i], layer === outputOf(after)];
    return layer.kind === "Dense" ? denseStage(layer, theirs, at, before.layers[i].kernel.value, n, last && LOSSES[after.loss]) : otherStage(layer, theirs, at);
  });
  panel.replaceChildren(...stages, lossStage(opened), ruleStage(opened, data, weight));
}
