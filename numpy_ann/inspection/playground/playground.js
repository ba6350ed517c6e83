// The page: one state (data, network, where the training stands, what is chosen), shown by every part.

const RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];
const PENALTIES = [0, 0.0001, 0.001, 0.01, 0.1];
const FRAME = 24; // milliseconds of training between two pictures
const FAR = 1e6; // times the loss at the beginning
const dense = (units, activation) => ({ kind: "Dense", units, activation, initializer: "glorot_uniform", l1: 0, l2: 0 });

class Playground {
  constructor(facts, pictures) {
    Object.assign(this, { facts, pictures, table: null, chosen: null, playing: false, frames: 0, sample: null });
    this.options = { problem: "spirals", samples: 300, noise: CURVES.spirals.noise, share: 20, seed: 1, batch: 32, initializer: "glorot_uniform", l1: 0, l2: 0 };
    this.optimizer = makeOptimizer("Adam");
    this.hidden = [dense(8, "tanh"), dense(6, "tanh")];
    this.view = new NetworkView(byId("network"), byId("wires"), {
      onUnits: (at, units) => units >= 1 && units <= 256 && this.change(() => (this.hidden[at].units = units)),
      onActivation: (at, name) => this.change(() => (this.hidden[at].activation = name)),
      onRate: (at, rate) => this.change(() => (this.hidden[at].rate = rate)),
      onRemove: (at) => this.change(() => this.hidden.splice(at, 1)),
      onAdd: (kind) => kind && this.change(() => this.hidden.push({ Dense: dense(6, "relu"), Dropout: { kind, rate: 0.2 }, BatchNormalization: { kind } }[kind])),
      onChoose: (at, unit) => {
        this.chosen = this.chosen?.at === at && this.chosen.unit === unit ? null : { at, unit };
        this.show();
      },
    });
    this.listen();
    this.showProblems();
    this.newData();
  }

  listen() {
    makeThemes(byId("theme"), () => this.network && this.show());
    byId("play").addEventListener("click", () => this.play(!this.playing));
    byId("one-epoch").addEventListener("click", () => this.pause(() => this.train(Infinity, 1)));
    byId("one-step").addEventListener("click", () => this.pause(() => this.train(1)));
    byId("again").addEventListener("click", () => this.pause(() => this.change(() => (this.options.seed += 1))));
    byId("other-sample").addEventListener("click", () => this.choose(Math.floor(Math.random() * this.data.y.length)));
    byId("save").addEventListener("click", () => this.save());
    byId("open").addEventListener("click", () => byId("file").click());
    byId("file").addEventListener("change", async (event) => {
      const [file] = event.target.files;
      if (file) await this.attempt(async () => this.adopt(await readKeras(new Uint8Array(await file.arrayBuffer())), file.name));
      event.target.value = "";
    });
    byId("table-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.attempt(() => {
        readTable(byId("table-text").value, this.options); // complains before anything changes
        this.table = byId("table-text").value;
        this.newData();
      });
    });
    addEventListener("resize", () => this.network && (this.view.drawWires(this.network), this.show()));
  }

  async attempt(action) {
    const message = byId("message");
    message.hidden = true;
    try {
      await action();
    } catch (error) {
      message.textContent = error instanceof SyntaxError ? "This is no .keras file: its configuration is no JSON." : error.message;
      message.hidden = false;
    }
  }

  showProblems() {
    const names = [...Object.keys(CURVES), ...(this.pictures ? ["digits"] : []), "table"];
    const buttons = names.map((name) => {
      const canvas = make("canvas");
      const choose = () => {
        this.options.problem = name;
        if (name in CURVES) this.options.noise = CURVES[name].noise;
        byId("table-form").hidden = name !== "table";
        this.showProblems();
        if (name !== "table" || this.table) this.newData();
        byId("problems").querySelector("[aria-checked=true]").focus();
      };
      const button = make("button", { type: "button", role: "radio", "aria-checked": String(this.options.problem === name), onclick: choose }, canvas, name === "table" ? "CSV" : name);
      this.thumb(canvas, name);
      return button;
    });
    byId("problems").replaceChildren(...buttons);
    arrowKeys(byId("problems"), buttons, 3);
  }

  thumb(canvas, name) {
    canvas.width = canvas.height = 88;
    const context = canvas.getContext("2d");
    context.fillStyle = css(palette.paper);
    context.fillRect(0, 0, 88, 88);
    if (name === "digits") {
      const { rows, columns, pixels } = this.pictures;
      const small = paintInk(document.createElement("canvas"), pixels.subarray(0, rows * columns), rows, columns);
      context.drawImage(small, 6, 6, 76, 76);
    } else if (name === "table") {
      context.fillStyle = css(palette.ink);
      for (let k = 0; k < 12; k++) context.fillRect(12 + 22 * (k % 3), 16 + 15 * Math.floor(k / 3), 18, k < 3 ? 9 : 5);
    } else {
      const data = makePoints(name, { samples: 120, noise: CURVES[name].noise / 2, share: 0, seed: 3 });
      const [[left, right], [bottom, top]] = planeOf(data);
      data.y.forEach((label, i) => {
        context.fillStyle = css(classColor(data, label));
        context.fillRect(((data.x[2 * i] - left) / (right - left)) * 86, ((top - data.x[2 * i + 1]) / (top - bottom)) * 86, 4, 4);
      });
    }
  }

  newData() {
    this.attempt(() => {
      const { problem } = this.options;
      const data = problem === "digits" ? makePictures(this.pictures, this.options) : problem === "table" ? readTable(this.table, this.options) : makePoints(problem, this.options);
      const other = !this.data || this.data.name !== data.name || this.data.features !== data.features;
      this.data = data;
      this.flat = data.features === 2 && data.kind !== "pictures";
      if (this.flat) {
        this.plane = planeOf(data);
        this.grid = gridOf(data, this.plane);
      }
      this.sample = data.training[0];
      if (other && data.kind === "pictures") this.hidden = [dense(32, "relu")];
      else if (other && this.hidden[0]?.units === 32) this.hidden = [dense(8, "tanh"), dense(6, "tanh")];
      this.showDataOptions();
      this.restart();
    });
  }

  change(action) {
    action();
    this.restart();
  }

  // New weights at random, and the training from its beginning.
  restart(network = null) {
    const { data, options } = this;
    const layers = [...this.hidden, dense(unitsFor(data), OUTPUTS[lossFor(data)].activation)].map((layer) => {
      return layer.kind === "Dense" ? { ...layer, initializer: options.initializer, l1: options.l1, l2: options.l2 } : { ...layer };
    });
    this.network = network ?? build({ inputs: data.features, loss: lossFor(data), layers, optimizer: this.optimizer }, options.seed);
    Object.assign(this, { epoch: 0, at: 0, order: [], history: [], chosen: null, failed: false });
    this.testRows = [inputsOf(data, data.test), targetsOf(data, data.test)];
    this.trainingRows = [inputsOf(data, data.training), targetsOf(data, data.training)];
    this.record();
    this.showTrainingOptions();
    this.view.build(this.network, data);
    this.show();
  }

  showDataOptions() {
    const { options } = this;
    const set = (name) => (value) => {
      options[name] = value;
      this.newData();
    };
    const parts = [];
    if (options.problem in CURVES) {
      parts.push(slider("Samples", { min: 60, max: 1000, step: 20, value: options.samples }, set("samples")));
      parts.push(slider("Noise", { min: 0, max: CURVES[options.problem].most, step: 0.05, value: options.noise, show: (v) => v.toFixed(2) }, set("noise")));
    }
    parts.push(slider("Held back as a test", { min: 0, max: 60, step: 5, value: options.share, show: (v) => `${v} %` }, set("share")));
    byId("data-options").replaceChildren(...parts);
  }

  showTrainingOptions() {
    const { options, optimizer } = this;
    const setOptimizer = (name, value) => {
      optimizer[name] = value;
      this.showTrainingOptions();
      this.show();
    };
    const restart = (name) => (value) => this.change(() => (options[name] = value));
    const parts = [choice("Optimizer", Object.keys(OPTIMIZERS), optimizer.name, (name) => {
      this.optimizer = this.network.optimizer = makeOptimizer(name);
      this.network.iterations = 0;
      trainables(this.network).forEach((each) => (each.slotsOf = null));
      this.showTrainingOptions();
      this.show();
    })];
    parts.push(choice("Learning rate", RATES, optimizer.rate, (rate) => setOptimizer("rate", rate)));
    if (optimizer.name === "SGD") {
      parts.push(choice("Momentum", [0, 0.5, 0.9, 0.99], optimizer.momentum, (value) => setOptimizer("momentum", value)));
      if (optimizer.momentum) parts.push(check("Nesterov", optimizer.nesterov, (value) => setOptimizer("nesterov", value)));
    }
    if (optimizer.name === "AdamW") parts.push(choice("Weight decay", [0, 0.004, 0.04, 0.4], optimizer.weight_decay, (value) => setOptimizer("weight_decay", value)));
    parts.push(choice("Batch size", [1, 4, 8, 16, 32, 64, 128, 256], options.batch, (value) => {
      options.batch = value;
      this.at = 0;
      this.order = [];
      this.show();
    }));
    parts.push(choice("L1 penalty", PENALTIES, options.l1, (value) => this.setPenalty("l1", value)));
    parts.push(choice("L2 penalty", PENALTIES, options.l2, (value) => this.setPenalty("l2", value)));
    parts.push(choice("Weights begin as", Object.keys(INITIALIZERS), options.initializer, restart("initializer")));
    byId("training-options").replaceChildren(...parts);
  }

  setPenalty(name, value) {
    this.options[name] = value;
    for (const layer of this.network.layers) if (layer.kernel) layer[name] = value;
    this.show();
  }

  play(on) {
    this.playing = on;
    byId("play").textContent = on ? "Pause" : "Train";
    if (on) requestAnimationFrame(() => this.frame());
  }

  pause(action) {
    this.play(false);
    action();
  }

  frame() {
    if (!this.playing) return;
    this.train(Infinity, 1, performance.now() + FRAME);
    requestAnimationFrame(() => this.frame());
  }

  batchNow() {
    if (!this.order.length) {
      const order = shuffled(this.data.training.length, this.options.seed * 1000 + this.epoch);
      this.order = order;
    }
    return this.order.slice(this.at, this.at + this.options.batch).map((i) => this.data.training[i]);
  }

  // At most so many steps, so many epochs, and until then.
  train(steps, epochs = 1, until = Infinity) {
    for (let step = 0; step < steps && epochs > 0 && !this.failed; step++) {
      const batch = this.batchNow();
      trainStep(this.network, inputsOf(this.data, batch), targetsOf(this.data, batch), batch.length);
      this.at += this.options.batch;
      if (this.at >= this.order.length) {
        Object.assign(this, { epoch: this.epoch + 1, at: 0, order: [] });
        this.record();
        epochs -= 1;
      }
      if (performance.now() > until) break;
    }
    if (this.failed) this.play(false);
    this.show();
  }

  record() {
    const { data, network } = this;
    this.scores = { training: score(network, ...this.trainingRows, data.training.length) };
    if (data.test.length) this.scores.test = score(network, ...this.testRows, data.test.length);
    const { loss } = this.scores.training;
    this.failed = !(loss < FAR * (1 + (this.history[0]?.training ?? loss))); // NaN is far, too
    remember(this.history, this.epoch, { training: this.scores.training.loss, test: this.scores.test?.loss });
  }

  choose(i) {
    this.sample = i;
    this.show();
  }

  show() {
    const { data, network, chosen, scores } = this;
    const facts = [`Epoch ${whole(this.epoch)}, step ${whole(network.iterations)}.`];
    if (this.failed) facts.push("The loss has left all bounds: the learning rate is too high. Start again with a lower one.");
    const accuracy = (part) => (data.classes ? `, ${percent(part.accuracy)} right` : "");
    const text = Object.entries(scores).map(([name, part]) => make("span", {}, ` ${name[0].toUpperCase() + name.slice(1)}: loss `, make("strong", {}, part.loss.toPrecision(3)), accuracy(part), "."));
    byId("progress").replaceChildren(facts.join(" "), ...(this.failed ? [] : text));
    if (this.flat) this.showPlane();
    else this.showSample();
    this.showAnswerNote();
    byId("curves").replaceChildren(lossChart(this.history, byId("curves").clientWidth));
    if (this.failed) byId("opened").replaceChildren();
    else if (!this.playing || this.frames++ % 8 === 0) this.showStep(); // numbers that change faster can't be read
    byId("network-note").textContent = this.flat
      ? "Each square shows what a unit answers over the plane of the two inputs; lines are weights, as thick as they are large. Click a unit to see it large. A change of layers begins with new weights."
      : "Squares show what each unit answers for the chosen sample" + (data.kind === "pictures" ? "; in the first layer, its weights as a picture." : ".") + " A change of layers begins with new weights.";
    if (chosen) document.documentElement.dataset.chosen = `${chosen.at}-${chosen.unit}`;
  }

  showPlane() {
    const { data, network, chosen } = this;
    const p = predict(network, this.grid, GRID * GRID);
    const outputs = network.layers.map((layer) => layer.memory.y);
    this.view.show(network, chosen, (at, j, canvas) => paintColumn(canvas, outputs[at], network.layers[at].outputs, j), (canvas, k) => paintColumn(canvas, this.centred(k), 1, 0));
    if (!byId("map")) {
      byId("answer").replaceChildren(make("canvas", { id: "map", role: "img", "aria-label": "What the network answers over the plane" }));
      this.plot = new PlaneView(byId("map"), (i) => this.choose(i));
    }
    const paintMap = chosen ? (canvas) => paintColumn(canvas, outputs[chosen.at], network.layers[chosen.at].outputs, chosen.unit) : (canvas) => paintAnswers(canvas, data, p);
    this.plot.show(data, this.plane, paintMap, this.sample);
  }

  centred(k) {
    const values = columnOf(this.grid, 2, k);
    const [low, high] = extent(values);
    return values.map((v) => v - (low + high) / 2);
  }

  showSample() {
    const { data, network, chosen, sample } = this;
    const p = predict(network, inputsOf(data, [sample]), 1);
    const outputs = network.layers.map((layer) => layer.memory.y);
    const first = network.layers.findIndex(({ kernel }) => kernel);
    const asPicture = data.kind === "pictures";
    this.view.show(network, chosen, (at, j, canvas) => {
      const layer = network.layers[at];
      if (asPicture && at === first && layer.inputs === data.rows * data.columns) paintSigned(canvas, columnOf(layer.kernel.value, layer.units, j), data.rows, data.columns);
      else paint(canvas, 1, 1, () => diverging(outputs[at][j] / (largest(outputs[at]) || 1)));
    }, (canvas, k) => {
      if (asPicture) paintInk(canvas, data.x.subarray(sample * data.features, (sample + 1) * data.features), data.rows, data.columns);
      else paint(canvas, 1, 1, () => diverging(inputsOf(data, [sample])[k] / 2));
    });
    byId("answer").replaceChildren(this.bars(p), ...(asPicture ? [this.gallery()] : []));
  }

  bars(p) {
    const { data } = this;
    if (!data.classes) return make("p", {}, `${data.target}: ${figure(p[0])}; in the table it is ${figure(data.y[this.sample])}.`);
    const shares = data.classes === 2 ? [1 - p[0], p[0]] : Array.from(p);
    const rows = shares.flatMap((share, k) => {
      const bar = make("i");
      bar.style.width = `${100 * share}%`;
      return [make("span", {}, classNames(data)[k]), bar, make("span", {}, percent(share))];
    });
    return make("div", { class: "bars" }, ...rows);
  }

  // Pictures that it gets wrong, of the test.
  gallery() {
    const { data, network } = this;
    const held = data.test.length ? data.test : data.training;
    const rows = data.test.length ? this.testRows : this.trainingRows;
    if (this.galleryOf !== `${this.epoch} ${this.history.length} ${held.length} ${palette.ink}`) {
      const p = predict(network, rows[0], held.length);
      const answers = held.map((_, row) => argmax(p.subarray(row * 10, row * 10 + 10)));
      const wrong = held.map((i, row) => [i, answers[row]]).filter(([i, answer]) => answer !== data.y[i]);
      const thumbs = wrong.slice(0, 24).map(([i, answer]) => {
        const canvas = paintInk(make("canvas"), data.x.subarray(i * data.features, (i + 1) * data.features), data.rows, data.columns);
        return make("button", { type: "button", title: `A ${data.y[i]}, read as a ${answer}`, onclick: () => this.choose(i) }, canvas, `${data.y[i]} → ${answer}`);
      });
      const heading = make("h3", {}, wrong.length ? `Wrong: ${wrong.length} of ${held.length}` : "None is wrong");
      this.galleryNow = make("div", {}, heading, make("div", { class: "thumbs" }, ...thumbs));
      this.galleryOf = `${this.epoch} ${this.history.length} ${held.length} ${palette.ink}`;
    }
    return this.galleryNow;
  }

  showAnswerNote() {
    const { data, chosen, network } = this;
    const words = [];
    if (chosen) words.push(`Unit ${chosen.unit + 1} of layer ${chosen.at + 1}: f(z) = ${FUNCTIONS[network.layers[chosen.at].activation]?.formula ?? "softmax"}. Click it again for the whole network.`);
    else if (this.flat && data.classes) words.push("Filled points are learnt from, rings are the test; colour is the class, the paler the less certain. Click a point to open its step.");
    else if (this.flat) words.push(`Colour is ${data.target}. Click a point to open its step.`);
    else words.push(`Sample ${this.sample + 1}` + (data.classes ? `, which is ${classNames(data)[data.y[this.sample]]}.` : "."));
    byId("answer-note").textContent = words.join(" ");
  }

  showStep() {
    const rest = this.batchNow().filter((i) => i !== this.sample);
    const batch = [this.sample, ...rest].slice(0, Math.max(Math.min(this.options.batch, this.data.training.length), 1));
    byId("opened-note").textContent = `The next step, worked out but not taken: the numbers of sample ${this.sample + 1}, the first of a batch of n = ${batch.length}. W₁ is the first unit's; dW, db are the batch's sums.`;
    showOpened(byId("opened"), openStep(this.network, this.data, batch), this.data);
  }

  save() {
    this.attempt(() => {
      const bytes = writeKeras(this.network, this.data, this.facts.keras);
      const link = make("a", { href: URL.createObjectURL(new Blob([bytes])), download: "playground.keras" });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }

  // A network out of a file, if the data now chosen is of its form.
  adopt({ network, shape }, name) {
    const { data } = this;
    const fits = String(shape) === String(data.kind === "pictures" ? [data.rows, data.columns] : [data.features]) || (data.kind === "pictures" && network.inputs === data.features);
    if (!fits) throw new Error(`${name} reads ${shape.join(" × ")} numbers; the data chosen here has ${data.kind === "pictures" ? `${data.rows} × ${data.columns}` : data.features}. Choose other data first.`);
    if (network.loss !== lossFor(data) || outputOf(network).units !== unitsFor(data)) throw new Error(`${name} answers with ${outputOf(network).units} units of ${outputOf(network).activation}; the data chosen here asks for ${unitsFor(data)} of ${OUTPUTS[lossFor(data)].activation}.`);
    this.play(false);
    this.hidden = network.layers.slice(0, -1).map(({ kind, units, activation, rate, initializer }) => ({ kind, units, activation, rate, initializer, l1: 0, l2: 0 }));
    this.optimizer = network.optimizer;
    this.restart(network);
    byId("message").textContent = `${name} is open. Its optimizer begins anew.`;
    byId("message").hidden = false;
  }
}

async function start() {
  const facts = JSON.parse(byId("data").textContent);
  let pictures = null;
  if (facts.digits) {
    const bytes = await inflate(bytesOf(facts.digits.pixels));
    pictures = { ...facts.digits, pixels: Float64Array.from(bytes) };
  }
  readPalette();
  window.playground = new Playground(facts, pictures);
  document.documentElement.dataset.ready = "true";
}

start();
