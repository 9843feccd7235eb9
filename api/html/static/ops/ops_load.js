// The report of one load: counts, times, what it replaced, why records were rejected,
// and the load once more.
import { ask, base, read } from "./asking.js";
import { count, counted, drawn, el, lasting, moment, table } from "./elements.js";
import { tell } from "./ops_address.js";
import { loadLink, refreshOf, status } from "./ops_lists.js";

const REPLAYED = ["loaded", "rejected", "failed", "unmatched", "unloaded"];
const REJECTS = 20;

export async function load(words) {
  const number = words.get("load");
  if (!/^\d+$/.test(number)) throw new Error("There is no such load.");
  const path = `/loads/${number}`;
  const place = el("div");
  let seen = "";
  const draw = async () => {
    const found = await read(path);
    const text = JSON.stringify(found);
    if (text === seen) return;
    seen = text;
    place.replaceChildren(...(await report(path, found, draw)));
  };
  await draw();
  return { nodes: [place], again: draw };
}

async function report(path, found, draw) {
  const title = el("h2", {}, `Load ${found.load_id} `, status(found.status));
  return [
    title,
    el("p", {}, el("code", {}, found.key ?? "")),
    found.reason ? el("p", {}, found.reason) : null,
    facts(found),
    ...parts(found.seconds_by_part),
    actions(path, found, draw),
    ...(found.rows_rejected ? await rejected(path) : []),
    ...refreshed(found.refreshes),
  ].filter(Boolean);
}

function facts(found) {
  const links = (numbers) =>
    el("span", {}, ...numbers.flatMap((number) => [loadLink(number), " "]));
  const all = {
    Feed: found.feed ?? "none",
    "Rows loaded": count(found.rows_loaded),
    "Records read": count(found.rows_read),
    "Records rejected": count(found.rows_rejected),
    Bytes: count(found.size_bytes),
    Begun: moment(found.started_at),
    Took: lasting(found.seconds),
    Refreshed: moment(found.refreshed_at),
    Replaced: found.replaced.length ? links(found.replaced) : null,
    "Replaced by": found.superseded_by ? links([found.superseded_by]) : null,
    "Another try of": found.replay_of ? links([found.replay_of]) : null,
    "Moved to": found.moved_to,
    "Columns of no contract": found.unknown_columns?.join(", ") || null,
  };
  const shown = Object.entries(all).filter(([, value]) => value !== null);
  return el("dl", { class: "facts" }, ...shown.map(([name, value]) =>
    el("div", { class: name === "Moved to" ? "wide" : null },
      el("dt", {}, name), el("dd", {}, value))));
}

/** How long each part took: a bar for the eye, and a list in words. */
function parts(seconds) {
  const all = Object.entries(seconds ?? {});
  const total = all.reduce((sum, [, took]) => sum + took, 0);
  if (!total) return [];
  let x = 0;
  const bars = all.map(([, took]) => {
    const width = (took / total) * 100;
    const bar = drawn("rect", { x, y: 0, width, height: 10 });
    x += width;
    return bar;
  });
  const words = { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" };
  return [
    el("h2", {}, "Time"),
    el("div", { class: "parts" }, drawn("svg", words, ...bars)),
    el("ul", { class: "legend", "aria-label": "Time by part" },
      ...all.map(([name, took]) => el("li", {}, `${name} ${lasting(took)}`))),
  ];
}

function actions(path, found, draw) {
  const number = found.load_id;
  const whole = REPLAYED.includes(found.status);
  const some = found.rows_rejected > 0 && found.status !== "superseded";
  const button = (text, end, question) =>
    el("button", { type: "button", click: () => replay(path, end, question, draw) }, text);
  const command = `catchment replay ${number}`;
  const action = (...children) => el("div", { class: "action" }, ...children);
  return el("div", { class: "actions" },
    whole ? action(button("Replay the file", "replay",
      `The file of load ${number} is loaded again, under the contract that holds now. `
      + "The new load takes its place; refused again, it stays."), ...copied(command)) : null,
    some ? action(button("Replay the rejects", "replay-rejects",
      `The rejects of load ${number} are tried again, under the contract that holds now. `
      + "Good ones become rows of it."), ...copied(`${command} --rejects`)) : null);
}

/** A command for the terminal, to copy. */
function copied(command) {
  const code = el("code", {}, command);
  const copy = async (event) => {
    getSelection().selectAllChildren(code);
    await navigator.clipboard?.writeText(command).catch(() => {});
    event.target.textContent = "Copied";
  };
  const label = `Copy ${command}`;
  return [code, el("button", { type: "button", "aria-label": label, click: copy }, "Copy")];
}

/** Whether who looks is sure. */
function sure(title, question) {
  const dialog = document.getElementById("sure");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("p").textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
  });
}

async function replay(path, end, question, draw) {
  const title = end === "replay" ? "Replay the file?" : "Replay the rejects?";
  if (!(await sure(title, question))) return;
  tell("Replaying\u2026");
  try {
    const { load } = await (await ask(`${path}/${end}`, { method: "POST" })).json();
    const said = outcome(load, end);
    const isOther = !path.endsWith(`/${load.load_id}`);
    if (isOther && load.status === "loaded") {
      location.hash = `load=${load.load_id}`;
      addEventListener("hashchange", () => setTimeout(() => tell(said)), { once: true });
    } else await draw();
    tell(said);
  } catch (error) {
    tell(error.message);
  }
}

function outcome(load, end) {
  const late = load.is_refreshed ? "" : " What lies below could not be refreshed.";
  if (end === "replay-rejects")
    return `${count(load.rows_loaded)} of ${counted(load.rows_read, "reject")} became rows.${late}`;
  if (load.status === "loaded")
    return `Load ${load.load_id} has taken its place: ${counted(load.rows_loaded, "row")}.${late}`;
  return `The file is refused again, as load ${load.load_id}: ${load.reason}.`;
}

/** Why records were rejected, and the records themselves, page by page. */
async function rejected(path) {
  const { data } = await read(`${path}/reasons`);
  const first = await read(`${path}/rejects?limit=${REJECTS}`);
  const body = first.data.map(rejectRow);
  const records = table("Rejected records",
    ["#Row", "#Line", "Column", "What is wrong", "Record"], body);
  const more = el("div", { class: "pages" });
  const offer = (page) => {
    const next = page.links.find((link) => link.rel === "next");
    more.replaceChildren(...(next ? [el("button", { type: "button", click: async () => {
      const found = await read(base + next.href.slice(next.href.indexOf("/loads/")));
      records.querySelector("tbody").append(...found.data.map(rejectRow));
      offer(found);
    } }, "More")] : []));
  };
  offer(first);
  return [
    el("h2", {}, "Rejects by reason"),
    table("Rejects by reason", ["Column", "Code", "#Records", "For example", "First lines"],
      data.map(reasonRow)),
    el("h2", {}, "Rejected records"), records, more,
  ];
}

const reasonRow = (one) =>
  el("tr", {},
    el("td", {}, one.column ?? "\u2013"),
    el("td", {}, one.code),
    el("td", { class: "number" }, count(one.records)),
    el("td", {}, one.message),
    el("td", {}, one.lines.map(count).join(", ")));

function rejectRow(one) {
  const also = (one.also ?? []).map((other) =>
    el("small", {}, `${other.column ?? ""} ${other.message}`));
  return el("tr", {},
    el("td", { class: "number" }, count(one.row_number)),
    el("td", { class: "number" }, count(one.line)),
    el("td", {}, one.column ?? "\u2013"),
    el("td", {}, one.message, ...also),
    el("td", {}, el("pre", {}, el("code", {}, one.record))));
}

const refreshed = (all) =>
  all.length
    ? [el("h2", {}, "Refreshes that covered it"),
      table("Refreshes", ["Model", "Begun", "Status", "#Rows", "#Took"], all.map(refreshOf))]
    : [];
