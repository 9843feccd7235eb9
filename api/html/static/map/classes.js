// Classes of a legend: as full as each other where values allow it, with round bounds.

/**
 * @typedef {object} Class
 * @property {number} least the least value that belongs to it.
 * @property {number} below values of it are less; of the last class the greatest value.
 * @property {number | null} only its one value, where it has no other.
 * @property {number} count how many values it has.
 *
 * @typedef {object} Classes
 * @property {Class[]} classes
 * @property {boolean} diverges whether zero parts them, negative from positive.
 * @property {number} nulls how many have no value.
 */

/**
 * Bounds are quantiles of the distinct values: counts that are mostly 1 would else fall
 * into one class. Each is rounded to the shortest number that lies near its quantile.
 *
 * @param {(number | null | undefined)[]} values
 * @param {number} many at most so many classes.
 * @returns {Classes}
 */
export function classified(values, many) {
  const known = Float64Array.from(values.filter(Number.isFinite)).sort();
  const nulls = values.length - known.length;
  if (!known.length) return { classes: [], diverges: false, nulls };
  const distinct = known.filter((value, i) => i === 0 || value !== known[i - 1]);
  const diverges = distinct[0] < 0 && distinct[distinct.length - 1] > 0;
  const inner = diverges ? aroundZero(distinct, many) : bounds(distinct, many);
  return { classes: counted(known, inner), diverges, nulls };
}

/** As many classes on either side, at most, and zero between them. */
function aroundZero(distinct, many) {
  const half = Math.floor(many / 2);
  const negative = distinct.filter((value) => value < 0);
  const positive = distinct.filter((value) => value >= 0);
  return [...bounds(negative, half), 0, ...bounds(positive, half)];
}

/** The bounds between classes of distinct values in order. */
function bounds(distinct, many) {
  const last = distinct.length - 1;
  if (last < many) return Array.from(distinct.slice(1));
  const found = [];
  const near = 0.2 / many;
  for (let i = 1; i < many; i += 1) {
    const bound = shortest(at(distinct, i / many - near), at(distinct, i / many + near));
    const above = found.length ? found[found.length - 1] : distinct[0];
    if (bound > above && bound <= distinct[last]) found.push(bound);
  }
  return found;
}

/** The quantile of values in order, between two of them by the line. */
function at(values, share) {
  const place = share * (values.length - 1);
  const below = Math.floor(place);
  const next = values[Math.min(below + 1, values.length - 1)];
  return values[below] + (place - below) * (next - values[below]);
}

/** The number of fewest digits from one to another: of 1.87 and 2.21 it is 2. */
export function shortest(from, to) {
  if (from <= 0 && to >= 0) return 0;
  const size = Math.max(Math.abs(from), Math.abs(to));
  for (let exponent = Math.ceil(Math.log10(size)); exponent > -300; exponent -= 1)
    for (const digit of [1, 0.5, 0.2, 0.1]) {
      const found = multiple(digit, exponent, (from + to) / 2);
      if (found >= from && found <= to) return found;
    }
  return from;
}

/** The multiple of digit * 10^exponent nearest to a number, without binary noise. */
function multiple(digit, exponent, near) {
  const unit = Number(`${digit}e${exponent}`);
  return Number((Math.round(near / unit) * unit).toPrecision(12));
}

function counted(known, inner) {
  const edges = [known[0], ...inner];
  return edges.map((least, i) => {
    const isLast = i === inner.length;
    const values = known.filter((value) => value >= least && (isLast || value < inner[i]));
    const [first, last] = [values[0], values[values.length - 1]];
    const below = isLast ? last : inner[i];
    return { least, below, only: first === last ? first : null, count: values.length };
  });
}
