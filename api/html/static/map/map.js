// The map page: reads what is served, shows what is chosen, and keeps it in the address.

import * as answers from "./answer.js";
import * as card from "./card.js";
import * as choice from "./choice.js";
import { classified } from "./classes.js";
import * as colours from "./colours.js";
import { byId } from "./elements.js";
import * as filters from "./filters.js";
import * as ground from "./ground.js";
import { fill } from "./layers.js";
import * as held from "./held.js";
import * as legend from "./legend.js";
import { busy, finish, say, tell } from "./messages.js";
import { around, hiding } from "./places.js";
import * as request from "./request.js";
import * as rows from "./rows.js";
import { all, measures, shape } from "./served.js";
import * as share from "./share.js";
import * as time from "./time.js";
import * as views from "./view.js";
import * as words from "./words.js";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const map = byId("map");

/** @type {Map<string, import("./served.js").Served>} */
let served;
let view = views.read(location.hash);
/** What is on the screen: of which collection, its answer, how it is named. */
let now = { of: "", asked: "", answer: null, shape: null, name: "" };
let loading = new AbortController();
let hasGround = false;

/** @type {import("./picture.js").Picture} */
let picture;
let drawing;

async function start() {
  served = await all();
  if (!served.size) return tell("No model is served yet: give one meta.api and run dbt build.");
  choice.list(served);
  choice.listen((change) => keep(change));
  time.listen(keep);
  filters.listen(keep);
  rows.listen({ over: (row) => over(row), pin });
  card.listen(() => pin(null));
  share.listen(say);
  byId("csv").addEventListener("click", () => download().catch(fail));
  byId("whole").addEventListener("click", () => picture.show(around(now.answer.rows), { duration: 500 }));
  window.addEventListener("hashchange", () => {
    view = views.read(location.hash);
    refresh(true).catch(fail);
  });
  dark.addEventListener("change", paint);
  const shown = refresh(true);
  // Only now: to start MapLibre keeps the page busy while the rows are on their way.
  drawing = draws();
  await shown;
}

async function draws() {
  const { Picture } = await import("./picture.js");
  picture = new Picture(map, {
    over: (feature, point) => over(feature && rowOf(feature), point),
    clicked: (feature) => pin(feature && rowOf(feature)),
    moved: (camera) => keep({ camera }, true),
    drawn,
    failed: (error) => tell(error.message, true),
  });
  await picture.ready;
}

/** Take up a change of the view: in the address, then on the screen. */
function keep(change, isSmall = false) {
  if (change.dataset !== undefined) {
    change = { ...views.empty(), ...change };
    time.stop();
  }
  view = { ...view, ...change };
  const hash = `#${views.written(view)}`;
  // Moving the map about, or time playing, is no step to go back by.
  history[isSmall ? "replaceState" : "pushState"](null, "", hash);
  if (!("camera" in change) || change.dataset) refresh(Boolean(change.dataset)).catch(fail);
}

/**
 * Load what the view asks for, unless it is there, and show it.
 *
 * @param {boolean} isNew whether the camera goes where the data are.
 */
async function refresh(isNew) {
  const one = served.get(view.dataset) ?? first();
  view.dataset = one.id;
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  Object.assign(view, time.settled(one, view));
  const asked = request.rows(one, view, {});
  if (asked !== now.asked && !(await load(one, asked, signal))) return;
  settle();
  show(one);
  await draw(one, isNew, signal);
}

/** Load what the view asks for. @returns {Promise<boolean>} whether that is still wanted. */
async function load(one, asked, signal) {
  busy(true);
  const coming = answers.load(one, view, signal);
  // What is wrong with the rows is told once there is something to change.
  coming.catch(() => {});
  const isSame = now.of === one.id;
  const formed = isSame ? now.shape : await shape(one.id);
  if (signal.aborted) return false;
  now = { ...now, of: one.id, shape: formed, answer: isSame ? now.answer : null };
  choose(one);
  const answer = await coming;
  if (signal.aborted) return false;
  const hidden = hiding(answer.rows, answer.key);
  if (hidden && !(hidden.column in view.where)) {
    view.where = { ...view.where, [hidden.column]: request.quoted(String(hidden.value)) };
    history.replaceState(null, "", `#${views.written(view)}`);
    return load(one, request.rows(one, view, {}), signal);
  }
  const columns = held.columns(formed, answer);
  const name = words.naming(columns, answer.rows, answer.key);
  now = { ...now, asked, answer, columns, name };
  return true;
}

const first = () => [...served.values()].find((one) => one.hasPlaces) ?? served.values().next().value;

/** Choose a measure where none is, or none of these. */
function settle() {
  const { columns } = now.shape;
  if (!measures(columns).some(({ name }) => name === view.measure))
    view.measure = held.amount(columns, now.answer.key);
}

/** Show what there is to choose. */
function choose(one) {
  choice.show(one, now.shape, view);
  time.show(one, view);
  const isAll = () => now.answer?.isWhole && !Object.values(view.where).some(Boolean);
  filters.show(one, now.shape.queryables, view, () => (isAll() ? now.answer.rows : []));
  map.parentElement.hidden = !one.hasPlaces;
}

function show(one) {
  choose(one);
  rows.show(now.answer.rows, now.columns, now.name, now.answer.key);
  rows.mark(view.item);
  share.show(now.answer.url, one);
  byId("count").textContent = held.counted(now.answer) + (one.hasPlaces ? "" : ", without a place");
  document.title = document.title.replace(/^.* · /, `${one.title} · `);
  map.setAttribute("aria-label", `${one.title}, ${view.measure}`);
}

async function draw(one, isNew, signal) {
  tell("");
  if (!one.hasPlaces) return busy(false);
  const { answer } = now;
  const placed = answer.rows.filter((row) => row.geometry);
  await drawing;
  if (signal.aborted) return;
  picture.mark("over", null);
  picture.mark("pinned", null);
  const areTiles = !answer.isWhole && !view.by;
  await classify(one, areTiles, signal);
  if (signal.aborted) return;
  if (areTiles) picture.tiles(tilesUrl(one), one.id);
  else picture.features(answer.rows, measures(now.columns).map(({ name }) => name));
  if (isNew && !picture.go(view.camera)) picture.show(around(placed));
  paint();
  pin(answer.rows.find((row) => row.id === view.item) ?? null, false);
  if (!answer.rows.length) finish("Nothing matches. Take a filter away, or choose other days.");
  else if (!placed.length) finish("These rows have no place: the table shows all of them.");
  else tell(gaps(answer.rows.length - placed.length, areTiles));
}

const tilesUrl = (one) => document.documentElement.dataset.base + request.tiles(one, view);

/** What the picture leaves out, in words. */
function gaps(without, areTiles) {
  if (areTiles && now.answer.total > request.PAGE)
    return "From afar the map draws some of them: come closer to see all.";
  return without && !areTiles ? `${words.count(without, "row")} without a place` : "";
}

/** Classes of all values, of which the table may hold the first only. */
async function classify(one, areTiles, signal) {
  const values = areTiles
    ? await answers.values(one, view, view.measure, signal)
    : now.answer.rows.map((row) => row.properties[view.measure]);
  now.classes = classified(view.measure ? values : [], colours.MOST);
}

/** The page's own colours, which follow the light or dark of who looks. */
function paint() {
  if (!now.classes) return;
  const mode = dark.matches ? "dark" : "light";
  const style = getComputedStyle(document.documentElement);
  const names = ["sea", "land", "grid", "border", "edge", "ink", "panel", "accent"];
  const page = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`)]));
  const of = colours.ofClasses(now.classes, mode);
  const nothing = now.classes.classes.length ? colours.ofNothing(mode) : page.accent;
  picture.paint(page, fill(view.measure, now.classes.classes, of, nothing));
  const column = now.columns.find(({ name }) => name === view.measure);
  legend.show(column, now.classes, of, nothing);
}

/** Land and outlines come last: nobody waits for them to see the data. */
async function below() {
  const files = document.documentElement.dataset.static;
  picture.ground({ graticule: ground.graticule() });
  const [land, outlines] = await Promise.all([
    ground.land(`${files}/land-50m.json`),
    ground.outlines(served),
  ]);
  picture.ground(outlines ? { land, outlines } : { land });
  paint();
}

/** The row of a drawn feature; of a tile's, what the tile knows of it. */
function rowOf({ id, properties, geometry }) {
  // The next collection may be on its way.
  if (!now.answer) return null;
  if (picture.tiled === null) return now.answer.rows[id];
  const { key } = now.answer;
  const isSame = (row) => key.every((name) => row.properties[name] === properties[name]);
  const known = key.length && now.answer.rows.find(isSame);
  return known || { id: key.map((name) => properties[name]).join(","), properties, geometry };
}

function described(row) {
  const values = rows.valuesOf(row);
  const measured = values.find(([name]) => name === view.measure);
  return {
    name: rows.called(row),
    values: measured ? [measured, ...values.filter((one) => one !== measured)] : values,
  };
}

/** A row is under the pointer, or has the focus of the table. */
function over(row, point) {
  picture?.mark("over", row?.geometry ?? null);
  card.hover(row && described(row), point);
  if (!row || point) return;
  const { name, values } = described(row);
  say(`${name}: ${(values[0] ?? []).join(" ")}`);
}

function pin(row, isOwn = true) {
  picture?.mark("pinned", row?.geometry ?? null);
  card.pin(row && described(row));
  rows.mark(row?.id ?? "");
  if (!isOwn || (row?.id ?? "") === view.item) return;
  view.item = row?.id ?? "";
  history.replaceState(null, "", `#${views.written(view)}`);
}

async function download() {
  const button = byId("csv");
  button.disabled = true;
  try {
    const blob = await answers.csv(served.get(view.dataset), view, (lines) =>
      say(`${words.count(lines, "row")} read.`),
    );
    share.save(blob, `${view.dataset}.csv`);
  } finally {
    button.disabled = false;
  }
}

function drawn() {
  performance.mark("drawn");
  busy(false);
  if (!hasGround) below().catch(fail);
  hasGround = true;
}

function fail(error) {
  if (error.name === "AbortError") return;
  time.stop();
  now.asked = "";
  busy(false);
  tell(error.message, true);
}

start().catch(fail);
