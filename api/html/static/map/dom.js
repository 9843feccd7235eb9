// Elements of a page, made without markup: what data say stays text.

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * @param {string} name
 * @param {Record<string, any>} [properties] of the element; `class` and what has a dash
 *   or a colon are attributes.
 * @param {...(Node | string)} children
 */
export function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [word, value] of Object.entries(properties))
    if (word === "class" || word.includes("-") || word === "role" || word === "scope")
      made.setAttribute(word, value);
    else made[word] = value;
  made.append(...children);
  return made;
}

/** A select's options, of values and what they are called. */
export const options = (pairs, chosen) =>
  pairs.map(([value, text]) =>
    make("option", { value, textContent: text, selected: value === chosen }),
  );
