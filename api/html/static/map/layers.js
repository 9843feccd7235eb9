// The layers of the map and how they are drawn; what expressions mean:
// https://maplibre.org/maplibre-style-spec/expressions/

/** The layers of the ground, from below. */
export const GROUND = ["ground", "land", "graticule", "outlines"];
/** The layers of the data. */
export const SHOWN = ["areas", "lines", "points"];
/** The layers that outline what is under the pointer and what is pinned. */
export const MARKS = ["mark-lines", "mark-points"];

const ofKind = (...kinds) => ["in", ["geometry-type"], ["literal", kinds]];
const AREAS = ofKind("Polygon", "MultiPolygon");
const LINES = ofKind("LineString", "MultiLineString");
const POINTS = ofKind("Point", "MultiPoint");

const pinned = (yes, no) => ["case", ["==", ["get", "as"], "pinned"], yes, no];
const byZoom = (...stops) => ["interpolate", ["linear"], ["zoom"], ...stops];

const RADIUS = byZoom(1, 3.5, 6, 6, 12, 9);

/**
 * The colour of a feature by the class that its value is in.
 *
 * @param {string} measure
 * @param {import("./classes.js").Class[]} classes
 * @param {string[]} colours one for each class.
 * @param {string} nothing of what has no value.
 */
export function fill(measure, classes, colours, nothing) {
  if (!classes.length) return nothing;
  const value = ["get", measure];
  const steps = classes.slice(1).flatMap((one, i) => [one.least, colours[i + 1]]);
  const colour = steps.length ? ["step", value, colours[0], ...steps] : colours[0];
  return ["case", ["==", ["typeof", value], "number"], colour, nothing];
}

/**
 * @param {Record<string, string>} c the page's colours by name.
 * @param {any} fill of the data, as `fill` makes it.
 */
export function layers(c, fill) {
  return [
    { id: "ground", type: "background", paint: { "background-color": c.sea } },
    {
      id: "land",
      type: "fill",
      source: "ground-land",
      paint: { "fill-color": c.land, "fill-antialias": false },
    },
    {
      id: "graticule",
      type: "line",
      source: "ground-graticule",
      paint: { "line-color": c.grid, "line-width": 0.6 },
    },
    {
      id: "outlines",
      type: "line",
      source: "ground-outlines",
      paint: { "line-color": c.border, "line-width": byZoom(2, 0.5, 7, 1.2) },
    },
    ...shown(c, fill),
    ...marks(c),
  ];
}

function shown(c, fill) {
  const source = "shown";
  return [
    {
      id: "areas",
      type: "fill",
      source,
      filter: AREAS,
      // Edges by a layer of lines would double the time of 10,000 areas.
      paint: { "fill-color": fill, "fill-opacity": 0.9, "fill-outline-color": c.edge },
    },
    {
      id: "lines",
      type: "line",
      source,
      filter: LINES,
      paint: { "line-color": fill, "line-width": 2 },
    },
    {
      id: "points",
      type: "circle",
      source,
      filter: POINTS,
      paint: {
        "circle-color": fill,
        "circle-radius": RADIUS,
        "circle-stroke-color": c.panel,
        "circle-stroke-width": 1,
      },
    },
  ];
}

function marks(c) {
  const source = "marks";
  return [
    {
      id: "mark-lines",
      type: "line",
      source,
      filter: ofKind("Polygon", "MultiPolygon", "LineString", "MultiLineString"),
      layout: { "line-join": "round" },
      paint: { "line-color": c.ink, "line-width": pinned(3, 2) },
    },
    {
      id: "mark-points",
      type: "circle",
      source,
      filter: POINTS,
      paint: {
        "circle-opacity": 0,
        "circle-radius": RADIUS,
        "circle-stroke-color": c.ink,
        "circle-stroke-width": pinned(3, 2),
      },
    },
  ];
}
