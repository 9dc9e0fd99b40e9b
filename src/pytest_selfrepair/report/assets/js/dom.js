"use strict";
// Elements, made of text alone: nothing that a model wrote is ever read as markup.

/** An element with attributes and children; strings among the children become text. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

const byId = (id) => document.getElementById(id);

const NOTHING = "–";
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

const count = (number) => (number === null || number === undefined ? NOTHING : whole.format(number));
const percent = (share) => `${(100 * share).toFixed(1)}%`;
const words = (name) => name.replaceAll("_", " ");
const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

function dollars(amount) {
  if (amount === null || amount === undefined) return NOTHING;
  if (amount >= 1 || amount === 0) return `$${amount.toFixed(2)}`;
  return amount >= 0.01 ? `$${amount.toFixed(4)}` : `$${fine.format(amount)}`;
}

const TASK_OUTCOMES = {
  solved: { mark: "✓", good: true, words: "solved" },
  repaired: { mark: "↻", good: true, words: "solved by repair" },
  unsolved: { mark: "✗", good: false, words: "unsolved" },
  unscored: { mark: "?", good: false, words: "not scored" },
};

/** What became of a task or a program: a mark and words, so that no colour is needed. */
function outcomeMark(outcome) {
  const known = TASK_OUTCOMES[outcome] ?? { mark: outcome === "passed" ? "✓" : "✗", good: outcome === "passed", words: words(outcome) };
  return element("span", { class: "outcome", "data-mark": known.mark, "data-good": known.good }, known.words);
}

/** A choice among options `[value, label]`, with its label. */
function choice(label, options, chosen, onChange) {
  const select = element("select", {}, ...options.map(([value, text]) => element("option", { value, selected: value === chosen }, text)));
  select.addEventListener("change", () => onChange(select.value));
  return element("label", {}, label, select);
}
