"use strict";
// A judgement by keys: one for every answer, and one to submit.

{
  const form = byId("judge");
  form.addEventListener("submit", () => { form.elements.seconds.value = spent(); });
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const answer = [...form.querySelectorAll("input[data-key]")].find((each) => each.dataset.key === event.key.toLowerCase());
    if (answer) {
      event.preventDefault();
      answer.checked = true;
      answer.focus();
    }
  });
  form.querySelector("input[type=radio]").focus({ preventScroll: true });
}
