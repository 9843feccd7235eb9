// What the page shows, as its address keeps it: a link opens the same view again.

/**
 * @typedef {object} View
 * @property {string} dataset the collection's id; "" as long as none is chosen.
 * @property {string} measure the column that gives the colours.
 * @property {string} by dimensions to group by, with commas; "" for the model's own.
 * @property {string} step "day", "week", "month", "year"; "" for all time.
 * @property {string} from the first day of the step, as 2018-02-01.
 * @property {Record<string, string>} where values asked for, by column.
 * @property {string} camera zoom/latitude/longitude; "" for where the data are.
 * @property {string} item the id of the feature that is pinned.
 */

const WORDS = ["dataset", "measure", "by", "step", "from", "camera", "item"];
const WHERE = "where.";

/** @returns {View} */
export const empty = () => ({
  ...Object.fromEntries(WORDS.map((word) => [word, ""])),
  where: {},
});

/** @param {string} hash of an address, with its `#` or without. @returns {View} */
export function read(hash) {
  const view = empty();
  for (const [name, value] of new URLSearchParams(hash.replace(/^#/, ""))) {
    if (WORDS.includes(name)) view[name] = value;
    else if (name.startsWith(WHERE)) view.where[name.slice(WHERE.length)] = value;
  }
  return view;
}

/** @param {View} view @returns {string} the hash, without its `#`. */
export function written(view) {
  const pairs = WORDS.filter((word) => view[word]).map((word) => [word, view[word]]);
  for (const [name, value] of Object.entries(view.where))
    pairs.push([WHERE + name, value]);
  // Both read well in an address, and need no escape in a fragment.
  return new URLSearchParams(pairs).toString().replaceAll("%2F", "/").replaceAll("%2C", ",");
}
