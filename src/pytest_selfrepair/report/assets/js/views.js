// Which view is shown, as the address says; and the keys that work everywhere.

import { byId, bySelector, element, targetOf } from "./dom.js";
import { focusRow, openTasks, setFilter, taskList, tasksHash } from "./tasks.js";
import { openTree } from "./tree.js";

const VIEWS = ["overview", "tasks", "tree"];
let shownView = "overview";

/** @param {string} view */
function show(view) {
  shownView = view;
  for (const each of VIEWS) byId(`view-${each}`).hidden = each !== view;
  const current = view === "overview" ? "#/" : "#/tasks";
  for (const link of document.querySelectorAll(".top nav a")) {
    if (link.getAttribute("href") === current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/**
 * A view's failure is said in the view, not only to a console.
 * @param {string} view
 * @param {() => Promise<void>} fill
 */
async function filling(view, fill) {
  try {
    await fill();
    show(view);
  } catch (error) {
    show(view);
    byId(`view-${view}`).prepend(element("p", { class: "notice", role: "alert" }, error instanceof Error ? error.message : String(error)));
  }
}

async function route() {
  const hash = location.hash;
  const [, place = "", query = ""] = /^#\/([^?]*)\??(.*)$/.exec(hash) ?? [];
  const before = shownView;
  if (place === "tasks") {
    const last = taskList.opened;
    await filling("tasks", () => openTasks(query));
    if (before === "tree" && last !== undefined) focusRow(taskList.shown.findIndex((row) => row.key === last));
    else window.scrollTo(0, 0);
  } else if (place.startsWith("task/")) {
    const key = decoded(place.slice("task/".length));
    taskList.opened = key;
    await filling("tree", () => openTree(key));
    window.scrollTo(0, 0);
    byId("view-tree").querySelector("h1")?.focus({ preventScroll: true });
  } else {
    show("overview");
    if (!hash.startsWith("#/") && hash.length > 1) document.getElementById(hash.slice(1))?.scrollIntoView();
    else if (before !== "overview") window.scrollTo(0, 0);
  }
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// The link to the content leaves the address as it is: that says which view is shown.
bySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("main").focus();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = targetOf(event);
  const typing = target?.matches("input, select, textarea");
  if (event.key === "Escape" && shownView === "tree") location.hash = tasksHash();
  else if (event.key === "Escape" && target instanceof HTMLInputElement && target.id === "filter-text" && target.value) {
    target.value = "";
    setFilter("q", "");
  } else if (event.key === "/" && !typing) {
    event.preventDefault();
    if (shownView === "tasks") byId("filter-text", HTMLInputElement).select();
    else {
      location.hash = tasksHash();
      taskList.opened = undefined;
      addEventListener("selfrepair-tasks", () => byId("filter-text", HTMLInputElement).select(), { once: true });
    }
  }
});

addEventListener("hashchange", async () => {
  await route();
  if (shownView === "tasks") dispatchEvent(new Event("selfrepair-tasks"));
});
route();
