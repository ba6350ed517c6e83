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

function centreOfMass(pixels, columns) {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((ink, k) => {
    mass += ink;
    x += ink * ((k % columns) + 0.5);
    y += ink * (Math.floor(k / columns) + 0.5);
  });
  return { x: x / mass, y: y / mass };
}
