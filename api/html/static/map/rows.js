// The table: the rows of the answer, and with them all that the map shows.

import { byId, el } from "./elements.js";
import * as words from "./words.js";

// Rows that are drawn at once; thousands would take longer than the map.
const STEP = 100;

const table = byId("table");
const more = byId("more");

/** @type {{rows: any[], columns: any[], name: string, keys: Set<string>}} */
let shown = { rows: [], columns: [], name: "", keys: new Set() };
let order = { name: "", isDown: false };
let many = STEP;
let pinned = "";
let told = { over: () => {}, pin: () => {} };

/**
 * @param {object} on
 * @param {(row: object | null) => void} on.over a row has the focus or the pointer.
 * @param {(row: object) => void} on.pin a row was chosen.
 */
export function listen(on) {
  told = on;
  more.addEventListener("click", () => {
    const at = many;
    many += STEP;
    draw();
    table.tBodies[0].rows[at]?.querySelector("button").focus();
  });
}

/**
 * @param {object[]} rows
 * @param {import("./served.js").Column[]} columns
 * @param {string} name the column that names rows; "" where their ids do.
 * @param {string[]} key columns that are part of a name, and no amounts.
 */
export function show(rows, columns, name, key) {
  const before = shown.columns.map((column) => column.name).join();
  if (before !== columns.map((column) => column.name).join()) order = { name: "", isDown: false };
  const others = columns.filter((column) => column.name !== name);
  shown = { rows, columns: others, name, keys: new Set(key) };
  many = STEP;
  draw();
}

/** Mark the pinned row; bring it into sight where it is drawn. */
export function mark(id) {
  pinned = id;
  for (const row of table.tBodies[0]?.rows ?? []) {
    row.toggleAttribute("data-pinned", row.dataset.id === id);
    if (row.dataset.id === id) row.scrollIntoView({ block: "nearest" });
  }
}

/** A row as one names it. */
export const called = (row) => String(row.properties[shown.name] ?? row.id);

/** Values of a row beside its name, as words. */
export const valuesOf = (row) =>
  shown.columns.map(({ name, kind }) => [name, value(row, name, kind)]);

const value = (row, name, kind) =>
  words.shown(row.properties[name], kind === "integer" && shown.keys.has(name));

function draw() {
  const rows = sorted();
  const body = el("tbody", {}, ...rows.slice(0, many).map(line));
  body.rows[0]?.querySelector("button").setAttribute("tabindex", "0");
  body.addEventListener("keydown", moved);
  table.replaceChildren(table.caption, el("thead", {}, heads()), body);
  more.hidden = rows.length <= many;
  more.textContent = `Show ${Math.min(STEP, rows.length - many)} more rows`;
}

function heads() {
  const names = [{ name: shown.name, kind: "text" }, ...shown.columns];
  return el("tr", {}, ...names.map((column) => head(column)));
}

function head({ name, kind, description = "" }) {
  const isSorted = order.name === name && (name !== "" || order.isDown);
  const button = el("button", { type: "button", title: description }, name || "item");
  button.onclick = () => {
    order = { name, isDown: isSorted ? !order.isDown : isNumber(kind) };
    draw();
    [...table.tHead.querySelectorAll("button")].find((one) => one.textContent === (name || "item")).focus();
  };
  const made = el("th", { scope: "col" }, button);
  if (isNumber(kind)) made.className = "number";
  if (isSorted) made.setAttribute("aria-sort", order.isDown ? "descending" : "ascending");
  return made;
}

const isNumber = (kind) => kind === "number" || kind === "integer";

function line(row) {
  const button = el("button", { type: "button", tabindex: "-1" }, called(row));
  button.onclick = () => told.pin(row);
  button.onfocus = () => told.over(row);
  button.onblur = () => told.over(null);
  const cells = shown.columns.map(({ name, kind }) => {
    const cell = el("td", {}, value(row, name, kind));
    if (isNumber(kind)) cell.className = "number";
    return cell;
  });
  const made = el("tr", {}, el("th", { scope: "row" }, button), ...cells);
  made.dataset.id = row.id;
  made.toggleAttribute("data-pinned", row.id === pinned);
  made.onmouseenter = () => told.over(row);
  made.onmouseleave = () => told.over(null);
  return made;
}

/** One tab stop for all rows; arrows go from one to the next. */
function moved(event) {
  const row = event.target.closest("tr");
  const to = {
    ArrowDown: row.nextElementSibling,
    ArrowUp: row.previousElementSibling,
    Home: row.parentElement.firstElementChild,
    End: row.parentElement.lastElementChild,
  }[event.key];
  if (!to) return;
  event.preventDefault();
  row.querySelector("button").tabIndex = -1;
  const next = to.querySelector("button");
  next.tabIndex = 0;
  next.focus();
}

function sorted() {
  if (!order.name && !order.isDown) return shown.rows;
  const way = order.isDown ? -1 : 1;
  const of = (row) => (order.name ? row.properties[order.name] : row.id) ?? null;
  return shown.rows.toSorted((a, b) => {
    const [x, y] = [of(a), of(b)];
    if (x === null || y === null) return (x === null) - (y === null);
    return (typeof x === "number" ? x - y : String(x).localeCompare(String(y), "en")) * way;
  });
}
