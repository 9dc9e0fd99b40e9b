// The list of tasks: filtered, sorted, walked through by keys; its state stands in the address.

import { inflate, sourceNames, statements, taskIndex } from "./data.js";
import { NOTHING, TASK_OUTCOMES, byId, count, dollars, element, outcomeMark, plural, targetOf, words } from "./dom.js";

const AT_A_TIME = 400;
/** @type {{rows: Row[]; shown: Row[]; columns: Column[]; limit: number; filled: boolean; state: URLSearchParams; opened?: string}} */
export const taskList = { rows: [], shown: [], columns: [], limit: AT_A_TIME, filled: false, state: new URLSearchParams() };

/** @type {(pair: Pair) => number} */
const share = ([passed, tried]) => (tried ? passed / tried : -1);
/** @type {(pair: Pair | undefined) => string} */
const ofShares = (pair) => (pair ? `${count(pair[0])} of ${count(pair[1])}` : NOTHING);
const DIFFICULTIES = ["introductory", "interview", "competition"];
const difficultyOf = (/** @type {string | null} */ name) => DIFFICULTIES.indexOf(name ?? "");
const OUTCOME_ORDER = Object.keys(TASK_OUTCOMES);

/**
 * The columns: name, heading, what is sorted by, what is shown, whether it is a number.
 * @param {string[]} sources
 * @param {Row[]} rows
 * @returns {Column[]}
 */
function columns(sources, rows) {
  const many = rows.some((row) => row.model);
  const priced = rows.some((row) => row.dollars !== null);
  return [
    { name: "id", head: "Task", by: (row) => row.id },
    ...columnsIf(many, { name: "model", head: "Model", by: (row) => row.model ?? "", show: (row) => row.model ?? NOTHING }),
    { name: "outcome", head: "Outcome", by: (row) => OUTCOME_ORDER.indexOf(row.outcome), show: (row) => outcomeMark(row.outcome) },
    { name: "difficulty", head: "Difficulty", by: (row) => difficultyOf(row.difficulty), show: (row) => row.difficulty ?? NOTHING },
    { name: "programs", head: "Programs that pass", number: true, by: (row) => (row.programs ? share(row.programs) : -2), show: (row) => ofShares(row.programs) },
    ...sources.map((source, number) => (/** @type {Column} */ ({
      name: `repairs-${number}`, head: `Repairs on ${source}`, number: true,
      by: (row) => (row.repairs ? share(row.repairs[number]) : -2), show: (row) => (row.repairs?.[number]?.[1] ? ofShares(row.repairs[number]) : NOTHING),
    }))),
    { name: "tokens", head: "Tokens", number: true, by: (row) => row.tokens, show: (row) => count(row.tokens) },
    ...columnsIf(priced, { name: "dollars", head: "US dollars", number: true, by: (row) => row.dollars ?? -1, show: (row) => dollars(row.dollars) }),
    { name: "seconds", head: "Seconds", number: true, by: (row) => row.seconds, show: (row) => row.seconds.toFixed(1) },
  ];
}

/** @type {(there: boolean, column: Column) => Column[]} */
const columnsIf = (there, column) => (there ? [column] : []);

/** Fill what depends on the tasks alone, once. */
export async function prepareTasks() {
  const [rows, sources] = await Promise.all([taskIndex(), sourceNames()]);
  if (taskList.filled) return;
  taskList.filled = true;
  taskList.rows = rows;
  taskList.columns = columns(sources, rows);
  /** @type {(values: string[]) => [string, number][]} */
  const tally = (values) => [...values.reduce((found, value) => found.set(value, (found.get(value) ?? 0) + 1), new Map())];
  /** @type {(value: string, label: string, number: number) => HTMLElement} */
  const option = (value, label, number) => element("option", { value }, `${label} (${count(number)})`);
  byId("filter-difficulty").append(
    ...tally(rows.flatMap((row) => row.difficulty || [])).sort(([a], [b]) => difficultyOf(a) - difficultyOf(b)).map(([value, number]) => option(value, value, number)),
  );
  byId("filter-outcome").append(
    element("optgroup", { label: "Task" }, ...tally(rows.map((row) => row.outcome)).sort(([a], [b]) => OUTCOME_ORDER.indexOf(a) - OUTCOME_ORDER.indexOf(b)).map(([value, number]) => option(`task:${value}`, TASK_OUTCOMES[value]?.words ?? words(value), number))),
    element("optgroup", { label: "Has a program or repair with" }, ...tally(rows.flatMap((row) => row.became ?? [])).sort().map(([value, number]) => option(`program:${value}`, words(value), number))),
  );
  byId("filter-sort").append(
    element("option", { value: "" }, "order of the run"),
    ...taskList.columns.flatMap((column) => [
      element("option", { value: column.name }, `${column.head}, ascending`),
      element("option", { value: `-${column.name}` }, `${column.head}, descending`),
    ]),
  );
  for (const [id, name] of [["filter-text", "q"], ["filter-difficulty", "difficulty"], ["filter-outcome", "outcome"], ["filter-sort", "sort"]]) {
    byId(id).addEventListener("input", () => setFilter(name, fieldOf(id).value));
  }
  const inside = byId("filter-inside", HTMLInputElement);
  inside.addEventListener("input", () => setFilter("in", inside.checked ? "all" : ""));
  byId("task-filter").addEventListener("submit", (event) => { event.preventDefault(); focusRow(0); });
  byId("filter-text").addEventListener("keydown", (event) => { if (event.key === "ArrowDown") { event.preventDefault(); focusRow(0); } });
  byId("more-tasks").addEventListener("click", () => { taskList.limit += AT_A_TIME; fillRows(); });
  const [body] = byId("task-table", HTMLTableElement).tBodies;
  body.addEventListener("keydown", moveInRows);
  body.addEventListener("click", (event) => {
    const row = targetOf(event)?.closest("tr");
    if (row && !targetOf(event)?.closest("a") && !String(getSelection())) row.querySelector("a")?.click();
  });
}

/**
 * A field of the filter that has a text or a choice.
 * @param {string} id
 */
function fieldOf(id) {
  const field = byId(id);
  if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) return field;
  throw new Error(`${id} is no field.`);
}

/**
 * @param {string} name
 * @param {string} value
 */
export function setFilter(name, value) {
  if (value) taskList.state.set(name, value);
  else taskList.state.delete(name);
  history.replaceState(null, "", tasksHash());
  taskList.limit = AT_A_TIME;
  showTasks();
}

export function tasksHash() {
  const said = String(taskList.state);
  return said ? `#/tasks?${said}` : "#/tasks";
}

/** @type {(row: Row) => string} */
export const taskHash = (row) => `#/task/${encodeURIComponent(row.key).replaceAll("%2F", "/")}`;

/**
 * The list as an address says: `#/tasks?difficulty=interview&outcome=task:repaired&q=text&sort=-tokens`.
 * @param {string} query
 */
export async function openTasks(query) {
  taskList.state = new URLSearchParams(query);
  await prepareTasks();
  byId("filter-inside", HTMLInputElement).checked = taskList.state.get("in") === "all";
  fieldOf("filter-text").value = taskList.state.get("q") ?? "";
  for (const name of ["difficulty", "outcome", "sort"]) fieldOf(`filter-${name}`).value = taskList.state.get(name) ?? "";
  await showTasks();
}

let latest = 0;
async function showTasks() {
  const asked = ++latest;
  const found = await filtered(() => asked !== latest);
  if (asked !== latest) return;
  taskList.shown = found;
  fillRows();
}

/** @param {() => boolean} isStale */
async function filtered(isStale) {
  const { state, rows } = taskList;
  const difficulty = state.get("difficulty");
  const [kind, outcome] = (state.get("outcome") ?? "").split(/:(.*)/);
  const needles = (state.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const texts = needles.length ? await statements() : [];
  const possible = rows.filter((row) =>
    (!difficulty || row.difficulty === difficulty)
    && (kind !== "task" || row.outcome === outcome)
    && (kind !== "program" || (row.became ?? []).includes(outcome)));
  /** @type {(row: Row) => string} */
  const outside = (row) => `${row.id}\n${row.model ?? ""}\n${row.why ?? ""}\n${texts[row.position] ?? ""}`;
  const found = !needles.length ? possible
    : state.get("in") === "all" ? await foundInside(possible, needles, outside, isStale)
    : possible.filter((row) => holdsAll(outside(row), needles));
  const sort = state.get("sort") ?? "";
  const column = taskList.columns.find((each) => each.name === sort.replace(/^-/, ""));
  if (!column) return found;
  const way = sort.startsWith("-") ? -1 : 1;
  /** @type {(a: string | number, b: string | number) => number} */
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(String(b), "en", { numeric: true }) : a - Number(b));
  return found.sort((a, b) => way * compare(column.by(a), column.by(b)) || a.position - b.position);
}

/**
 * @param {string} text
 * @param {string[]} needles
 */
function holdsAll(text, needles) {
  const lower = text.toLowerCase();
  return needles.every((needle) => lower.includes(needle));
}

/**
 * The rows whose trees hold what is looked for; part after part is opened, and none is kept.
 * @param {Row[]} rows
 * @param {string[]} needles
 * @param {(row: Row) => string} outside
 * @param {() => boolean} isStale
 */
async function foundInside(rows, needles, outside, isStale) {
  /** @type {Row[]} */
  const found = [];
  const parts = [...new Set(rows.map((row) => row.part))];
  for (const [number, part] of parts.entries()) {
    if (isStale()) return found;
    if (number) byId("task-count").textContent = `looking through part ${number + 1} of ${parts.length}`;
    /** @type {Part} */
    const { texts, tasks } = await inflate(byId(`part-${part}`).textContent);
    /** @type {(node: ProgramNode) => (string | number)[]} */
    const words = (node) => [texts[node.program], texts[node.feedback ?? -1] ?? "", ...Object.values(node.failure ?? {})];
    for (const row of rows.filter((each) => each.part === part)) {
      const { programs = [], trees = [], baseline = [] } = tasks[row.at];
      const nodes = [...programs, ...trees.flatMap((tree) => tree.repairs), ...baseline];
      if (holdsAll([outside(row), ...nodes.flatMap(words)].join("\n"), needles)) found.push(row);
    }
  }
  return found;
}

function fillRows() {
  const { shown, limit, rows } = taskList;
  const table = byId("task-table", HTMLTableElement);
  const sort = taskList.state.get("sort") ?? "";
  table.tHead?.replaceChildren(element("tr", {}, ...taskList.columns.map((column) => {
    const way = sort === column.name ? "ascending" : sort === `-${column.name}` ? "descending" : null;
    const button = element("button", { type: "button" }, column.head);
    button.addEventListener("click", () => {
      const next = way === "ascending" ? `-${column.name}` : column.name;
      fieldOf("filter-sort").value = next;
      setFilter("sort", next);
      [...table.querySelectorAll("button")].find((each) => each.textContent === column.head)?.focus();
    });
    return element("th", { scope: "col", class: column.number ? "number" : null, "aria-sort": way }, button);
  })));
  table.tBodies[0].replaceChildren(...shown.slice(0, limit).map((row, number) => element("tr", {},
    element("th", { scope: "row" },
      element("a", { class: "plain", href: taskHash(row), tabindex: number ? "-1" : "0" }, row.id),
      row.why ? element("span", { class: "why" }, row.why) : null),
    ...taskList.columns.slice(1).map((column) => element("td", { class: column.number ? "number" : null }, column.show?.(row))),
  )));
  byId("task-count").textContent = shown.length === rows.length ? plural(rows.length, "task") : `${count(shown.length)} of ${plural(rows.length, "task")}`;
  const left = shown.length - limit;
  byId("more-tasks").hidden = left <= 0;
  byId("more-tasks").textContent = `Show ${count(Math.min(left, AT_A_TIME))} more`;
}

/** @type {() => HTMLAnchorElement[]} */
const rowLinks = () => [...byId("task-table").querySelectorAll(/** @type {"a"} */ ("tbody a"))];

/** @param {number} number */
export function focusRow(number) {
  const links = rowLinks();
  const target = links[Math.max(0, Math.min(links.length - 1, number))];
  if (!target) return;
  links.forEach((link) => { link.tabIndex = link === target ? 0 : -1; });
  target.focus();
}

/** @param {KeyboardEvent} event */
function moveInRows(event) {
  const links = rowLinks();
  const at = links.findIndex((link) => link === document.activeElement);
  /** @type {Record<string, number>} */
  const ways = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 };
  const to = ways[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  if (to < 0) byId("filter-text").focus();
  else focusRow(to);
}
