// A drawing brought to MNIST's form: 20 x 20 pixels of ink in a field of 28 x 28, its centre of mass in the
// middle. Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition"
// (1998), section III.A. The strokes are scaled, not the pixels: the pen is as thick for small drawings.

const PEN_RADIUS = 1.25; // pixels of a 28 x 28 field; MNIST's strokes are 2 to 3 pixels wide
const SMALLEST = 0.15; // a drawing smaller than this share of the pad is a dot, and isn't blown up

// strokes: lists of points {x, y}, 0 to 1 across the pad. Returns rows x columns bytes, 0 (blank) to 255 (ink).
function drawnPicture(strokes, rows, columns) {
  const points = strokes.flat();
  if (!points.length) return new Uint8Array(rows * columns);
  const side = Math.min(rows, columns);
  const radius = (PEN_RADIUS * side) / 28;
  const [left, right] = extent(points.map((p) => p.x));
  const [top, bottom] = extent(points.map((p) => p.y));
  const scale = ((20 / 28) * side - 2 * radius) / Math.max(right - left, bottom - top, SMALLEST);
  const centre = { x: columns / 2, y: rows / 2 };
  const placed = (shift) =>
    strokes.map((stroke) =>
      stroke.map((p) => ({
        x: (p.x - (left + right) / 2) * scale + centre.x + shift.x,
        y: (p.y - (top + bottom) / 2) * scale + centre.y + shift.y,
      })),
    );
  const mass = centreOfMass(rasterised(placed({ x: 0, y: 0 }), rows, columns, radius), columns);
  return rasterised(placed({ x: centre.x - mass.x, y: centre.y - mass.y }), rows, columns, radius);
}

const extent = (values) => [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];

// Ink fades over the one pixel at the pen's edge.
function rasterised(strokes, rows, columns, radius) {
  const pixels = new Uint8Array(rows * columns);
  for (const stroke of strokes) {
    for (let i = 0; i < stroke.length; i++) {
      const a = stroke[Math.max(i - 1, 0)];
      const b = stroke[i];
      const reach = radius + 1;
      const first = { x: Math.max(Math.floor(Math.min(a.x, b.x) - reach), 0), y: Math.max(Math.floor(Math.min(a.y, b.y) - reach), 0) };
      const end = { x: Math.min(Math.max(a.x, b.x) + reach, columns), y: Math.min(Math.max(a.y, b.y) + reach, rows) };
      for (let row = first.y; row < end.y; row++) {
        for (let column = first.x; column < end.x; column++) {
          const ink = radius + 0.5 - distance({ x: column + 0.5, y: row + 0.5 }, a, b);
          const k = row * columns + column;
          pixels[k] = Math.max(pixels[k], Math.round(255 * Math.min(Math.max(ink, 0), 1)));
        }
      }
    }
  }
  return pixels;
}

// From the point p to the line from a to b.
function distance(p, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const square = dx * dx + dy * dy;
  const along = square ? Math.min(Math.max(((p.x - a.x) * dx + (p.y - a.y) * dy) / square, 0), 1) : 0;
  return Math.hypot(p.x - a.x - along * dx, p.y - a.y - along * dy);
}

// A photo or a picture of one digit brought to the same form, as numpy_ann.data.pictures.mnist_like does it. Of
// the frame around it, where 1, x and y are orthogonal, comes the paper: a plane, which is taken off. What is left
// is scaled by areas. image: {data, width, height}, RGBA. Returns null if nothing stands out from the paper.
function photographed({ data, width, height }, rows, columns) {
  const pixels = Float64Array.from({ length: width * height }, (_, k) => {
    const opaque = data[4 * k + 3] / 255;
    return (0.299 * data[4 * k] + 0.587 * data[4 * k + 1] + 0.114 * data[4 * k + 2]) * opaque + 255 * (1 - opaque);
  });
  const wide = Math.max(Math.floor(Math.min(width, height) / 16), 1);
  const [count, grey, gx, gy, xx, yy] = [0, 0, 0, 0, 0, 0];
  const sums = { count, grey, gx, gy, xx, yy };
  const at = (k) => [(k % width) - (width - 1) / 2, Math.floor(k / width) - (height - 1) / 2];
  pixels.forEach((g, k) => {
    const [column, row] = [k % width, Math.floor(k / width)];
    if (Math.min(column, row, width - 1 - column, height - 1 - row) >= wide) return;
    const [x, y] = at(k);
    sums.count += 1;
    sums.grey += g;
    sums.gx += g * x;
    sums.gy += g * y;
    sums.xx += x * x;
    sums.yy += y * y;
  });
  const plane = (k) => sums.grey / sums.count + (sums.gx / sums.xx) * at(k)[0] + (sums.gy / sums.yy) * at(k)[1];
  const apart = pixels.map((g, k) => plane(k) - g);
  const [low, high] = extent(apart);
  const [sign, most] = high > -low ? [1, high] : [-1, -low];
  if (most < 25) return null;
  const ink = apart.map((v) => Math.min(Math.max(((sign * v) / most - 0.25) / 0.5, 0), 1));

  const [across, down] = [new Float64Array(width), new Float64Array(height)];
  ink.forEach((v, k) => {
    across[k % width] += v;
    down[Math.floor(k / width)] += v;
  });
  const held = (v, _, sums) => v > extent(sums)[1] / 50; // specks of grain are no ink
  const span = (sums) => sums.findLastIndex(held) + 1 - sums.findIndex(held);
  const middle = (sums) => sums.reduce((sum, v, i) => sum + v * (i + 0.5), 0) / sums.reduce((a, b) => a + b);
  const scale = Math.max(span(across), span(down)) / ((20 / 28) * Math.min(rows, columns));
  const overlaps = (sums, cells) =>
    Array.from({ length: cells }, (_, cell) => {
      const [from, to] = [0, 1].map((edge) => middle(sums) + (cell + edge - cells / 2) * scale);
      const first = Math.max(Math.floor(from), 0);
      return Array.from({ length: Math.max(Math.min(Math.ceil(to), sums.length) - first, 0) }, (_, i) => [
        first + i,
        Math.min(to, first + i + 1) - Math.max(from, first + i),
      ]);
    });
  const [byRow, byColumn] = [overlaps(down, rows), overlaps(across, columns)];
  const small = byRow.flatMap((parts) =>
    byColumn.map((others) => parts.reduce((sum, [row, h]) => sum + others.reduce((a, [column, w]) => a + h * w * ink[row * width + column], 0), 0)),
  );
  const full = small.reduce((a, b) => Math.max(a, b));
  return Uint8Array.from(small, (v) => Math.round((255 * v) / full));
}

function centreOfMass(pixels, columns) {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((ink, k) => {
    mass += ink;
    x += ink * ((k % columns) + 0.5);
    y += ink * (Math.floor(k / columns) + 0.5);
  });
  return { x: x / mass, y: y / mass };
}
