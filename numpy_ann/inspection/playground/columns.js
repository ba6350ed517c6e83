// The network drawn: a column a layer, a unit a button with what it answers on it, weights as lines between them.

const MOST_UNITS = 10; // drawn of a layer; the others are told of
const MOST_LAYERS = 8;
const MOST_OF_A_LAYER = 256;

class NetworkView {
  constructor(frame, wires, callbacks) {
    Object.assign(this, { frame, wires, ...callbacks });
  }

  // Made anew when layers change; the state of units and lines is shown by `show`.
  build(network, data) {
    const columns = [this.inputColumn(data)];
    this.units = [];
    network.layers.forEach((layer, at) => columns.push(layer.kind === "Dense" ? this.denseColumn(network, layer, at) : this.bandColumn(layer, at)));
    columns.splice(columns.length - 1, 0, this.addColumn(network));
    this.frame.replaceChildren(this.wires, ...columns);
    this.drawWires(network);
  }

  inputColumn(data) {
    this.inputs = [];
    const shown = data.kind === "pictures" ? 1 : Math.min(data.features, MOST_UNITS);
    const units = make("div", { class: "units" });
    for (let k = 0; k < shown; k++) {
      const canvas = make("canvas", { class: data.kind === "pictures" ? "picture" : "" });
      this.inputs.push(canvas);
      const name = data.kind === "pictures" ? `${data.rows} × ${data.columns} pixels` : data.columns[k];
      units.append(make("div", { class: "input", title: name }, canvas, make("span", { class: "input-name" }, name)));
    }
    if (data.kind !== "pictures" && data.features > shown) units.append(make("span", { class: "more" }, `and ${data.features - shown} more`));
    return make("div", { class: "column" }, make("header", {}, make("strong", {}, "Input")), units);
  }

  denseColumn(network, layer, at) {
    const output = at === network.layers.length - 1;
    const head = make("header", {}, make("strong", {}, output ? "Output" : "Dense"));
    if (output) head.append(make("span", {}, layer.activation));
    else {
      const units = make("input", { type: "number", min: 1, max: MOST_OF_A_LAYER, value: layer.units, "aria-label": "Units" });
      units.addEventListener("change", () => (units.checkValidity() && units.value ? this.onUnits(at, Number(units.value)) : (units.value = layer.units)));
      const stepper = make("span", { class: "stepper" }, make("button", { type: "button", title: "One unit less", "aria-label": "One unit less", onclick: () => this.onUnits(at, layer.units - 1) }, "−"));
      stepper.append(units, make("button", { type: "button", title: "One unit more", "aria-label": "One unit more", onclick: () => this.onUnits(at, layer.units + 1) }, "+"));
      const choice = make("select", { "aria-label": "Activation function", onchange: (event) => this.onActivation(at, event.target.value) });
      for (const name of Object.keys(FUNCTIONS)) choice.append(make("option", { selected: name === layer.activation }, name));
      head.append(stepper, choice, this.removal(at));
    }
    const units = make("div", { class: "units" });
    for (let j = 0; j < Math.min(layer.units, MOST_UNITS); j++) {
      const canvas = make("canvas");
      const button = make("button", { type: "button", class: "unit", "aria-pressed": "false", "aria-label": `Unit ${j + 1}`, onclick: () => this.onChoose(at, j) }, canvas);
      this.units.push({ at, j, button, canvas });
      units.append(button);
    }
    if (layer.units > MOST_UNITS) units.append(make("span", { class: "more" }, `and ${layer.units - MOST_UNITS} more`));
    return make("div", { class: "column" }, head, units);
  }

  bandColumn(layer, at) {
    const head = make("header", {}, make("strong", {}, ...layer.kind.split(/(?=Normalization)/).flatMap((word) => [word, make("wbr")])));
    if (layer.kind === "Dropout") {
      const choice = make("select", { "aria-label": "Rate: the probability to drop", onchange: (event) => this.onRate(at, Number(event.target.value)) });
      for (const rate of new Set([0.1, 0.2, 0.3, 0.4, 0.5, layer.rate])) choice.append(make("option", { value: rate, selected: rate === layer.rate }, String(rate)));
      head.append(choice);
    }
    head.append(this.removal(at));
    const words = layer.kind === "Dropout" ? "leaves out units at random, in training alone" : "mean 0, variance 1 over the batch";
    return make("div", { class: "column" }, head, make("div", { class: "band" }, words));
  }

  removal(at) {
    return make("button", { type: "button", class: "remove", onclick: () => this.onRemove(at) }, "remove");
  }

  addColumn(network) {
    const full = network.layers.length >= MOST_LAYERS;
    const choice = make("select", { id: "add-layer", "aria-label": "Add a layer", disabled: full, onchange: (event) => this.onAdd(event.target.value) });
    choice.append(make("option", { value: "" }, "+ layer"), ...Object.keys(LAYERS).map((kind) => make("option", {}, kind)));
    return make("div", { class: "column" }, make("header", { id: "add" }, choice)); // above the lines
  }

  middleOf(element, side) {
    const [box, frame] = [element.getBoundingClientRect(), this.frame.getBoundingClientRect()];
    return [(side < 0 ? box.left : box.right) - frame.left, box.top + box.height / 2 - frame.top];
  }

  // Lines from each unit (or input) to each of the next dense layer, over what stands between.
  drawWires(network) {
    this.lines = [];
    let before = this.inputs.length === network.inputs || this.inputs.length > 1 ? this.inputs : [];
    network.layers.forEach((layer, at) => {
      if (layer.kind !== "Dense") return;
      const here = this.units.filter((unit) => unit.at === at);
      before.forEach((from, k) => here.forEach(({ button, j }) => {
        const [[x1, y1], [x2, y2]] = [this.middleOf(from, 1), this.middleOf(button, -1)];
        const half = (x2 - x1) / 2;
        const path = drawSvg("path", { d: `M${x1} ${y1} C${x1 + half} ${y1} ${x2 - half} ${y2} ${x2} ${y2}` });
        this.lines.push({ layer, at, k, j, path });
      }));
      before = here.map(({ button }) => button);
    });
    this.wires.replaceChildren(...this.lines.map(({ path }) => path));
  }

  // pictures: (layer's place, unit, canvas) paints what the unit answers.
  show(network, chosen, paintUnit, paintInput) {
    this.inputs.forEach(paintInput);
    for (const { at, j, button, canvas } of this.units) {
      paintUnit(at, j, canvas);
      button.setAttribute("aria-pressed", chosen?.at === at && chosen?.unit === j);
    }
    const limits = new Map(network.layers.filter(({ kernel }) => kernel).map((layer) => [layer, largest(layer.kernel.value) || 1]));
    for (const { layer, at, k, j, path } of this.lines) {
      const w = layer.kernel.value[k * layer.units + j];
      const size = Math.abs(w) / limits.get(layer);
      const mine = !chosen || (chosen.at === at && chosen.unit === j);
      path.style.strokeWidth = 0.4 + 4.2 * size;
      path.style.stroke = css(w < 0 ? palette.negative : palette.positive);
      path.style.opacity = mine ? 0.25 + 0.6 * size : 0.08;
    }
  }
}
