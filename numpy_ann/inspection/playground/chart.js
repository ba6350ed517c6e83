// How it goes over the epochs, on the training and on the test data: the loss, and what share is right.

const MOST_POINTS = 400; // then every second one goes

function remember(history, point) {
  history.push(point);
  if (history.length > MOST_POINTS) history.splice(0, history.length, ...history.filter((_, i) => i % 2 === 0 || i === history.length - 1));
}

const tickText = (tick) => (tick >= 1e5 || (tick && Math.abs(tick) < 1e-3) ? tick.toExponential().replace("+", "") : plain(tick, 9).replace(/\.?0+$/, ""));

// One figure of the history's points, { epoch, [name]: { training, test } }, drawn as wide as there is room, so that its
// words keep their size.
// range(least, most): from where to where; guess: { at, name }, what answers that ignore the inputs get, a dashed line if
// it is in sight; show: how a number at the axis is written.
function lineChart(history, name, { title, range, guess, room, height = room < 240 ? 98 : 120, show = tickText }) {
  const [width, right, top, bottom] = [Math.max(room || 300, 160), 8, 8, 20];
  const kinds = ["training", "test"].filter((kind) => history.some((point) => Number.isFinite(point[name][kind])));
  const figures = kinds.flatMap((kind) => history.map((point) => point[name][kind])).filter(Number.isFinite);
  if (figures.length < 2) return make("div", {});
  const ticks = roundTicks(...range(...extent(figures)));
  const texts = ticks.map((tick) => show(Number(tick.toPrecision(4))));
  const left = 14 + 7 * Math.max(...texts.map((text) => text.length)); // as wide as the longest label
  const [last, low, high] = [lastOf(history).epoch, ticks[0], lastOf(ticks)];
  const x = (epoch) => left + (epoch / Math.max(last, 1)) * (width - left - right);
  const y = (v) => top + ((high - Math.min(Math.max(v, low), high)) / (high - low)) * (height - top - bottom);
  const svg = drawSvg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title} over ${last} epochs` });
  ticks.forEach((tick, i) => {
    svg.append(drawSvg("line", { class: "rule", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }));
    svg.append(drawSvg("text", { x: left - 6, y: y(tick) + 3.5, "text-anchor": "end" }, texts[i]));
  });
  svg.append(drawSvg("text", { x: left, y: height - 5 }, last ? "0" : "epoch 0"));
  if (last) svg.append(drawSvg("text", { x: width - right, y: height - 5, "text-anchor": "end" }, `epoch ${last}`));
  for (const kind of kinds) {
    const points = history.filter((point) => Number.isFinite(point[name][kind]));
    const path = points.map((point, i) => `${i ? "L" : "M"}${x(point.epoch).toFixed(1)} ${y(point[name][kind]).toFixed(1)}`).join(" ");
    if (points.length === 1) svg.append(drawSvg("circle", { class: `dot ${kind}`, cx: x(points[0].epoch), cy: y(points[0][name][kind]), r: 3 }));
    svg.append(drawSvg("path", { class: `line ${kind}`, d: path }));
  }
  const guessed = guess.at >= low && guess.at <= high;
  if (guessed) svg.append(drawSvg("line", { class: "line guess", x1: left, x2: width - right, y1: y(guess.at), y2: y(guess.at) }));
  const key = (kind) => make("span", { class: `key ${kind}` }, make("i"), kind);
  const words = make("p", { class: "note" }, ...(name === "loss" ? kinds.map(key) : []), ...(guessed ? [make("span", { class: "key guess" }, make("i"), guess.name)] : []));
  return make("div", {}, make("h3", {}, title), svg, words);
}
