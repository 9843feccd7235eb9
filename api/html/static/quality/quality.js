// The page of the data checks: a list of all, one of them, or the history of a feed.
//
// What is shown stands behind the # of the address, so that it can be linked to:
// nothing, `check=ID` or `feed=NAME`; and beside it the filters of the list.
import { base, read } from "./asking.js";
import { el, grid } from "./elements.js";
import { feedView } from "./quality_feed.js";
import { marks, moment } from "./quality_charts.js";

const SIGNS = { error: "✕", warn: "!", waiting: "…", pass: "✓" };
const WRONG = "wrong";
const summary = document.getElementById("summary");
const view = document.getElementById("view");

const asked = () => new URLSearchParams(location.hash.slice(1));
const address = (words) => `#${new URLSearchParams(words)}`;
const loadLink = (id) => `${base}/ops#load=${id}`;

/** Only the newest of two answers is shown. */
let turn = 0;

async function show() {
  const mine = ++turn;
  const words = asked();
  view.setAttribute("aria-busy", "true");
  try {
    const made = await made_of(words);
    if (mine !== turn) return;
    summary.textContent = made.summary;
    view.replaceChildren(...made.nodes);
    if (words.has("check") || words.has("feed")) view.querySelector("h2")?.focus();
  } catch (error) {
    if (mine === turn) summary.textContent = error.message;
  }
  view.removeAttribute("aria-busy");
}

async function made_of(words) {
  if (words.has("check"))
    return checkView(await read(`/checks/${encodeURIComponent(words.get("check"))}`));
  if (words.has("feed")) {
    const name = encodeURIComponent(words.get("feed"));
    return feedView(await read(`/feeds/${name}/history`), { back, loadLink });
  }
  return listView(await read("/checks"), words);
}

const back = () => el("p", {}, el("a", { href: "#" }, "← All checks"));

const status = (word) =>
  el("span", { class: `status ${word}` }, `${SIGNS[word]} ${word}`);

// The list

function listView({ runs, checks }, words) {
  if (!runs.length)
    return {
      summary: "No run of the checks yet: run catchment check.",
      nodes: [],
    };
  const wrong = checks.filter(isWrong).length;
  const [newest] = runs;
  const list = el("div", {});
  const counted = el("span", { class: "count", role: "status" });
  const fill = () => {
    const given = Object.fromEntries(new FormData(form));
    const shown = checks.filter((one) => fits(one, given));
    counted.textContent = `${shown.length} of ${checks.length}`;
    list.replaceChildren(checksTable(shown, runs));
    const kept = Object.entries(given).filter(([, value]) => value);
    history.replaceState(null, "", address(kept));
  };
  const form = filters(checks, words, wrong > 0, fill, counted);
  fill();
  return {
    summary:
      `${moment(newest.started_at)}: ${checks.length} checks, ` +
      `${wrong === 0 ? "nothing is wrong" : `${wrong} warn or fail`}.`,
    nodes: [form, list],
  };
}

const isWrong = (one) => one.status === "error" || one.status === "warn";

function fits(one, given) {
  const text = `${one.subject} ${one.name} ${one.words}`.toLowerCase();
  return (
    (!given.status || one.status === given.status
      || (given.status === WRONG && isWrong(one))) &&
    (!given.kind || one.kind === given.kind) &&
    (!given.of || one.subject === given.of || one.feeds.includes(given.of)) &&
    (!given.q || text.includes(given.q.toLowerCase()))
  );
}

function filters(checks, words, anyWrong, fill, counted) {
  const feeds = [...new Set(checks.flatMap((one) => one.feeds))].sort();
  const models = [...new Set(checks.map((one) => one.subject))]
    .filter((name) => name && !feeds.includes(name)).sort();
  const choice = (label, name, options, chosen) =>
    el("label", {}, label, el("select", { name, change: fill },
      options.map(([value, text]) => Array.isArray(text)
        ? el("optgroup", { label: value }, text.map((one) =>
          el("option", { value: one, selected: one === chosen }, one)))
        : el("option", { value, selected: value === chosen }, text))));
  const given = words.get("status") ?? (words.size ? "" : anyWrong ? WRONG : "");
  return el("form", { class: "filters", submit: (event) => event.preventDefault() },
    choice("Status", "status", [
      ["", "all"], [WRONG, "warns or fails"], ["error", "error"], ["warn", "warn"],
      ["waiting", "waiting for history"], ["pass", "pass"],
    ], given),
    choice("Kind", "kind", [
      ["", "all"], ["test", "test"], ["freshness", "freshness"], ["count", "count"],
      ["rejects", "rejects"], ["drift", "drift"],
    ], words.get("kind") ?? ""),
    choice("Feed or model", "of",
      [["", "all"], ["Feeds", feeds], ["Models", models]], words.get("of") ?? ""),
    el("label", {}, "Words",
      el("input", { name: "q", type: "search", value: words.get("q") ?? "", input: fill })),
    counted);
}

function checksTable(shown, runs) {
  if (!shown.length) return el("p", { class: "none" }, "No such check.");
  const heading = (text) => el("th", { scope: "col" }, text);
  return el("div", { class: "scroll checks" }, el("table", {},
    el("thead", {}, el("tr", {},
      ["Status", "Check", "Kind", "Runs, newest last"].map(heading))),
    el("tbody", {}, shown.map((one) => el("tr", {},
      el("td", {}, status(one.status)),
      el("td", { class: "what" },
        el("a", { href: address({ check: one.id }) }, one.words),
        el("small", {}, subject(one), named(one))),
      el("td", {}, one.kind),
      el("td", {}, marks(runs, one.statuses)))))));
}

const named = (one) => one.name && one.name !== one.kind ? ` · ${one.name}` : null;

function subject(one) {
  if (one.feeds.includes(one.subject))
    return el("a", { href: address({ feed: one.subject }) }, one.subject);
  return one.subject;
}

// One check

function checkView(one) {
  return {
    summary: `${one.kind} of ${one.subject || "no model"}`,
    nodes: [
      back(),
      el("h2", { tabindex: -1 }, status(one.status), " ", one.words),
      el("p", { class: "soft" }, one.name),
      one.feeds.length
        ? el("p", {}, "Made of ", one.feeds.map((feed, index) =>
          [index ? ", " : "", el("a", { href: address({ feed }) }, feed)]))
        : null,
      samples(one),
      one.query
        ? el("details", {}, el("summary", {}, "SQL that finds the rows"),
          el("pre", { tabindex: 0 }, one.query))
        : null,
      el("h2", {}, "Runs"),
      grid("Runs", ["Run", "Status", "#Rows", "What it found"],
        one.history.map((run) =>
          [moment(run.started_at), status(run.status), run.failures, run.words])),
    ].filter((node) => node !== null),
  };
}

function samples(one) {
  if (!one.samples.length && !one.origin) return null;
  const more = (one.failures ?? 0) - one.samples.length;
  return el("section", { "aria-label": "Rows that fail" },
    el("h2", {}, "Rows that fail"),
    el("ul", { class: "plain samples" },
      one.samples.map((sample) => el("li", {}, sample.words,
        sample.load_id
          ? [" ", el("a", { href: loadLink(sample.load_id) }, `Load ${sample.load_id}`)]
          : null)),
      more > 0 && one.samples.length
        ? el("li", { class: "soft" }, `and ${more.toLocaleString("en")} more`)
        : null),
    one.origin ? el("p", { class: "soft" }, `Made of ${one.origin}`) : null);
}

addEventListener("hashchange", show);
show();
