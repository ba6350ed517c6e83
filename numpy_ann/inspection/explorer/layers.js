// The network drawn with its real activations: the picture, then each dense layer as a strip of units.

const TALLEST = 16; // units on top of each other, in layers of up to 256 units

const STRIP_HEIGHT = 256; // CSS pixels: a laptop's screen holds the whole page

const columnsOf = (units) => Math.ceil(units / (units > 256 ? 2 * TALLEST : TALLEST));

const MOST_CELLS = 1024; // buttons a layer; more could neither be seen nor hit

class Layers {
  constructor(model, network, onSelect) {
    this.model = model;
    this.picture = make("canvas", { class: "picture", role: "img", "aria-label": "What the network sees" });
    const caption = make("figcaption", {}, make("strong", {}, "What it sees"), `${model.rows} × ${model.columns}`);
    this.strips = network.stages.map((stage, s) => this.strip(stage, s, s === network.stages.length - 1, onSelect));
    this.seen = make("figure", {}, caption, this.picture);
    byId("layers").append(this.seen, ...this.strips.map(({ figure }) => figure));
    this.fit();
    new ResizeObserver(() => {
      this.fit();
      if (this.drawn) this.wires(...this.drawn);
    }).observe(byId("layers"));
  }

  strip(stage, s, isLast, onSelect) {
    const shown = Math.min(stage.units, MOST_CELLS);
    const columns = columnsOf(shown);
    const cells = Array.from({ length: shown }, (_, unit) =>
      make("button", { type: "button", class: "cell", onclick: () => onSelect(s, unit) }, isLast ? String(unit) : ""),
    );
    const grid = make("div", { class: isLast ? "cells outputs" : "cells", role: "group", "aria-label": `Layer ${stage.name}: units` }, ...cells);
    grid.style.setProperty("--columns", columns);
    arrowKeys(grid, cells, columns);
    const count = shown < stage.units ? `${whole(shown)} of ${whole(stage.units)}` : `${whole(stage.units)}`;
    const caption = make("figcaption", {}, make("strong", {}, stage.name), `${count} ${stage.activations.join(", ") || "linear"}`);
    return { figure: make("figure", {}, caption, grid), cells, columns };
  }

  // As large as fits beside each other.
  fit() {
    const area = byId("layers");
    const hidden = this.strips.slice(0, -1);
    const across = hidden.reduce((sum, { columns }) => sum + columns, 0) || 1;
    const gap = parseFloat(getComputedStyle(area).columnGap);
    const room = area.clientWidth - this.seen.offsetWidth - lastOf(this.strips).figure.offsetWidth - gap * this.strips.length - 6;
    const rows = Math.max(...hidden.map(({ cells, columns }) => Math.ceil(cells.length / columns)), TALLEST);
    const size = Math.min(Math.floor(room / across), Math.floor(STRIP_HEIGHT / rows));
    area.style.setProperty("--cell", `${Math.max(size, 6)}px`);
  }

  // Frame a pixel of the picture, or none.
  mark(k) {
    const mark = byId("mark");
    mark.hidden = k === null;
    if (k === null) return;
    const area = byId("layers");
    const [corner, box] = [area.getBoundingClientRect(), this.pixelBox(k)];
    const at = { left: box.left - corner.left + area.scrollLeft, top: box.top - corner.top, width: box.width, height: box.height };
    for (const [side, length] of Object.entries(at)) mark.style[side] = `${length}px`;
  }

  show(passes, network, pixels, selected) {
    this.picture.onpointermove = ({ offsetX, offsetY }) => {
      const { rows, columns } = this.model;
      const k = Math.floor((offsetY / this.picture.clientHeight) * rows) * columns + Math.floor((offsetX / this.picture.clientWidth) * columns);
      this.picture.title = k in pixels ? `${place(k, columns)}: ${pixels[k]} of 255` : "";
    };
    paintInk(this.picture, pixels, this.model.rows, this.model.columns);
    this.strips.forEach(({ cells }, s) => {
      const { y } = passes[s];
      const limit = largest(y) || 1;
      const { name, off } = network.stages[s];
      cells.forEach((cell, unit) => {
        const color = diverging(y[unit] / limit);
        cell.style.backgroundColor = css(color);
        cell.style.color = readableOn(color);
        cell.classList.toggle("off", off.has(unit));
        cell.setAttribute("aria-pressed", selected.stage === s && selected.unit === unit);
        cell.title = `${name} unit ${unit}: ${plain(y[unit])}${off.has(unit) ? ", switched off" : ""}`;
        cell.setAttribute("aria-label", cell.title);
      });
    });
    this.drawn = [passes, network, selected];
    this.wires(...this.drawn);
  }

  // The selected unit's strongest terms: what comes in and what goes out.
  wires(passes, network, { stage: s, unit }) {
    const svg = byId("wires");
    const area = byId("layers");
    svg.replaceChildren();
    svg.style.width = "0"; // so that it doesn't count in what it is measured by
    const width = area.scrollWidth;
    svg.style.width = `${width}px`;
    svg.setAttribute("viewBox", `0 0 ${width} ${area.clientHeight}`);
    const corner = area.getBoundingClientRect();
    const frame = { left: corner.left - area.scrollLeft, top: corner.top };
    const box = this.cellBox(s, unit);
    if (!box) return;
    const stage = network.stages[s];
    for (const { index, value, share } of strongest(terms(passes[s].x, stage, unit), 14)) {
      const from = s ? this.cellBox(s - 1, index) : this.pixelBox(index);
      if (from) svg.append(this.wire(from, box, value, share, frame));
    }
    if (s + 1 < passes.length) {
      const sent = outgoing(network.stages[s + 1], unit).map((w) => w * passes[s].y[unit]);
      for (const { index, value, share } of strongest(sent, 10)) {
        const to = this.cellBox(s + 1, index);
        if (to) svg.append(this.wire(box, to, value, share, frame));
      }
    }
  }

  cellBox(s, unit) {
    return this.strips[s].cells[unit]?.getBoundingClientRect();
  }

  pixelBox(k) {
    const box = this.picture.getBoundingClientRect();
    const [width, height] = [box.width / this.model.columns, box.height / this.model.rows];
    return new DOMRect(box.left + (k % this.model.columns) * width, box.top + Math.floor(k / this.model.columns) * height, width, height);
  }

  wire(from, to, value, share, frame) {
    const [x1, y1] = [from.right - frame.left, from.top + from.height / 2 - frame.top];
    const [x2, y2] = [to.left - frame.left, to.top + to.height / 2 - frame.top];
    const bend = Math.max((x2 - x1) / 2, 10);
    return drawSvg("path", {
      d: `M ${x1} ${y1} C ${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
      class: value > 0 ? "positive" : "negative",
      "stroke-width": 0.5 + 2 * share,
      "stroke-opacity": 0.25 + 0.6 * share,
    });
  }
}

// The terms of a unit's sum: x_i w_i.
const terms = (x, { kernel, units }, unit) => Array.from(x, (xi, i) => xi * kernel[i * units + unit]);

// The weights with which the next stage reads a unit.
const outgoing = ({ kernel, units }, unit) => Array.from(kernel.subarray(unit * units, (unit + 1) * units));

// The largest by size, as {index, value, share of the largest}; zeros are left out.
function strongest(values, count) {
  const order = values.map((_, i) => i).filter((i) => values[i] !== 0);
  order.sort((i, j) => Math.abs(values[j]) - Math.abs(values[i]));
  const most = Math.abs(values[order[0]]);
  return order.slice(0, count).map((index) => ({ index, value: values[index], share: Math.abs(values[index]) / most }));
}
