// Elements, made of text alone: nothing that a model wrote is ever read as markup.

/**
 * An element with attributes and children; strings among the children become text.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 * @param {(Node | string | null | undefined)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined && child !== "") made.append(child);
  return made;
}

/**
 * The element of an id, which the page has, and what it is where more is asked of it.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind = /** @type {new () => any} */ (HTMLElement)) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`This page has no ${id}.`);
  return found;
}

/**
 * The element of a selector, which the page or a part of it has.
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} within
 * @param {new () => T} kind
 * @returns {T}
 */
export function bySelector(selector, within = document, kind = /** @type {new () => any} */ (HTMLElement)) {
  const found = within.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`This page has no ${selector}.`);
  return found;
}

/**
 * The element that an event is of, or null.
 * @param {Event} event
 */
export const targetOf = (event) => (event.target instanceof Element ? event.target : null);

export const NOTHING = "–";
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** @type {(number: number | null | undefined) => string} */
export const count = (number) => (number === null || number === undefined ? NOTHING : whole.format(number));
/** @type {(share: number) => string} */
export const percent = (share) => `${(100 * share).toFixed(1)}%`;
/** @type {(name: string) => string} */
export const words = (name) => name.replaceAll("_", " ");
/** @type {(number: number, noun: string) => string} */
export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** @param {number | null | undefined} amount */
export function dollars(amount) {
  if (amount === null || amount === undefined) return NOTHING;
  if (amount >= 1 || amount === 0) return `$${amount.toFixed(2)}`;
  return amount >= 0.01 ? `$${amount.toFixed(4)}` : `$${fine.format(amount)}`;
}

/** @type {Record<string, {mark: string; good: boolean; words: string}>} */
export const TASK_OUTCOMES = {
  solved: { mark: "✓", good: true, words: "solved" },
  repaired: { mark: "↻", good: true, words: "solved by repair" },
  unsolved: { mark: "✗", good: false, words: "unsolved" },
  unscored: { mark: "?", good: false, words: "not scored" },
};

/**
 * What became of a task or a program: a mark and words, so that no colour is needed.
 * @param {string} outcome
 */
export function outcomeMark(outcome) {
  const known = TASK_OUTCOMES[outcome] ?? { mark: outcome === "passed" ? "✓" : "✗", good: outcome === "passed", words: words(outcome) };
  return element("span", { class: "outcome", "data-mark": known.mark, "data-good": known.good }, known.words);
}

/**
 * A choice among options `[value, label]`, with its label.
 * @param {string} label
 * @param {string[][]} options
 * @param {string | undefined} chosen
 * @param {(value: string) => void} onChange
 */
export function choice(label, options, chosen, onChange) {
  const select = element("select", {}, ...options.map(([value, text]) => element("option", { value, selected: value === chosen }, text)));
  select.addEventListener("change", () => onChange(select.value));
  return element("label", {}, label, select);
}
