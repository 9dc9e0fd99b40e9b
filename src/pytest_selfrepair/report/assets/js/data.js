"use strict";
// The data that stands behind the scripts: packed parts, opened when they are first needed.

/** Resolves when the whole file has been read: the data comes last in it. */
const wholePage = new Promise((resolve) => {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", resolve);
  else resolve();
});

const opened = new Map();
const MOST_OPEN = 12;

/** What a packed block holds; the last few that were opened are kept. */
async function unpack(id) {
  await wholePage;
  if (!opened.has(id)) {
    opened.set(id, inflate(byId(id).textContent));
    if (opened.size > MOST_OPEN) opened.delete([...opened.keys()].find((each) => each.startsWith("part-")));
  }
  return opened.get(id);
}

async function inflate(base64) {
  if (typeof DecompressionStream === "undefined") {
    throw new Error("This browser is too old to open the tasks: it has no DecompressionStream.");
  }
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

const sourceNames = async () => (await wholePage, JSON.parse(byId("sources-data").textContent));

/** The rows of all tasks, each with its position. */
async function taskIndex() {
  const rows = await unpack("index-data");
  if (rows.length && rows[0].position === undefined) rows.forEach((row, position) => { row.position = position; });
  return rows;
}

const statements = () => unpack("statements-data");
