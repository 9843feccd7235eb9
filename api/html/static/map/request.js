// Requests to the API, made of what is chosen: pure texts.

import { period } from "./steps.js";

// As many as the API gives on a page.
export const PAGE = 10000;

/**
 * The path and query of the rows that are shown.
 *
 * @param {import("./served.js").Served} served
 * @param {import("./view.js").View} view
 * @param {Record<string, string | number>} more parameters, the format among them.
 */
export function rows(served, view, more) {
  const asked = new URLSearchParams();
  if (view.by) {
    asked.set("dataset", served.id);
    asked.set("group_by", view.by);
  }
  for (const [name, value] of [...conditions(served, view), ...Object.entries(more)])
    asked.append(name, String(value));
  const path = view.by ? "/aggregated-data" : `${collection(served.id)}/items`;
  return `${path}?${spelled(asked)}`;
}

/** The path and query of a collection's TileJSON, whose tiles keep the conditions. */
export const tiles = (served, view) =>
  `${tileset(served.id)}?${spelled(new URLSearchParams([["f", "tilejson"], ...conditions(served, view)]))}`;

export const tileset = (id) => `${collection(id)}/tiles/WebMercatorQuad`;

/** The values that a dimension of a dataset has. */
export const values = (served, name, limit) =>
  `/aggregated-data?${spelled(
    new URLSearchParams({ dataset: served.id, group_by: name, measures: "", limit, f: "json" }),
  )}`;

export const collection = (id) => `/collections/${encodeURIComponent(id)}`;

function conditions(served, view) {
  const found = Object.entries(view.where).filter(([, value]) => value !== "");
  const days = served.period && view.step ? period(view.step, view.from) : null;
  return days ? [["datetime", days.join("/")], ...found] : found;
}

// Commas, slashes and colons need no escape in a query, and read better without.
const spelled = (asked) =>
  asked.toString().replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":");

/** A value as a filter takes it: in quotes where a comma or a quote would be read. */
export const quoted = (value) =>
  value === "" || /[",]/.test(value) || value !== value.trim()
    ? `"${value.replaceAll('"', '""')}"`
    : value;

/** The values of a filter that `quoted` and commas made. */
export function unquoted(text) {
  const found = [...text.matchAll(/"((?:[^"]|"")*)"(?:,|$)|([^,]*)(?:,|$)/g)];
  return found
    .filter((match) => match[0] !== "")
    .map((match) => (match[1] === undefined ? match[2] : match[1].replaceAll('""', '"')));
}

/**
 * The line that asks the same in a shell.
 *
 * @param {string} url absolute.
 * @param {"" | "key" | "token"} secret what the API wants; itself it is not told.
 */
export function curl(url, secret) {
  const header = { key: ' -H "x-api-key: $KEY"', token: ' -H "Authorization: Bearer $TOKEN"' };
  return `curl${header[secret] ?? ""} '${url.replaceAll("'", "%27")}'`;
}
