// Charts of the data's quality as SVG. Each says what it shows in words; the numbers
// stand in the table behind it.
import { drawn } from "./elements.js";

// As wide as the page is, so that its letters are as large.
const WIDTH = innerWidth < 640 ? 330 : 1000, HEIGHT = 190;
const LEFT = 62, RIGHT = 8, TOP = 10, BOTTOM = 24;
const MARK = 7, GAP = 2;

export const count = (value) => Math.round(value).toLocaleString("en");
export const percent = (share) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** A row of marks, one for a run, the newest last: a taller one is a worse one. */
export function marks(runs, statuses) {
  const heights = { pass: 8, waiting: 5, warn: 14, error: 18 };
  const shown = statuses.map((status, index) => [status, runs[index]]).reverse();
  const words = shown.filter(([status]) => status).map(([status]) => status);
  const label = `The last ${words.length} runs, the newest last: ${counted(words)}`;
  return drawn("svg", {
    class: "marks", role: "img", "aria-label": label, height: 20,
    width: shown.length * (MARK + GAP), viewBox: `0 0 ${shown.length * (MARK + GAP)} 20`,
  }, shown.map(([status, run], index) => status === null ? null
    : drawn("rect", {
      class: status, x: index * (MARK + GAP), width: MARK,
      y: 19 - heights[status], height: heights[status], rx: 1,
    }, drawn("title", {}, `${moment(run.started_at)}: ${status}`))));
}

function counted(words) {
  const found = new Map();
  for (const word of words) found.set(word, (found.get(word) ?? 0) + 1);
  return [...found].map(([word, number]) => `${number} ${word}`).join(", ");
}

export const moment = (text) =>
  text ? `${text.slice(0, 10)} ${text.slice(11, 16)} UTC` : "–";

/**
 * Points over time in the band that was usual before each of them.
 *
 * @param {string} label what the chart shows.
 * @param {{name: string, value: number, low?: number, high?: number}[]} points
 * @param {(value: number) => string} told how a value is written.
 */
export function series(label, points, told = count) {
  const known = points.flatMap((p) => [p.value, p.high ?? 0]);
  const top = nice(Math.max(...known)) || 1;
  const step = (WIDTH - LEFT - RIGHT) / Math.max(points.length - 1, 1);
  const x = (index) => points.length > 1 ? LEFT + index * step : (LEFT + WIDTH) / 2;
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const path = points.map((p, i) => `${i ? "L" : "M"}${x(i)} ${y(p.value)}`).join("");
  return drawn("svg", {
    class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label,
  },
  axis(top, y, told),
  bands(points, x, y),
  drawn("path", { class: "line", d: path }),
  points.map((point, index) => {
    const out = isOut(point);
    const usual = point.high == null ? ""
      : `, usually ${told(point.low ?? 0)} to ${told(point.high)}`;
    return drawn("circle", {
      class: out ? "dot out" : "dot", cx: x(index), cy: y(point.value), r: out ? 5 : 3,
    }, drawn("title", {}, `${point.name}: ${told(point.value)}${usual}`));
  }),
  ends(points));
}

export const isOut = ({ value, low, high }) =>
  high != null && (value > high || value < (low ?? 0));

function axis(top, y, told) {
  return [0, top / 2, top].map((value) => drawn("g", {},
    drawn("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
    drawn("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, told(value))));
}

function ends(points) {
  if (!points.length) return [];
  const last = points.length > 1
    ? drawn("text", { x: WIDTH - RIGHT, y: HEIGHT - 6, "text-anchor": "end" },
      points[points.length - 1].name)
    : null;
  return [drawn("text", { x: LEFT, y: HEIGHT - 6 }, points[0].name), last];
}

/** The bands, each run of points that have one as an area. */
function bands(points, x, y) {
  const runs = [];
  points.forEach((point, index) => {
    if (point.high == null) return;
    const before = points[index - 1];
    if (before?.high == null) runs.push([]);
    runs[runs.length - 1].push(index);
  });
  return runs.map((run) => {
    const half = run.length > 1 ? 0 : 6;
    const upper = run.map((i) => `${x(i) - half} ${y(points[i].high)}`);
    const lower = run.map((i) => `${x(i) + half} ${y(points[i].low ?? 0)}`).reverse();
    if (half) {
      upper.push(`${x(run[0]) + half} ${y(points[run[0]].high)}`);
      lower.push(`${x(run[0]) - half} ${y(points[run[0]].low ?? 0)}`);
    }
    return drawn("path", { class: "band", d: `M${[...upper, ...lower].join("L")}Z` });
  });
}

/** The next of 1, 2, 5, 10, 20… that is no less. */
function nice(value) {
  if (!(value > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= value);
}

/**
 * Two distributions beside each other.
 *
 * @param {{name: string, before: number | null, now: number}[]} bins shares, 0 to 1.
 */
export function distribution(label, bins) {
  const width = 300, height = 120, foot = 16;
  const top = Math.max(...bins.flatMap((bin) => [bin.before ?? 0, bin.now]), 0.01);
  const step = width / bins.length;
  const bar = (name, x, share, words) => drawn("rect", {
    class: name, x, width: Math.max(step * 0.42, 1),
    y: (height - foot) * (1 - share / top), height: (height - foot) * (share / top),
  }, drawn("title", {}, words));
  return drawn("svg", {
    class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label,
  },
  bins.map((bin, index) => [
    bin.before === null ? null
      : bar("before", index * step, bin.before, `${bin.name}: ${percent(bin.before)} before`),
    bar("now", index * step + step * 0.45, bin.now, `${bin.name}: ${percent(bin.now)} now`),
  ]),
  drawn("line", { class: "axis", x1: 0, x2: width, y1: height - foot, y2: height - foot }),
  drawn("text", { x: 0, y: height - 3 }, bins[0]?.name ?? ""),
  bins.length > 1
    ? drawn("text", { x: width, y: height - 3, "text-anchor": "end" },
      bins[bins.length - 1].name)
    : null);
}
