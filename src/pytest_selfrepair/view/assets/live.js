// Parts of the page that change while a run is going: fetched again, and put in place of the old.

const SECONDS = 3;

/** What was marked in a part, by its value, so that it stays marked. @param {Element} part */
const marked = (part) => new Set([...part.querySelectorAll("input:checked")].map((box) => /** @type {HTMLInputElement} */ (box).value));

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const now = fresh.getElementById(part.id);
    if (!now || now.innerHTML === part.innerHTML) continue;
    const kept = marked(part);
    for (const box of now.querySelectorAll("input")) box.checked = kept.has(box.value);
    part.replaceWith(document.adoptNode(now));
  }
}

setInterval(() => { refresh().catch(() => { /* the server has ended, or will answer again */ }); }, SECONDS * 1000);
