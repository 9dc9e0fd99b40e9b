// A judgement by keys: one for every answer, and one to submit.

import { fieldIn, spent } from "./program.js";
import { byId, bySelector } from "./dom.js";

{
  const form = byId("judge", HTMLFormElement);
  form.addEventListener("submit", () => { fieldIn(form, "seconds").value = String(spent()); });
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {HTMLInputElement[]} */
    const answers = [...form.querySelectorAll(/** @type {"input"} */ ("input[data-key]"))];
    const answer = answers.find((each) => each.dataset.key === event.key.toLowerCase());
    if (answer) {
      event.preventDefault();
      answer.checked = true;
      answer.focus();
    }
  });
  bySelector("input[type=radio]", form).focus({ preventScroll: true });
}
