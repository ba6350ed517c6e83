// The page: one state (picture, unit chosen, what is broken), shown by every part.

async function start() {
  const model = JSON.parse(byId("data").textContent);
  const network = { before: model.before, stages: withWeights(model.stages, model.weights) };
  const sample = await unpackSample(model.sample, model.rows * model.columns);
  const state = { settled: true, selected: { stage: 0, unit: 0 }, network, scored: null, baseline: null };
  makeThemes(byId("theme"), () => {
    render();
    if (state.scored) confusion.show(state.scored);
  });
  introduce(model, sample);

  const select = (stage, unit) => {
    state.selected = { stage, unit };
    render();
  };
  const fill = gallery(model, sample, (i) => pad.showTest(i));
  const pad = new Pad(byId("pad"), (_, settled) => {
    state.settled = settled;
    render();
  });
  const answer = new Answer(lastOf(network.stages).units);
  const layers = new Layers(model, network, select);
  const toggle = () => breaking.toggle(state.selected.stage, state.selected.unit);
  const unit = new UnitPanel(model, select, toggle, fill, (k) => layers.mark(k));
  const confusion = new Confusion(lastOf(network.stages).units, sample, fill);
  const breaking = new Breaking(network, (breaks) => {
    state.network = broken(network, breaks);
    render();
    rescore();
  });
  showCurves(byId("training"), model.history);
  makeTabs(document.querySelector("[role=tablist]"));

  const pixels = () => pad.photo ?? (pad.test === null ? drawnPicture(pad.strokes, model.rows, model.columns) : sample.picture(pad.test));

  let waiting = false;
  function render() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      show();
    });
  }

  function show() {
    const { breaks } = breaking;
    const ink = pixels();
    const seed = breaks.seed + 1000 + (pad.test ?? 0); // the noise that this picture has in the score
    const x = modelInput(ink, sample.scale, breaks.pictureNoise, seed);
    const passes = forward(state.network, x);
    const seen = Uint8Array.from(x, (v) => v / sample.scale);
    pad.paint(pad.test === null && !pad.photo ? null : ink, model.rows, model.columns);
    byId("pad-hint").hidden = !pad.empty;
    byId("source").textContent = sourceText(pad, sample);
    byId("undo").disabled = !pad.past.length;
    byId("clear").disabled = pad.empty;
    const last = lastOf(passes).y;
    answer.show(probabilities(state.network, last), { blank: pad.empty, settled: state.settled });
    layers.show(passes, state.network, seen, state.selected);
    unit.currentInput = x;
    unit.show(passes, state.network, state.selected, state.scored);
  }

  let latest = 0;
  async function rescore() {
    const mine = ++latest;
    const scored = await score(state.network, sample, breaking.breaks, () => mine === latest);
    if (!scored) return;
    state.scored = scored;
    state.baseline ??= scored;
    breaking.showScore(scored, state.baseline, sample);
    confusion.show(scored);
    render();
    document.documentElement.dataset.scored = latest;
  }

  // Goes through the pictures in an order that looks random and visits each once.
  const visiting = (list) => {
    let at = 0;
    return () => {
      const all = list();
      if (all.length) pad.showTest(all[at++ % all.length]);
    };
  };
  const everyPicture = shuffled(sample.count, 7);
  const mistakes = () => everyPicture.filter((i) => state.scored && state.scored.predictions[i] !== sample.labels[i]);
  byId("undo").addEventListener("click", () => pad.undo());
  byId("clear").addEventListener("click", () => pad.clear());
  byId("from-test").addEventListener("click", visiting(() => everyPicture));
  byId("mistake").addEventListener("click", visiting(mistakes));
  takePictures(async (file) => {
    const image = await pictureOf(file);
    const photo = image && photographed(image, model.rows, model.columns);
    if (photo) pad.showPhoto(photo);
    else byId("source").textContent = image ? "Nothing in it stands out from the paper: is it a digit, dark on light?" : "That file is no picture that this browser reads.";
  });
  new ResizeObserver(render).observe(byId("pad"));

  pad.test = everyPicture[everyPicture.length - 1]; // so that there is something to see
  const first = forward(network, modelInput(pixels(), sample.scale))[0];
  state.selected.unit = argmax(Array.from(first.y.slice(0, MOST_CELLS)));
  showOutputsNote(network);
  show();
  await rescore();

  // For the curious, at the browser's console: explorer.predict(explorer.sample.picture(0))
  globalThis.explorer = {
    sample,
    state,
    pixels,
    predict: (bytes) => Array.from(outputs(state.network, modelInput(bytes, sample.scale))),
  };
  document.documentElement.dataset.ready = "true";
}

// A picture file comes by the button, or is dropped on the pad.
function takePictures(show) {
  const pad = byId("pad");
  byId("photo").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", ({ target }) => {
    if (target.files.length) show(target.files[0]);
    target.value = ""; // so that the same file can come again
  });
  pad.addEventListener("dragover", (event) => {
    event.preventDefault();
    pad.classList.add("over");
  });
  pad.addEventListener("dragleave", () => pad.classList.remove("over"));
  pad.addEventListener("drop", (event) => {
    event.preventDefault();
    pad.classList.remove("over");
    if (event.dataTransfer.files.length) show(event.dataTransfer.files[0]);
  });
}

const LARGEST_SIDE = 1000; // pixels of a photo; a larger one is scaled down first

// The pixels of a picture file, or null if it isn't one.
async function pictureOf(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((n) => Math.max(Math.round(n * scale), 3));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

function introduce(model, sample) {
  const sizes = [model.stages[0].inputs, ...model.stages.map(({ units }) => units)];
  const numbers = model.stages.reduce((sum, { inputs, units }) => sum + (inputs + 1) * units, 0);
  byId("name").textContent = model.name;
  byId("facts").textContent =
    `${sizes.map(whole).join(" → ")} · ${whole(numbers)} learned numbers · ` +
    `${percent(sample.accuracy)} of ${whole(sample.of)} test pictures read right` +
    (sample.count < sample.of ? ` · ${whole(sample.count)} of them are in this file` : "");
}

function sourceText(pad, sample) {
  if (pad.test !== null) return `Test picture ${whole(sample.indices[pad.test])}, labelled ${sample.labels[pad.test]}.`;
  if (pad.photo) return "Your picture: the paper taken off, scaled and centred.";
  return pad.empty ? "Mouse, pen, finger or arrow keys." : "Your drawing, scaled and centred.";
}

function showOutputsNote(network) {
  const last = lastOf(lastOf(network.stages).activations);
  if (last === "softmax") return;
  byId("bars-note").hidden = false;
  byId("bars-note").textContent = last === "sigmoid" ? "The outputs are sigmoids: they need not sum to 100 %." : "The network puts out scores; the bars show their softmax.";
}

start().catch((error) => {
  byId("facts").textContent = "This page needs a newer browser: Chrome 110, Firefox 115, Safari 16.4, or later.";
  throw error;
});
