// What the sections of the operators' page share: its address, and its voice.

const told = document.getElementById("told");

/** Tells who looks, and who listens. */
export function tell(text) {
  if (told.textContent !== text) told.textContent = text;
}

/** Puts a section and its words into the address, which shows what they ask for. */
export function go(section, words) {
  location.hash = address(section, Object.entries(words));
}

/** `#loads&feed=a`; words without a value are left out. */
export function address(section, words) {
  const query = new URLSearchParams(words.filter(([, value]) => value));
  return `#${section}${query.size ? `&${query}` : ""}`;
}
