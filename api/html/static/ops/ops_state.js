// How things are now: how fresh each feed and model is, and what waits in the queue.
import { read } from "./asking.js";
import { count, el, lasting, moment, table } from "./elements.js";
import { keepingFocus, status } from "./ops_lists.js";

/** Nodes that are drawn anew when what they show has changed. */
async function live(ask, drawn) {
  const place = el("div");
  let seen = "";
  const again = async () => {
    const found = await ask();
    const text = JSON.stringify(found);
    if (text === seen) return;
    seen = text;
    keepingFocus(place, () => place.replaceChildren(...drawn(found)));
  };
  await again();
  return { nodes: [place], again };
}

export const freshness = () =>
  live(
    async () => ({ ...(await read("/freshness")), ...(await read("/health")) }),
    ({ feeds, datasets, row_models }) => [
      el("h2", {}, "Feeds"),
      el("p", { class: "soft" },
        "By the newest load that counts, against the limits of the contract."),
      table("Feeds", ["Feed", "Status", "Newest load", "#Age", "#Late after", "#Stale after",
        "#To refresh"], feeds.map(feedRow)),
      el("h2", {}, "Models"),
      table("Models", ["Model", "Kind", "Refreshed"], [
        ...datasets.map((one) => modelRow(one, "dataset")),
        ...row_models.map((one) => modelRow(one, "row model")),
      ]),
    ],
  );

const feedRow = (feed) =>
  el("tr", {},
    el("th", { scope: "row" },
      el("a", { href: `#loads&feed=${encodeURIComponent(feed.feed)}` }, feed.feed)),
    el("td", {}, status(feed.status)),
    el("td", { class: "moment" }, moment(feed.newest_load_at)),
    el("td", { class: "number" }, lasting(feed.age_seconds)),
    el("td", { class: "number" }, lasting(feed.warn_after_seconds)),
    el("td", { class: "number" }, lasting(feed.error_after_seconds)),
    el("td", { class: "number" }, count(feed.loads_to_refresh)));

const modelRow = (model, kind) =>
  el("tr", {},
    el("th", { scope: "row" }, model.name),
    el("td", {}, kind),
    el("td", { class: "moment" }, moment(model.refreshed_at)));

export const queue = () =>
  live(
    () => read("/queue"),
    ({ queue, dead_letters }) => [
      el("div", { class: "counts" },
        counts("Queue", queue, "events of files that wait for the loader"),
        counts("Dead letters", dead_letters,
          "events that were tried as often as allowed, and not dealt with")),
      el("p", {}, "Which files the dead letters are about, ",
        el("code", {}, "catchment queue"), " tells; once the cause is mended, ",
        el("code", {}, "catchment queue --redrive"), " sends them back."),
    ],
  );

const counts = (name, found, meaning) =>
  el("div", {},
    el("h2", {}, name),
    found
      ? el("p", { class: "large" }, count(found.waiting))
      : el("p", { class: "none" }, "This deployment does not tell the API of it."),
    el("p", { class: "soft" }, meaning,
      found?.in_flight ? `; ${count(found.in_flight)} being worked on` : null));
