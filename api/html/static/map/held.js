// What an answer holds, in words and columns: pure.

import { measures } from "./served.js";
import * as words from "./words.js";

/** The columns of the rows: of other groupings those that came, not those of items. */
export function columns(formed, answer) {
  const [some] = answer.rows;
  const all = new Map([...formed.queryables, ...formed.columns].map((one) => [one.name, one]));
  if (!some) return formed.columns;
  return Object.keys(some.properties)
    .map((name) => all.get(name))
    .filter((column) => column && column.kind !== "other");
}

/** How many rows the table has, of how many. @param {import("./answer.js").Answer} answer */
export function counted({ rows: { length }, total, isWhole, isEstimated }) {
  if (isWhole) return words.count(length, "row");
  return `the first ${words.count(length, "row")} of ${isEstimated ? "about " : ""}${words.number(total)}`;
}

/** A measure to begin with: no part of the key, if another is. */
export function amount(columns, key) {
  const found = measures(columns);
  return (found.find(({ name }) => !key.includes(name)) ?? found[0])?.name ?? "";
}
