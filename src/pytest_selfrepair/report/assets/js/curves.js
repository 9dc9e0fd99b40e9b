// pass@t curves, drawn by Observable Plot; sources differ by colour, symbol and dashes.

import { NOTHING, byId, choice, count, dollars, element, percent } from "./dom.js";

const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "cross", "wye"];
/** @type {(string | null)[]} */
const DASHES = [null, null, "9 3", "2 3", "9 3 2 3", "14 4"];
/** @typedef {"tokens" | "all_tokens" | "dollars"} Axis */

/** @type {Record<Axis, {label: string; tell: (x: number) => string}>} */
const XS = {
  tokens: { label: "Tokens generated per task, mean", tell: (x) => `${count(x)} tokens generated per task` },
  all_tokens: { label: "Tokens generated and read per task, mean", tell: (x) => `${count(x)} tokens generated and read per task` },
  dollars: { label: "US dollars per task, mean", tell: (x) => `${dollars(x)} per task` },
};
/** @type {{x: Axis; difficulty: string; way: string}} */
const curveState = { x: "tokens", difficulty: "", way: "" };

/**
 * How the curve of a source looks; sampling is grey, dashed of every task and else dotted.
 * @param {Curve} curve
 * @param {(string | null)[]} sources
 */
function curveStyle({ source, baseline }, sources) {
  if (source === null && baseline === "stopping") return { colour: "var(--series-0)", dash: "2 3", symbol: "plus", width: 2 };
  if (source === null) return { colour: "var(--series-0)", dash: "5 4", symbol: "times", width: 2 };
  const number = sources.indexOf(source);
  return {
    colour: `var(--series-${1 + (number % 5)})`,
    dash: DASHES[(number + 1) % DASHES.length],
    symbol: SYMBOLS[number % SYMBOLS.length],
    width: 2.2,
  };
}

/** @param {Curve[]} curves */
function startCurves(curves) {
  const chart = document.getElementById("curve-chart");
  if (!chart || !curves.length) return;
  const sources = [...new Set(curves.map((curve) => curve.source).filter((source) => source !== null))];
  const levels = [...new Set(curves.map((curve) => curve.difficulty))].sort((a, b) => Number(b === "all") - Number(a === "all"));
  const ways = new Map(curves.map((curve) => [`${curve.policy}/${curve.replacement}`, curve]));
  curveState.difficulty = levels[0];
  curveState.way = [...ways.keys()][0];
  const xs = /** @type {Axis[]} */ (Object.keys(XS)).filter((x) => curves.every((curve) => curve.points.every((point) => point[x] !== null)));
  /** @type {(curve: Curve) => string} */
  const wayLabel = (curve) => `${curve.policy}, ${curve.replacement ? "with" : "without"} replacement`;
  /** @type {(name: keyof typeof curveState) => (value: string) => void} */
  const set = (name) => (value) => { Object.assign(curveState, { [name]: value }); draw(); };
  /** @type {[number, string, string[][], keyof typeof curveState][]} */
  const controls = [
    [levels.length, "Difficulty", levels.map((level) => [level, level]), "difficulty"],
    [ways.size, "Trees drawn", [...ways].map(([key, curve]) => [key, wayLabel(curve)]), "way"],
    [xs.length, "Against", xs.map((x) => [x, XS[x].label]), "x"],
  ];
  byId("curve-controls").append(
    ...controls.filter(([several]) => several > 1).map(([, label, options, name]) => choice(label, options, curveState[name], set(name))),
  );
  byId("curve-controls").addEventListener("submit", (event) => event.preventDefault());

  const draw = () => {
    const shown = curves.filter((curve) => curve.difficulty === curveState.difficulty && `${curve.policy}/${curve.replacement}` === curveState.way);
    byId("curve-drawn").textContent = shown.length ? `Trees: ${wayLabel(shown[0])}.` : "";
    byId("curve-legend").replaceChildren(...shown.map((curve) => element("li", {}, sample(curveStyle(curve, sources)), curve.label)));
    chart.replaceChildren(plot(shown, sources, chart.clientWidth || 720));
    byId("curve-table").replaceChildren(pointTable(shown));
  };
  draw();
  let width = chart.clientWidth;
  new ResizeObserver(() => {
    if (chart.clientWidth && Math.abs(chart.clientWidth - width) > 4) {
      width = chart.clientWidth;
      draw();
    }
  }).observe(chart);
}

/**
 * What Plot draws is one picture to a screen reader; its numbers are in the table.
 * @param {SVGSVGElement} made
 * @param {Record<string, string>} attributes
 */
function picture(made, attributes) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  for (const mark of made.querySelectorAll("g[aria-label]")) {
    mark.classList.add(String(mark.getAttribute("aria-label")).replaceAll(" ", "-"));
    mark.removeAttribute("aria-label");
  }
  return made;
}

/**
 * A line and a symbol, for the legend.
 * @param {ReturnType<typeof curveStyle>} style
 */
function sample(style) {
  return picture(Plot.plot({
    width: 44, height: 16, margin: 0, axis: null, x: { domain: [0, 2] }, y: { domain: [-1, 1] },
    marks: [
      Plot.line([[0.1, 0], [1.9, 0]], { stroke: style.colour, strokeWidth: style.width, strokeDasharray: style.dash }),
      Plot.dot([[1, 0]], { symbol: style.symbol, r: 4, stroke: style.colour, fill: "var(--paper)" }),
    ],
  }), { role: "img", "aria-hidden": "true" });
}

/**
 * @param {Curve[]} shown
 * @param {(string | null)[]} sources
 * @param {number} width
 */
function plot(shown, sources, width) {
  const x = XS[curveState.x];
  const marks = [];
  /** @type {PlottedPoint[]} */
  const every = [];
  for (const curve of shown) {
    const style = curveStyle(curve, sources);
    const points = curve.points.map((point) => ({ ...point, x: Number(point[curveState.x]), label: curve.label }));
    every.push(...points);
    const banded = points.filter((point) => point.low !== null && point.high !== null);
    if (banded.length > 1) marks.push(Plot.areaY(banded, { x: "x", y1: "low", y2: "high", fill: style.colour, fillOpacity: 0.12 }));
    else marks.push(Plot.ruleX(banded, { x: "x", y1: "low", y2: "high", stroke: style.colour }));
    marks.push(Plot.line(points, { x: "x", y: "rate", stroke: style.colour, strokeWidth: style.width, strokeDasharray: style.dash }));
    const step = Math.max(1, Math.ceil(points.length / 14));
    const marked = points.filter((_, number) => number % step === 0 || number === points.length - 1);
    marks.push(Plot.dot(marked, { x: "x", y: "rate", symbol: style.symbol, stroke: style.colour, fill: "var(--paper)", r: 3.6 }));
  }
  /** @type {(point: PlottedPoint) => string} */
  const title = (point) => [
    point.label,
    `${percent(point.rate)} solved${point.low === null || point.high === null ? "" : `  [${percent(point.low)}, ${percent(point.high)}]`}`,
    x.tell(point.x),
    `n_p = ${point.n_p}${point.n_fr === null ? ", as grown" : point.n_fr ? `, n_fr = ${point.n_fr}` : ", no repair"}`,
  ].join("\n");
  marks.push(Plot.tip(every, Plot.pointerX({ x: "x", y: "rate", title, maxRadius: 120, fill: "var(--paper)", stroke: "var(--quiet)", fontSize: 12, lineHeight: 1.3 })));
  return picture(Plot.plot({
    width, height: Math.max(260, Math.min(440, width * 0.5)), marginLeft: 48, marginRight: 24, marginBottom: 44,
    style: { fontSize: "12px", background: "transparent", color: "var(--ink)" },
    x: { label: x.label, labelAnchor: "center", labelArrow: "none", labelOffset: 40, nice: true, ticks: Math.max(3, width / 110), zero: true },
    y: { label: "Share of tasks solved", labelArrow: "none", grid: true, ticks: 6, tickFormat: "%", domain: [0, Math.min(1, Math.max(0.05, ...every.map((point) => Math.max(point.rate, point.high ?? 0)))) ], nice: true },
    marks: [Plot.ruleY([0]), ...marks],
  }), { role: "img", "aria-label": `pass@t curves of ${shown.map((curve) => curve.label).join("; ")}` });
}

/** @param {Curve[]} shown */
function pointTable(shown) {
  const heads = ["Curve", "n_p", "n_fr", XS[curveState.x].label, "Tasks solved", "Interval over tasks", "±1 sd of one tree per task (the paper’s band)"];
  return element("table", {},
    element("caption", {}, "The points of the curves above"),
    element("thead", {}, element("tr", {}, ...heads.map((head, number) => element("th", { scope: "col", class: number ? "number" : null }, head)))),
    element("tbody", {}, ...shown.flatMap((curve) => curve.points.map((point) => element("tr", {},
      element("th", { scope: "row" }, curve.label),
      ...[
        count(point.n_p), count(point.n_fr), curveState.x === "dollars" ? dollars(point.dollars) : count(point[curveState.x]), percent(point.rate),
        point.low === null || point.high === null ? NOTHING : `[${percent(point.low)}, ${percent(point.high)}]`,
        point.band === null ? NOTHING : `[${percent(point.band[0])}, ${percent(point.band[1])}]`,
      ].map((text) => element("td", { class: "number" }, text)))))),
  );
}

const curvesData = document.getElementById("curves-data");
if (curvesData) startCurves(JSON.parse(curvesData.textContent));
