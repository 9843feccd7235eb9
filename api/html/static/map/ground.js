// What lies below the data: land, a graticule, and areas that a model serves.

import { read } from "./asking.js";
import * as request from "./request.js";
import { measures, shape } from "./served.js";

/** Lines of longitude and latitude, every so many degrees. */
export function graticule(every = 30) {
  const lines = [];
  for (let x = -180; x <= 180; x += every)
    lines.push(Array.from({ length: 35 }, (_, i) => [x, -85 + i * 5]));
  for (let y = -60; y <= 60; y += every)
    lines.push(Array.from({ length: 73 }, (_, i) => [-180 + i * 5, y]));
  return { type: "MultiLineString", coordinates: lines };
}

/** Natural Earth's land at 1:50,000,000. @param {string} url of its TopoJSON. */
export async function land(url) {
  const topology = await (await fetch(url)).json();
  const [found] = topology.objects.land.geometries;
  return { type: "MultiPolygon", coordinates: unpacked(topology, found.arcs) };
}

/**
 * The polygons of arcs, which are quantized and told by their differences
 * (https://github.com/topojson/topojson-specification, 2.1.3 and 2.1.4).
 */
function unpacked({ arcs, transform }, polygons) {
  const { scale, translate } = transform;
  const lines = arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
  const line = (i) => (i < 0 ? lines[~i].toReversed() : lines[i]);
  // Where an arc ends the next begins: that corner is told once.
  const ring = (ids) => ids.flatMap((id, i) => (i ? line(id).slice(1) : line(id)));
  // The one hole that goes around the pole is no more than a cut in the data.
  const isPole = (found) => found.every(([, y]) => y < -89.9);
  return polygons.map((rings) =>
    rings.map(ring).filter((found) => !isPole(found)).map(unrolled),
  );
}

/** A ring that goes on beyond the date line, instead of leaping back across the map. */
function unrolled(ring) {
  let turns = 0;
  let all = 0;
  const found = ring.map(([x, y], i) => {
    if (i && Math.abs(x - ring[i - 1][0]) > 180) turns += x > 0 ? -360 : 360;
    all += turns;
    return [x + turns, y];
  });
  // Around a pole it does not close: by way of the pole it does.
  if (turns) return [...found, [ring[0][0] + turns, -90], [ring[0][0], -90], ring[0]];
  // Most of it stays where it was, and what went on beyond is what leaps.
  const back = Math.round(all / ring.length / 360) * 360;
  return found.map(([x, y]) => [x - back, y]);
}

/**
 * Outlines to find one's way by: the first areas that hold nothing to be coloured by.
 *
 * @param {Map<string, import("./served.js").Served>} served
 * @returns {Promise<object | null>} GeoJSON; null where no model serves such areas.
 */
export async function outlines(served) {
  for (const one of served.values()) {
    if (!one.hasPlaces || one.dataset) continue;
    const { columns, geometry } = await shape(one.id);
    if (!/polygon/.test(geometry) || measures(columns).length) continue;
    return read(`${request.collection(one.id)}/items?f=geojson&limit=${request.PAGE}`);
  }
  return null;
}
