// The data that stands behind the scripts: packed parts, opened when they are first needed.

import { byId } from "./dom.js";

/** Resolves when the whole file has been read: the data comes last in it. */
const wholePage = /** @type {Promise<void>} */ (new Promise((resolve) => {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => resolve());
  else resolve();
}));

/** @type {Map<string, Promise<any>>} */
const opened = new Map();
const MOST_OPEN = 12;

/**
 * What a packed block holds; the last few that were opened are kept.
 * @param {string} id
 */
export async function unpack(id) {
  await wholePage;
  if (!opened.has(id)) {
    opened.set(id, inflate(byId(id).textContent));
    const oldest = [...opened.keys()].find((each) => each.startsWith("part-"));
    if (opened.size > MOST_OPEN && oldest) opened.delete(oldest);
  }
  return opened.get(id);
}

/** @param {string} base64 */
export async function inflate(base64) {
  if (typeof DecompressionStream === "undefined") {
    throw new Error("This browser is too old to open the tasks: it has no DecompressionStream.");
  }
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

/** @type {() => Promise<string[]>} */
export const sourceNames = async () => (await wholePage, JSON.parse(byId("sources-data").textContent));

/**
 * The rows of all tasks, each with its position.
 * @returns {Promise<Row[]>}
 */
export async function taskIndex() {
  /** @type {Row[]} */
  const rows = await unpack("index-data");
  if (rows.length && rows[0].position === undefined) rows.forEach((row, position) => { row.position = position; });
  return rows;
}

/** @type {() => Promise<(string | null)[]>} */
export const statements = () => unpack("statements-data");
