// Elements, numbers and words. Text goes in as text, never as HTML.

const byId = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function drawSvg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const whole = (n) => n.toLocaleString("en");

const signed = (v, digits = 2) => {
  const text = Math.abs(v).toFixed(digits);
  return Number(text) === 0 ? text : `${v < 0 ? "−" : "+"}${text}`;
};

const plain = (v, digits = 2) => signed(v, digits).replace("+", "");

function percent(p) {
  if (p > 0.9995 && p < 1) return ">\u00a099.9\u00a0%"; // what isn't certain isn't rounded to it
  return `${(100 * p).toFixed(1)}\u00a0%`;
}

const FORMULAS = { linear: "z", relu: "max(z, 0)", sigmoid: "1 / (1 + exp(−z))", tanh: "tanh(z)", softmax: "exp(z) / Σ exp(z)" };

// Arrow keys move the focus inside a grid of buttons; Tab reaches the grid once.
function arrowKeys(container, cells, columns) {
  const focus = (to) => {
    cells.forEach((cell, i) => (cell.tabIndex = i === to ? 0 : -1));
    cells[to].focus();
  };
  cells.forEach((cell, i) => (cell.tabIndex = i === 0 ? 0 : -1));
  container.addEventListener("keydown", (event) => {
    const at = cells.indexOf(document.activeElement);
    const across = typeof columns === "function" ? columns() : columns;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[event.key];
    if (at < 0 || step === undefined) return;
    event.preventDefault();
    if (cells[at + step]) focus(at + step);
  });
}
