// Light, dark, or as the system has it; remembered where the browser allows it.

import { byId, bySelector } from "./dom.js";

{
  /** @type {Record<string, string>} */
  const THEMES = { "": "as the system", light: "light", dark: "dark" };
  const root = document.documentElement;
  const button = byId("theme");
  const show = () => { bySelector("span", button).textContent = THEMES[root.dataset.theme ?? ""]; };
  button.addEventListener("click", () => {
    const names = Object.keys(THEMES);
    const next = names[(names.indexOf(root.dataset.theme ?? "") + 1) % names.length];
    if (next) root.dataset.theme = next;
    else delete root.dataset.theme;
    try {
      if (next) localStorage.setItem("selfrepair-theme", next);
      else localStorage.removeItem("selfrepair-theme");
    } catch { /* then it lasts as long as the page does */ }
    show();
  });
  show();
  button.hidden = false;
}
