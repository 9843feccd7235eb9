// The page of operators: what its address asks for, again every few seconds as long as
// somebody looks.
//
// An address is `#loads&feed=a`, `#load=42`, `#refreshes`, `#freshness`, `#queue`.
import { tell } from "./ops_address.js";
import { load } from "./ops_load.js";
import { loads, refreshes } from "./ops_lists.js";
import { freshness, queue } from "./ops_state.js";

const SECONDS = 4;
const SECTIONS = { loads, load, refreshes, freshness, queue };
// The section whose tab is marked; a load is one of the loads.
const TABS = { load: "loads" };

const place = document.getElementById("shown");
// Counts addresses: what was asked for a former one is not shown.
let turn = 0;
let timer;

function asked() {
  const words = new URLSearchParams(location.hash.slice(1) || "loads");
  const [name] = words.keys();
  return { name: name in SECTIONS ? name : "loads", words };
}

function mark(name) {
  for (const link of document.querySelectorAll(".sections a")) {
    const isHere = link.hash.slice(1) === (TABS[name] ?? name);
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Shows a section; its `again` asks anew for what changes, and changes only that. */
async function show() {
  const mine = ++turn;
  clearTimeout(timer);
  const { name, words } = asked();
  mark(name);
  tell("");
  place.setAttribute("aria-busy", "true");
  let again = null;
  try {
    const made = await SECTIONS[name](words);
    if (mine !== turn) return;
    place.replaceChildren(...made.nodes);
    again = made.again;
  } catch (error) {
    if (mine !== turn) return;
    place.replaceChildren();
    tell(error.message);
  }
  place.removeAttribute("aria-busy");
  if (again) keep(again, mine);
}

function keep(again, mine) {
  timer = setTimeout(async () => {
    try {
      if (!document.hidden) await again();
    } catch (error) {
      tell(error.message);
    }
    if (mine === turn) keep(again, mine);
  }, SECONDS * 1000);
}

addEventListener("hashchange", show);
show();
