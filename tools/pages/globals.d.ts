/** What the vendored libraries and the pages' data are, as far as our scripts use them. */

declare namespace Plot {
  type Options = Record<string, unknown>;
  function plot(options: Options): SVGSVGElement;
  function line(data: unknown[], options: Options): object;
  function dot(data: unknown[], options: Options): object;
  function areaY(data: unknown[], options: Options): object;
  function ruleX(data: unknown[], options?: Options): object;
  function ruleY(data: unknown[], options?: Options): object;
  function tip(data: unknown[], options: object): object;
  function pointerX(options: {title: (point: PlottedPoint) => string} & Options): object;
}

type PrismPart = string | {type: string; content: PrismPart | PrismPart[]};
declare const Prism: {
  tokenize(text: string, grammar: object): PrismPart[];
  languages: {python: object};
};
interface Window {
  Prism: {manual: boolean};
}

declare const Diff: {
  diffLines(
    before: string,
    after: string,
    options: {timeout: number; stripTrailingCr: boolean},
  ): {value: string; added?: boolean; removed?: boolean}[] | undefined;
};

/** A curve, as `report/html.py` writes it. */
interface Curve {
  source: string | null;
  label: string;
  baseline: string | null;
  policy: string;
  replacement: boolean;
  difficulty: string;
  points: CurvePoint[];
}
interface CurvePoint {
  tokens: number;
  all_tokens: number | null;
  dollars: number | null;
  rate: number;
  low: number | null;
  high: number | null;
  band: [number, number] | null;
  n_p: number;
  n_fr: number | null;
}
type PlottedPoint = CurvePoint & {x: number; label: string};

/** A row of the list of tasks, as `report/details.py` packs it. */
interface Row {
  key: string;
  id: string;
  difficulty: string | null;
  kind: string | null;
  outcome: string;
  tokens: number;
  seconds: number;
  dollars: number | null;
  part: number;
  at: number;
  position: number;
  model?: string;
  why?: string;
  programs?: Pair;
  repairs?: Pair[];
  became?: string[];
}
/** How many passed, and of how many. */
type Pair = [number, number];

/** Some tasks with their trees, packed together. */
interface Part {
  texts: string[];
  tasks: Task[];
}
interface Task {
  complete?: boolean;
  programs?: ProgramNode[];
  trees?: Tree[];
  baseline?: ProgramNode[];
  cost?: {prompt_tokens: number};
}
type ScoredTask = Required<Task>;
interface Tree {
  source: string;
  complete: boolean;
  repairs: ProgramNode[];
}
interface ProgramNode {
  node: string;
  outcome: string;
  program: number;
  tokens: number;
  read: number;
  ran: number;
  passed: number;
  rule?: string;
  flips?: true;
  reading?: string;
  finish?: string;
  failure?: CaseFailure;
  dollars?: number;
  parent?: string;
  feedback?: number;
  feedback_tokens?: number;
  separate?: boolean;
}
interface CaseFailure {
  index?: number;
  input?: string;
  expected?: string;
  actual?: string;
  error?: string;
  line_number?: number;
  line?: string;
}

/** What the views of one task share. */
interface TreeContext {
  texts: string[];
  groups: (Tree & {of: Map<string | undefined, ProgramNode[]>})[];
  nodes: Map<string, ProgramNode>;
  first: Map<number, string>;
}

/** A column of the list of tasks. */
interface Column {
  name: string;
  head: string;
  by: (row: Row) => string | number;
  show?: (row: Row) => Node | string;
  number?: boolean;
}
