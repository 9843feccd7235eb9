// The slider over time: a day, week, month or year at once, by hand or played.

import { byId, options } from "./elements.js";
import { between, fitting, moved, period, start } from "./steps.js";

const box = byId("time");
const step = byId("step");
const slider = byId("at");
const button = byId("play");
const CALLED = { day: "Day by day", week: "Week by week", month: "Month by month", year: "Year by year" };
const DATES = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });
// Milliseconds from one picture to the next: to be seen, and to be fetched.
const PACE = 1200;

let first = "";
let timer = 0;

/** @param {(change: object, kept?: boolean) => void} change */
export function listen(change) {
  step.addEventListener("change", () => {
    stop();
    change({ step: step.value, from: "" });
  });
  slider.addEventListener("input", () => (byId("days").textContent = told(chosen())));
  slider.addEventListener("change", () => {
    stop();
    change({ from: chosen() });
  });
  button.addEventListener("click", () => (timer ? stop() : play(change)));
}

function play(change) {
  const next = () => {
    slider.value = slider.value === slider.max ? "0" : String(Number(slider.value) + 1);
    change({ from: chosen() }, true);
  };
  timer = window.setInterval(next, PACE);
  button.textContent = "Pause";
  next();
}

export function stop() {
  window.clearInterval(timer);
  timer = 0;
  button.textContent = "Play";
}

const chosen = () => moved(step.value, first, Number(slider.value));

function told(from) {
  const [begin, end] = period(step.value, from).map((day) => new Date(`${day}T00:00:00Z`));
  return step.value === "day" ? DATES.format(begin) : DATES.formatRange(begin, end);
}

/**
 * The days that a view names, which it may name wrongly or not yet.
 *
 * @returns {{step: string, from: string}} a step that the data have, and one of its
 *   first days: the last one, where none is named.
 */
export function settled(served, view) {
  if (!served.period || !fitting(served.period).includes(view.step))
    return { step: "", from: "" };
  const [least, most] = served.period.map((day) => start(view.step, day));
  const isDay = !Number.isNaN(Date.parse(`${view.from}T00:00:00Z`));
  const from = isDay ? start(view.step, view.from) : most;
  return { step: view.step, from: from < least ? least : from > most ? most : from };
}

/** Show a collection's days, and those that a view has chosen. */
export function show(served, view) {
  const steps = served.period ? fitting(served.period) : [];
  box.hidden = !steps.length;
  if (!steps.length) return stop();
  step.replaceChildren(
    ...options([["", "All time"], ...steps.map((one) => [one, CALLED[one]])], view.step),
  );
  byId("slide").hidden = !view.step;
  const days = served.period.map((day) => DATES.format(new Date(`${day}T00:00:00Z`)));
  byId("days").textContent = view.step ? told(view.from) : days.join(" – ");
  if (!view.step) return stop();
  first = start(view.step, served.period[0]);
  slider.max = String(between(view.step, first, start(view.step, served.period[1])));
  slider.value = String(between(view.step, first, view.from));
  slider.setAttribute("aria-valuetext", byId("days").textContent);
}
