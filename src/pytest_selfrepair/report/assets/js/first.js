"use strict";
// Before anything is painted: the theme that was chosen here before, and that scripts run at all.
window.Prism = { manual: true };
document.documentElement.dataset.scripted = "";
try {
  const theme = localStorage.getItem("selfrepair-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* storage may be forbidden: then the system's theme it is */ }
