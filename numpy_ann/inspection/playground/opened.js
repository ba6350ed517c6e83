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
  return { ...network, layers, random: { uniform: uniformStream(1) } };
}

// What one step would do: forward, back, and the optimizer's, with the batch's first row to be shown.
function openStep(network, data, batch) {
  const copy = copyOf(network);
  const [x, y, n] = [inputsOf(data, batch), targetsOf(data, batch), batch.length];
  const p = trainStep(copy, x, y, n);
  return { before: network, after: copy, x, y, p, n };
}

function numbers(title, pairs) {
  const rows = pairs.filter(([, values]) => values).flatMap(([name, values]) => [make("dt", {}, name), make("dd", {}, ...(typeof values === "string" ? [values] : list(values)))]);
  return make("div", {}, make("div", { class: "column-name" }, title), make("dl", { class: "numbers" }, ...rows));
}

function stage(title, formulas, forward, back) {
  const words = [make("strong", {}, title), ...formulas.map((formula) => make("span", { class: "formula" }, formula))];
  return make("div", { class: "stage" }, make("div", { class: "formulas" }, ...words), numbers("forward", forward), numbers("back", back));
}

function denseStage(layer, weights, n, loss) {
  const { x, z, y, dy, dz, dx } = layer.memory;
  const [inputs, units] = layer.kernel.shape;
  const W = columnOf(weights, units, 0);
  const dW = columnOf(layer.kernel.grad, units, 0);
  const { formula, derivative } = FUNCTIONS[layer.activation] ?? { formula: "exp(z) / Σ exp(z)" };
  const across = loss && !loss.fused && units > 1; // the mean is over the classes, too
  const from = loss && `${loss.derivative} / ${across ? "(n k)" : "n"}, n = ${n}${across ? `, k = ${units}` : ""}`;
  const down = derivative ? `dz = dy f′(z), f′ = ${derivative}` : "dz = y (dy − Σ y dy)";
  const atOnce = loss && (loss.fused || layer.activation === "linear");
  const upstream = !loss ? [down] : atOnce ? [`dz = ${from}`] : [`dy = ${from}`, down.replace(/\by\b/g, "p")]; // y is the target there
  return stage(`Dense, ${layer.activation}`, ["z = x W + b", `f(z) = ${formula}`, ...upstream, "dW = xᵀ dz, db = Σ dz", ...(dx ? ["dx = dz Wᵀ"] : [])],
    [["x", row(x, inputs)], ["W₁", Array.from(W)], ["z", row(z, units)], [loss ? "p" : "y", row(y, units)]],
    [["dy", atOnce ? null : row(dy, units)], ["dz", row(dz, units)], ["dW₁", Array.from(dW)], ["db", Array.from(layer.bias.grad)], ["dx", dx && row(dx, inputs)]]);
}

function otherStage(layer) {
  const { x, y, dy, dx, mask, normalized } = layer.memory;
  const units = layer.inputs;
  if (layer.kind === "Dropout") {
    return stage(`Dropout, rate ${layer.rate}`, ["y = x m / (1 − rate)", "dx = dy m / (1 − rate)"],
      [["x", row(x, units)], ["m", mask ? row(mask, units) : "1 everywhere"], ["y", row(y, units)]], [["dy", dy && row(dy, units)], ["dx", dx && row(dx, units)]]);
  }
  return stage("BatchNormalization", ["x̂ = (x − mean) / √(variance + 0.001)", "y = γ x̂ + β", "dγ = Σ x̂ dy, dβ = Σ dy", "dx = γ / √(variance + 0.001) (dy − mean(dy) − x̂ mean(x̂ dy))"],
    [["x", row(x, units)], ["x̂", row(normalized, units)], ["y", row(y, units)]],
    [["dy", dy && row(dy, units)], ["dγ", Array.from(layer.gamma.grad)], ["dβ", Array.from(layer.beta.grad)], ["dx", dx && row(dx, units)]]);
}

function showOpened(panel, { before, after, y, p, n }, data) {
  const { loss, optimizer } = after;
  const stages = after.layers.map((layer, i) => (layer.kind === "Dense" ? denseStage(layer, before.layers[i].kernel.value, n, layer === outputOf(after) && LOSSES[loss]) : otherStage(layer)));
  const columns = p.length / n;
  const each = LOSSES[loss].loss(outputOf(after).memory.z.subarray(0, columns), p.subarray(0, columns), y.subarray(0, columns));
  const wanted = row(y, columns);
  stages.push(stage(`Loss: ${loss}`, [LOSSES[loss].formula], [["p", row(p, columns)], ["y", wanted], ["L", [each]]], [LOSSES[loss].fused ? ["dz", "above, at the output: activation and loss taken together"] : [outputOf(after).activation === "linear" ? "dz" : "dy", "above, at the output"]]));
  const at = before.layers.findIndex((layer) => layer.kind === "Dense");
  const [was, now] = [before.layers[at].kernel, after.layers[at].kernel];
  const slots = Object.entries(now.slots).map(([name, values]) => [name, [values[0]]]);
  const rule = OPTIMIZERS[optimizer.name].formula(optimizer);
  const constants = `α = ${optimizer.rate}${rule.includes("ε") ? `, ε = ${optimizer.epsilon ?? EPSILON}` : ""}`;
  stages.push(stage(`Step ${after.iterations}: ${optimizer.name}`, rule.split(";").map((line) => line.trim()).concat(constants),
    [["w", [was.value[0]]], ["g", [now.grad[0]]], ...slots], [["w", [now.value[0]]], ["change", [now.value[0] - was.value[0]]]]));
  const last = stages[stages.length - 1].querySelectorAll(".column-name");
  last[0].textContent = "the first weight, before";
  last[1].textContent = "after";
  panel.replaceChildren(...stages);
}
