"use strict";
// Runs the program on an input; what comes back is shown as text.

{
  const form = byId("run");
  const input = byId("input");
  const into = byId("ran");
  const button = form.querySelector("button");
  const csrf = byId("write").elements.csrf.value;

  const show = (...parts) => into.replaceChildren(...parts);
  const value = (text) => element("pre", { class: "value", tabindex: "0" }, text);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    show(element("p", { class: "aside" }, "It runs…"));
    try {
      const answer = await fetch(form.dataset.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF": csrf },
        body: JSON.stringify({ input: input.value, function: form.elements.function?.value ?? null }),
      });
      if (answer.ok) ran(await answer.json());
      else show(element("p", { class: "notice" }, (await answer.text()).trim().slice(0, 500)));
    } catch {
      show(element("p", { class: "notice" }, "The page cannot be reached."));
    }
    button.disabled = false;
  });

  function ran(result) {
    const list = element("dl", { class: "case" });
    if (result.output !== null) {
      list.append(element("dt", {}, form.elements.function ? "Result" : "Output"), element("dd", {}, result.output === "" ? element("em", {}, "nothing") : value(result.output)));
    }
    if (result.error !== null) {
      const where = result.line_number ? ` (line ${result.line_number})` : "";
      list.append(element("dt", {}, "Error"), element("dd", {}, value(result.error + where)));
    }
    show(list, element("p", { class: "aside" }, `${result.seconds.toFixed(2)} s`));
  }

  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest?.("#run")) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.altKey && event.code === "KeyR") {
      event.preventDefault();
      byId("try").open = true;
      input.focus();
    }
  });
}
