// What the API says of its collections, as the page needs it.

import { read } from "./asking.js";

const GEOMETRY = "primary-geometry";
const INSTANT = "primary-instant";
const TILES = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {string} description
 * @property {string} kind "number", "integer", "boolean", "date", "moment", "text" or
 *   "other".
 *
 * @typedef {object} Served
 * @property {string} id
 * @property {string} title
 * @property {string} description
 * @property {boolean} hasPlaces
 * @property {[string, string] | null} period first and last day of the data.
 * @property {object | null} dataset as `/aggregated-data` lists it.
 */

/** Every collection, by its id. @returns {Promise<Map<string, Served>>} */
export async function all() {
  const [list, aggregated] = await Promise.all([
    read("/collections"),
    read("/aggregated-data"),
  ]);
  const datasets = new Map(aggregated.datasets.map((one) => [one.name, one]));
  return new Map(list.collections.map((one) => [one.id, served(one, datasets)]));
}

function served(collection, datasets) {
  const interval = collection.extent?.temporal?.interval[0];
  return {
    id: collection.id,
    title: collection.title,
    description: collection.description ?? "",
    hasPlaces: collection.links.some((link) => link.rel === TILES),
    period: interval?.[0] && interval[1] ? interval.map((at) => at.slice(0, 10)) : null,
    dataset: datasets.get(collection.id) ?? null,
  };
}

/**
 * What a collection's items hold and are filtered by.
 *
 * @returns {Promise<{columns: Column[], queryables: Column[], geometry: string}>}
 *   `geometry` is the kind of the items', as "multipolygon"; "" where they have none.
 */
export async function shape(id) {
  const path = `/collections/${encodeURIComponent(id)}`;
  const [schema, queryables] = await Promise.all([
    read(`${path}/schema`),
    read(`${path}/queryables`),
  ]);
  return {
    columns: columns(schema),
    queryables: columns(queryables),
    geometry: geometry(schema),
  };
}

function geometry(schema) {
  const found = Object.values(schema.properties).find(
    (property) => property["x-ogc-role"] === GEOMETRY,
  );
  return found?.format.replace("geometry-", "") ?? "";
}

const columns = (schema) =>
  Object.entries(schema.properties)
    .filter(([, property]) => property["x-ogc-role"] !== GEOMETRY)
    .map(([name, property]) => ({
      name,
      description: property.description ?? "",
      kind: kind(property),
      isTime: property["x-ogc-role"] === INSTANT,
    }));

function kind({ type, format }) {
  if (type === "number" || type === "integer" || type === "boolean") return type;
  if (type !== "string") return "other";
  if (format === "date") return "date";
  return format === "date-time" ? "moment" : "text";
}

/** What a map can be coloured by. @param {Column[]} columns */
export const measures = (columns) =>
  columns.filter(({ kind }) => kind === "number" || kind === "integer");
