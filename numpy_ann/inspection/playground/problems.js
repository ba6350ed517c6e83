// What there is to learn: small problems of two features (the library's formulas), digits, and tables pasted in.

const CURVES = {
  spirals: { classes: 2, noise: 0.1, most: 0.5, point: (k, t) => spiral(k, t, 2, 1.5) },
  moons: { classes: 2, noise: 0.1, most: 0.5, point: (k, t) => (k ? [1 - Math.cos(Math.PI * t), 0.5 - Math.sin(Math.PI * t)] : [Math.cos(Math.PI * t), Math.sin(Math.PI * t)]) },
  circles: { classes: 2, noise: 0.05, most: 0.5, point: (k, t) => [1, 0.5].slice(k, k + 1).flatMap((r) => [r * Math.cos(2 * Math.PI * t), r * Math.sin(2 * Math.PI * t)]) },
  blobs: { classes: 3, noise: 1, most: 3, point: (k) => [4 * Math.cos((2 * Math.PI * k) / 3), 4 * Math.sin((2 * Math.PI * k) / 3)] },
};

function spiral(k, t, arms, turns) {
  const r = Math.sqrt(0.02 + 0.98 * t); // points of an arm about equally far from each other
  const angle = 2 * Math.PI * (turns * r + k / arms);
  return [3 * r * Math.cos(angle), 3 * r * Math.sin(angle)];
}

// Returns { kind, features, classes, x, y (class numbers, or numbers), training: rows, test: rows }.
function makePoints(name, { samples, noise, share, seed }) {
  const { classes, point } = CURVES[name];
  const normal = normalStream(seed);
  const rows = Array.from({ length: samples }, (_, i) => {
    const [label, at] = [i % classes, Math.floor(i / classes)];
    const [x1, x2] = point(label, at / Math.max(Math.ceil(samples / classes) - 1, 1));
    return [[x1 + noise * normal(), x2 + noise * normal()], label];
  });
  const x = Float64Array.from(rows.flatMap(([features]) => features));
  return standardize({ kind: "points", name, features: 2, columns: ["x₁", "x₂"], classes, x, y: rows.map(([, label]) => label), ...divided(samples, share, seed) });
}

function divided(samples, share, seed) {
  const order = shuffled(samples, seed + 7);
  const held = Math.round((samples * share) / 100);
  return { test: order.slice(0, held), training: order.slice(held) };
}

// A table: numbers in columns, the last one the class or the number to predict; the first line may hold names.
function readTable(text, { share, seed }) {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  const mark = [",", ";", "\t"].find((each) => lines[0]?.includes(each)) ?? /\s+/;
  const cells = lines.map((line) => line.split(mark).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")));
  if (cells.length < 2 || cells[0].length < 2) throw new Error("Paste a table: a line a sample, columns parted by commas, the last column what is to be predicted.");
  const isNumber = (cell) => cell !== "" && Number.isFinite(Number(cell));
  const named = cells[0].slice(0, -1).some((cell) => !isNumber(cell));
  const columns = named ? cells.shift() : cells[0].map((_, i) => `column ${i + 1}`);
  cells.forEach((row, i) => {
    if (row.length !== columns.length) throw new Error(`Line ${i + 1 + named} has ${row.length} columns; the first has ${columns.length}.`);
    const bad = row.slice(0, -1).findIndex((cell) => !isNumber(cell));
    if (bad >= 0) throw new Error(`Line ${i + 1 + named}: ${JSON.stringify(row[bad])} in ${columns[bad]} is no number. The playground reads numbers alone: fill in or leave out what is missing, and leave out columns of words. Or have the whole table learnt by "numpy_ann train TABLE.csv --target ${columns[columns.length - 1]}", which turns words into columns of 0 and 1 and fills gaps; how that is done is on the documentation's page on tables (howto/table).`);
  });
  if (cells.length < 8) throw new Error(`${cells.length} samples are too few; paste 8 or more.`);
  const targets = cells.map((row) => row[row.length - 1]);
  const names = [...new Set(targets)].sort((a, b) => (isNumber(a) && isNumber(b) ? a - b : a < b ? -1 : 1));
  const regression = targets.every(isNumber) && (names.length > 20 || targets.some((t) => !Number.isInteger(Number(t))));
  if (!regression && names.length > 20) throw new Error(`The last column holds ${names.length} different texts; the playground tells 20 classes apart at most.`);
  if (names.length < 2) throw new Error("The last column is the same everywhere: there is nothing to predict.");
  const features = columns.length - 1;
  const x = Float64Array.from(cells.flatMap((row) => row.slice(0, -1).map(Number)));
  const data = {
    kind: "table", name: "table", features, columns: columns.slice(0, -1), x, ...divided(cells.length, share, seed),
    classes: regression ? 0 : names.length, names, target: { name: columns[features] },
    y: targets.map((t) => (regression ? Number(t) : names.indexOf(t))),
  };
  return standardize(data);
}

// Bring each column of a table, and a number to predict, to mean 0 and variance 1 over the training rows: in the saved
// file a Normalization layer at the beginning and a Rescaling at the end. Other data is learnt as it is.
function standardize(data) {
  const { features, training, x } = data;
  const n = training.length;
  data.scale = data.kind === "pictures" ? 1 / 255 : 1;
  data.mean = data.variance = null;
  data.target = { ...data.target, scale: 1, offset: 0 };
  if (data.kind !== "table") return data;
  data.mean = new Float64Array(features);
  data.variance = new Float64Array(features);
  for (const i of training) for (let k = 0; k < features; k++) data.mean[k] += x[i * features + k] / n;
  for (const i of training) for (let k = 0; k < features; k++) data.variance[k] += (x[i * features + k] - data.mean[k]) ** 2 / n;
  if (data.classes) return data;
  const offset = training.reduce((sum, i) => sum + data.y[i] / n, 0);
  const scale = Math.sqrt(training.reduce((sum, i) => sum + (data.y[i] - offset) ** 2 / n, 0)) || 1;
  Object.assign(data.target, { scale, offset });
  return data;
}

function makePictures({ rows, columns, pixels, labels }, { share, seed }) {
  return standardize({
    kind: "pictures", name: "digits", rows, columns, features: rows * columns, classes: 10,
    x: pixels, y: labels, ...divided(labels.length, share, seed),
  });
}

// The chosen rows as the network reads them: scaled, if the data is to be.
function inputsOf(data, chosen) {
  const { features } = data;
  const x = new Float64Array(chosen.length * features);
  chosen.forEach((i, row) => {
    for (let k = 0; k < features; k++) {
      const v = data.x[i * features + k];
      x[row * features + k] = data.mean ? (v - data.mean[k]) / Math.max(Math.sqrt(data.variance[k]), 1e-7) : v * data.scale;
    }
  });
  return x;
}

// Classes as 0 and 1, numbers scaled.
function targetsOf(data, chosen) {
  if (!data.classes) return Float64Array.from(chosen, (i) => (data.y[i] - data.target.offset) / data.target.scale);
  if (data.classes <= 2) return Float64Array.from(chosen, (i) => data.y[i]);
  const y = new Float64Array(chosen.length * data.classes);
  chosen.forEach((i, row) => (y[row * data.classes + data.y[i]] = 1));
  return y;
}

// What an answer that ignores the inputs costs: the training rows' mean, or for the absolute error their median, or the
// shares of their classes; and the share that is right if it is always the most frequent class.
function guessing(data, loss) {
  const rows = data.test.length ? data.test : data.training;
  const n = data.training.length;
  const mean = (cost) => rows.reduce((sum, i) => sum + cost(data.y[i]), 0) / rows.length;
  if (!data.classes) {
    const known = data.training.map((i) => data.y[i]).sort((a, b) => a - b);
    const median = loss === "mean_absolute_error";
    const guess = median ? (known[(n - 1) >> 1] + known[n >> 1]) / 2 : known.reduce((sum, v) => sum + v / n, 0);
    return { loss: mean((y) => LOSSES[loss].loss(null, [guess / data.target.scale], [y / data.target.scale])), name: median ? "median" : "mean" };
  }
  const shares = new Float64Array(data.classes);
  for (const i of data.training) shares[data.y[i]] += 1 / n;
  const most = argmax(shares);
  const squares = (y) => shares.reduce((sum, share, k) => sum + (share - +(k === y)) ** 2, 0) / data.classes;
  return {
    loss: mean(loss === "mean_squared_error" ? squares : (y) => -Math.log(Math.max(shares[y], 1e-7))),
    accuracy: mean((y) => +(y === most)),
    most,
  };
}

// What stands at the end, and the losses that go with it, the usual one first.
const activationFor = (data) => (data.classes === 0 ? "linear" : data.classes === 2 ? "sigmoid" : "softmax");
const LOSSES_BY_ACTIVATION = {
  linear: ["mean_squared_error", "mean_absolute_error"],
  sigmoid: ["binary_crossentropy", "mean_squared_error"],
  softmax: ["categorical_crossentropy", "mean_squared_error"],
};
const unitsFor = (data) => (data.classes > 2 ? data.classes : 1);
const classNames = (data) => data.names ?? Array.from({ length: data.classes }, (_, k) => String(k));
