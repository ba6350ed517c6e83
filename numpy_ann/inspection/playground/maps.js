// What units and the whole network answer over the plane of two features, as pictures.

const GRID = 44; // points along each side
const HUES = ["#1f6fb2", "#c8500a", "#008b6b", "#b0579a", "#a8861b", "#3aa0d8", "#6b4fb3", "#7a7f86", "#8a3b12", "#2f7d32"];

const rgbOf = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const classColor = (data, k) => (data.classes === 2 ? [palette.negative, palette.positive][k] : rgbOf(HUES[k % HUES.length]));

// The square around all points, with a margin; y upwards.
function planeOf(data) {
  const range = (k) => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = k; i < data.x.length; i += data.features) {
      low = Math.min(low, data.x[i]);
      high = Math.max(high, data.x[i]);
    }
    const margin = 0.1 * (high - low || 1);
    return [low - margin, high + margin];
  };
  const [first, second] = [range(0), range(1)];
  if (data.kind === "table") return [first, second]; // two columns of different units
  const half = Math.max(first[1] - first[0], second[1] - second[0]) / 2;
  const around = ([low, high]) => [(low + high) / 2 - half, (low + high) / 2 + half];
  return [around(first), around(second)];
}

function gridOf(data, [[left, right], [bottom, top]]) {
  const x = new Float64Array(GRID * GRID * 2);
  for (let k = 0; k < GRID * GRID; k++) {
    x[2 * k] = left + ((right - left) * ((k % GRID) + 0.5)) / GRID;
    x[2 * k + 1] = top - ((top - bottom) * (Math.floor(k / GRID) + 0.5)) / GRID;
  }
  return inputsOf({ ...data, x }, Array.from({ length: GRID * GRID }, (_, k) => k));
}

// One column of rows × columns numbers.
const columnOf = (values, columns, at) => Float64Array.from({ length: values.length / columns }, (_, i) => values[i * columns + at]);

// What an output says, p of it being class k (of two classes: class 1): the class's colour, the paler the nearer to a guess.
function probabilityColor(data, p, k) {
  const { classes } = data;
  if (classes === 2) return between(palette.zero, classColor(data, +(p > 0.5)), Math.abs(2 * p - 1) * 0.85);
  return between(palette.zero, classColor(data, k), (Math.max(p - 1 / classes, 0) / (1 - 1 / classes)) * 0.85);
}

// The colours of answers (p, of output k) and of the data alike: numbers as far from their mean as the data's are.
function answerColors(data) {
  if (data.classes) return (p, k) => probabilityColor(data, p, k);
  const most = largest(targetsOf(data, Array.from(data.y.keys()))) || 1;
  return (p) => diverging(p / most);
}

// The answer at each point: the class, the paler the less certain; or the number.
function paintAnswers(canvas, data, p) {
  const color = answerColors(data);
  return paint(canvas, GRID, GRID, (i) => {
    const row = p.subarray(i * unitsFor(data), (i + 1) * unitsFor(data));
    const best = argmax(row);
    return color(row[best], best);
  });
}

// The picture in the middle of the answer: a map, points on it, the chosen one marked.
class PlaneView {
  constructor(canvas, onChoose) {
    this.canvas = canvas;
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      if (this.data) onChoose(this.nearest((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height));
    });
  }

  place(i, x = this.data.x) {
    const [[left, right], [bottom, top]] = this.plane;
    return [(x[2 * i] - left) / (right - left), (top - x[2 * i + 1]) / (top - bottom)];
  }

  nearest(across, down) {
    const distance = (i) => {
      const [x, y] = this.place(i);
      return (x - across) ** 2 + (y - down) ** 2;
    };
    return this.data.y.map((_, i) => i).reduce((best, i) => (distance(i) < distance(best) ? i : best));
  }

  // own: a sample that isn't in the data, a cross, where it is in sight.
  show(data, plane, paintMap, sample, own) {
    Object.assign(this, { data, plane });
    const side = Math.round(this.canvas.clientWidth * devicePixelRatio) || 300;
    this.canvas.width = this.canvas.height = side;
    const context = this.canvas.getContext("2d");
    const small = document.createElement("canvas");
    paintMap(small);
    context.imageSmoothingEnabled = true;
    context.drawImage(small, 0, 0, side, side);
    const [colors, numbers] = data.classes ? [] : [answerColors(data), targetsOf(data, Array.from(data.y.keys()))];
    const dot = (i, radius, held) => {
      const [x, y] = this.place(i);
      const color = data.classes ? classColor(data, data.y[i]) : colors(numbers[i]);
      context.beginPath();
      context.arc(x * side, y * side, radius * devicePixelRatio, 0, 2 * Math.PI);
      context.fillStyle = css(held ? palette.paper : color);
      context.strokeStyle = css(held ? color : palette.paper);
      context.lineWidth = (held ? 1.8 : 1) * devicePixelRatio;
      context.fill();
      context.stroke();
    };
    data.training.forEach((i) => dot(i, 3.2, false));
    data.test.forEach((i) => dot(i, 3, true));
    if (own) {
      const [x, y] = this.place(0, own).map((share) => share * side);
      const arm = 7 * devicePixelRatio;
      context.beginPath();
      for (const slope of [1, -1]) {
        context.moveTo(x - arm, y - slope * arm);
        context.lineTo(x + arm, y + slope * arm);
      }
      for (const [color, width] of [[palette.paper, 6], [palette.ink, 2.5]]) {
        context.strokeStyle = css(color);
        context.lineWidth = width * devicePixelRatio;
        context.stroke();
      }
    }
    if (sample === null) return;
    dot(sample, 4.5, data.test.includes(sample));
    const [x, y] = this.place(sample);
    context.beginPath();
    context.arc(x * side, y * side, 9 * devicePixelRatio, 0, 2 * Math.PI);
    context.strokeStyle = css(palette.ink);
    context.lineWidth = 2 * devicePixelRatio;
    context.stroke();
  }
}
