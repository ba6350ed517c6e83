// A sample of one's own: a row typed in, or a digit drawn.

class OwnSample {
  constructor(place, onChange) {
    Object.assign(this, { place, onChange });
    place.addEventListener("submit", (event) => event.preventDefault());
  }

  // Made anew for other columns; empty at first.
  build(data) {
    const same = data.name === this.data?.name && String(data.columns) === String(this.data.columns);
    this.data = data;
    if (same) return;
    this.answer = make("div", { id: "own-answer", role: "status" });
    this.place.replaceChildren(...(data.kind === "pictures" ? this.drawing() : this.row()), this.answer);
  }

  row() {
    const { columns } = this.data;
    const title = "What the network says of numbers that aren't in the data, as it is trained so far";
    this.input = make("input", { type: "text", "aria-label": columns.join(", "), placeholder: columns.join(", "), autocomplete: "off", title, oninput: this.onChange });
    this.pad = null;
    return [make("p", { class: "note" }, `Its numbers, parted by commas: ${columns.join(", ")}`), this.input];
  }

  drawing() {
    const canvas = make("canvas", { id: "pad", tabindex: 0, role: "img", "aria-label": "Draw a digit here; with the keyboard: the arrow keys move the pen, space puts it down or lifts it" });
    this.pad = new Pad(canvas, this.onChange);
    this.input = null;
    return [make("p", { class: "note" }, "Draw a digit:"), canvas, make("div", { class: "buttons" }, make("button", { type: "button", onclick: () => this.pad.clear() }, "Clear"))];
  }

  // The sample as the data has its own; null if there is none yet, text if it can't be read.
  read() {
    const { data, pad } = this;
    if (pad) return pad.empty ? null : Float64Array.from(drawnPicture(pad.strokes, data.rows, data.columns));
    const cells = this.input.value.split(/[,;\s]+/).filter(Boolean);
    if (!cells.length) return null;
    const bad = cells.find((cell) => !Number.isFinite(Number(cell)));
    if (bad !== undefined) return `${JSON.stringify(bad)} is no number.`;
    if (cells.length !== data.features) return `${data.features} numbers are wanted; these are ${cells.length}.`;
    return Float64Array.from(cells, Number);
  }

  // answer(x): an element that says what the network answers, if it does. Returns the sample, if there is one.
  show(answer) {
    const x = this.read();
    if (this.pad) this.pad.paint(null, this.data.rows, this.data.columns);
    const known = x instanceof Float64Array;
    this.answer.replaceChildren(...(known ? [answer(x)].filter(Boolean) : x ? [make("p", { class: "note" }, x)] : []));
    return known ? x : null;
  }
}
