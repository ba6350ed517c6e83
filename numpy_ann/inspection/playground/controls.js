// Sliders, choices and check boxes of the options.

function slider(label, { min, max, step = 1, value, show = String, title }, onInput) {
  const output = make("output", {}, show(value));
  const input = make("input", { type: "range", min, max, step, value, "aria-label": label });
  input.addEventListener("input", () => (output.textContent = show(Number(input.value))));
  input.addEventListener("change", () => onInput(Number(input.value)));
  return make("label", { class: "option", title }, label, output, input);
}

function choice(label, values, value, onChange, title) {
  const select = make("select", { "aria-label": label, onchange: () => onChange(values.find((each) => String(each) === select.value)) });
  const all = values.includes(value) ? values : [...values, value].sort((a, b) => a - b);
  for (const each of all) select.append(make("option", { value: each, selected: each === value }, String(each)));
  return make("label", { class: "option", title }, label, select);
}

// A whole number, or nothing where nothing may stand.
function number(label, { min, max, value, placeholder, title }, onChange) {
  const input = make("input", { type: "number", min, max, value, placeholder, "aria-label": label });
  input.addEventListener("change", () => {
    const n = Math.round(Number(input.value));
    const empty = input.value === "" && placeholder;
    if (!empty && !(input.value !== "" && n >= min && n <= max)) input.value = value ?? "";
    else onChange(empty ? null : n);
  });
  return make("label", { class: "option", title }, label, input);
}

// New options in place of the old ones; the focus stays where it is.
function replaceOptions(panel, parts) {
  const focused = panel.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  panel.replaceChildren(...parts);
  if (focused) [...panel.querySelectorAll("[aria-label]")].find((each) => each.getAttribute("aria-label") === focused)?.focus();
}

function check(label, value, onChange, title) {
  const input = make("input", { type: "checkbox", "aria-label": label, checked: value, onchange: () => onChange(input.checked) });
  return make("label", { class: "option", title }, label, input);
}
