// Runs the program on an input; what comes back is shown as text.

import { fieldIn } from "./program.js";
import { byId, bySelector, element, targetOf } from "./dom.js";

{
  const form = byId("run", HTMLFormElement);
  const input = byId("input", HTMLTextAreaElement);
  const into = byId("ran");
  const button = bySelector("button", form, HTMLButtonElement);
  const csrf = fieldIn(byId("write", HTMLFormElement), "csrf").value;
  const hasFunction = form.elements.namedItem("function") !== null;

  /** @type {(...parts: HTMLElement[]) => void} */
  const show = (...parts) => into.replaceChildren(...parts);
  /** @type {(text: string) => HTMLElement} */
  const value = (text) => element("pre", { class: "value", tabindex: "0" }, text);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    show(element("p", { class: "aside" }, "It runs…"));
    try {
      const answer = await fetch(String(form.dataset.url), {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF": csrf },
        body: JSON.stringify({ input: input.value, function: hasFunction ? fieldIn(form, "function").value : null }),
      });
      if (answer.ok) ran(await answer.json());
      else show(element("p", { class: "notice" }, (await answer.text()).trim().slice(0, 500)));
    } catch {
      show(element("p", { class: "notice" }, "The page cannot be reached."));
    }
    button.disabled = false;
  });

  /** @param {{output: string | null; error: string | null; line_number: number | null; seconds: number}} result */
  function ran(result) {
    const list = element("dl", { class: "case" });
    if (result.output !== null) {
      list.append(element("dt", {}, hasFunction ? "Result" : "Output"), element("dd", {}, result.output === "" ? element("em", {}, "nothing") : value(result.output)));
    }
    if (result.error !== null) {
      const where = result.line_number ? ` (line ${result.line_number})` : "";
      list.append(element("dt", {}, "Error"), element("dd", {}, value(result.error + where)));
    }
    show(list, element("p", { class: "aside" }, `${result.seconds.toFixed(2)} s`));
  }

  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && targetOf(event)?.closest("#run")) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.altKey && event.code === "KeyR") {
      event.preventDefault();
      byId("try", HTMLDetailsElement).open = true;
      input.focus();
    }
  });
}
