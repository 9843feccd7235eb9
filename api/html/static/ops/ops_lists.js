// Lists in pages: the ledger, and the log of refreshes. The first page is asked again.
import { base, read } from "./asking.js";
import { count, el, lasting, moment, table } from "./elements.js";
import { address, go, tell } from "./ops_address.js";

const SIGNS = {
  loaded: "good", done: "good", fresh: "good",
  rejected: "bad", failed: "bad", stale: "bad",
  unmatched: "doubt", late: "doubt",
};

/** A status by its word, a sign and a colour. */
export const status = (word) => el("span", { class: `status ${SIGNS[word] ?? "past"}` }, word);

export const loadLink = (number) => el("a", { href: `#load=${number}` }, String(number));

const LOADS = {
  section: "loads",
  path: "/loads",
  key: "load_id",
  thing: "load",
  words: ["feed", "status", "rejects", "datetime"],
  heads: ["Load", "Status", "File", "#Rows", "#Rejects", "#Took", "Begun"],
  row: loadRow,
};
const REFRESHES = {
  section: "refreshes",
  path: "/refreshes",
  key: "refresh_id",
  thing: "refresh",
  words: ["model", "status"],
  heads: ["Model", "Begun", "Status", "#Rows", "#Took", "Loads"],
  row: refreshRow,
};

function loadRow(load) {
  const waits = load.status === "loaded" && !load.refreshed_at;
  return el("tr", {},
    el("td", {}, loadLink(load.load_id)),
    el("td", {}, status(load.status), waits ? el("small", {}, "waits for its refresh") : null),
    el("td", { class: "key" }, load.key,
      el("small", {}, [load.feed, load.reason].filter(Boolean).join(" \u00b7 "))),
    el("td", { class: "number" }, count(load.rows_loaded)),
    el("td", { class: "number" }, count(load.rows_rejected)),
    el("td", { class: "number" }, lasting(load.seconds)),
    el("td", { class: "moment" }, moment(load.started_at)));
}

function refreshRow(one) {
  const numbers = one.load_ids.flatMap((number) => [loadLink(number), " "]);
  const more = one.loads - one.load_ids.length;
  const row = refreshOf(one);
  row.append(el("td", {}, ...numbers, more > 0 ? `and ${count(more)} more` : null));
  return row;
}

/** A refresh, without the loads that it covered. */
export const refreshOf = (one) =>
  el("tr", {},
    el("td", { class: "key" }, one.model),
    el("td", { class: "moment" }, moment(one.started_at)),
    el("td", {}, status(one.status)),
    el("td", { class: "number" }, count(one.rows)),
    el("td", { class: "number" }, lasting(one.seconds)));

export async function loads(words) {
  const { feeds } = await read("/feeds");
  const statuses = ["loaded", "rejected", "failed", "superseded", "unloaded", "unmatched"];
  const [from = "", to = ""] = (words.get("datetime") ?? "").split("/");
  const day = (text) => (text === ".." ? "" : text);
  return listed(LOADS, words, [
    choice("feed", "Feed", feeds.map((feed) => feed.name), words),
    choice("status", "Status", statuses, words),
    field("from", "From (UTC)", { type: "date", value: day(from) }),
    field("to", "To (UTC)", { type: "date", value: day(to) }),
    el("label", { class: "check" },
      el("input", { type: "checkbox", name: "rejects", value: "true",
        checked: words.get("rejects") === "true" }),
      " with rejects"),
  ]);
}

export async function refreshes(words) {
  const list = await listed(REFRESHES, words, [
    field("model", "Model", { type: "search", value: words.get("model") ?? "" }),
    choice("status", "Status", ["done", "failed"], words),
  ]);
  list.nodes.push(el("p", { class: "soft" },
    "Why a refresh failed names values and relations: ",
    el("code", {}, "catchment refreshes --status failed"), " tells it."));
  return list;
}

const field = (name, label, words) =>
  el("label", {}, label, el("input", { name, ...words }));

function choice(name, label, values, words) {
  const chosen = words.get(name);
  const options = values.map((value) =>
    el("option", { value, selected: value === chosen }, value));
  return el("label", {}, label,
    el("select", { name }, el("option", { value: "" }, "all"), ...options));
}

/** The filters of a form as words of an address. */
function wordsOf(form) {
  const { from, to, ...words } = Object.fromEntries(new FormData(form));
  if (from || to) words.datetime = from && from === to ? from : `${from || ".."}/${to || ".."}`;
  return words;
}

/** A page of a list, with its filters; the first page again and again. */
async function listed(list, words, filters) {
  const query = new URLSearchParams();
  for (const word of [...list.words, "cursor"])
    if (words.get(word)) query.set(word, words.get(word));
  const ask = () => read(`${list.path}?${query}`);
  let page = await ask();
  const form = el("form", {
    class: "filters", role: "search", "aria-label": "Filters",
    change: () => go(list.section, wordsOf(form)),
    submit: (event) => { event.preventDefault(); go(list.section, wordsOf(form)); },
  }, ...filters);
  const place = el("div");
  const draw = () => place.replaceChildren(...drawn(list, page, words));
  draw();
  const again = async () => {
    const found = await ask();
    if (JSON.stringify(found) === JSON.stringify(page)) return;
    const known = new Set(page.data.map((row) => row[list.key]));
    const fresh = found.data.filter((row) => !known.has(row[list.key])).length;
    page = found;
    keepingFocus(place, draw);
    if (fresh) tell(`${fresh} new ${list.thing}${plural(list.thing, fresh)}`);
  };
  return { nodes: [form, place], again: words.get("cursor") ? null : again };
}

const plural = (thing, number) => (number === 1 ? "" : thing.endsWith("sh") ? "es" : "s");

function drawn(list, page, words) {
  if (!page.data.length) return [el("p", { class: "none" }, `There is no such ${list.thing}.`)];
  const next = page.links.find((link) => link.rel === "next");
  const cursor = next && new URL(next.href, base).searchParams.get("cursor");
  const link = (text, cursor) => {
    const given = list.words.map((word) => [word, words.get(word)]);
    return el("a", { href: address(list.section, [...given, ["cursor", cursor]]) }, text);
  };
  const name = list.section[0].toUpperCase() + list.section.slice(1);
  return [
    table(name, list.heads, page.data.map(list.row)),
    el("div", { class: "pages" },
      words.get("cursor") ? link("Newest") : null,
      cursor ? link("Older", cursor) : null),
  ];
}

/** Draws anew; what was focused by its address is so afterwards. */
export function keepingFocus(place, draw) {
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const href = focused?.getAttribute("href");
  draw();
  if (href) place.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus();
}
