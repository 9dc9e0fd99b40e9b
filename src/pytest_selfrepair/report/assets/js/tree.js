// A task's tree: statement, programs, failing cases, feedback, repairs and what they changed.

import { statements, unpack } from "./data.js";
import { byId, count, dollars, element, outcomeMark, plural, words } from "./dom.js";
import { prepareTasks, taskHash, taskList, tasksHash } from "./tasks.js";

const LONGEST_HIGHLIGHTED = 20000;
const SLOWEST_DIFF = 400; // milliseconds

/**
 * Fill the view of one task; it says where there is none.
 * @param {string} key
 */
export async function openTree(key) {
  await prepareTasks();
  const view = byId("view-tree");
  const row = taskList.rows.find((each) => each.key === key);
  if (!row) {
    view.replaceChildren(
      element("h1", { class: "view-title" }, "No such task"),
      element("p", {}, `This page has no task “${key}”. `, element("a", { href: tasksHash() }, "All tasks")),
    );
    return;
  }
  /** @type {[Part, (string | null)[]]} */
  const [part, texts] = await Promise.all([unpack(`part-${row.part}`), statements()]);
  const task = part.tasks[row.at];
  const statement = texts[row.position];
  view.replaceChildren(
    trail(row),
    element("h1", { class: "tree-title", tabindex: "-1" }, row.id),
    taskFacts(row, task),
    statement === null
      ? element("p", { class: "aside" }, "The task’s statement was not kept with the run.")
      : element("details", { open: statement.length < 3000 }, element("summary", {}, "Statement"), element("pre", { class: "statement" }, statement)),
    ...(isScored(task) ? trees(task, part.texts) : [element("p", { class: "notice" }, `Not scored: ${row.why ?? "no reason was recorded"}`)]),
  );
}

/**
 * Back to the list, and the neighbours in it.
 * @param {Row} row
 */
function trail(row) {
  const list = taskList.shown.includes(row) ? taskList.shown : taskList.rows;
  const at = list.indexOf(row);
  /** @type {(to: Row | undefined, text: string, rel: string) => HTMLElement | null} */
  const link = (to, text, rel) => (to ? element("a", { href: taskHash(to), rel }, text) : null);
  return element("nav", { class: "trail no-print", "aria-label": "Tasks beside this one" },
    element("a", { href: tasksHash() }, "← All tasks"),
    element("span", { class: "push" }), link(list[at - 1], "previous", "prev"), link(list[at + 1], "next", "next"));
}

/**
 * @param {Row} row
 * @param {Task} task
 */
function taskFacts(row, task) {
  /** @type {[string, Node | string | null][]} */
  const facts = [
    ["Outcome", outcomeMark(row.outcome)],
    ["Difficulty", row.difficulty ?? "not known"],
    ["Kind", row.kind ? words(row.kind) : "not known"],
    ["Tokens generated", count(row.tokens)],
    ["Tokens read", task.cost ? count(task.cost.prompt_tokens) : null],
    ["US dollars", row.dollars === null ? null : dollars(row.dollars)],
    ["Seconds", row.seconds.toFixed(1)],
    ["Model", row.model ?? null],
  ];
  return element("dl", { class: "facts" }, ...facts.filter(([, fact]) => fact !== null).map(([name, fact]) => element("div", {}, element("dt", {}, name), element("dd", {}, fact))));
}

/**
 * @param {Task} task
 * @returns {task is ScoredTask}
 */
function isScored(task) {
  return task.programs !== undefined;
}

/**
 * @param {ScoredTask} task
 * @param {string[]} texts
 */
function trees(task, texts) {
  const groups = task.trees.map((tree) => ({ ...tree, of: groupBy(tree.repairs) }));
  /** @type {TreeContext} */
  const context = { texts, groups, nodes: new Map(), first: new Map() };
  for (const node of [...task.programs, ...task.trees.flatMap((tree) => tree.repairs), ...task.baseline]) {
    context.nodes.set(node.node, node);
    if (!context.first.has(node.program)) context.first.set(node.program, node.node);
  }
  const cut = [!task.complete && "initial programs", ...task.trees.map((tree) => !tree.complete && `repairs on ${tree.source}`)].filter(Boolean);
  const programs = task.programs.map((node) => nodeDetails(node, context));
  const opened = programs.find((_, number) => task.programs[number].outcome !== "passed") ?? programs[0];
  if (opened) opened.open = true;
  const all = element("button", { type: "button", class: "no-print" }, "Open all");
  all.addEventListener("click", () => {
    /** @type {() => HTMLDetailsElement[]} */
    const closed = () => [...byId("view-tree").querySelectorAll(/** @type {"details"} */ ("details.node:not([open])"))];
    for (let found = closed(); found.length; found = closed()) found.forEach((each) => { each.open = true; fillNode(each); });
  });
  return [
    cut.length ? element("p", { class: "notice" }, `The token budget ended before all ${cut.join(" and ")} were sampled.`) : null,
    element("h2", {}, "Programs and their repairs"),
    element("p", { class: "no-print" }, all),
    ...programs,
    ...(task.baseline.length ? [element("h2", {}, "Further i.i.d. programs: the baseline"), ...task.baseline.map((node) => nodeDetails(node, context))] : []),
  ].filter((each) => each !== null);
}

/**
 * Repairs by the node that they repair.
 * @param {ProgramNode[]} repairs
 */
function groupBy(repairs) {
  /** @type {Map<string | undefined, ProgramNode[]>} */
  const found = new Map();
  for (const repair of repairs) {
    const group = found.get(repair.parent);
    if (group) group.push(repair);
    else found.set(repair.parent, [repair]);
  }
  return found;
}

/** @type {WeakMap<HTMLDetailsElement, () => HTMLElement[]>} */
const fillers = new WeakMap();

/** @param {HTMLDetailsElement} details */
function fillNode(details) {
  const fill = fillers.get(details);
  fillers.delete(details);
  if (fill) details.append(element("div", { class: "body" }, ...fill()));
}

/**
 * A repair's place without those above it and its source: r1, or f1/r2 for a further repair on one text.
 * @param {ProgramNode} node
 * @param {string} parent
 */
function ownName(node, parent) {
  return /(f\d+\/)?r\d+$/.exec(node.node.slice(parent.length))?.[0] ?? node.node.split("/").at(-1);
}

/**
 * A program or repair that can be opened; what is within is made when it is.
 * @param {ProgramNode} node
 * @param {TreeContext} context
 */
function nodeDetails(node, context) {
  const repairs = context.groups.flatMap((group) => {
    const own = group.of.get(node.node) ?? [];
    return own.length ? [`${group.source}: ${own.filter((each) => each.outcome === "passed").length} of ${own.length} repairs pass`] : [];
  });
  const tokens = node.tokens + (node.separate ? node.feedback_tokens ?? 0 : 0);
  const about = [plural(tokens, "token"), node.ran ? `${count(node.passed)} of ${plural(node.ran, "case")} passed` : null, ...repairs].filter(Boolean);
  const details = element("details", { class: "node", id: `node-${node.node}` }, element("summary", {},
    element("span", { class: "name" }, node.parent ? ownName(node, node.parent) : node.node), outcomeMark(node.outcome), element("span", { class: "about" }, about.join(" · "))));
  fillers.set(details, () => nodeBody(node, context));
  details.addEventListener("toggle", () => { if (details.open) fillNode(details); });
  return details;
}

/**
 * @param {ProgramNode} node
 * @param {TreeContext} context
 */
function nodeBody(node, context) {
  const parent = context.nodes.get(node.parent ?? "");
  return [
    ...(node.parent ? feedbackOf(node, context) : []),
    ...(parent ? changes(node, parent, context) : program(node, context)),
    ...caseOf(node),
    ...notes(node),
    ...context.groups.flatMap((group) => {
      const repairs = group.of.get(node.node) ?? [];
      return repairs.length ? [element("h3", {}, `Repairs on ${group.source}`), ...repairs.map((repair) => nodeDetails(repair, context))] : [];
    }),
  ];
}

/**
 * @param {ProgramNode} node
 * @param {TreeContext} context
 */
function feedbackOf(node, context) {
  const text = node.feedback === undefined ? "" : context.texts[node.feedback];
  const tokens = node.feedback_tokens ? `, ${plural(node.feedback_tokens, "token")}${node.separate ? "" : " of the completion"}` : "";
  return [
    element("h3", { class: "part" }, `Feedback on ${node.parent}${tokens}`),
    text ? element("div", { class: "feedback" }, text) : element("p", { class: "aside" }, "None but the failing case itself."),
  ];
}

/**
 * The program alone.
 * @param {ProgramNode} node
 * @param {TreeContext} context
 */
function program(node, context) {
  const text = context.texts[node.program];
  const same = context.first.get(node.program);
  return [
    element("h3", { class: "part" }, text && same !== node.node ? `Program, the same text as ${same}` : "Program"),
    text ? code(text) : element("p", { class: "aside" }, "The reply held no program."),
  ];
}

/**
 * A repair: what it changed, or the whole program.
 * @param {ProgramNode} node
 * @param {ProgramNode} parent
 * @param {TreeContext} context
 */
function changes(node, parent, context) {
  const text = context.texts[node.program];
  if (!text) return program(node, context);
  if (node.program === parent.program) return [element("h3", { class: "part" }, `Unchanged: the program of ${parent.node} again`), code(text)];
  const panel = element("div", {});
  const views = { Changes: () => diff(context.texts[parent.program], text), "Whole program": () => code(text) };
  const buttons = Object.entries(views).map(([name, view]) => {
    const button = element("button", { type: "button", "aria-pressed": "false" }, name);
    button.addEventListener("click", () => {
      buttons.forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
      panel.replaceChildren(view());
    });
    return button;
  });
  buttons[0].setAttribute("aria-pressed", "true");
  panel.append(views.Changes());
  return [element("h3", { class: "part" }, `Repair of ${parent.node}`), element("div", { class: "tabs no-print" }, ...buttons), panel];
}

/**
 * A program in the colours of its tokens; every token's text goes in as text.
 * @param {string} text
 */
function code(text) {
  const made = element("code", {});
  const tokens = text.length > LONGEST_HIGHLIGHTED ? [text] : Prism.tokenize(text, Prism.languages.python);
  /** @type {(into: HTMLElement, parts: PrismPart | PrismPart[]) => void} */
  const put = (into, parts) => {
    for (const part of Array.isArray(parts) ? parts : [parts]) {
      if (typeof part === "string") into.append(part);
      else {
        const span = element("span", { class: `token ${part.type}` });
        put(span, part.content);
        into.append(span);
      }
    }
  };
  put(made, tokens);
  return element("pre", { class: "code", tabindex: "0" }, made);
}

/**
 * @param {string} before
 * @param {string} after
 */
function diff(before, after) {
  const parts = Diff.diffLines(before, after, { timeout: SLOWEST_DIFF, stripTrailingCr: true });
  if (!parts) return element("p", { class: "aside" }, "The two programs differ too much to compare line by line.");
  const lines = parts.flatMap((part) => {
    const [kind, sign, said] = part.added ? ["added", "+", "added: "] : part.removed ? ["removed", "−", "removed: "] : ["same", " ", ""];
    return part.value.replace(/\n$/, "").split("\n").map((line) => element("span", { class: kind, "data-sign": sign }, said ? element("i", { class: "unseen" }, said) : null, line || " "));
  });
  return element("pre", { class: "code diff", tabindex: "0" }, ...lines);
}

/** @param {ProgramNode} node */
function caseOf(node) {
  const failure = node.failure;
  if (node.outcome === "passed") return [];
  if (!failure) return [element("p", { class: "aside" }, "No failing case was recorded.")];
  /** @type {(text: string) => HTMLElement} */
  const value = (text) => element("pre", { class: "value" }, text === "" ? "(empty)" : text);
  const where = failure.line_number === undefined ? null : `line ${failure.line_number}${failure.line ? `: ${failure.line.trim()}` : ""}`;
  /** @type {[string, string | null | undefined][]} */
  const rows = [["Input", failure.input], ["Expected", failure.expected], ["Came", failure.actual], ["Error", failure.error], ["Where", where]];
  return [
    element("h3", { class: "part" }, failure.index === undefined ? "It fails before any case" : `Failing case, the ${failure.index + 1}${ordinal(failure.index + 1)}`),
    element("dl", { class: "case" }, ...rows.flatMap(([name, text]) => (text === undefined || text === null ? [] : [element("dt", {}, name), element("dd", {}, value(text))]))),
  ];
}

/** @param {number} number */
function ordinal(number) {
  const tens = number % 100;
  return tens > 10 && tens < 14 ? "th" : ["th", "st", "nd", "rd"][number % 10] ?? "th";
}

/** @param {ProgramNode} node */
function notes(node) {
  const said = [
    node.finish ? `The model stopped since: ${words(node.finish)}.` : null,
    node.reading ? `Read as ${node.reading}.` : null,
    node.flips ? "The other checker would decide otherwise." : null,
    node.rule ? `Accepted by the rule ${node.rule}.` : null,
    node.dollars === undefined ? null : `It cost ${dollars(node.dollars)}.`,
  ].filter(Boolean);
  return said.length ? [element("p", { class: "aside" }, said.join(" "))] : [];
}
