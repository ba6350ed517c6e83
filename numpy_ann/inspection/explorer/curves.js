// Training curves: each figure of the history, on the training and on the validation data.

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [310, 170, 38, 12, 10, 24];

function showCurves(panel, history) {
  const names = Object.keys(history).filter((name) => !name.startsWith("val_") && history[name].some((v) => v !== null));
  names.sort((a, b) => (a === "loss") - (b === "loss")); // the loss comes last
  if (!names.length) {
    panel.append(make("p", { class: "note" }, "No training history is in this file. Pass what fit returned: to_html(model, path, x_test, y_test, history=history)."));
    return;
  }
  for (const name of names) {
    const lines = [{ kind: "training", values: history[name] }];
    if (history[`val_${name}`]) lines.push({ kind: "validation", values: history[`val_${name}`] });
    panel.append(make("h3", {}, name[0].toUpperCase() + name.slice(1)), chart(name, lines));
    const last = lines.map(({ kind, values }) => `${kind} ${values.at(-1)?.toFixed(4) ?? "not finite"}`).join(", ");
    panel.append(make("p", { class: "note" }, `After ${lines[0].values.length} epochs: ${last}.`));
  }
  const key = (kind) => make("span", { class: `key ${kind}` }, kind);
  panel.append(make("p", { class: "note" }, key("training"), key("validation"), "Validation is often the better of the two: it is asked at the end of the epoch, with dropout off; training is the mean over the epoch, with dropout on."));
}

function chart(name, lines) {
  const finite = lines.flatMap(({ values }) => values.filter((v) => v !== null));
  const ticks = roundTicks(...extent(finite));
  const [low, high] = [ticks[0], lastOf(ticks)];
  const epochs = Math.max(...lines.map(({ values }) => values.length));
  const x = (i) => LEFT + (epochs > 1 ? (i / (epochs - 1)) * (WIDTH - LEFT - RIGHT) : (WIDTH - LEFT - RIGHT) / 2);
  const y = (v) => TOP + ((high - v) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const words = lines.map(({ kind, values }) => `${kind} from ${values[0]} to ${values.at(-1)}`).join(", ");
  const svg = drawSvg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${name} over ${epochs} epochs: ${words}` });
  for (const tick of ticks) {
    svg.append(drawSvg("line", { class: "rule", x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick) }));
    svg.append(drawSvg("text", { x: LEFT - 6, y: y(tick) + 3.5, "text-anchor": "end" }, Number(tick.toPrecision(4)).toString()));
  }
  for (const epoch of new Set([0, Math.floor((epochs - 1) / 2), epochs - 1])) {
    svg.append(drawSvg("text", { x: x(epoch), y: HEIGHT - 6, "text-anchor": epoch && epoch === epochs - 1 ? "end" : "middle" }, epoch === epochs - 1 ? `epoch ${epoch + 1}` : String(epoch + 1)));
  }
  for (const { kind, values } of lines) {
    const points = values.map((v, i) => (v === null ? null : [x(i), y(v)]));
    const path = points.map((p, i) => (p ? `${i && points[i - 1] ? "L" : "M"} ${p[0].toFixed(1)} ${p[1].toFixed(1)}` : "")).join(" ");
    svg.append(drawSvg("path", { class: `line ${kind}`, d: path }));
    for (const p of points) if (p) svg.append(drawSvg("circle", { class: kind, cx: p[0].toFixed(1), cy: p[1].toFixed(1), r: 2 }));
  }
  return svg;
}

// Three to six round numbers around low to high.
function roundTicks(low, high) {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 3));
  const step = [1, 2, 5, 10].map((n) => n * power).find((size) => span / size <= 4);
  const ticks = [];
  const end = Math.ceil(high / step - 1e-9);
  for (let n = Math.floor(low / step + 1e-9); n <= Math.max(end, Math.floor(low / step) + 1); n++) ticks.push(n * step);
  return ticks;
}
