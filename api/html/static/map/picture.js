// The map: MapLibre, its layers and what is under the pointer.

import * as maplibre from "./maplibre-gl.mjs";

import { headers } from "./asking.js";
import { layers, GROUND, MARKS, SHOWN } from "./layers.js";

const WORLD = [-168, -58, 190, 76];
// Pixels that the world is wide at zoom 0.
const TILE = 512;
const FILES = document.documentElement.dataset.static;

const collection = (features) => ({
  type: "FeatureCollection",
  features: features.map((one) => ({ type: "Feature", properties: {}, ...one })),
});

/**
 * @typedef {object} Told what the map says of itself.
 * @property {(feature: object | null, point: {x: number, y: number}) => void} over
 * @property {(feature: object | null) => void} clicked
 * @property {(camera: string) => void} moved
 * @property {() => void} drawn when all that is asked for is on the screen.
 * @property {(error: Error) => void} failed
 */

export class Picture {
  /** @param {HTMLElement} element @param {Told} told */
  constructor(element, told) {
    maplibre.setWorkerUrl(`${FILES}/maplibre-gl-worker.mjs`);
    this.map = new maplibre.Map({
      container: element,
      // Colours change at once: who waits for the picture would wait for each fade.
      style: { version: 8, transition: { duration: 0 }, sources: {}, layers: [] },
      fadeDuration: 0,
      bounds: WORLD,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxPitch: 0,
      locale: { "Map.Title": "Map; the table below has what it shows" },
      transformRequest: (url) => ({ url, headers: headers() }),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new maplibre.NavigationControl({ showCompass: false }));
    this.map.addControl(new maplibre.ScaleControl(), "bottom-right");
    /** @type {string | null} the layer of the tiles; null where features are given. */
    this.tiled = null;
    /** @type {object[] | null} the rows that are shown as features. */
    this.rows = null;
    /** @type {Record<string, object | null>} the geometries that are outlined. */
    this.marked = { over: null, pinned: null };
    this.ready = new Promise((resolve) => this.map.once("style.load", resolve)).then(() =>
      this.#put("marks", collection([])),
    );
    this.#limit();
    this.#listen(told);
  }

  #listen(told) {
    const shown = (point) => {
      const near = [[point.x - 3, point.y - 3], [point.x + 3, point.y + 3]];
      const ids = SHOWN.filter((id) => this.map.getLayer(id));
      return ids.length ? (this.map.queryRenderedFeatures(near, { layers: ids })[0] ?? null) : null;
    };
    this.map.on("mousemove", ({ point }) => {
      const feature = shown(point);
      this.map.getCanvas().style.cursor = feature ? "pointer" : "";
      told.over(feature, point);
    });
    this.map.on("mouseout", () => told.over(null, { x: 0, y: 0 }));
    this.map.on("click", ({ point }) => told.clicked(shown(point)));
    this.map.on("moveend", ({ originalEvent, own }) => {
      if (originalEvent || own) told.moved(this.camera());
    });
    this.map.on("resize", () => this.#limit());
    this.map.on("idle", () => {
      if (this.isAsked) told.drawn();
      this.isAsked = false;
    });
    this.map.on("error", ({ error }) => told.failed(error));
  }

  /** Put what lies below the data there. @param {Record<string, object>} found */
  ground(found) {
    for (const [id, geometry] of Object.entries(found))
      this.#put(`ground-${id}`, geometry.features ? geometry : collection([{ geometry }]));
  }

  /**
   * Show features, whose ids are their places in the list.
   *
   * @param {import("./answer.js").Row[]} rows
   * @param {string[]} columns that colours are made of: less to hand to the worker.
   */
  features(rows, columns) {
    this.isAsked = true;
    if (rows === this.rows) return;
    if (this.tiled !== null) this.#forget();
    this.rows = rows;
    const only = ({ properties }) =>
      Object.fromEntries(columns.map((name) => [name, properties[name]]));
    const features = rows
      .map((row, id) => ({ id, geometry: row.geometry, properties: only(row) }))
      .filter(({ geometry }) => geometry);
    this.#put("shown", collection(features));
  }

  /** Show tiles. @param {string} url of their TileJSON. @param {string} layer */
  tiles(url, layer) {
    this.#forget();
    this.tiled = layer;
    this.map.addSource("shown", { type: "vector", url });
    this.isAsked = true;
  }

  /** Give a source its features; a new one gets them at once, and is not loaded twice. */
  #put(id, data) {
    const known = this.map.getSource(id);
    if (known) known.setData(data);
    else this.map.addSource(id, { type: "geojson", data });
  }

  #forget() {
    for (const id of SHOWN) if (this.map.getLayer(id)) this.map.removeLayer(id);
    if (this.map.getSource("shown")) this.map.removeSource("shown");
    this.tiled = null;
    this.rows = null;
  }

  /** Draw all layers in these colours. */
  paint(colours, fill) {
    for (const layer of layers(colours, fill)) {
      if (layer.source && !this.map.getSource(layer.source)) continue;
      if (this.tiled !== null && SHOWN.includes(layer.id)) layer["source-layer"] = this.tiled;
      if (!this.map.getLayer(layer.id)) this.map.addLayer(layer, this.#above(layer.id));
      else
        for (const [name, value] of Object.entries(layer.paint))
          this.map.setPaintProperty(layer.id, name, value);
    }
  }

  /** The layer that a new one goes under. */
  #above(id) {
    const order = [...GROUND, ...SHOWN, ...MARKS];
    return order.slice(order.indexOf(id) + 1).find((one) => this.map.getLayer(one));
  }

  /** Outline one geometry as `over` or `pinned`, and no other; null for none. */
  mark(as, geometry) {
    if (this.marked[as] === geometry) return;
    this.marked[as] = geometry;
    const features = Object.entries(this.marked)
      .filter(([, found]) => found)
      .map(([as, found]) => ({ geometry: found, properties: { as } }));
    this.#put("marks", collection(features));
  }

  /** No farther out than the world is wide: it would be there twice. */
  #limit() {
    const width = this.map.getContainer().clientWidth;
    // A hidden map has no width, and MapLibre knows no zoom below -2.
    this.map.setMinZoom(Math.max(-2, Math.log2(width / TILE)));
  }

  /** @param {[number, number, number, number] | null} box */
  show(box, options = {}) {
    const [west, south, east, north] = box ?? WORLD;
    // Elsewhere a second world would cost as much again as the first.
    this.map.setRenderWorldCopies(east > 180);
    const padding = Math.min(40, this.map.getContainer().clientWidth / 12);
    const bounds = [west, Math.max(south, WORLD[1]), east, Math.min(north, WORLD[3])];
    this.map.fitBounds(bounds, { padding, maxZoom: 7, duration: 0, ...options });
  }

  /** Zoom, latitude and longitude, as an address keeps them. */
  camera() {
    const { lng, lat } = this.map.getCenter();
    return [this.map.getZoom().toFixed(2), lat.toFixed(4), lng.toFixed(4)].join("/");
  }

  /** @param {string} camera as `camera` writes it. @returns {boolean} whether it is one. */
  go(camera) {
    const [zoom, lat, lng] = camera.split("/").map(Number);
    if (![zoom, lat, lng].every(Number.isFinite) || Math.abs(lat) > 90) return false;
    this.map.jumpTo({ zoom, center: [lng, lat] });
    return true;
  }
}
