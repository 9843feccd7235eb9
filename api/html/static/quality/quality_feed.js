// What a feed brought over time, beside what was usual: rows, rejects, distributions.
import { el, grid } from "./elements.js";
import { count, distribution, isOut, moment, percent, series } from "./quality_charts.js";

/** @param {{back: () => Node, loadLink: (id: number) => string}} links */
export function feedView(feed, links) {
  return {
    summary: `What the feed ${feed.feed} brought, and what was usual before.`,
    nodes: [
      links.back(),
      el("h2", { tabindex: -1 }, feed.feed),
      el("p", {}, el("a", { href: `#of=${encodeURIComponent(feed.feed)}` },
        "Its checks")),
      ...(feed.loads.length ? counts(feed, links) : [el("p", { class: "none" },
        "Nothing was loaded yet.")]),
      ...drifts(feed),
    ],
  };
}

function counts(feed, links) {
  const all = bySeries(feed.loads);
  const several = all.filter(([, loads]) => loads.length > 1);
  const once = all.filter(([, loads]) => loads.length === 1).map(([, [load]]) => load);
  return [
    el("h2", {}, "Rows"),
    feed.periods.length ? periodFigure(feed.periods) : null,
    ...several.map(([name, loads]) => loadFigure(name, loads, links)),
    once.length ? onceTable(once, links) : null,
    el("h2", {}, "Rejects"),
    el("p", { class: "soft" }, `The contract's limit is ${feed.reject_limit}.`),
    ...several.map(([name, loads]) => rejectFigure(name, loads, links)),
  ].filter((node) => node !== null);
}

function bySeries(loads) {
  const found = new Map();
  for (const load of loads)
    found.set(load.series, [...(found.get(load.series) ?? []), load]);
  return [...found];
}

const day = (load) => (load.finished_at ?? "").slice(0, 10);
const usual = (one, told = count) =>
  one.high == null ? "–" : `${told(one.low ?? 0)} to ${told(one.high)}`;

/** A chart with its numbers in a table behind it. */
function figure(caption, aside, chart, columns, rows) {
  return el("figure", {},
    el("figcaption", {}, caption, el("small", {}, aside)),
    chart,
    el("details", {}, el("summary", {}, "Numbers"),
      grid(caption, columns, rows)));
}

const outside = (points) => {
  const number = points.filter(isOut).length;
  return number ? `, ${number} outside of what was usual` : "";
};

function periodFigure(periods) {
  const unit = periods[0].days === 1 ? "day" : "week";
  const points = periods.map((one) => ({
    name: one.starts, value: one.rows_loaded, low: one.low, high: one.high,
  }));
  return figure(`By ${unit}`, "in UTC; the one that goes on is left out",
    series(`Rows by ${unit}${outside(points)}`, points),
    ["From", "#Loads", "#Rows", "#Usual"],
    periods.map((one) =>
      [one.starts, one.loads, count(one.rows_loaded), usual(one)]).reverse());
}

function loadFigure(name, loads, links) {
  const kept = loads.filter((load) => load.status !== "rejected");
  if (!kept.length) return null;
  const points = kept.map((load) => ({
    name: `${day(load)}, load ${load.load_id}`, value: load.rows_loaded,
    low: load.low, high: load.high,
  }));
  return figure(name, `${kept.length} loads`,
    series(`Rows of each load of ${name}${outside(points)}`, points),
    ["Load", "When", "#Rows", "#Usual"],
    kept.map((load) => [loadCell(load, links), moment(load.finished_at),
      count(load.rows_loaded), usual(load)]).reverse());
}

/** Files that have no other like them. */
function onceTable(loads, links) {
  return grid("Files that came once", ["File", "Load", "When", "#Rows", "#Rejected"],
    loads.map((load) => [load.key, loadCell(load, links), moment(load.finished_at),
      count(load.rows_loaded), count(load.rows_rejected)]));
}

function rejectFigure(name, loads, links) {
  const share = (load) => load.rows_read ? load.rows_rejected / load.rows_read : 0;
  if (!loads.some((load) => load.rows_rejected))
    return el("p", { class: "soft" }, `None in ${loads.length} loads of ${name}.`);
  const points = loads.map((load) => ({
    name: `${day(load)}, load ${load.load_id}`, value: share(load), low: 0,
    high: load.high_share,
  }));
  return figure(name, `${loads.length} loads`,
    series(`Share of rejects in each load of ${name}${outside(points)}`, points, percent),
    ["Load", "When", "#Rejected", "#Of", "#Share", "#Expected up to"],
    loads.map((load) => [loadCell(load, links), moment(load.finished_at),
      count(load.rows_rejected), count(load.rows_read), percent(share(load)),
      load.high_share == null ? "–" : percent(load.high_share)]).reverse());
}

const loadCell = (load, links) =>
  el("a", { href: links.loadLink(load.load_id), title: load.key }, load.load_id);

// Distributions

function drifts(feed) {
  const shown = feed.columns.flatMap((column) =>
    column.distributions.filter(tellsMore).map((one) => ({ ...one, name: column.name })));
  if (!shown.length) return [];
  const alone = shown.filter((one) => !one.reference);
  shown.sort((a, b) => excess(b) - excess(a) || a.name.localeCompare(b.name));
  return [
    el("h2", {}, "Distributions"),
    el("p", { class: "soft" },
      "The newest load of each series of files beside those before it. The index tells ",
      "how different they are: below 0.1 nothing changed, above 0.25 much did."),
    el("p", {}, el("span", { class: "key" }, "loads before"),
      el("span", { class: "key now" }, "newest load")),
    el("div", { class: "small" },
      shown.filter((one) => one.reference).map(distributionFigure)),
    alone.length ? el("details", {},
      el("summary", {}, `${alone.length} without a load before to compare with`),
      el("div", { class: "small" }, alone.map(distributionFigure))) : null,
  ].filter((node) => node !== null);
}

/** Of a column of names and numbers there is nothing to see but what is missing. */
const tellsMore = (one) =>
  one.kind !== "other" || "" in one.counts || "" in (one.reference ?? {});

const excess = (one) => one.allowed == null ? -1 : one.psi / one.allowed;

function distributionFigure(one) {
  const bins = binsOf(one);
  const index = one.psi == null ? "no load before to compare with"
    : `index ${one.psi.toFixed(2)}` + (one.allowed == null
      ? `, ${one.loads_before} before: too few to judge`
      : `, expected up to ${one.allowed.toFixed(2)}`);
  const flag = excess(one) > 1
    ? el("span", { class: "status warn" }, "! ") : null;
  const label = `${one.name} in load ${one.load_id}: ${index}`;
  return el("figure", {},
    el("figcaption", {}, flag, one.name, el("small", {}, index),
      el("small", {}, one.series)),
    distribution(label, bins),
    el("details", {}, el("summary", {}, "Numbers"),
      grid(label, [one.kind === "moment" ? "Before the newest" : "Value",
        "#Before", "#Now"],
      bins.map((bin) => [bin.name, bin.before === null ? "–" : percent(bin.before),
        percent(bin.now)]))));
}

/** Shares by bin: numbers in their order, words by how many there are, nulls last. */
function binsOf(one) {
  const names = [...new Set([...Object.keys(one.counts), ...Object.keys(one.reference ?? {})])];
  const ordered = one.edges.length
    ? [...one.edges.map((_, index) => String(index)), String(one.edges.length)]
    : names.filter((name) => name)
      .sort((a, b) => weight(one, b) - weight(one, a) || a.localeCompare(b));
  if (names.includes("")) ordered.push("");
  const now = total(one.counts), before = one.reference ? total(one.reference) : 0;
  return ordered.map((name) => ({
    name: binName(one, name),
    now: (one.counts[name] ?? 0) / now,
    before: before ? (one.reference[name] ?? 0) / before : null,
  }));
}

const total = (counts) => Object.values(counts).reduce((sum, one) => sum + one, 0);
const weight = (one, name) => (one.reference?.[name] ?? 0) + (one.counts[name] ?? 0);

function binName(one, name) {
  if (name === "") return "no value";
  if (name === "*") return one.kind === "other" ? "a value" : "other words";
  if (!one.edges.length) return name;
  const told = one.kind === "moment" ? span : (value) =>
    value.toLocaleString("en", { maximumSignificantDigits: 6 });
  const index = Number(name);
  if (index === 0) return `below ${told(one.edges[0])}`;
  if (index === one.edges.length) return `${told(one.edges[index - 1])} or more`;
  return `${told(one.edges[index - 1])} to ${told(one.edges[index])}`;
}

/** Seconds in the largest unit that fits. */
function span(seconds) {
  const units = [[86400, "d"], [3600, "h"], [60, "min"]];
  const [length, unit] = units.find(([size]) => seconds >= 2 * size) ?? [1, "s"];
  return `${Math.round(seconds / length).toLocaleString("en")} ${unit}`;
}
