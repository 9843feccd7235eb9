// @ts-check
// The lineage of every column: pick one, and all that it is made of and all that
// is made of it is drawn, from left to right as rows pass.

/** @typedef {{name: string, type?: string, description?: string,
 *   from?: [string, string][], steps?: [string, string][],
 *   words?: [string, string][]}} Column */
/** @typedef {{id: string, name: string, kind: string, lane: string,
 *   description: string, words: [string, string][], columns: Column[]}} Node_ */
/** @typedef {{node: Node_, column: Column | null}} Place */

const ROWS = "*";
const LANES = ["files", "raw", "staging", "intermediate", "marts", "endpoints"];
// Which of several of one name is meant by the name alone.
const MEANT = ["marts", "endpoints", "intermediate", "staging", "raw", "files"];
const MOST_FOUND = 40;

const page = {
  shown: /** @type {HTMLElement} */ (document.getElementById("shown")),
  asked: /** @type {HTMLInputElement} */ (document.getElementById("asked")),
  found: /** @type {HTMLElement} */ (document.getElementById("found")),
};
const told = JSON.parse(document.getElementById("lineage")?.textContent ?? "{}");
/** @type {Node_[]} */
const nodes = told.nodes;
const byId = new Map(nodes.map((node) => [node.id, node]));
const lanes = [...new Set([...LANES, ...nodes.map((node) => node.lane)])].sort(
  (a, b) => order(a) - order(b),
);

/** Folders of models of another name stand between staging and marts. */
function order(/** @type {string} */ lane) {
  const place = LANES.indexOf(lane);
  return place < 0 ? 3 : place;
}

// Every column has a key; edges lead from those that it is made of.
const key = (/** @type {string} */ id, /** @type {string} */ name) => `${id}\n${name}`;
const parts = (/** @type {string} */ of) => of.split("\n");
const above = new Map();
const below = new Map();
const nodesAbove = new Map();
const nodesBelow = new Map();
for (const node of nodes) {
  for (const column of node.columns) {
    for (const [id, name] of column.from ?? []) {
      put(above, key(node.id, column.name), key(id, name));
      put(below, key(id, name), key(node.id, column.name));
      put(nodesAbove, node.id, id);
      put(nodesBelow, id, node.id);
    }
  }
}

/** @param {Map<string, Set<string>>} map */
function put(map, /** @type {string} */ from, /** @type {string} */ to) {
  map.set(from, (map.get(from) ?? new Set()).add(to));
}

/** All that is reached from a start, without it.
 * @param {Map<string, Set<string>>} map
 * @returns {Set<string>} */
function reached(map, /** @type {string} */ start) {
  const found = new Set();
  const waiting = [start];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    for (const next of map.get(one) ?? []) {
      if (!found.has(next)) waiting.push(next);
      found.add(next);
    }
  }
  return found;
}

/** What an address may name: `marts.parks.geom`, or `parks.geom` of the nearest to
 * the endpoints; of a node its id or name.
 * @type {Map<string, Place>} */
const places = new Map();
for (const lane of [...MEANT, ...lanes]) {
  for (const node of nodes.filter((one) => one.lane === lane)) {
    for (const name of [node.id, node.name]) {
      name_(name, { node, column: null });
      for (const column of node.columns) {
        name_(`${name}.${column.name}`, { node, column });
      }
    }
  }
}

function name_(/** @type {string} */ address, /** @type {Place} */ place) {
  if (!places.has(address)) places.set(address, place);
}

/** @param {Node_} node @param {Column | null} [column] */
function address(node, column) {
  const text = column ? `${node.id}.${column.name}` : node.id;
  return "#" + encodeURI(text).replaceAll("#", "%23");
}

/** An element with its attributes and what is in it.
 * @param {Record<string, string>} [words]
 * @param {...(Node | string)} inside */
function make(/** @type {string} */ tag, words = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [word, text] of Object.entries(words)) {
    if (text) made.setAttribute(word, text);
  }
  made.append(...inside);
  return made;
}

/** A name that may be broken behind the signs in it. */
const broken = (/** @type {string} */ name) =>
  name.split(/(?<=[_/?=.])/).flatMap((part, at) => (at ? [make("wbr"), part] : [part]));
const spoken = (/** @type {string} */ name) => (name === ROWS ? "rows" : name);
const kindOf = (/** @type {Node_} */ node) => node.kind.replaceAll("_", " ");
const columnOf = (/** @type {string} */ of) => {
  const [id, name] = parts(of);
  return byId.get(id)?.columns.find((column) => column.name === name);
};

// The whole: a list for each lane.

function showAll() {
  document.title = `Lineage of ${told.project}`;
  const grid = make("div", { class: "lanes" });
  for (const lane of lanes) {
    const list = make("ul");
    const own = nodes.filter((node) => node.lane === lane);
    for (const node of own.sort((a, b) => a.name.localeCompare(b.name))) {
      const link = make("a", { href: address(node), "data-id": node.id }, ...broken(node.name));
      list.append(make("li", {}, link));
    }
    grid.append(make("section", {}, make("h2", {}, lane), list));
  }
  for (const [event, chosen] of [["pointerover", true], ["focusin", true],
    ["pointerout", false], ["focusout", false]]) {
    grid.addEventListener(String(event), ({ target }) => {
      const link = /** @type {Element} */ (target).closest("a");
      light(grid, chosen && link instanceof HTMLElement ? link.dataset.id : undefined);
    });
  }
  page.shown.replaceChildren(
    make("h1", {}, "From files to endpoints"),
    make("p", { class: "soft" }, "Pick what is of interest, or find a column: all that "
      + "it is made of and all that is made of it is drawn. Made from the build of "
      + `${new Date(told.made_at).toLocaleString()}.`),
    grid,
  );
}

/** Light up a node with all above and below it. */
function light(/** @type {HTMLElement} */ grid, /** @type {string | undefined} */ id) {
  const up = id ? reached(nodesAbove, id) : new Set();
  const down = id ? reached(nodesBelow, id) : new Set();
  grid.classList.toggle("choosing", Boolean(id));
  for (const link of grid.querySelectorAll("a")) {
    const own = link.dataset.id ?? "";
    link.classList.toggle("self", own === id);
    link.classList.toggle("up", up.has(own));
    link.classList.toggle("down", down.has(own));
  }
}

// One place: what it is, the graph around it, the expressions on the way to it.

function show(/** @type {Place} */ place) {
  const { node, column } = place;
  const graph = column ? ofColumn(node, column) : ofNode(node);
  document.title = `${node.name}${column ? `.${spoken(column.name)}` : ""} · Lineage`;
  const stage = draw(graph);
  page.shown.replaceChildren(
    ...head(place),
    make("p", { class: "soft legend" }, ...legend(graph)),
    make("div", { class: "graph" }, stage),
    ...(column ? way(node, column, graph) : []),
  );
  stage.classList.toggle("tall", stage.offsetHeight > innerHeight);
  connect(stage, graph);
  stage.querySelector(".self")?.scrollIntoView({ block: "nearest", inline: "center" });
  window.scrollTo(0, 0);
}

/** @returns {HTMLElement[]} */
function head(/** @type {Place} */ { node, column }) {
  const of = column
    ? make("span", { class: "of" }, make("a", { href: address(node) }, node.name), ".")
    : "";
  const title = make("h1", {}, of, column ? spoken(column.name) : node.name);
  const kind = [node.lane, kindOf(node), column?.type].filter(Boolean).join(" · ");
  const about = column?.name === ROWS
    ? "Which rows there are: what they come from, join, filter and group by."
    : (column ?? node).description;
  const words = make("ul", { class: "words" });
  for (const [word, text] of (column ?? node).words ?? []) {
    words.append(make("li", {}, make("b", {}, word), text));
  }
  const made = [title, make("p", { class: "kind" }, kind)];
  if (about) made.push(make("p", {}, about));
  return words.childElementCount ? [...made, words] : made;
}

function legend(/** @type {Graph} */ graph) {
  const what = graph.self.includes("\n") ? "columns" : "nodes";
  return [
    make("span", { class: "up" }, `\u2190 ${graph.up.size} ${what} that it is made of`),
    " \u00b7 ",
    make("span", { class: "down" }, `${graph.down.size} that are made of it \u2192`),
  ];
}

/** @typedef {{self: string, up: Set<string>, down: Set<string>,
 *   cards: Map<string, string[]>, edges: [string, string][]}} Graph */

/** @returns {Graph} */
function ofColumn(/** @type {Node_} */ node, /** @type {Column} */ column) {
  const self = key(node.id, column.name);
  const up = reached(above, self);
  const down = reached(below, self);
  const lit = new Set([self, ...up, ...down]);
  /** @type {Map<string, string[]>} */
  const cards = new Map();
  for (const one of nodes) {
    const own = one.columns.map((c) => key(one.id, c.name)).filter((k) => lit.has(k));
    if (own.length) cards.set(one.id, own);
  }
  return { self, up, down, cards, edges: edgesOf(above, self, up, down) };
}

/** @returns {Graph} */
function ofNode(/** @type {Node_} */ node) {
  const up = reached(nodesAbove, node.id);
  const down = reached(nodesBelow, node.id);
  const all = [node.id, ...up, ...down];
  const cards = new Map(all.map((id) => [id, /** @type {string[]} */ ([])]));
  cards.set(node.id, node.columns.map((column) => key(node.id, column.name)));
  return { self: node.id, up, down, cards, edges: edgesOf(nodesAbove, node.id, up, down) };
}

/** The edges within what is above, and within what is below.
 * @param {Map<string, Set<string>>} map @param {Set<string>} up
 * @param {Set<string>} down
 * @returns {[string, string][]} */
function edgesOf(map, /** @type {string} */ self, up, down) {
  const within = (/** @type {Set<string>} */ own) =>
    [...own, self].flatMap((to) => [...(map.get(to) ?? [])]
      .filter((from) => own.has(from) || from === self)
      .map((from) => /** @type {[string, string]} */ ([from, to])));
  return [...within(up), ...within(down)];
}

/** How many cards stand before each: the longest way to it.
 * @param {string[]} ids */
function depths(ids) {
  const among = new Set(ids);
  /** @type {Map<string, number>} */
  const known = new Map();
  const depth = (/** @type {string} */ id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const parents = [...(nodesAbove.get(id) ?? [])].filter((one) => among.has(one));
    /** @type {number} */
    const own = Math.max(-1, ...parents.map(depth)) + 1;
    known.set(id, own);
    return own;
  };
  ids.forEach(depth);
  return known;
}

function draw(/** @type {Graph} */ graph) {
  const ids = [...graph.cards.keys()];
  const depth = depths(ids);
  const last = Math.max(...depth.values());
  for (const id of ids) if (byId.get(id)?.lane === "endpoints") depth.set(id, last);
  const stage = make("div", { class: "stage" });
  stage.append(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
  stage.firstElementChild?.setAttribute("aria-hidden", "true");
  /** @type {Map<string, number>} */
  const heights = new Map();
  for (let at = 0; at <= last; at += 1) {
    const own = ids.filter((id) => depth.get(id) === at);
    if (own.length) stage.append(columnOfCards(own, graph, heights));
  }
  return stage;
}

/** Cards below each other, each near those that it is made of.
 * @param {string[]} ids @param {Map<string, number>} heights */
function columnOfCards(ids, /** @type {Graph} */ graph, heights) {
  const middle = (/** @type {string} */ id) => {
    const known = [...(nodesAbove.get(id) ?? [])]
      .map((one) => heights.get(one)).filter((one) => one !== undefined);
    return known.reduce((sum, one) => sum + one, 0) / (known.length || 1);
  };
  const sorted = ids.map((id) => ({ id, at: middle(id) })).sort((a, b) => a.at - b.at);
  sorted.forEach(({ id }, place) => heights.set(id, (place + 0.5) / sorted.length));
  return make("div", { class: "depth" }, ...sorted.map(({ id }) => card(id, graph)));
}

function card(/** @type {string} */ id, /** @type {Graph} */ graph) {
  const node = /** @type {Node_} */ (byId.get(id));
  const kind = make("span", { class: "kind" }, kindOf(node));
  const title = make("a", { href: address(node), "data-key": id },
    ...broken(node.name), kind);
  const made = make("div", { class: graph.self === id ? "card self" : "card" }, title);
  const columns = graph.cards.get(id) ?? [];
  if (columns.length) made.append(make("ul", {}, ...columns.map(row)));
  return made;

  function row(/** @type {string} */ of) {
    const column = /** @type {Column} */ (columnOf(of));
    const state = [graph.self === of && "self", column.steps && "made",
      column.name === ROWS && "rows"].filter(Boolean).join(" ");
    const words = { href: address(node, column), class: `column ${state}`,
      "data-key": of, title: column.type ?? "" };
    return make("li", {}, make("a", words, spoken(column.name)));
  }
}

/** Draw the lines, and light up those of what is pointed at. */
function connect(/** @type {HTMLElement} */ stage, /** @type {Graph} */ graph) {
  const svg = /** @type {SVGElement} */ (stage.querySelector("svg"));
  const links = new Map([...stage.querySelectorAll("[data-key]")].map((link) =>
    [/** @type {HTMLElement} */ (link).dataset.key, link]));
  const lines = graph.edges.map(([from, to]) => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    if (graph.down.has(to)) line.classList.add("down");
    svg.append(line);
    return { from, to, line };
  });
  const place = () => {
    const frame = stage.getBoundingClientRect();
    for (const { from, to, line } of lines) {
      const [a, b] = [from, to].map((one) => links.get(one)?.getBoundingClientRect());
      if (!a || !b) continue;
      const [x, y] = [a.right - frame.left, (a.top + a.bottom) / 2 - frame.top];
      const [u, v] = [b.left - frame.left, (b.top + b.bottom) / 2 - frame.top];
      const bend = Math.max(24, (u - x) / 2);
      line.setAttribute("d", `M${x} ${y}C${x + bend} ${y} ${u - bend} ${v} ${u} ${v}`);
    }
  };
  place();
  new ResizeObserver(place).observe(stage);
  const point = (/** @type {Event} */ event) => {
    const link = /** @type {Element} */ (event.target).closest("[data-key]");
    const own = event.type === "pointerover" || event.type === "focusin"
      ? /** @type {HTMLElement | null} */ (link)?.dataset.key : undefined;
    stage.classList.toggle("hot", own !== undefined);
    for (const { from, to, line } of lines) {
      line.classList.toggle("hot", from === own || to === own);
    }
  };
  for (const name of ["pointerover", "pointerout", "focusin", "focusout"]) {
    stage.addEventListener(name, point);
  }
}

/** The expressions by which a column comes about, the first that is taken first.
 * @returns {HTMLElement[]} */
function way(/** @type {Node_} */ node, /** @type {Column} */ column,
  /** @type {Graph} */ graph) {
  const depth = depths([...new Set([...graph.up].map((of) => parts(of)[0]))]);
  const before = [...graph.up].sort(
    (a, b) => (depth.get(parts(a)[0]) ?? 0) - (depth.get(parts(b)[0]) ?? 0),
  );
  const list = make("ul", { class: "way" });
  for (const of of [...before, graph.self]) {
    const own = /** @type {Column} */ (columnOf(of));
    const home = /** @type {Node_} */ (byId.get(parts(of)[0]));
    for (const [where, sql] of own.steps ?? []) {
      const link = make("a", { class: "field", href: address(home, own) },
        `${home.name}.${spoken(own.name)}`);
      const named = where ? make("small", {}, `in ${where}`) : "";
      list.append(make("li", {}, link, named, make("pre", { tabindex: "0" }, sql)));
    }
  }
  const nothing = column.name === ROWS ? "" : standing(node, column, graph);
  const heading = make("h2", {}, "How it comes about");
  if (list.childElementCount) return [heading, list];
  return nothing ? [heading, make("p", { class: "soft" }, nothing)] : [];
}

function standing(/** @type {Node_} */ node, /** @type {Column} */ column,
  /** @type {Graph} */ graph) {
  if (graph.up.size) return "It is passed on as it was read.";
  if (node.kind === "source") return "The platform fills it.";
  return node.kind === "file" || node.kind === "seed" ? "It begins here." : "";
}

// Finding: what holds all words that are typed, the nearest to the endpoints first.

const names = [...nodes]
  .sort((a, b) => MEANT.indexOf(a.lane) - MEANT.indexOf(b.lane))
  .flatMap((node) => [{ node, column: /** @type {Column | null} */ (null) },
    ...node.columns.filter((column) => column.name !== ROWS)
      .map((column) => ({ node, column }))])
  .map((place) => ({ ...place,
    text: place.column ? `${place.node.name}.${place.column.name}` : place.node.name }));
let marked = 0;

function find() {
  const words = page.asked.value.toLowerCase().split(/[\s.]+/).filter(Boolean);
  const found = !words.length ? [] : names
    .filter(({ text }) => words.every((word) => text.toLowerCase().includes(word)))
    .map((one) => ({ ...one, exact: rank(one, words) }))
    .sort((a, b) => a.exact - b.exact)
    .slice(0, MOST_FOUND);
  page.found.replaceChildren(...found.map((one, place) => {
    const words_ = { role: "option", id: `found-${place}`, "aria-selected": "false",
      "data-href": address(one.node, one.column) };
    return make("li", words_, make("span", { class: "field" }, one.text),
      make("small", {}, one.node.lane));
  }));
  if (words.length && !found.length) {
    page.found.append(make("li", { class: "none" }, "Nothing is called so."));
  }
  open(words.length > 0);
  mark(0);
}

/** @param {{node: Node_, column: Column | null}} place @param {string[]} words */
function rank({ node, column }, words) {
  const name = (column?.name ?? node.name).toLowerCase();
  const last = words[words.length - 1];
  if (name === last) return column ? 1 : 0;
  return name.startsWith(last) ? 2 : 3;
}

function open(/** @type {boolean} */ isOpen) {
  page.found.hidden = !isOpen;
  page.asked.setAttribute("aria-expanded", String(isOpen));
}

function mark(/** @type {number} */ place) {
  const options = [...page.found.querySelectorAll("[role=option]")];
  marked = options.length ? (place + options.length) % options.length : 0;
  options.forEach((one, at) => one.setAttribute("aria-selected", String(at === marked)));
  options[marked]?.scrollIntoView({ block: "nearest" });
  page.asked.setAttribute("aria-activedescendant", options[marked]?.id ?? "");
}

function take(/** @type {Element | null | undefined} */ option) {
  const href = option instanceof HTMLElement ? option.dataset.href : undefined;
  if (!href) return;
  open(false);
  page.asked.value = "";
  location.hash = href;
  page.shown.focus({ preventScroll: true });
}

page.asked.addEventListener("input", find);
page.asked.addEventListener("blur", () => setTimeout(() => open(false), 150));
page.asked.addEventListener("keydown", (event) => {
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (move) mark(marked + move);
  else if (event.key === "Enter") take(page.found.children[marked]);
  else if (event.key === "Escape") open(false);
  else return;
  event.preventDefault();
});
page.found.addEventListener("mousedown", (event) => {
  event.preventDefault();
  take(/** @type {Element} */ (event.target).closest("[role=option]"));
});
addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== page.asked) {
    event.preventDefault();
    page.asked.focus();
  }
});

function follow() {
  const asked = decodeURIComponent(location.hash.slice(1));
  const place = places.get(asked);
  if (place) show(place);
  else showAll();
  if (asked && !place) {
    const text = `There is no ${asked} in this build; find what it is called now.`;
    page.shown.prepend(make("p", { role: "alert" }, text));
  }
}
addEventListener("hashchange", follow);
follow();
