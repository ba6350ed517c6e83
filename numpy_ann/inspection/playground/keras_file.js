// A network as a .keras file, which Keras 3 and numpy_ann open, and such a file as a network.

const part = (module, name, config) => ({ module: `keras.${module}`, class_name: name, config, registered_name: null });
const INITIALIZER_CLASSES = { glorot_uniform: "GlorotUniform", he_normal: "HeNormal", zeros: "Zeros" };

const SHORT_LOSSES = { mse: "mean_squared_error", mae: "mean_absolute_error" };

const snake = (name) => name.replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase();

// Keras' names: dense, dense_1, ...
function layerNames(layers) {
  const counts = {};
  return layers.map(({ kind }) => {
    const n = (counts[kind] = (counts[kind] ?? -1) + 1);
    return n ? `${snake(kind)}_${n}` : snake(kind);
  });
}

const rescaling = (scale, offset) => ({ kind: "Rescaling", config: { scale, offset } });

// Layers that stand before the first one and only bring the data into its form.
function preludeOf(data) {
  const scaled = data.mean ? [{ kind: "Normalization", config: { axis: -1, mean: null, variance: null } }] : data.scale !== 1 ? [rescaling(data.scale, 0)] : [];
  if (data.kind === "pictures") return { shape: [data.rows, data.columns], layers: [...scaled, { kind: "Flatten", config: {} }] };
  return { shape: [data.features], layers: scaled };
}

// A layer that brings answers into the target's units.
const epilogueOf = ({ target }) => (target.scale === 1 && target.offset === 0 ? [] : [rescaling(target.scale, target.offset)]);

// c: the loss in the target's units over the playground's, and so the penalties, too.
function configOf(layer, c) {
  if (layer.config) return layer.config;
  if (layer.kind === "Dropout") return { rate: layer.rate };
  if (layer.kind === "BatchNormalization") return { axis: -1, momentum: 0.99, epsilon: 0.001 };
  const penalty = layer.l1 || layer.l2 ? part("regularizers", "L1L2", { l1: c * layer.l1, l2: c * layer.l2 }) : null;
  return {
    units: layer.units, activation: layer.activation, use_bias: true,
    kernel_initializer: part("initializers", INITIALIZER_CLASSES[layer.initializer], {}), kernel_regularizer: penalty,
  };
}

function writeKeras(network, data, version) {
  const { shape, layers: prelude } = preludeOf(data);
  const layers = [...prelude, ...network.layers, ...epilogueOf(data)];
  const c = data.target.scale ** LOSSES[network.loss].power;
  const names = layerNames(layers);
  let now = shape;
  const configs = layers.map((layer, i) => {
    const built = { input_shape: [null, ...now] };
    if (layer.kind === "Flatten") now = [shape[0] * shape[1]];
    else if (layer.outputs) now = [layer.outputs];
    return { ...part("layers", layer.kind, { name: names[i], trainable: true, dtype: "float32", ...configOf(layer, c) }), build_config: built };
  });
  const input = part("layers", "InputLayer", { batch_shape: [null, ...shape], dtype: "float32", sparse: false, name: "input_layer" });
  const built = { input_shape: [null, ...shape] };
  const { name, rate: own, ...options } = network.optimizer;
  if (options.epsilon) options.epsilon *= epsilonFactor(network.optimizer, c);
  const rate = own * rateFactor(network.optimizer, c);
  const config = {
    ...part("", "Sequential", { name: "playground", trainable: true, dtype: "float32", layers: [input, ...configs], build_input_shape: built.input_shape }),
    module: "keras",
    build_config: built,
    compile_config: {
      optimizer: part("optimizers", name, { name: name.toLowerCase(), learning_rate: rate, ...options }),
      loss: network.loss, loss_weights: null, metrics: [data.classes ? "accuracy" : network.loss === "mean_absolute_error" ? "mean_squared_error" : "mean_absolute_error"], weighted_metrics: null,
      run_eagerly: false, steps_per_execution: 1, jit_compile: false,
    },
  };

  const float = (shape, values) => ({ type: "f4", shape, values });
  const numbered = (arrays) => Object.fromEntries(arrays.map((array, i) => [String(i), array]));
  const stateOf = (layer) => {
    if (layer.kind === "Normalization") return [float([data.features], data.mean), float([data.features], data.variance), { type: "i8", shape: [], values: [0] }];
    const running = layer.kind === "BatchNormalization" ? [layer.movingMean, layer.movingVariance] : [];
    return [...(layer.variables ?? []), ...running].map(({ shape, value }) => float(shape, value));
  };
  const optimizer = [{ type: "i8", shape: [], values: [network.iterations] }, float([], [rate])];
  for (const each of trainables(network)) {
    prepareSlots(network.optimizer, each);
    for (const [slot, values] of Object.entries(each.slots)) optimizer.push(float(each.shape, values.map((v) => v * slotFactor(network.optimizer, slot, c))));
  }
  if (name === "Nadam") optimizer.push(float([], [productOfMomenta(options.beta_1, network.iterations)]));
  const weights = {
    layers: Object.fromEntries(layers.map((layer, i) => [names[i], { vars: numbered(stateOf(layer)) }])),
    optimizer: { vars: numbered(optimizer) },
    vars: {},
  };
  const json = (value) => new TextEncoder().encode(JSON.stringify(value));
  const now_ = new Date().toISOString().slice(0, 19).replace("T", "@");
  return writeZip({ "metadata.json": json({ keras_version: version, date_saved: now_ }), "config.json": json(config), "model.weights.h5": writeHdf5(weights) });
}

// Returns { network, shape, scaling: { mean, variance, scale, target } }, null where the file has none; complains of what
// the playground lacks.
async function readKeras(bytes) {
  const files = await readZip(bytes, ["config.json", "model.weights.h5"]);
  const config = JSON.parse(new TextDecoder().decode(files["config.json"]));
  const refuse = (what) => {
    throw new Error(`The playground has no ${what}. It has Dense, Dropout and BatchNormalization layers in a chain.`);
  };
  if (config.class_name !== "Sequential") refuse(`models of class ${config.class_name}`);
  const entries = config.config.layers;
  const shape = (entries[0]?.config.batch_shape ?? config.config.build_input_shape ?? []).slice(1);
  if (!shape.length || shape.some((n) => !Number.isInteger(n))) refuse("models without an input shape");
  const weights = readHdf5(files["model.weights.h5"]);
  const stored = layerNames(entries.filter(({ class_name }) => class_name !== "InputLayer").map(({ class_name }) => ({ kind: class_name })));
  const [scaling, layers] = [{ mean: null, variance: null, scale: null, target: { scale: 1, offset: 0 } }, []];
  let [at, ended] = [0, false];
  for (const { class_name, config: options } of entries) {
    if (class_name === "InputLayer") continue;
    const vars = weights.layers?.[stored[at++]]?.vars ?? {};
    const arrays = Object.keys(vars).sort((a, b) => a - b).map((key) => vars[key]);
    if (ended) refuse(`layer ${class_name} after a last Rescaling`);
    if (!layers.length && class_name === "Flatten") continue;
    if (class_name === "Normalization" && !layers.length && !scaling.mean && !scaling.scale) {
      if (options.invert || shape.length > 1 || arrays[0]?.values.length !== shape[0]) refuse("Normalization with such options");
      Object.assign(scaling, { mean: Float64Array.from(arrays[0].values), variance: Float64Array.from(arrays[1].values) });
    } else if (class_name === "Rescaling") {
      const { scale, offset } = options;
      if (![scale, offset].every(Number.isFinite) || !(scale > 0)) refuse("Rescaling with such options");
      if (layers.length) [ended, scaling.target] = [true, { scale, offset }];
      else if (offset || scaling.mean || scaling.scale) refuse("such layers before the first Dense");
      else scaling.scale = scale;
    } else layers.push(layerOf(class_name, options, arrays, refuse));
  }
  const last = layers[layers.length - 1];
  const losses = LOSSES_BY_ACTIVATION[last?.activation];
  if (last?.kind !== "Dense" || !losses || (ended && last.activation !== "linear") || (last.activation !== "softmax" && last.units !== 1)) {
    refuse("networks that end in anything but a softmax, one sigmoid or one linear unit");
  }
  const compiled = config.compile_config?.loss;
  const named = snake(compiled?.class_name ?? String(compiled)).replace(/^sparse_/, "");
  const loss = losses.find((each) => each === (SHORT_LOSSES[named] ?? named)) ?? losses[0];
  const network = { inputs: shape.reduce((a, b) => a * b, 1), loss, layers, optimizer: optimizerOf(config.compile_config?.optimizer) };
  const kept = layers.map((layer) => layer.arrays);
  build(network, 1);
  layers.forEach((layer, i) => {
    const places = [...(layer.variables ?? []), ...(layer.kind === "BatchNormalization" ? [layer.movingMean, layer.movingVariance] : [])];
    places.forEach((place, k) => {
      const array = kept[i][k];
      if (String(array?.shape) !== String(place.shape)) throw new Error(`Layer ${i + 1} of this file has weights of shape ${array?.shape}; ${place.shape} fit it.`);
      place.value.set(array.values);
    });
    delete layer.arrays;
  });
  return { network, shape, scaling };
}

function layerOf(kind, options, arrays, refuse) {
  if (kind === "Dropout") return { kind, rate: options.rate, arrays };
  if (kind === "BatchNormalization") {
    if (options.momentum !== 0.99 || options.epsilon !== 0.001 || arrays.length !== 4) refuse("BatchNormalization with such options");
    return { kind, arrays };
  }
  if (kind !== "Dense") refuse(`layer ${kind}`);
  if (options.use_bias === false) refuse("Dense layers without a bias");
  if (!(options.activation === "softmax" || options.activation in FUNCTIONS)) refuse(`activation ${JSON.stringify(options.activation)}`);
  const penalty = options.kernel_regularizer?.config ?? {};
  const initializer = Object.keys(INITIALIZER_CLASSES).find((name) => INITIALIZER_CLASSES[name] === options.kernel_initializer?.class_name) ?? "glorot_uniform";
  return { kind, units: options.units, activation: options.activation, initializer, l1: penalty.l1 ?? 0, l2: penalty.l2 ?? 0, arrays };
}

function optimizerOf(entry) {
  const name = entry?.class_name;
  if (!(name in OPTIMIZERS)) return makeOptimizer("Adam");
  const rate = Number(entry.config.learning_rate);
  const optimizer = makeOptimizer(name, Number.isFinite(rate) ? rate : undefined);
  for (const option of Object.keys(OPTIMIZERS[name].options)) if (entry.config[option] != null) optimizer[option] = entry.config[option];
  return optimizer;
}
