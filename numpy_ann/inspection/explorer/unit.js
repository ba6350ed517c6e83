// One unit: its weights as an image, its sum worked out, and what it does to those that follow.

const LARGEST_TERMS = 5;

const place = (k, columns) => `row ${Math.floor(k / columns)}, column ${k % columns}`;

class UnitPanel {
  // onMark is called with a pixel's number to mark it in the picture, and with null to unmark it.
  constructor(model, onSelect, onToggle, gallery, onMark) {
    Object.assign(this, { model, onSelect, gallery, onMark });
    byId("unit-off").addEventListener("click", onToggle);
  }

  show(passes, network, { stage: s, unit }, scored) {
    const stage = network.stages[s];
    const off = stage.off.has(unit);
    byId("unit-title").textContent = `Unit ${unit} of ${stage.name}`;
    const button = byId("unit-off");
    button.textContent = off ? "Switch on" : "Switch off";
    button.setAttribute("aria-pressed", off);
    const products = terms(passes[s].x, stage, unit);
    const weights = Array.from(passes[s].x, (_, i) => stage.kernel[i * stage.units + unit]);
    byId("unit-body").replaceChildren(
      this.images(s, weights, products),
      this.sum(network, s, unit, weights, products, passes[s]),
      this.effects(network, s, unit, passes, scored),
    );
  }

  images(s, weights, products) {
    const [rows, columns] = this.arrangement(s, weights.length);
    const what = s ? "a square a unit of the layer before" : "a square a pixel";
    const image = (values, title, label) => {
      const canvas = paintSigned(make("canvas", { role: "img", "aria-label": label }), values, rows, columns, s > 0);
      canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
        const across = canvas.clientHeight * (columns / rows) < canvas.clientWidth ? canvas.clientHeight * (columns / rows) : canvas.clientWidth;
        const [row, column] = [Math.floor((offsetY / (across * (rows / columns))) * rows), Math.floor((offsetX / across) * columns)];
        const k = row * columns + column;
        const name = s ? `unit ${k}` : place(k, columns);
        canvas.title = column < columns && k < values.length ? `${name}: ${signed(values[k])}` : "";
        if (!s) this.onMark(column < columns && k < values.length ? k : null);
      });
      canvas.addEventListener("pointerleave", () => this.onMark(null));
      return make("figure", {}, canvas, make("figcaption", {}, s ? `${title}, ${what}` : title));
    };
    return make(
      "div",
      { class: "images" },
      image(weights, "weights w", `The unit's weights, ${what}`),
      image(products, "terms x w, now", `The unit's terms for this picture, ${what}`),
    );
  }

  // Inputs are laid out as they are in the drawing of the network.
  arrangement(s, count) {
    if (!s) return [this.model.rows, this.model.columns];
    const columns = columnsOf(count);
    return [Math.ceil(count / columns), columns];
  }

  sum(network, s, unit, weights, products, { x, z, y }) {
    const stage = network.stages[s];
    const top = strongest(products, LARGEST_TERMS);
    const rest = products.reduce((a, b) => a + b, 0) - top.reduce((a, { value }) => a + value, 0);
    const line = (label, working, value, kind = "") =>
      make("tr", { class: kind }, make("th", { scope: "row" }, label), make("td", {}, working), make("td", {}, value));
    const names = stage.activations.length ? stage.activations : ["linear"];
    const rows = [
      ...top.map(({ index, value }) => {
        const row = line(this.input(network, s, index), `${plain(x[index])} × ${plain(weights[index])}`, signed(value), s ? "" : "pixel");
        if (!s) row.addEventListener("pointerenter", () => this.onMark(index));
        if (!s) row.addEventListener("pointerleave", () => this.onMark(null));
        return row;
      }),
      line(`${whole(products.length - top.length)} other terms`, "", signed(rest)),
      line("bias b", "", signed(stage.bias[unit])),
      line("z = x W + b", "", plain(z[unit]), "total"),
      stage.off.has(unit)
        ? line("y", "switched off", "0.00", "total")
        : line(`y = ${names.join(", ")}(z)`, names.length === 1 && names[0] !== "linear" ? FORMULAS[names[0]] : "", plain(y[unit]), "total"),
    ];
    return make("div", { class: "sum" }, make("h3", {}, "Its sum, largest terms first"), make("table", {}, make("tbody", {}, ...rows)));
  }

  input(network, s, index) {
    if (!s) return place(index, this.model.columns);
    return this.link(network, s - 1, index);
  }

  link(network, s, unit) {
    const name = s === network.stages.length - 1 ? `answer ${unit}` : `unit ${unit}`;
    return make("button", { type: "button", class: "link", onclick: () => this.onSelect(s, unit) }, name);
  }

  effects(network, s, unit, passes, scored) {
    const body = make("div", { class: "effects" });
    const next = network.stages[s + 1];
    const off = network.stages[s].off.has(unit);
    if (next) {
      const y = off ? 0 : passes[s].y[unit];
      const sent = outgoing(next, unit).map((w) => w * (y || 1)); // of a silent unit, what it would do
      const ordered = sent.map((_, i) => i).sort((i, j) => sent[j] - sent[i]);
      const list = (title, units) =>
        make("p", {}, make("strong", {}, `${title} `), ...units.flatMap((i, k) => [k ? ", " : "", this.link(network, s + 1, i), ` ${signed(sent[i])}`]));
      const excited = ordered.filter((i) => sent[i] > 0).slice(0, 3);
      const inhibited = ordered.filter((i) => sent[i] < 0).slice(-3).reverse();
      const title = y ? `What it adds in ${next.name}: y w` : `It gives 0, so it adds nothing in ${next.name}. By its weights w:`;
      body.append(make("h3", {}, title), list(y ? "Excites" : "It would excite", excited), list(y ? "Holds back" : "and hold back", inhibited));
    } else {
      body.append(make("h3", {}, "What it stands for"), make("p", {}, `The answer ${unit}.`));
    }
    body.append(make("p", {}, this.without(network, s, unit, passes)));
    if (scored && !off) {
      const activations = scored.activations[s];
      const order = Array.from({ length: scored.count }, (_, i) => i);
      const value = (i) => activations[i * network.stages[s].units + unit];
      order.sort((i, j) => value(j) - value(i));
      const thumbs = make("div", { class: "thumbs small" });
      this.gallery(thumbs, order.slice(0, 6), scored);
      body.append(make("h3", {}, "Pictures that excite it most"), thumbs);
    }
    return body;
  }

  // The answer with this unit held at 0.
  without(network, s, unit, passes) {
    const before = probabilities(network, lastOf(passes).y);
    const best = argmax(before);
    if (network.stages[s].off.has(unit)) return `It is switched off. The answer now: ${best}, ${percent(before[best])}.`;
    const stages = network.stages.map((stage, i) => (i === s ? { ...stage, off: new Set([...stage.off, unit]) } : stage));
    const after = probabilities(network, outputs({ stages, before: [] }, activate(network.before, this.currentInput)));
    const then = argmax(after);
    if (then === best && percent(after[best]) === percent(before[best])) return `Without it, the ${best} would be as sure: ${percent(before[best])}.`;
    return then === best
      ? `Without it, the ${best} would be ${percent(after[best])} sure instead of ${percent(before[best])}.`
      : `Without it, the answer would be ${then} (${percent(after[then])}) instead of ${best} (${percent(before[best])}).`;
  }
}
