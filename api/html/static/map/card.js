// The card beside the pointer, and of the feature that is pinned.

import { byId, el } from "./elements.js";

const tip = byId("tip");
const pinned = byId("pinned");
// Values that a glance takes in; the rest stand on the pinned card.
const GLANCE = 6;

/** @param {() => void} closed */
export function listen(closed) {
  byId("unpin").addEventListener("click", closed);
}

/**
 * @param {{name: string, values: [string, string][]} | null} of the measure comes first.
 * @param {{x: number, y: number}} [point] in the map; none where no pointer is.
 */
export function hover(of, point) {
  tip.hidden = !of || !point;
  if (tip.hidden) return;
  const values = of.values.slice(0, GLANCE);
  tip.replaceChildren(el("strong", {}, of.name), list(values));
  const { clientWidth: width, clientHeight: height } = tip.parentElement;
  const isRight = point.x + tip.offsetWidth + 28 > width;
  const isLow = point.y + tip.offsetHeight + 28 > height;
  const x = isRight ? point.x - tip.offsetWidth - 14 : point.x + 14;
  const y = isLow ? point.y - tip.offsetHeight - 14 : point.y + 14;
  tip.style.transform = `translate(${Math.max(x, 4)}px, ${Math.max(y, 4)}px)`;
}

/** @param {{name: string, values: [string, string][]} | null} of */
export function pin(of) {
  pinned.hidden = !of;
  if (!of) return;
  byId("pinned-name").textContent = of.name;
  byId("pinned-values").replaceChildren(list(of.values));
}

const list = (values) =>
  el(
    "dl",
    {},
    ...values.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
  );
