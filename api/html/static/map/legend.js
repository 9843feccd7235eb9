// What the colours mean.

import { byId, el } from "./elements.js";
import * as words from "./words.js";

/**
 * @param {import("./served.js").Column | undefined} measure
 * @param {import("./classes.js").Classes} classes
 * @param {string[]} colours
 * @param {string} nothing the colour of what has no value.
 */
export function show(measure, classes, colours, nothing) {
  const areWhole = measure?.kind === "integer";
  const last = classes.classes.length - 1;
  const lines = classes.classes.map((one, i) =>
    line(colours[i], bounds(one, i === last, areWhole), one.count),
  );
  if (classes.nulls) lines.push(line(nothing, "no value", classes.nulls));
  byId("legend").hidden = !lines.length;
  byId("legend-of").textContent = measure?.name ?? "";
  byId("legend-means").textContent = measure?.description ?? "";
  byId("classes").replaceChildren(...lines);
}

function line(colour, text, count) {
  const swatch = el("span", { class: "swatch" });
  swatch.style.background = colour;
  const many = el("span", { class: "many", title: words.count(count, "row") }, words.number(count));
  return el("li", {}, swatch, el("span", {}, text), many);
}

/** From the least value to the greatest: of whole numbers the greatest that there may be. */
function bounds({ least, below, only }, isLast, areWhole) {
  if (only !== null) return words.number(only);
  const most = areWhole && !isLast ? Math.ceil(below) - 1 : below;
  const told = areWhole ? words.number : words.brief;
  // A dash before a minus reads badly.
  return [told(areWhole ? Math.ceil(least) : least), told(most)].join(least < 0 ? " to " : " – ");
}
