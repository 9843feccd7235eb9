// Colours of classes, to be told apart without seeing red and green alike.
//
// YlGnBu and BrBG are ColorBrewer's (Cynthia Brewer, Mark Harrower, The Pennsylvania
// State University; Apache License 2.0, https://colorbrewer2.org). On a dark ground the
// greatest values are the lightest, so that more always stands out more.

const SEQUENTIAL = {
  light: ["#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#253494", "#081d58"],
  dark: ["#23407f", "#225ea8", "#1d91c0", "#41b6c4", "#7fcdbb", "#c7e9b4", "#ffffd9"],
};
const DIVERGING = {
  light: { below: ["#8c510a", "#bf812d", "#dfc27d"], above: ["#80cdc1", "#35978f", "#01665e"] },
  dark: { below: ["#f6e8c3", "#dfc27d", "#a8712a"], above: ["#35978f", "#80cdc1", "#c7eae5"] },
};
const NOTHING = { light: "#d8dbd9", dark: "#3a4447" };

/** @typedef {"light" | "dark"} Mode */

/** How many classes a palette tells apart. */
export const MOST = 6;

/** The colour of what has no value. @param {Mode} mode */
export const ofNothing = (mode) => NOTHING[mode];

/**
 * A colour for each class.
 *
 * @param {import("./classes.js").Classes} of
 * @param {Mode} mode
 * @returns {string[]}
 */
export function ofClasses({ classes, diverges }, mode) {
  if (!diverges) return spread(SEQUENTIAL[mode], classes.length);
  const { below, above } = DIVERGING[mode];
  const negative = classes.filter((one) => one.least < 0).length;
  const strongest = Math.max(negative, classes.length - negative);
  // The side with fewer classes has the paler ones: as far from zero, as strong.
  return [
    ...below.slice(3 - strongest).slice(strongest - negative),
    ...above.slice(0, strongest).slice(0, classes.length - negative),
  ];
}

/** So many colours, as far apart as the palette allows; one alone is its middle. */
function spread(palette, many) {
  const last = palette.length - 1;
  if (many === 1) return [palette[Math.round(last / 2)]];
  return Array.from({ length: many }, (_, i) => palette[Math.round((i * last) / (many - 1))]);
}
