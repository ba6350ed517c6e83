// What the network answers: one bar a class, live, and the answer in words.

class Answer {
  constructor(classes) {
    this.rows = Array.from({ length: classes }, (_, label) => {
      const bar = make("i");
      const value = make("span", { class: "value" });
      const row = make("li", {}, make("span", { class: "label" }, String(label)), make("span", { class: "track", "aria-hidden": "true" }, bar), value);
      return { row, bar, value };
    });
    byId("bars").append(...this.rows.map(({ row }) => row));
  }

  // `settled`: the stroke has ended, so a screen reader may speak.
  show(shares, { blank, settled }) {
    const best = argmax(shares);
    this.rows.forEach(({ row, bar, value }, label) => {
      bar.style.width = `${100 * Math.min(Math.max(shares[label], 0), 1)}%`;
      value.textContent = percent(shares[label]);
      row.title = `answer ${label}: ${percent(shares[label])}`;
      row.classList.toggle("best", label === best && !blank);
    });
    byId("verdict-digit").textContent = blank ? "–" : best;
    if (settled) byId("verdict-text").textContent = blank ? "A blank picture." : `It reads a ${best}, ${percent(shares[best])} sure.`;
  }
}
