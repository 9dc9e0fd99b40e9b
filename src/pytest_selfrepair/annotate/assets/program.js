// The program, where there is one, in the colours of its tokens, and the keys of every page.

import { element } from "./dom.js";

const LONGEST_HIGHLIGHTED = 50000;

{
  const lines = [...document.querySelectorAll("#program .line")];
  const text = lines.map((line) => line.textContent).join("");
  if (lines.length > 0 && text.length <= LONGEST_HIGHLIGHTED) {
    const into = lines.map(() => document.createDocumentFragment());
    let at = 0;
    /** @type {(parts: PrismPart | PrismPart[], types: string[]) => void} */
    const put = (parts, types) => {
      for (const part of Array.isArray(parts) ? parts : [parts]) {
        if (typeof part !== "string") {
          put(part.content, [...types, part.type]);
          continue;
        }
        part.split("\n").forEach((piece, index) => {
          if (index > 0) into[at++]?.append("\n");
          if (piece) into[at]?.append(types.length ? element("span", { class: ["token", ...types].join(" ") }, piece) : piece);
        });
      }
    };
    put(Prism.tokenize(text, Prism.languages.python), []);
    lines.forEach((line, index) => line.replaceChildren(into[index]));
  }
}

/**
 * A field of a form by its name.
 * @param {HTMLFormElement} form
 * @param {string} name
 */
export function fieldIn(form, name) {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement) return field;
  throw new Error(`The form has no field ${name}.`);
}

/** Seconds spent on this page: while it is seen, and something is done once in a minute. */
export const spent = (() => {
  const PATIENCE = 60000;
  let seconds = 0;
  let last = Date.now();
  for (const kind of ["keydown", "pointermove", "pointerdown", "wheel", "touchmove"]) {
    addEventListener(kind, () => { last = Date.now(); }, { passive: true });
  }
  setInterval(() => {
    if (document.visibilityState === "visible" && Date.now() - last < PATIENCE) seconds += 1;
  }, 1000);
  return () => seconds;
})();

addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const way = event.key === "ArrowDown" ? "next" : event.key === "ArrowUp" ? "prev" : null;
  if (!way) return;
  event.preventDefault();
  const link = document.querySelector(`a[rel="${way}"]`);
  if (link instanceof HTMLElement) link.click();
});
