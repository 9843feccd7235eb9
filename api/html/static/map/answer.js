// The rows of a view: with their places where they have some, all of them or the first.

import { ask, read } from "./asking.js";
import { columnsOf } from "./places.js";
import * as request from "./request.js";

// Pages of one column that are read for the classes of a picture by tiles.
const MOST_PAGES = 20;

/**
 * @typedef {object} Row
 * @property {string} id as the API names it among those of its grouping.
 * @property {Record<string, any>} properties
 * @property {any} [geometry]
 *
 * @typedef {object} Answer
 * @property {string} url the request that was made, absolute.
 * @property {Row[]} rows
 * @property {number} total how many there are, pages together.
 * @property {boolean} isEstimated
 * @property {boolean} isWhole
 * @property {string[]} key the columns that the ids are made of.
 */

/**
 * @param {import("./served.js").Served} served
 * @param {import("./view.js").View} view
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
export async function load(served, view, signal) {
  // As features, placed or not: they have the ids that rows have for good.
  const asked = request.rows(served, view, { f: "geojson", limit: request.PAGE });
  const answered = await ask(asked, { signal });
  const document = await answered.json();
  const rows = document.features.map((row) => ({ ...row, id: String(row.id) }));
  return {
    url: answered.url,
    rows,
    total: document.numberMatched ?? rows.length,
    isEstimated: document.numberMatchedIsEstimated === true,
    isWhole: !next(document),
    key: columnsOf(rows),
  };
}

/**
 * The values of one column, for the classes of what does not fit into one page; of
 * more rows than so many pages have, the first.
 *
 * @returns {Promise<(number | null)[]>}
 */
export async function values(served, view, column, signal) {
  const only = served.dataset ? { measures: column } : { properties: column };
  let url = request.rows(served, view, { ...only, f: "json", limit: request.PAGE });
  const found = [];
  for (let page = 0; url && page < MOST_PAGES; page += 1) {
    const document = await read(url, { signal });
    for (const row of document.data) found.push(row[column]);
    url = next(document);
  }
  return found;
}

const next = (document) => document.links.find((link) => link.rel === "next")?.href;

/**
 * The whole of a view as CSV, its pages put together.
 *
 * @param {(rows: number) => void} told is told how many lines have come.
 * @returns {Promise<Blob>}
 */
export async function csv(served, view, told) {
  let url = request.rows(served, view, { f: "csv", limit: request.PAGE });
  const parts = [];
  for (let lines = 0; url; ) {
    const answered = await ask(url);
    const text = await answered.text();
    parts.push(parts.length ? text.slice(text.indexOf("\n") + 1) : text);
    lines += Number(answered.headers.get("OGC-NumberReturned"));
    told(lines);
    url = linked(answered.headers.get("Link") ?? "");
  }
  return new Blob(parts, { type: "text/csv" });
}

/** The address of the next page in a `Link` header (RFC 8288). */
const linked = (header) => header.match(/<([^>]*)>;[^<]*rel="?next"?/)?.[1] ?? "";
