// Keeps what is typed: half a second after a pause, and every second while there is none.

import { fieldIn, spent } from "./program.js";
import { byId, targetOf } from "./dom.js";

{
  const PAUSE = 500;
  const LONGEST = 1000;
  const RETRY = 1000;
  const TIME_EVERY = 10;
  /** @typedef {{text: string; seconds: number; revision: number}} Draft */

  const form = byId("write", HTMLFormElement);
  const draft = String(form.dataset.draft);
  const feedback = byId("feedback", HTMLTextAreaElement);
  const saved = byId("saved");
  const conflict = byId("conflict");
  const before = Number(fieldIn(form, "seconds").value);
  let revision = Number(fieldIn(form, "revision").value);
  let kept = feedback.value;
  let keptSeconds = before;
  /** @type {Draft | null} */
  let other = null;
  /** @type {number | undefined} */
  let timer;
  /** @type {number | null} */
  let firstUnsaved = null;
  /** @type {Promise<void> | null} */
  let flight = null;
  let left = false;
  /** Texts sent whose answer never came: whether they were saved is unknown.
   * @type {Set<string>} */
  const unanswered = new Set();

  const seconds = () => before + spent();
  const unsaved = () => feedback.value !== kept;
  /** @type {(text: string, trouble?: boolean) => void} */
  const say = (text, trouble) => {
    if (saved.textContent !== text) saved.textContent = text;
    saved.toggleAttribute("data-trouble", Boolean(trouble));
  };

  /** @type {(now: Draft) => void} */
  const follow = (now) => {
    revision = now.revision;
    kept = now.text;
    keptSeconds = now.seconds;
    unanswered.clear();
  };

  /** @type {(now: Draft) => void} */
  const clash = (now) => {
    other = now;
    byId("other").textContent = now.text;
    conflict.hidden = false;
    say("Not saved: changed in another window.", true);
  };

  /** @param {boolean} last */
  async function save(last) {
    const typed = feedback.value;
    const text = typed.toWellFormed?.() ?? typed;
    const sent = { text, seconds: seconds(), revision };
    firstUnsaved = null;
    try {
      const answer = await fetch(draft, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF": fieldIn(form, "csrf").value },
        body: JSON.stringify(sent),
        keepalive: last && text.length < 15000,
      });
      if (answer.ok) {
        const now = await answer.json();
        follow({ ...now, text: typed });
        if (!unsaved()) say("Draft saved.");
      } else if (answer.status === 409) {
        const now = await answer.json();
        if (unanswered.has(now.text)) { // it was saved from here
          follow(now);
          later(0);
        } else {
          clash(now);
        }
      } else if (answer.status === 410) {
        location.assign("/");
      } else {
        say(`Not saved: ${(await answer.text()).trim().slice(0, 200)}`, true);
        later(RETRY);
      }
    } catch {
      unanswered.add(text);
      say("Not saved: the page cannot be reached. It tries again.", true);
      later(RETRY);
    }
  }

  /** One at a time: the next one waits for the answer to the last. */
  function saveNow(last = false) {
    clearTimeout(timer);
    timer = undefined;
    if (flight) {
      flight.then(() => { if (unsaved() && !other && !left && timer === undefined) saveNow(); });
      return flight;
    }
    if (other) return Promise.resolve();
    flight = save(last).finally(() => { flight = null; });
    return flight;
  }

  /** @param {number} delay */
  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(() => { saveNow(); }, delay);
  }

  feedback.addEventListener("input", () => {
    firstUnsaved ??= Date.now();
    if (!other && !saved.hasAttribute("data-trouble")) say("Saving…");
    later(Math.max(0, Math.min(PAUSE, firstUnsaved + LONGEST - Date.now())));
  });

  setInterval(() => {
    if (!other && !flight && !unsaved() && seconds() >= keptSeconds + TIME_EVERY) saveNow();
  }, 1000);

  const saveLast = () => { if (!left && !other && unsaved()) saveNow(true); };
  addEventListener("pagehide", saveLast);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") saveLast(); });
  addEventListener("beforeunload", (event) => {
    if (!left && unsaved() && saved.hasAttribute("data-trouble")) event.preventDefault();
    saveLast(); // before the next page is asked for, which may be this one again
  });

  /** What another window, or this one before it was loaded again, has saved since. */
  async function refresh() {
    try {
      const answer = await fetch(draft);
      if (!answer.ok) return;
      const now = await answer.json();
      if (now.revision === revision || unsaved() || flight || other) return;
      feedback.value = now.text;
      follow(now);
    } catch { /* saving will tell */ }
  }
  addEventListener("pageshow", (event) => {
    left = false;
    if (event.persisted) refresh();
  });
  setTimeout(refresh, 300);
  addEventListener("focus", refresh);

  byId("take-other").addEventListener("click", () => {
    if (other) feedback.value = other.text;
    settle();
  });
  byId("keep-mine").addEventListener("click", settle);
  function settle() {
    if (other) follow(other);
    other = null;
    conflict.hidden = true;
    saveNow();
    feedback.focus();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (left || !feedback.value.trim()) return;
    clearTimeout(timer);
    while (flight) await flight;
    if (other) return;
    left = true;
    fieldIn(form, "revision").value = String(revision);
    fieldIn(form, "seconds").value = String(seconds());
    form.submit();
  });

  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !targetOf(event)?.closest("#run")) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.altKey && event.code === "KeyW") {
      event.preventDefault();
      feedback.focus();
    }
  });

  if (!conflict.hidden) fetch(draft).then((answer) => answer.json()).then(clash, () => {});
  feedback.focus({ preventScroll: true });
  feedback.setSelectionRange(feedback.value.length, feedback.value.length);
}
