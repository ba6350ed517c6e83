// "Break it": what is switched off and how much noise there is, and what that does to the accuracy.

const unbroken = (network) => ({
  off: network.stages.map(() => new Set()),
  noBias: network.stages.map(() => false),
  pictureNoise: 0,
  weightNoise: 0,
  shareOff: 0,
  seed: 1,
});

const isBroken = (breaks) =>
  breaks.off.some((units) => units.size) || breaks.noBias.includes(true) || breaks.pictureNoise + breaks.weightNoise + breaks.shareOff > 0;

// Reads all test pictures, a few at a time so that the page stays quick. Returns null if `stillWanted` turns false.
async function score(network, sample, breaks, stillWanted) {
  const predictions = new Uint16Array(sample.count);
  const activations = network.stages.map(({ units }) => new Float32Array(units * sample.count));
  let right = 0;
  let since = -Infinity; // milliseconds; the first picture waits too, so that a newer wish can come first
  for (let i = 0; i < sample.count; i++) {
    if (performance.now() - since > 20) {
      await new Promise((resolve) => setTimeout(resolve));
      if (!stillWanted()) return null;
      since = performance.now();
    }
    const x = modelInput(sample.picture(i), sample.scale, breaks.pictureNoise, breaks.seed + 1000 + i);
    const passes = forward(network, x);
    passes.forEach(({ y }, s) => activations[s].set(y, i * y.length));
    predictions[i] = argmax(probabilities(network, lastOf(passes).y));
    right += predictions[i] === sample.labels[i];
  }
  return { count: sample.count, right, accuracy: right / sample.count, predictions, activations };
}

class Breaking {
  constructor(network, onChange) {
    this.network = network;
    this.onChange = onChange;
    this.breaks = unbroken(network);
    this.sliders = { pictureNoise: byId("picture-noise"), weightNoise: byId("weight-noise"), shareOff: byId("share-off") };
    for (const [name, slider] of Object.entries(this.sliders)) {
      slider.addEventListener("input", () => this.change({ [name]: Number(slider.value) }));
    }
    this.boxes = network.stages.map(({ name }, s) => {
      const box = make("input", { type: "checkbox", checked: true });
      box.addEventListener("change", () => this.change({ noBias: this.breaks.noBias.with(s, !box.checked) }));
      byId("biases").append(make("label", {}, box, name));
      return box;
    });
    byId("reroll").addEventListener("click", () => this.change({ seed: this.breaks.seed + 1 }));
    byId("mend").addEventListener("click", () => this.change(unbroken(network)));
    this.label();
  }

  toggle(s, unit) {
    const off = this.breaks.off.map((units) => new Set(units));
    if (!off[s].delete(unit)) off[s].add(unit);
    this.change({ off });
  }

  change(difference) {
    this.breaks = { ...this.breaks, ...difference };
    this.label();
    this.onChange(this.breaks);
  }

  label() {
    const { breaks } = this;
    for (const [name, slider] of Object.entries(this.sliders)) slider.value = breaks[name];
    this.boxes.forEach((box, s) => (box.checked = !breaks.noBias[s]));
    byId("picture-noise-value").textContent = breaks.pictureNoise ? breaks.pictureNoise.toFixed(2) : "none";
    byId("weight-noise-value").textContent = breaks.weightNoise ? breaks.weightNoise.toFixed(1) : "none";
    byId("share-off-value").textContent = breaks.shareOff ? `${breaks.shareOff} %` : "none";
    const names = breaks.off.flatMap((units, s) => [...units].map((unit) => `${this.network.stages[s].name} ${unit}`));
    byId("off-list").textContent = names.length ? `Switched off by you: ${names.join(", ")}.` : "To switch off one unit, choose it in the network.";
    byId("mend").disabled = !isBroken(breaks);
    byId("tab-break").classList.toggle("marked", isBroken(breaks));
  }

  // `all` is the accuracy on the whole test set, of which the file holds a part.
  showScore(scored, baseline, { of, accuracy: all }) {
    byId("accuracy").textContent = percent(scored.accuracy);
    const part = scored.count < of ? ` (of all ${whole(of)}: ${percent(all)})` : "";
    byId("accuracy-note").textContent =
      `of the ${whole(scored.count)} test pictures in this file read right` + (isBroken(this.breaks) ? `; ${percent(baseline.accuracy)} when whole` : part);
    byId("accuracy-bar").querySelector("i").style.width = `${100 * scored.accuracy}%`;
    byId("accuracy-bar").querySelector("b").style.left = `${100 * baseline.accuracy}%`;
  }
}
