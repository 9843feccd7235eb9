// What is chosen: the data, what gives the colours, what is grouped by.

import { base } from "./asking.js";
import { byId, el, options } from "./elements.js";
import * as request from "./request.js";
import { measures } from "./served.js";

const data = byId("dataset");
const measure = byId("measure");
const by = byId("by");

/** @param {(change: Partial<import("./view.js").View>) => void} change */
export function listen(change) {
  data.addEventListener("change", () => change({ dataset: data.value }));
  measure.addEventListener("change", () => change({ measure: measure.value }));
  by.addEventListener("change", () => change({ by: by.value }));
}

/** List the collections: those with places first, which a map is for. */
export function list(served) {
  const groups = [
    ["On the map", [...served.values()].filter((one) => one.hasPlaces)],
    ["Without a place", [...served.values()].filter((one) => !one.hasPlaces)],
  ];
  data.replaceChildren(
    ...groups
      .filter(([, found]) => found.length)
      .map(([label, found]) =>
        el("optgroup", { label }, ...options(found.map((one) => [one.id, one.title]))),
      ),
  );
}

/** Show a collection, and what of it a view has chosen. */
export function show(served, shape, view) {
  data.value = served.id;
  byId("about").textContent = served.description;
  byId("page").href = `${base}${request.collection(served.id)}?f=html`;
  const found = measures(shape.columns);
  measure.replaceChildren(...options(found.map(({ name }) => [name, name]), view.measure));
  byId("measure-choice").hidden = !found.length || !served.hasPlaces;
  byId("measure-about").textContent =
    found.find(({ name }) => name === view.measure)?.description ?? "";
  const ways = groupings(served);
  by.replaceChildren(...options(ways, view.by));
  byId("by-choice").hidden = ways.length < 2;
}

/** The ways to group a dataset: its own, and by each of its other dimensions. */
function groupings({ dataset }) {
  if (!dataset) return [];
  const own = ["", dataset.group_by.join(", ")];
  const others = dataset.dimensions
    .map(({ name }) => name)
    .filter((name) => !dataset.group_by.includes(name));
  return [own, ...others.map((name) => [name, name])];
}
