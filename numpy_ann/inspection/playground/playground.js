// The page: one state (data, network, where the training stands, what is chosen), shown by every part.

const RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];
const PENALTIES = [0, 0.0001, 0.001, 0.01, 0.1];
// What optimizers have beside the rate, under Keras' names.
const OPTIONS = {
  momentum: { label: "Momentum", values: [0, 0.5, 0.9, 0.99], title: "μ: what share of the last step is taken again" },
  nesterov: { label: "Nesterov", title: "The gradient's step is taken from where the momentum leads" },
  weight_decay: { label: "Weight decay", values: [0, 0.004, 0.04, 0.4], title: "Each step shrinks the weights by the rate times this" },
  rho: { label: "Rho", values: [0, 0.5, 0.9, 0.99, 0.999], title: "How long squared gradients are remembered: their mean over about 1 / (1 − rho) steps" },
  beta_1: { label: "Beta 1", values: [0, 0.5, 0.9, 0.99], title: "How long gradients are remembered: m is their mean over about 1 / (1 − beta 1) steps" },
  beta_2: { label: "Beta 2", values: [0, 0.5, 0.9, 0.99, 0.999, 0.9999], title: "The same of squared gradients, whose root divides the step" },
  epsilon: { label: "Epsilon", values: [1e-7, 1e-5, 0.001, 0.01, 0.1, 1], title: "Added to the root that divides the step. Where gradients are small against it, steps are short, as plain SGD's" },
};
const subscript = (n) => String(n).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
const FRAME = 24; // milliseconds of training between two pictures
const FAR = 1e6; // times the loss at the beginning
const STUCK = 20; // epochs mostly no better than a guess, and the page says so
const dense = (units, activation) => ({ kind: "Dense", units, activation, initializer: "glorot_uniform", l1: 0, l2: 0 });

class Playground {
  constructor(facts, pictures) {
    Object.assign(this, { facts, pictures, table: null, chosen: null, playing: false, frames: 0, sample: null });
    this.options = { problem: "spirals", samples: 300, noise: CURVES.spirals.noise, share: 20, seed: 1, stop: null, loss: null, batch: 32, initializer: "glorot_uniform", l1: 0, l2: 0 };
    this.optimizer = makeOptimizer("Adam");
    this.hidden = [dense(8, "tanh"), dense(6, "tanh")];
    this.view = new NetworkView(byId("network"), byId("wires"), {
      onUnits: (at, units) => units >= 1 && units <= MOST_OF_A_LAYER && this.change(() => (this.hidden[at].units = units)),
      onActivation: (at, name) => this.change(() => (this.hidden[at].activation = name)),
      onRate: (at, rate) => this.keepWeights((layers) => (layers[at].rate = rate)),
      onRemove: (at) => (this.hidden[at].kind === "Dropout" ? this.keepWeights((layers) => layers.splice(at, 1)) : this.change(() => this.hidden.splice(at, 1))),
      onAdd: (kind) => {
        if (kind === "Dropout") this.addDropout();
        else if (kind) this.change(() => this.hidden.push({ Dense: dense(6, "relu"), BatchNormalization: { kind } }[kind]));
      },
      onChoose: (at, unit) => {
        this.chosen = this.chosen?.at === at && this.chosen.unit === unit ? null : { at, unit };
        this.show();
      },
    });
    this.own = new OwnSample(byId("own"), () => this.showAnswer());
    this.listen();
    this.showProblems();
    this.newData();
  }

  listen() {
    makeThemes(byId("theme"), () => this.network && this.show());
    byId("play").addEventListener("click", () => (this.playing ? this.pause(() => this.show()) : this.play(true)));
    byId("one-epoch").addEventListener("click", () => this.pause(() => this.train(Infinity, 1)));
    byId("one-step").addEventListener("click", () => this.pause(() => this.train(1)));
    byId("again").addEventListener("click", () => this.pause(() => this.change(() => (this.options.seed += 1))));
    byId("other-sample").addEventListener("click", () => this.nextSample());
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
        this.options.problem = "table";
        this.showProblems();
        this.newData();
      }, byId("table-message"));
    });
    addEventListener("resize", () => this.network && (this.view.drawWires(this.network), this.show()));
  }

  async attempt(action, message = byId("message")) {
    for (const each of [byId("message"), byId("table-message")]) each.hidden = true;
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
        byId("table-form").hidden = name !== "table";
        if (name === "table" && !this.table) return byId("table-text").focus(); // until there is one, the data stays
        this.options.problem = name;
        if (name in CURVES) this.options.noise = CURVES[name].noise;
        this.showProblems();
        this.newData();
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
      const options = { ...this.options, seed: 1 }; // the seed chosen is the weights'; the points stay
      const data = problem === "digits" ? makePictures(this.pictures, options) : problem === "table" ? readTable(this.table, options) : makePoints(problem, options);
      const other = !this.data || this.data.name !== data.name || this.data.features !== data.features;
      this.data = data;
      this.flat = data.features === 2 && data.kind !== "pictures";
      if (this.flat) this.plane = planeOf(data);
      Object.assign(this, { pinned: false, place: 0 });
      if (other && data.kind === "pictures") this.hidden = [dense(32, "relu")];
      else if (other && this.hidden[0]?.units === 32) this.hidden = [dense(8, "tanh"), dense(6, "tanh")];
      this.showDataOptions();
      this.own.build(data);
      this.restart();
    });
  }

  // The loss that was chosen, if it goes with the data.
  get loss() {
    const losses = LOSSES_BY_ACTIVATION[activationFor(this.data)];
    return losses.includes(this.options.loss) ? this.options.loss : losses[0];
  }

  change(action) {
    action();
    this.restart();
  }

  // Dropout has no weights: those of the others stay, and the training goes on.
  keepWeights(action) {
    action(this.hidden);
    action(this.network.layers);
    this.chosen = null;
    this.view.build(this.network, this.data);
    this.show();
  }

  addDropout() {
    const [at, { inputs }] = [this.hidden.length, outputOf(this.network)];
    this.keepWeights((layers) => layers.splice(at, 0, { kind: "Dropout", rate: 0.2, inputs, outputs: inputs }));
  }

  // New weights at random, and the training from its beginning.
  restart(network = null) {
    const { data, options } = this;
    if (!network) standardize(data);
    if (this.flat) this.grid = gridOf(data, this.plane);
    const layers = [...this.hidden, dense(unitsFor(data), activationFor(data))].map((layer) => {
      return layer.kind === "Dense" ? { ...layer, initializer: options.initializer, l1: options.l1, l2: options.l2 } : { ...layer };
    });
    this.network = network ?? build({ inputs: data.features, loss: this.loss, layers, optimizer: this.optimizer }, options.seed);
    Object.assign(this, { epoch: 0, at: 0, order: [], history: [], chosen: null, failed: false, recent: [], weight: null, opened: Boolean(network), until: options.stop ?? Infinity });
    this.guess = guessing(data, this.network.loss);
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
      parts.push(slider("Samples", { min: 60, max: 1000, step: 20, value: options.samples, title: "Points, training and test together" }, set("samples")));
      parts.push(slider("Noise", { min: 0, max: CURVES[options.problem].most, step: 0.05, value: options.noise, show: (v) => v.toFixed(2), title: "How far points are moved at random: the standard deviation" }, set("noise")));
    }
    parts.push(slider("Held back as a test", { min: 0, max: 60, step: 5, value: options.share, show: (v) => `${v} %`, title: "Never learnt from: they say how good it is on what it hasn't seen" }, set("share")));
    replaceOptions(byId("data-options"), parts);
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
    }, "The rule that turns gradients into steps; One step, opened shows its formula")];
    parts.push(choice("Learning rate", RATES, optimizer.rate, (rate) => setOptimizer("rate", rate), "α: how long the steps are. Too high: the loss jumps; too low: it crawls"));
    for (const [name, { label, values, title }] of Object.entries(OPTIONS)) {
      if (!(name in optimizer) || (name === "nesterov" && !optimizer.momentum)) continue;
      const set = (value) => setOptimizer(name, value);
      parts.push(values ? choice(label, values, optimizer[name], set, title) : check(label, optimizer[name], set, title));
    }
    parts.push(choice("Loss", LOSSES_BY_ACTIVATION[activationFor(this.data)], this.network.loss, restart("loss"), "What training makes small. Another one begins with new weights"));
    parts.push(choice("Batch size", [1, 4, 8, 16, 32, 64, 128, 256], options.batch, (value) => {
      options.batch = value;
      this.at = 0;
      this.order = [];
      this.show();
    }, "Samples for each step: the gradient is their mean"));
    parts.push(number("Stop after epochs", { min: 1, max: 100000, value: options.stop, placeholder: "never", title: "How often Train goes through the training data" }, (value) => (options.stop = value)));
    parts.push(number("Seed", { min: 1, max: 1e9, value: options.seed, title: "Of the first weights, the order of the batches and Dropout" }, restart("seed")));
    parts.push(choice("L1 penalty", PENALTIES, options.l1, (value) => this.setPenalty("l1", value), "Times the sum of |w|, added to the loss: pulls weights that help little to 0"));
    parts.push(choice("L2 penalty", PENALTIES, options.l2, (value) => this.setPenalty("l2", value), "Times the sum of w², added to the loss: keeps weights small"));
    parts.push(choice("First weights", Object.keys(INITIALIZERS), options.initializer, restart("initializer"), "How weights are drawn before the first step. zeros: units stay alike"));
    replaceOptions(byId("training-options"), parts);
  }

  setPenalty(name, value) {
    this.options[name] = value;
    for (const layer of this.network.layers) if (layer.kernel) layer[name] = value;
    this.show();
  }

  play(on) {
    this.playing = on;
    if (on) this.until = this.epoch + (this.options.stop ?? Infinity);
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
    if (this.epoch >= this.until) this.pause(() => this.show());
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
    const { loss, error } = this.scores.training;
    if (!this.history.length) this.first = this.opened ? this.guess.loss : error;
    else this.recent = [...this.recent, error].slice(-STUCK);
    this.middle = this.recent.slice().sort((a, b) => a - b)[STUCK / 2]; // a loss that jumps about is below the line now and then
    this.stuck = this.middle >= 0.98 * Math.min(this.guess.loss, this.first);
    this.failed = !(loss < FAR * (1 + (this.history[0]?.loss.training ?? loss))); // NaN is far, too
    const { training, test } = this.scores;
    const good = (part, name) => part && (data.classes ? part.accuracy : this.explained(part, name));
    remember(this.history, { epoch: this.epoch, loss: { training: training.loss, test: test?.loss }, good: { training: good(training, "training"), test: good(test, "test") } });
  }

  choose(i) {
    Object.assign(this, { sample: i, pinned: true });
    this.show();
  }

  nextSample() {
    this.place = this.pinned ? 0 : this.place + 1;
    this.pinned = false;
    this.show(true);
  }

  // The sample shown: the one clicked, else one of the next batch; while it trains by itself it stays, to be watched.
  follow(now) {
    const batch = this.batchNow();
    if (!this.pinned && (now || !this.playing || this.sample === null)) this.sample = batch[this.place % batch.length];
  }

  show(now = false) {
    this.follow(now);
    const { data, network, chosen, scores } = this;
    const facts = [`Epoch ${whole(this.epoch)}, step ${whole(network.iterations)}.`];
    if (this.failed) facts.push("The loss has left all bounds: the learning rate is too high. Start again with a lower one.");
    const quality = (part, name) => (data.classes ? `, ${percent(part.accuracy)} right` : `, R² ${plain(this.explained(part, name), 3)}`);
    const text = Object.entries(scores).map(([name, part]) => make("span", {}, ` ${name[0].toUpperCase() + name.slice(1)}: loss `, make("strong", {}, part.loss.toPrecision(3)), quality(part, name), "."));
    const { guess } = this;
    const on = data.test.length ? " on the test" : "";
    text.push(make("span", { id: "guess" }, data.classes ? ` Always ${classNames(data)[guess.most]}, the most frequent class of the training data: ${percent(guess.accuracy)} right${on}.` : ` Always the training data's ${guess.name}: loss ${guess.loss.toPrecision(3)}${on}.`));
    if (this.stuck) text.push(make("strong", { id: "stuck" }, ` ${this.whyStuck()}`));
    byId("progress").replaceChildren(facts.join(" "), ...(this.failed ? [] : text));
    this.showAnswer();
    this.showAnswerNote();
    this.showCurves();
    byId("curves-note").textContent = data.classes ? "" : `${data.target.name} is scaled to mean 0 and variance 1, and the loss with it: 1 is what an error of ${Number(data.target.scale.toPrecision(3))} costs. The file saved answers in the table's own unit.`;
    if (this.failed) byId("opened").replaceChildren();
    else if (!this.playing || this.frames++ % 8 === 0) this.showStep(); // numbers that change faster can't be read
    byId("network-note").textContent = this.networkWords();
    if (chosen) document.documentElement.dataset.chosen = `${chosen.at}-${chosen.unit}`;
  }

  networkWords() {
    const { data, flat } = this;
    const output = !data.classes ? "" : flat || data.classes === 2 ? `; the output's colour is the class's${flat ? ", as on the map" : ` (blue ${classNames(data)[0]}, orange ${classNames(data)[1]})`}, pale where it only guesses` : "; an output is the darker the likelier its class";
    const squares = flat ? "Each square shows what a unit answers over the plane of the two inputs" : "Squares show what each unit answers for the chosen sample";
    const pictures = data.kind === "pictures" ? "; in the first layer, its weights as a picture" : "";
    const lines = flat ? " Lines are weights, as thick as they are large. Click a unit to see it large, with its sum." : " Click a unit for its sum.";
    return `${squares}${pictures}${output}.${lines} A change of layers begins with new weights; Dropout has none, and keeps them.`;
  }

  showCurves() {
    const { data, guess, history } = this;
    if (history.length < 2 && !data.test.length) return byId("curves").replaceChildren(make("p", { class: "note" }, `Train, and it is drawn here, epoch by epoch: the loss, and ${data.classes ? "how many are right" : "R²"}.`));
    const room = byId("curves").clientWidth;
    const always = (data.classes ? classNames(data)[guess.most] : `the ${guess.name}`) + (data.test.length ? ", on the test" : "");
    const loss = { title: "The loss", range: (least, most) => [0, most], guess: { at: guess.loss, name: data.classes ? "a guess: the classes' shares" : `always ${always}` } };
    const good = data.classes
      ? { title: "Percent right", range: (least) => [Math.min(least, guess.accuracy), 1], guess: { at: guess.accuracy, name: `always ${always}` }, show: (v) => `${Math.round(100 * v)} %` }
      : { title: "R²: 1 is perfect, 0 what always the mean gets", range: (least) => [Math.max(Math.min(least, 0), -1), 1], guess: { at: NaN } };
    byId("curves").replaceChildren(lineChart(history, "loss", { ...loss, room }), lineChart(history, "good", { ...good, room }));
  }

  // 1 minus the squared errors over those of the part's own mean.
  explained(part, name) {
    const [, y] = name === "test" ? this.testRows : this.trainingRows;
    const mean = y.reduce((sum, v) => sum + v / y.length, 0);
    return 1 - part.squares / (y.reduce((sum, v) => sum + (v - mean) ** 2 / y.length, 0) || 1);
  }

  whyStuck() {
    const { network, options, optimizer } = this;
    const start = `For ${STUCK} epochs the loss has mostly been no lower than a guess's or the untrained network's: `;
    if (options.initializer === "zeros" && network.layers.filter(({ kernel }) => kernel).length > 1) return `${start}weights that begin as 0 stay alike.`;
    if (options.l1 || options.l2) return `${start}the penalty may be too large, or the learning rate of ${optimizer.rate}.`;
    const jumps = this.recent.slice(1).reduce((sum, error, i) => sum + Math.abs(error - this.recent[i]) / STUCK, 0);
    if (this.middle > this.first || jumps > 0.05 * this.guess.loss) return `${start}the learning rate of ${optimizer.rate} is too high. Start again with a lower one.`;
    return `${start}another learning rate than ${optimizer.rate} may help, or more units.`;
  }

  // What it answers to the data, and to the sample of one's own.
  showAnswer() {
    const { data, network } = this;
    const own = this.own.show((x) => !this.failed && this.answerTo(predict(network, inputsOf({ ...data, x }, [0]), 1)));
    if (this.flat) this.showPlane(own);
    else this.showSample();
  }

  showPlane(own) {
    const { data, network, chosen } = this;
    const p = predict(network, this.grid, GRID * GRID);
    const outputs = network.layers.map((layer) => layer.memory.y);
    const color = answerColors(data);
    const paintUnit = (at, j, canvas) => {
      const values = columnOf(outputs[at], network.layers[at].outputs, j);
      if (at === network.layers.length - 1) paint(canvas, GRID, GRID, (i) => color(values[i], j)); // as the map has it
      else paintSigned(canvas, values, GRID, GRID);
    };
    this.view.show(network, chosen, paintUnit, (canvas, k) => paintSigned(canvas, this.centred(k), GRID, GRID));
    if (!byId("map")) {
      byId("answer").replaceChildren(make("canvas", { id: "map", role: "img", "aria-label": "What the network answers over the plane" }));
      this.plot = new PlaneView(byId("map"), (i) => this.choose(i));
    }
    const paintMap = chosen ? (canvas) => paintUnit(chosen.at, chosen.unit, canvas) : (canvas) => paintAnswers(canvas, data, p);
    this.plot.show(data, this.plane, paintMap, this.sample, own);
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
      else if (data.classes && at === network.layers.length - 1) paint(canvas, 1, 1, () => (data.classes === 2 ? probabilityColor(data, p[0], 0) : between(palette.zero, palette.ink, p[j])));
      else paint(canvas, 1, 1, () => diverging(outputs[at][j] / (largest(outputs[at]) || 1)));
    }, (canvas, k) => {
      if (asPicture) paintInk(canvas, data.x.subarray(sample * data.features, (sample + 1) * data.features), data.rows, data.columns);
      else paint(canvas, 1, 1, () => diverging(inputsOf(data, [sample])[k] / 2));
    });
    const known = data.classes ? [] : [make("p", { class: "note" }, `In the table it is ${figure(data.y[sample])}.`)];
    byId("answer").replaceChildren(this.answerTo(p), ...known, ...(asPicture ? [this.gallery()] : []));
  }

  answerTo(p) {
    const { data } = this;
    if (!data.classes) return make("p", {}, `${data.target.name}: ${figure(p[0] * data.target.scale + data.target.offset)}`);
    const shares = data.classes === 2 ? [1 - p[0], p[0]] : Array.from(p);
    const rows = shares.flatMap((share, k) => {
      const bar = make("i");
      bar.style.width = `${100 * share}%`;
      if (this.flat || data.classes === 2) bar.style.background = css(classColor(data, k));
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
    else if (this.flat) words.push(`Colour is ${data.target.name}: blue below the mean, orange above; filled points are learnt from, rings are the test. Click a point to open its step.`);
    else words.push(`Sample ${this.sample + 1}` + (data.classes ? `, which is ${classNames(data)[data.y[this.sample]]}.` : "."));
    byId("answer-note").textContent = words.join(" ");
    byId("unit-sum").replaceChildren(...(chosen && !this.failed ? this.sumOf(chosen) : []));
  }

  // The chosen unit's z = w·x + b: its weights, and the sum for the chosen sample.
  sumOf({ at, unit }) {
    const { data, network, sample } = this;
    predict(network, inputsOf(data, [sample]), 1);
    const { kernel, bias, units, inputs, memory } = network.layers[at];
    const w = columnOf(kernel.value, units, unit);
    const first = network.layers.findIndex((layer) => layer.kernel) === at && data.columns;
    const order = Array.from(w.keys()).sort((a, b) => Math.abs(w[b]) - Math.abs(w[a])).slice(0, SHOWN).sort((a, b) => a - b);
    const more = inputs > SHOWN ? ` … and ${inputs - SHOWN} terms of smaller weights` : "";
    const sum = (terms, b) => terms.map((term, i) => (i ? (term.startsWith("−") ? ` − ${term.slice(1)}` : ` + ${term}`) : term)).join("") + `${more}${b < 0 ? " − " : " + "}${figure(Math.abs(b))}`;
    const named = sum(order.map((k) => `${figure(w[k])} ${first ? data.columns[k] : `x${subscript(k + 1)}`}`), bias.value[unit]);
    const worked = sum(order.map((k) => `${figure(w[k])} · ${memory.x[k] < 0 ? `(${figure(memory.x[k])})` : figure(memory.x[k])}`), bias.value[unit]);
    return [
      make("span", { class: "formula" }, `z = w · x + b = ${named}`),
      make("span", {}, `Sample ${sample + 1}: z = ${worked} = ${figure(memory.z[unit])}, f(z) = ${figure(memory.y[unit])}.`),
      make("span", {}, first ? (data.mean ? "x is the table's columns, scaled to mean 0 and variance 1." : "x is the data's.") : "x is what the layer before answers."),
    ];
  }

  showStep() {
    const { data, network, sample } = this;
    const batch = this.batchNow();
    const at = batch.indexOf(sample);
    const opened = openStep(network, data, batch, sample);
    this.weight = weightToFollow(opened, this.weight);
    const where = at >= 0 ? `, number ${at + 1} of the next batch` : `. It isn't in the next batch: its own numbers are worked out as if it were the first there`;
    byId("opened-note").textContent = `The step that "One step" takes next, on a batch of n = ${batch.length}, worked out but not taken yet: the numbers of sample ${sample + 1}${where}. W₁ is the first unit's; dW, db and the step are the batch's.` + (data.classes ? "" : ` p and y are scaled: (${data.target.name} − ${figure(data.target.offset)}) / ${figure(data.target.scale)}.`);
    showOpened(byId("opened"), opened, data, this.weight);
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
  adopt({ network, shape, scaling }, name) {
    const { data, options } = this;
    const fits = String(shape) === String(data.kind === "pictures" ? [data.rows, data.columns] : [data.features]) || (data.kind === "pictures" && network.inputs === data.features);
    if (!fits) throw new Error(`${name} reads ${shape.join(" × ")} numbers; the data chosen here has ${data.kind === "pictures" ? `${data.rows} × ${data.columns}` : data.features}. Choose other data first.`);
    if (outputOf(network).activation !== activationFor(data) || outputOf(network).units !== unitsFor(data)) throw new Error(`${name} answers with ${outputOf(network).units} units of ${outputOf(network).activation}; the data chosen here asks for ${unitsFor(data)} of ${activationFor(data)}.`);
    this.play(false);
    // The data takes on the file's scaling, so that the network answers here what it answers there.
    const { mean, variance, scale, target } = scaling;
    Object.assign(data, { mean, variance, scale: scale ?? (data.kind === "pictures" ? 1 / 255 : 1), target: { ...data.target, ...target } });
    const c = target.scale ** LOSSES[network.loss].power;
    network.optimizer.rate = Number((network.optimizer.rate / rateFactor(network.optimizer, c)).toPrecision(6));
    if (network.optimizer.epsilon) network.optimizer.epsilon = Number((network.optimizer.epsilon / epsilonFactor(network.optimizer, c)).toPrecision(6));
    for (const layer of network.layers) if (layer.kernel) Object.assign(layer, { l1: Number((layer.l1 / c).toPrecision(6)), l2: Number((layer.l2 / c).toPrecision(6)) });
    const { l1, l2 } = network.layers.find(({ kernel }) => kernel);
    Object.assign(options, { l1, l2, loss: network.loss });
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
