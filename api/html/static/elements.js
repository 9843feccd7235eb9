// Elements and words of the pages that a script makes.
//
// Texts become text nodes, never markup: what a file held is shown as it was.

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * An element: `el("td", { class: "number" }, "1,707")`.
 *
 * @param {string} name
 * @param {Record<string, any>} words its attributes; a function is a listener, and
 *   what is null or false is left out.
 * @param {...any} children nodes, texts, lists of them; null is none.
 */
export function el(name, words = {}, ...children) {
  const made = document.createElement(name);
  for (const [word, value] of Object.entries(words)) {
    if (typeof value === "function") made.addEventListener(word, value);
    else if (value === true) made.setAttribute(word, "");
    else if (value !== null && value !== undefined && value !== false)
      made.setAttribute(word, value);
  }
  made.append(...flat(children));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** An element of a drawing, whose attributes no policy of styles forbids. */
export function drawn(name, words, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [word, value] of Object.entries(words)) made.setAttribute(word, value);
  made.append(...flat(children));
  return made;
}

const flat = (children) => children.flat(3).filter((child) => child !== null);

/** A select's options, of values and what they are called. */
export const options = (pairs, chosen) =>
  pairs.map(([value, text]) => el("option", { value, selected: value === chosen }, text));

/**
 * A table that scrolls by itself on a narrow screen.
 *
 * @param {string} label
 * @param {string[]} heads a head that begins with # is of numbers.
 * @param {Node[]} rows
 */
export function table(label, heads, rows) {
  const head = heads.map((text) =>
    el("th", { scope: "col", class: text.startsWith("#") ? "number" : null },
      text.replace(/^#/, "")));
  const body = el("tbody", {}, ...rows);
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    el("table", {}, el("thead", {}, el("tr", {}, ...head)), body));
}

/**
 * A table of plain cells.
 *
 * @param {string[]} heads as `table` takes them.
 * @param {any[][]} rows texts or nodes; null is a dash.
 */
export const grid = (label, heads, rows) =>
  table(label, heads, rows.map((row) => el("tr", {}, row.map((cell, index) =>
    el("td", { class: heads[index].startsWith("#") ? "number" : null }, cell ?? "\u2013")))));

const COUNT = new Intl.NumberFormat("en");
const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** 1,707; a dash where there is none. */
export const count = (value) => (value === null ? "\u2013" : COUNT.format(value));

/** A moment in the zone of who looks. */
export const moment = (text) =>
  text ? el("time", { datetime: text, title: text }, MOMENT.format(new Date(text))) : "\u2013";

/** 0.25 s, 3 min, 5 h, 12 days. */
export function lasting(seconds) {
  if (seconds === null) return "\u2013";
  if (seconds < 1) return `${Number(seconds.toPrecision(2))} s`;
  if (seconds < 120) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${count(Math.round(seconds / 86_400))} days`;
}

/** 1 row, 1,707 rows. */
export const counted = (number, thing) => `${count(number)} ${thing}${number === 1 ? "" : "s"}`;
