// The loss over the epochs, on the training and on the test data.

const MOST_POINTS = 400; // then every second one goes

function remember(history, epoch, losses) {
  history.push({ epoch, ...losses });
  if (history.length > MOST_POINTS) history.splice(0, history.length, ...history.filter((_, i) => i % 2 === 0 || i === history.length - 1));
}

const tickText = (tick) => (tick >= 1e5 || (tick && tick < 1e-3) ? tick.toExponential().replace("+", "") : String(Number(tick.toPrecision(4))));

// Drawn as wide as there is room, so that its words keep their size.
// guess: { loss, name }, what answers that ignore the inputs cost; a dashed line, if it is in sight.
function lossChart(history, guess, room) {
  const [width, height, right, top, bottom] = [Math.max(room || 300, 160), 150, 8, 8, 20];
  const kinds = ["training", "test"].filter((kind) => history.some((point) => Number.isFinite(point[kind])));
  const losses = kinds.flatMap((kind) => history.map((point) => point[kind])).filter(Number.isFinite);
  if (losses.length < 2) return make("p", { class: "note" }, "Train, and the loss is drawn here, epoch by epoch.");
  const ticks = roundTicks(0, Math.max(...losses));
  const texts = ticks.map((tick) => tickText(Number(tick.toPrecision(4))));
  const left = 14 + 7 * Math.max(...texts.map((text) => text.length)); // as wide as the longest label
  const [last, high] = [history[history.length - 1].epoch, ticks[ticks.length - 1]];
  const x = (epoch) => left + (epoch / Math.max(last, 1)) * (width - left - right);
  const y = (loss) => top + (1 - loss / high) * (height - top - bottom);
  const svg = drawSvg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `The loss over ${last} epochs` });
  ticks.forEach((tick, i) => {
    svg.append(drawSvg("line", { class: "rule", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }));
    svg.append(drawSvg("text", { x: left - 6, y: y(tick) + 3.5, "text-anchor": "end" }, texts[i]));
  });
  svg.append(drawSvg("text", { x: left, y: height - 5 }, "0"), drawSvg("text", { x: width - right, y: height - 5, "text-anchor": "end" }, `epoch ${last}`));
  for (const kind of kinds) {
    const points = history.filter((point) => Number.isFinite(point[kind]));
    const path = points.map((point, i) => `${i ? "L" : "M"}${x(point.epoch).toFixed(1)} ${y(Math.min(point[kind], high)).toFixed(1)}`).join(" ");
    svg.append(drawSvg("path", { class: `line ${kind}`, d: path }));
  }
  const guessed = guess.loss <= high;
  if (guessed) svg.append(drawSvg("line", { class: "line guess", x1: left, x2: width - right, y1: y(guess.loss), y2: y(guess.loss) }));
  const key = (kind) => make("span", { class: `key ${kind}` }, make("i"), kind);
  return make("div", {}, svg, make("p", { class: "note" }, ...kinds.map(key), ...(guessed ? [make("span", { class: "key guess" }, make("i"), guess.name)] : [])));
}
