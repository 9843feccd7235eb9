// What can be seen of rows and their places, without being told: pure.

/** @typedef {import("./answer.js").Row} Row */

/**
 * The columns that the ids of rows are made of: an id is values with commas between.
 *
 * @param {Row[]} rows
 * @returns {string[]} none where ids are no such values.
 */
export function columnsOf(rows) {
  const some = rows.slice(0, 100);
  if (!some.length) return [];
  const parts = some.map((row) => new Set(row.id.split(",")));
  return Object.keys(some[0].properties).filter((name) =>
    some.every((row, i) => {
      const value = row.properties[name];
      return typeof value !== "object" && parts[i].has(String(value));
    }),
  );
}

/**
 * A column of the key that tells apart what lies at the same place, as a year does
 * where each area has a row a year; on one map they would hide each other.
 *
 * @param {Row[]} rows
 * @param {string[]} key
 * @returns {{column: string, value: any} | null} with its greatest value; null where
 *   every area has one row.
 */
export function hiding(rows, key) {
  const areas = rows.filter((row) => /Polygon/.test(row.geometry?.type ?? ""));
  const places = areas.map((row) => where(row.geometry));
  if (new Set(places).size === areas.length) return null;
  for (const column of key) {
    const values = areas.map((row) => row.properties[column]);
    const apart = new Set(values.map((value, i) => `${value} ${places[i]}`));
    if (apart.size === areas.length) return { column, value: greatest(values) };
  }
  return null;
}

const greatest = (values) => values.reduce((most, value) => (value > most ? value : most));

/** Two areas that begin at the same corner and have as many are taken for the same. */
function where({ type, coordinates }) {
  const ring = type === "Polygon" ? coordinates[0] : coordinates[0][0];
  return `${coordinates.length} ${ring.length} ${ring[0]} ${ring[1]}`;
}

/**
 * The box around rows, by the shorter way around the globe: states on both sides of the
 * date line do not make it 360 degrees wide.
 *
 * @param {Row[]} rows
 * @returns {[number, number, number, number] | null} west, south, east, north; east may
 *   be more than 180.
 */
export function around(rows) {
  const parts = rows.flatMap((row) => (row.geometry ? boxes(row.geometry) : []));
  if (!parts.length) return null;
  const south = Math.min(...parts.map((box) => box[1]));
  const north = Math.max(...parts.map((box) => box[3]));
  const [west, east] = span(parts.map((box) => [box[0], box[2]]));
  return [west, south, east, north];
}

/** From where to where intervals of longitude reach: all but the widest gap. */
function span(intervals) {
  intervals.sort((a, b) => a[0] - b[0]);
  let [, reached] = intervals[0];
  let gap = 0;
  let west = intervals[0][0];
  let east = null;
  for (const [from, to] of intervals) {
    if (from - reached > gap) [gap, east, west] = [from - reached, reached, from];
    reached = Math.max(reached, to);
  }
  if (east === null || intervals[0][0] + 360 - reached >= gap)
    return [intervals[0][0], reached];
  return [west, east + 360];
}

/** A box for each part of a geometry. */
function boxes({ type, coordinates, geometries }) {
  if (type === "GeometryCollection") return geometries.flatMap(boxes);
  if (type === "Point") return [box([coordinates])];
  if (type === "MultiPolygon") return coordinates.map((polygon) => box(polygon[0]));
  if (type === "Polygon") return [box(coordinates[0])];
  if (type === "MultiLineString") return coordinates.map(box);
  return [box(coordinates)];
}

function box(positions) {
  const found = [180, 90, -180, -90];
  for (const [x, y] of positions) {
    found[0] = Math.min(found[0], x);
    found[1] = Math.min(found[1], y);
    found[2] = Math.max(found[2], x);
    found[3] = Math.max(found[3], y);
  }
  return found;
}
