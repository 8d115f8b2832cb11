// Before anything is painted, so that no light flashes up: a plain script, and the only one.
try {
  const chosen = localStorage.getItem("spanthrift.theme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
} catch {
  // A browser that stores nothing still follows prefers-color-scheme.
}
