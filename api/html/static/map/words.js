// Values as people read them.

const NUMBERS = new Intl.NumberFormat("en", { maximumSignificantDigits: 5 });
const BRIEF = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A number with five digits, or all before its point. @param {number} value */
export const number = (value) =>
  Math.abs(value) >= 1e4 ? WHOLE.format(value) : NUMBERS.format(value);

/** A number with three digits. @param {number} value */
export const brief = (value) => (Math.abs(value) >= 1e4 ? WHOLE : BRIEF).format(value);

/** @param {number} many @param {string} one as "row"; the plural has an s. */
export const count = (many, one) => `${WHOLE.format(many)} ${one}${many === 1 ? "" : "s"}`;

/** A value of a row; an en dash where there is none. */
export function shown(value, isYear = false) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return isYear ? String(value) : number(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value.type === "Point")
    return value.coordinates.map((degrees) => degrees.toFixed(4)).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * The column whose values name rows best: words that differ, but no hashes.
 *
 * @param {import("./served.js").Column[]} columns
 * @param {{properties: Record<string, any>}[]} rows
 * @param {string[]} key what the ids are made of.
 * @returns {string} its name; "" where only the ids do.
 */
export function naming(columns, rows, key) {
  const some = rows.slice(0, 500);
  const names = (column) => {
    const told = some.map((row) => row.properties[column.name]).filter(isName);
    return told.length >= some.length * 0.9 && new Set(told).size >= some.length * 0.7;
  };
  const [only] = key.length === 1 ? key : [""];
  const isId = new Set(some.map((row) => row.properties[only])).size === some.length;
  const texts = columns.filter((column) => column.kind === "text");
  return texts.find(names)?.name ?? (isId ? only : "");
}

const isName = (value) =>
  typeof value === "string" && /\p{L}{2}/u.test(value) && !/^[0-9a-f-]{24,}$/i.test(value);
