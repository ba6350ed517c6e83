// Auto follows the system; the button goes through auto, light, dark.

function makeThemes(button, onChange) {
  const themes = ["auto", "light", "dark"];
  const system = matchMedia("(prefers-color-scheme: dark)");
  let at = 0;
  const apply = () => {
    const automatic = system.matches ? "dark" : "light";
    document.documentElement.dataset.theme = themes[at] === "auto" ? automatic : themes[at];
    button.textContent = `Theme: ${themes[at]}`;
    readPalette();
  };
  const change = (step) => {
    at = (at + step) % themes.length;
    apply();
    onChange();
  };
  button.addEventListener("click", () => change(1));
  system.addEventListener("change", () => change(0));
  apply();
}
