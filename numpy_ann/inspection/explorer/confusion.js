// The confusion matrix of the test pictures in this file; a cell opens its pictures.

const MOST_THUMBS = 40;
const MOST_PAIRS = 4;

class Confusion {
  constructor(classes, sample, fill) {
    Object.assign(this, { classes, sample, fill, chosen: null });
    const digits = Array.from({ length: classes }, (_, i) => i);
    const cell = (row, column) => make("button", { type: "button", onclick: () => this.choose(row, column) });
    this.cells = digits.map((row) => digits.map((column) => cell(row, column)));
    const head = make("tr", {}, make("td", {}), ...digits.map((d) => make("th", { scope: "col" }, String(d))));
    const body = digits.map((row) => make("tr", {}, make("th", { scope: "row" }, String(row)), ...this.cells[row].map((button) => make("td", {}, button))));
    const table = make("table", { "aria-label": "Confusion matrix: rows are labels, columns what was read" }, make("thead", {}, head), make("tbody", {}, ...body));
    byId("matrix").append(make("span", { class: "axis", "aria-hidden": "true" }, "read as →"), table);
    arrowKeys(table, this.cells.flat(), classes);
  }

  show(scored) {
    this.scored = scored;
    const counts = this.cells.map((row) => row.map(() => 0));
    scored.predictions.forEach((read, i) => (counts[this.sample.labels[i]][read] += 1));
    let most = 1;
    counts.forEach((row, r) => row.forEach((n, c) => (most = r === c ? most : Math.max(most, n))));
    this.cells.forEach((row, r) =>
      row.forEach((button, c) => {
        const n = counts[r][c];
        button.textContent = n || "·";
        button.className = r === c ? "right" : "";
        const color = r !== c && n ? between(palette.zero, palette.positive, 0.15 + (0.5 * n) / most) : null;
        button.style.backgroundColor = color ? css(color) : "";
        button.style.color = color ? readableOn(color) : "";
        button.title = `${r} read ${r === c ? "right" : `as ${c}`}: ${n}`;
        button.setAttribute("aria-label", button.title);
        if (r !== c && n === most) this.worst ??= [r, c];
      }),
    );
    const pairs = counts.flatMap((row, r) => row.map((n, c) => ({ n, r, c, of: row.reduce((a, b) => a + b) }))).filter(({ n, r, c }) => n && r !== c);
    pairs.sort((a, b) => b.n - a.n);
    byId("pairs-title").hidden = !pairs.length;
    byId("pairs").replaceChildren(
      ...pairs.slice(0, MOST_PAIRS).map(({ n, r, c, of }) =>
        make("li", {}, make("button", { type: "button", class: "link", onclick: () => this.choose(r, c) }, `${r} read as ${c}`), `: ${n} of ${whole(of)}, ${percent(n / of)}`),
      ),
    );
    const wrong = scored.count - scored.right;
    byId("matrix-note").textContent = `${whole(wrong)} of ${whole(scored.count)} test pictures are misread. Rows: what they are. Columns: what it reads. Choose a number.`;
    this.choose(...(this.chosen ?? this.worst ?? [0, 0]));
  }

  choose(row, column) {
    this.chosen = [row, column];
    this.cells.forEach((buttons, r) => buttons.forEach((button, c) => button.setAttribute("aria-pressed", r === row && c === column)));
    const found = [];
    this.scored.predictions.forEach((read, i) => read === column && this.sample.labels[i] === row && found.push(i));
    const what = row === column ? `${row} read right` : `${row} read as ${column}`;
    const cut = found.length > MOST_THUMBS ? `, the first ${MOST_THUMBS}` : "";
    byId("gallery-title").textContent = found.length ? `${what}: ${whole(found.length)}${cut}` : `${what}: none`;
    this.fill(byId("gallery"), found.slice(0, MOST_THUMBS), this.scored);
  }
}
