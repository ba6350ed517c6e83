// Colours from the style sheet, and pictures made of them. Blue to orange is told apart by everyone, whatever
// colours they see: after Okabe and Ito, "Color Universal Design" (2008).

let palette = {};

function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const rgb = (name) => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    return [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16));
  };
  palette = { zero: rgb("--zero"), positive: rgb("--positive"), negative: rgb("--negative"), ink: rgb("--ink"), paper: rgb("--paper"), card: rgb("--card") };
}

const between = (from, to, t) => from.map((c, i) => Math.round(c + (to[i] - c) * t));

// t from -1 to 1; small numbers are lifted a little, so that they can be seen.
const diverging = (t) => between(palette.zero, t < 0 ? palette.negative : palette.positive, Math.min(Math.abs(t), 1) ** 0.75);

// Black or white, whichever stands out more. Source: Web Content Accessibility Guidelines 2.2, "contrast ratio".
function readableOn(rgb) {
  const linear = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return luminance + 0.05 > Math.sqrt(0.05 * 1.05) ? "#000000" : "#ffffff";
}

const css = (rgb) => `rgb(${rgb.join(" ")})`;

function paint(canvas, rows, columns, color) {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let k = 0; k < rows * columns; k++) image.data.set([...color(k), 255], 4 * k);
  context.putImageData(image, 0, 0);
  return canvas;
}

const paintInk = (canvas, pixels, rows, columns) =>
  paint(canvas, rows, columns, (k) => between(palette.paper, palette.ink, pixels[k] / 255));

// Pixels lie side by side, as in the picture; units, which have no places, are squares apart.
function paintSigned(canvas, values, rows, columns, apart) {
  const limit = largest(values) || 1;
  const side = apart ? 6 : 1;
  return paint(canvas, rows * side, columns * side, (k) => {
    const [row, column] = [Math.floor(k / (columns * side)), k % (columns * side)];
    const value = values[Math.floor(row / side) * columns + Math.floor(column / side)];
    const edge = apart && (row % side === side - 1 || column % side === side - 1);
    return edge || value === undefined ? palette.card : diverging(value / limit);
  });
}

const largest = (values) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
