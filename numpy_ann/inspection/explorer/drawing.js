// The pad: strokes by mouse, pen, finger or keyboard, and the way back.

class Pad {
  // onChange is called with the pad after each change; `done` says that the stroke has ended.
  constructor(canvas, onChange) {
    this.canvas = canvas;
    this.onChange = onChange;
    this.strokes = [];
    this.test = null; // the number of a test picture, shown instead of strokes
    this.photo = null; // a picture file's pixels, in MNIST's form, shown instead of either
    this.past = [];
    this.pointer = null;
    this.pen = null; // the keyboard's pen {x, y, down}
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.end(event));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => this.hidePen());
  }

  get empty() {
    return this.test === null && !this.photo && !this.strokes.length;
  }

  remember() {
    this.past.push({ strokes: this.strokes, test: this.test, photo: this.photo });
  }

  // End the stroke that is being drawn, if any: what comes is another picture.
  lift() {
    this.pointer = null;
    if (this.pen) this.pen.down = false;
  }

  undo() {
    this.lift();
    if (this.past.length) Object.assign(this, this.past.pop());
    this.onChange(this, true);
  }

  clear() {
    this.lift();
    if (!this.empty) this.remember();
    Object.assign(this, { strokes: [], test: null, photo: null });
    this.onChange(this, true);
  }

  showTest(index) {
    this.lift();
    this.remember();
    Object.assign(this, { strokes: [], test: index, photo: null });
    this.onChange(this, true);
  }

  showPhoto(pixels) {
    this.lift();
    this.remember();
    Object.assign(this, { strokes: [], test: null, photo: pixels });
    this.onChange(this, true);
  }

  startStroke(point) {
    this.remember();
    Object.assign(this, { test: null, photo: null });
    this.strokes = [...this.strokes, [point]];
  }

  extend(point) {
    lastOf(this.strokes).push(point);
  }

  pointOf(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }

  begin(event) {
    if (this.pointer !== null || event.button !== 0) return; // one finger draws; a second one doesn't
    event.preventDefault(); // no selection, no scrolling
    this.canvas.focus({ preventScroll: true });
    this.pen = null;
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.startStroke(this.pointOf(event));
    this.onChange(this, false);
  }

  move(event) {
    if (event.pointerId !== this.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) this.extend(this.pointOf(each));
    this.onChange(this, false);
  }

  end(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.onChange(this, true);
  }

  key(event) {
    const undo = event.key === "Backspace" || ((event.ctrlKey || event.metaKey) && event.key === "z");
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (undo) this.undo();
    else if (event.key === "Delete") this.clear();
    else if (event.key === " ") this.togglePen();
    else if (step) this.movePen(step);
    else return;
    event.preventDefault();
  }

  togglePen() {
    this.pen ??= { x: 0.5, y: 0.3, down: false };
    this.pen.down = !this.pen.down;
    if (this.pen.down) this.startStroke({ x: this.pen.x, y: this.pen.y });
    this.onChange(this, true);
  }

  movePen([dx, dy]) {
    this.pen ??= { x: 0.5, y: 0.3, down: false };
    const inside = (v) => Math.min(Math.max(v, 0.04), 0.96);
    this.pen.x = inside(this.pen.x + 0.04 * dx);
    this.pen.y = inside(this.pen.y + 0.04 * dy);
    if (this.pen.down && this.strokes.length) this.extend({ x: this.pen.x, y: this.pen.y });
    this.onChange(this, false);
  }

  hidePen() {
    if (!this.pen) return;
    this.pen = null;
    this.onChange(this, true);
  }

  // pixels: the test picture, if one is shown.
  paint(pixels, rows, columns) {
    const { canvas } = this;
    const side = Math.round(canvas.clientWidth * devicePixelRatio) || 1;
    canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    context.fillStyle = css(palette.paper);
    context.fillRect(0, 0, side, side);
    if (pixels) {
      const small = paintInk(document.createElement("canvas"), pixels, rows, columns);
      context.imageSmoothingEnabled = false;
      context.drawImage(small, 0, 0, side, side);
    }
    context.strokeStyle = css(palette.ink);
    context.lineWidth = side * 0.075;
    context.lineCap = context.lineJoin = "round";
    for (const [first, ...rest] of this.strokes) {
      context.beginPath();
      context.moveTo(first.x * side, first.y * side);
      for (const p of rest.length ? rest : [first]) context.lineTo(p.x * side, p.y * side);
      context.stroke();
    }
    if (this.pen) {
      context.beginPath();
      context.arc(this.pen.x * side, this.pen.y * side, side * 0.045, 0, 2 * Math.PI);
      context.lineWidth = side * 0.01;
      context.strokeStyle = css(palette.positive);
      context.stroke();
    }
  }
}
