// Filters: a control for each column that is filtered by, as its kind asks for.

import { read } from "./asking.js";
import { byId, el, options } from "./elements.js";
import * as request from "./request.js";

const list = byId("filters");
const add = byId("add-filter");
// More values than these are typed, not picked.
const MOST = 60;

let change = () => {};
/** The filters as the controls show them, so that typing is not disturbed. */
let drawn = "";
const known = new Map();

/** @param {(change: Partial<import("./view.js").View>) => void} told */
export function listen(told) {
  change = told;
}

/**
 * Show the filters of a view.
 *
 * @param {import("./served.js").Served} served
 * @param {import("./served.js").Column[]} queryables
 * @param {import("./view.js").View} view
 * @param {() => any[]} rows what is shown, to pick values from; none where not all is.
 */
export function show(served, queryables, view, rows) {
  const columns = queryables.filter(({ kind }) => kind !== "other");
  const now = JSON.stringify([served.id, view.where]);
  if (now === drawn) return;
  drawn = now;
  const set = (name, value) => {
    const where = { ...view.where, [name]: value };
    if (value === null) delete where[name];
    view = { ...view, where };
    drawn = JSON.stringify([served.id, value === null ? null : where]);
    change({ where });
  };
  const chosen = columns.filter(({ name }) => name in view.where);
  list.replaceChildren(
    ...chosen.map((column) => filter(column, view.where[column.name], set, served, rows)),
  );
  const others = columns.filter(({ name }) => !(name in view.where));
  add.replaceChildren(
    ...options([["", "Add a filter"], ...others.map(({ name }) => [name, name])], ""),
  );
  byId("filtering").hidden = !columns.length;
  add.onchange = () => {
    const column = others.find(({ name }) => name === add.value);
    add.querySelector(`option[value="${CSS.escape(column.name)}"]`).remove();
    add.value = "";
    const made = filter(column, "", set, served, rows);
    list.append(made);
    made.querySelector("input, select, button")?.focus();
  };
}

function filter(column, value, set, served, rows) {
  const name = column.name;
  const remove = el("button", {
    type: "button",
    class: "quiet",
    "aria-label": `Remove the filter ${name}`,
    click: () => set(name, null),
  }, "Remove");
  const made = el(
    "fieldset",
    { class: "filter" },
    el("legend", { title: column.description }, name),
    remove,
  );
  const put = (control) => remove.before(control);
  if (column.kind === "text") texts(column, value, set, served, rows).then(put);
  else put(column.kind === "boolean" ? truth(name, value, set) : range(column, value, set));
  return made;
}

function truth(name, value, set) {
  const pairs = [["", "either"], ["true", "yes"], ["false", "no"]];
  const made = el("select", { "aria-label": name }, ...options(pairs, value));
  made.onchange = () => set(name, made.value);
  return made;
}

/** From one value to another, either of which may be left open. */
function range({ name, kind }, value, set) {
  const type = kind === "number" || kind === "integer" ? "number" : "date";
  const [from, to = from] = value.split("..");
  const input = (told, text) =>
    el("input", { type, value: text, step: "any", "aria-label": `${name} ${told}` });
  const ends = [input("from", from), input("to", to)];
  const changed = () => {
    const [least, most] = ends.map((end) => end.value);
    set(name, least || most ? `${least}..${most}` : "");
  };
  for (const end of ends) end.onchange = changed;
  return el("div", { class: "range" }, ends[0], "to", ends[1]);
}

/** Boxes to tick where the values are few and known, else a text. */
async function texts({ name }, value, set, served, rows) {
  const found = await values(served, name, rows).catch(() => []);
  if (!found.length || found.length > MOST) return text(name, value, set);
  const chosen = new Set(request.unquoted(value));
  const ticked = () => {
    const picked = boxes.filter((box) => box.checked).map((box) => request.quoted(box.value));
    set(name, picked.join(","));
  };
  const boxes = found.map((one) =>
    el("input", { type: "checkbox", value: one, checked: chosen.has(one), change: ticked }),
  );
  const labels = boxes.map((box) => el("label", {}, box, box.value || "(empty)"));
  return el("div", { class: "boxes" }, ...labels);
}

function text(name, value, set) {
  const made = el("input", { value, "aria-label": name, placeholder: "a value, or more with commas" });
  made.onchange = () => set(name, made.value.trim());
  return made;
}

/** The values that a column has; none where nobody knows all of them. */
async function values(served, name, rows) {
  const word = `${served.id} ${name}`;
  if (!known.has(word)) {
    const all = served.dataset
      ? (await read(request.values(served, name, MOST + 1))).data
      : rows().map((row) => row.properties);
    if (!all.length) return [];
    known.set(word, [...new Set(all.map((one) => one[name]))]);
  }
  return known
    .get(word)
    .filter((value) => value !== null && value !== undefined)
    .map(String)
    .sort();
}
